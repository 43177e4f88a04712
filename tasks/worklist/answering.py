"""
Answering a work item: whether the case has gone on meanwhile, sending it once, and what comes next.

The pages, the JSON API and whoever else answers for a person go through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.entry_kinds import EntryKind
from models.errors import CheckFailed
from models.forms.base import Form
from models.notices import Recipient
from models.states import WorkItemState
from models.working_time import local_day
from tasks.durable import worklist
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded, recall
from tasks.durable.procedure import procedure_named
from tasks.durable.worklist import NoLongerOpen
from tasks.worklist.asked import AskedItem, sees
from tasks.worklist.consequences import changes_something
from tasks.worklist.members import Member
from tasks.worklist.scope import find_item

_NO_NEWS = frozenset(
    {
        EntryKind.ACKNOWLEDGED,
        EntryKind.REASSIGNED,
        EntryKind.REMINDED,
        EntryKind.RUN_REPLACED,
        EntryKind.AWAITED,
        EntryKind.WITHDREW,
        EntryKind.SKIPPED,
    }
)
"""Entries that say nothing about the person or the matter."""


class CaseHasChanged(CheckFailed):
    """The case has gone on since the form was opened: read what is new, then send the answer or change it."""

    def __init__(self, ref: str, news: Sequence[Recorded], head_no: int) -> None:
        super().__init__(f"case {ref} has gone on since the form was opened: read what is new, then send it again")
        self.news = tuple(news)
        self.head_no = head_no
        """The last entry of the case now; an answer that has seen it may be sent."""


@dataclass(frozen=True)
class NextItem:
    """A work item that waits for the same member of staff."""

    id: str
    title: str
    due: datetime | None


@dataclass(frozen=True)
class Sent:
    """An answer was taken, or had been before."""

    case_ref: str
    again: bool
    """It was sent a second time; nothing was done."""


def news_since(council: Council, member: Member, item: AskedItem, seen_no: int) -> tuple[Recorded, ...]:
    """What has come to the case since an entry, that changes something; personal. Nothing where it is not theirs."""
    with council.database.read() as session:
        return _news(session, member, item.case_ref, seen_no) if item.sees_case else ()


def next_of(council: Council, member: Member, case_ref: str) -> NextItem | None:
    """What the same case asks next of them or of their role or team, else what is theirs by name; due first."""
    me, role, team = Recipient.staff(member.id), Recipient.role(member.role), Recipient.team(member.team_id)
    is_mine = or_(WorkItem.assignee == member.id, WorkItem.asked_of == me.tag)
    is_ours = and_(WorkItem.assignee.is_(None), WorkItem.asked_of.in_([role.tag, team.tag]))
    goes_on_there = WorkItem.case_ref == case_ref
    with council.database.read() as session:
        found = session.scalars(
            select(WorkItem)
            .where(WorkItem.state == WorkItemState.OPEN, or_(is_mine, and_(goes_on_there, is_ours)))
            .order_by(goes_on_there.desc(), WorkItem.due.is_(None), WorkItem.due, WorkItem.id)
            .limit(1)
        ).first()
    return None if found is None else NextItem(found.id, Form.words_for(found.form)[0], found.due)


def send(
    council: Council,
    member: Member,
    item_id: str,
    filled: Form,
    *,
    seen_no: int | None = None,
    nobody_at_risk: bool = False,
) -> Sent:
    """
    Answer a work item; the same answer of the same person again does nothing.

    `seen_no` is the last entry of the case that they had before them; None: they are not warned. `nobody_at_risk` says
    what is asked before some forms (`tasks/durable/safeguarding_asked.py`). Raises `NotFound`,
    `CaseHasChanged`, `AnswerRefused`, `NotTheirs`, and `NoLongerOpen` saying who was first and when.
    """
    on = local_day(council.clock.now())
    with council.database.read() as session:
        item = find_item(session, member, item_id, on)
        procedure_named(session.get_one(Case, item.case_ref).procedure)  # it knows what can be done by hand
        if _is_answered_so(session, member, item, filled):
            return Sent(item.case_ref, again=True)
        sees_case = sees(session, member, item.case_ref, on)
    with council.change() as change:
        case = change.lock(item.case_ref)
        still_open = worklist.item_named(change.session, item_id).state == WorkItemState.OPEN
        if seen_no is not None and still_open and case.head_no > seen_no:
            news = _news(change.session, member, case.ref, seen_no)
            if news:
                raise CaseHasChanged(case.ref, news if sees_case else (), case.head_no)
        try:
            ref = worklist.answer_in(change, item_id, filled, by=member.id, nobody_at_risk=nobody_at_risk)
            return Sent(ref, again=False)
        except NoLongerOpen:
            if _is_answered_so(change.session, member, worklist.item_named(change.session, item_id), filled):
                return Sent(case.ref, again=True)
            raise


def _is_answered_so(session: Session, member: Member, item: WorkItem, filled: Form) -> bool:
    """Whether they have given this very answer before."""
    if item.state != WorkItemState.ANSWERED or item.answered_by != member.id:
        return False
    given: list[Any] = [
        entry.data
        for entry in recall(session, item.case_ref)
        if entry.kind is EntryKind.ANSWERED and entry.key == item.key
    ]
    return filled.model_dump(mode="json") in given


def _news(session: Session, member: Member, ref: str, seen_no: int) -> tuple[Recorded, ...]:
    return tuple(
        entry
        for entry in recall(session, ref)
        if entry.no > seen_no and entry.kind not in _NO_NEWS and changes_something(entry)
    )
