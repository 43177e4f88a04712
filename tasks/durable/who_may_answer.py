"""
Who may answer a question: those asked, whoever has it, managers above, and whoever stands in for one of them.

A rule of the question, and not of a role: whoever may answer it may read it.
"""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Entry, EntryPayload, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.notices import Recipient, RecipientKind
from models.on_call.tables import OnCallOffer, OnCallWork
from models.register import Staff
from models.roles import Role
from tasks.durable.cover import covered_by
from tasks.durable.people import team_of
from tasks.register.lookups import staff_member

TAKEN_FOR = "for"
"""In the entry of whoever takes an item in another's right: whose it was, by staff id."""


def may_answer(session: Session, member: Staff, item: WorkItem, *, on: date | None = None) -> bool:
    """
    Whether somebody may answer: those asked, whoever has taken or was given it, and managers above them.

    Who took it for somebody for whom they stood in may answer no longer than they stand in.

    `on` is the day: whoever stands in for somebody who is away then may answer what the other may. What is decided by
    managers only is decided by one, whomever they stand in for.

    A manager stands in for the roles below; for a named person or a team, the leaders and managers do. Whoever is on
    call stands in for everybody where it is urgent: they hear of it when nobody else does. Whoever was told of a case
    in a night answers what could not wait in it, until somebody of the day has accepted it. Where a procedure names the
    roles that decide (`Form.deciders`), nobody else does, whoever was asked or stands above; and nobody commits
    somebody else, asked by name, to what they alone can take on (`Form.only_who_is_asked`).
    """
    return _may_answer_themselves(session, member, item) or (
        on is not None and stands_in_for(session, member, item, on) is not None
    )


def stands_in_for(session: Session, member: Staff, item: WorkItem, on: date) -> Staff | None:
    """Whose right to answer it somebody has by standing in for them; None where it is their own, or nobody's."""
    if _may_answer_themselves(session, member, item) or Form.is_only_for_who_is_asked(item.form):
        return None
    if Form.deciders_of(item.form) and not Role(member.role).is_manager:
        return None
    absent = covered_by(session, member.id, on)
    return next((one for one in absent if _may_answer_themselves(session, one, item)), None)


def _may_answer_themselves(session: Session, member: Staff, item: WorkItem) -> bool:
    """As `may_answer`, without regard to whom they stand in for."""
    asked = Recipient.from_tag(item.asked_of)
    if asked.kind is RecipientKind.STAFF and Form.is_only_for_who_is_asked(item.form):
        return member.id == asked.name
    deciders = Form.deciders_of(item.form)
    if deciders and member.role not in deciders:
        return False
    if item.urgent and member.role == Role.ON_CALL_MANAGER:
        return True
    if _is_among(session, member, asked) or _has_it_on_call(session, member, item, asked):
        return True
    return item.assignee == member.id and not _has_it_for_another(session, item)


def _is_among(session: Session, member: Staff, asked: Recipient) -> bool:
    """Whether somebody is among those asked, or stands above them."""
    match asked.kind:
        case RecipientKind.STAFF:
            return member.id == asked.name or _leads(session, member, asked)
        case RecipientKind.TEAM:
            return member.team_id == asked.name or _leads(session, member, asked)
        case RecipientKind.ROLE:
            return member.role == asked.name or Role(member.role).outranks(Role(asked.name))


def _has_it_on_call(session: Session, member: Staff, item: WorkItem, asked: Recipient) -> bool:
    """
    Whether its case was told to them in a night and nobody of the day has accepted it since: then they act on it.

    What is asked of somebody who stands above them is not theirs to decide, on call or not.
    """
    told = (
        select(OnCallOffer.staff_id)
        .join(
            OnCallWork,
            (OnCallWork.night_ref == OnCallOffer.night_ref) & (OnCallWork.case_ref == OnCallOffer.case_ref),
        )
        .where(
            OnCallOffer.staff_id == member.id,
            OnCallOffer.case_ref == item.case_ref,
            OnCallWork.accepted_at.is_(None),
        )
    )
    if not Form.is_on_calls(item.form, urgent=item.urgent, before_opening=True):
        return False
    if session.scalar(told.limit(1)) is None:
        return False
    role = asked.name if asked.kind is RecipientKind.ROLE else None
    if asked.kind is RecipientKind.STAFF and (named := staff_member(session, asked.name)) is not None:
        role = named.role
    return role is None or not Role(role).outranks(Role(member.role))


def _has_it_for_another(session: Session, item: WorkItem) -> bool:
    """Whether whoever has an item took it for somebody for whom they stood in: by the entry that gave it to them."""
    content = session.scalar(
        select(EntryPayload.content)
        .join(Entry, (Entry.case_ref == EntryPayload.case_ref) & (Entry.no == EntryPayload.no))
        .where(
            Entry.case_ref == item.case_ref,
            Entry.key == item.key,
            Entry.kind.in_([str(EntryKind.ACKNOWLEDGED), str(EntryKind.REASSIGNED)]),
        )
        .order_by(Entry.no.desc())
        .limit(1)
    )
    data = None if content is None else json.loads(content).get("data")
    return isinstance(data, dict) and TAKEN_FOR in data


def _leads(session: Session, member: Staff, asked: Recipient) -> bool:
    """Leaders and managers answer for those of their teams, and nobody for somebody who stands above them."""
    role = Role(member.role)
    named = staff_member(session, asked.name) if asked.kind is RecipientKind.STAFF else None
    if named is not None and Role(named.role).outranks(role):
        return False
    if role is Role.TEAM_LEADER:
        return member.team_id == team_of(session, asked)
    return role.outranks(Role.TEAM_LEADER)
