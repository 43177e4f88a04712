"""
Giving work to somebody: back to those who were asked, to a colleague, all of somebody's who is away or leaves.

Whoever is given work has not opened it yet: they are told, and it is chased. What was planned from its first day on
stays as it was, so that passing work round puts nothing off and loses nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.cases import Milestone, WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.base import Form
from models.forms.tray_deciding import SecondManagerAgrees
from models.notices import Recipient, RecipientKind
from models.outbox import OutboxMessage, OutboxState
from models.permissions import Action
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.states import MilestoneState
from models.working_time import local_day
from tasks.durable.answer_checks import Answering, problems_with_answer
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.chasing import chase_anew, keep_chased, note_seen
from tasks.durable.checking import has_left
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact, LockedCase
from tasks.durable.own_matter import is_own_matter
from tasks.durable.seeing import may_read_item
from tasks.durable.who_may_answer import may_answer
from tasks.durable.work_items import interruption_of, notice_about, say
from tasks.durable.worklist import NotTheirs, open_item
from tasks.register.lookups import staff_in, staff_member
from tasks.telling.queueing import withdraw
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import NotFound, find_case


class CannotBeGiven(PathwaysError):
    """That member of staff cannot be given it; the message says why, by references."""


def give_back(council: Council, item_id: str, *, by: Member) -> None:
    """
    Give a work item back to those who were asked: whoever has it, or who may give work to others.

    Does nothing where nobody has it. Raises `NotFound`, `NotTheirs`, `NoLongerOpen`.
    """
    with council.change() as change:
        item, case = open_item(change, item_id)
        if item.assignee != by.id:
            may_give(change, by, item)
        if item.assignee is not None:
            put_back(change, case, item, by)


def assign(council: Council, item_id: str, *, to: str, by: Member) -> None:
    """
    Give a work item to a member of staff who could answer it.

    Raises `NotFound`, `NotTheirs`, `NoLongerOpen`, and `CannotBeGiven` saying why it cannot be theirs.
    """
    with council.change() as change:
        item, case = open_item(change, item_id)
        may_give(change, by, item)
        receiver = staff_member(change.session, to)
        reason = why_not(change.session, change.policy, item, receiver, change.now)
        if receiver is None or reason:
            raise CannotBeGiven(f"{item.id} cannot be given to them: {reason}")
        hand(change, case, item, receiver, by)


def may_give(change: Change, member: Member, item: WorkItem) -> None:
    """Raise `NotTheirs` or `NotFound` unless somebody may give that work item to others."""
    if not member.may(Action.ASSIGN_WORK):
        raise NotTheirs(f"{item.id} is given to somebody else by a team leader or a manager: ask them")
    today = local_day(change.now)
    if may_read_item(change.session, item, row_of(change.session, member), on=today):
        return
    try:
        find_case(change.session, member, item.case_ref, Action.ASSIGN_WORK, today)
    except NotFound:
        raise NotFound("work item") from None


def receivers(session: Session, policy: Policy, item: WorkItem, now: datetime) -> list[Staff]:
    """Those to whom it could be given, by name."""
    serving = staff_in(session, on=local_day(now))
    return sorted(
        (one for one in serving if not why_not(session, policy, item, one, now)), key=lambda one: (one.name, one.id)
    )


def why_not(session: Session, policy: Policy, item: WorkItem, to: Staff | None, now: datetime) -> str:
    """
    Why a work item cannot be given to somebody, for whoever gives it to read; empty where it can.

    To whom it could have been put: whoever may answer it, those of the same role or team as who was asked by name, and
    those above. What a manager is asked takes a manager.
    """
    if to is None:
        return "the register has no member of staff of that id"
    if has_left(to, now):
        return f"{to.id} has left"
    if is_own_matter(session, item.case_ref, to):
        return f"it is about what {to.id} did"
    asked, role = Recipient.from_tag(item.asked_of), Role(to.role)
    if asked.kind is RecipientKind.STAFF and Form.is_only_for_who_is_asked(item.form) and to.id != asked.name:
        return f"only {asked.name} can take it on, or refuse it"
    deciders = Form.deciders_of(item.form)
    if deciders and role not in deciders:
        return f"only a {' or a '.join(one.label for one in deciders)} decides it"
    if item.form == SecondManagerAgrees.name() and _wanted_it(session, policy, item, to, now):
        return f"{to.id} wanted it, and somebody else agrees to it"
    as_if_free = WorkItem(**{name: getattr(item, name) for name in _COLUMNS if name != "assignee"}, assignee=None)
    if may_answer(session, to, as_if_free):
        return ""
    named = staff_member(session, asked.name) if asked.kind is RecipientKind.STAFF else None
    if named is None:
        return f"it is for {asked.words}, or a manager above"
    of = Role(named.role)
    fits = role is of or role.outranks(of) or (named.team_id == to.team_id and not of.is_manager)
    return "" if fits else f"it is for {named.id}, another {of.label}, their team or a manager above"


_COLUMNS = tuple(column.key for column in WorkItem.__table__.columns)


def _wanted_it(session: Session, policy: Policy, item: WorkItem, to: Staff, now: datetime) -> bool:
    moment = Answering(session, policy, item.case_ref, to, now, item)
    return bool(problems_with_answer(moment, SecondManagerAgrees.model_construct(agreed=True, reasons="")))


def hand(change: Change, case: LockedCase, item: WorkItem, to: Staff, by: Member) -> None:
    """Give an open item to somebody: by name where it was asked by name, else as theirs of those who are asked."""
    asked = Recipient.from_tag(item.asked_of)
    had_it = _name(change.session, item.assignee)
    if asked.kind is RecipientKind.STAFF and asked.name != to.id:
        tag, assignee = Recipient.staff(to.id).tag, None
    else:
        tag, assignee = item.asked_of, to.id
    if (item.asked_of, item.assignee) == (tag, assignee):
        return
    took = f", which {had_it} had taken" if had_it and item.assignee != to.id else ""
    to_them = "themselves" if to.id == by.id else to.name
    text = f"{by.name} gave to {to_them}: {Form.words_for(item.form)[0]}{took}"
    _pass(change, case, item, tag, assignee, text, by)


def put_back(change: Change, case: LockedCase, item: WorkItem, by: Member, *, of: Recipient | None = None) -> None:
    """Nobody has it any more: it lies with those who were asked, or who are asked instead."""
    asked = of or Recipient.from_tag(item.asked_of)
    had_it = _name(change.session, item.assignee)
    took = f", which {had_it} had taken" if had_it and item.assignee != by.id else ""
    text = f"{by.name} gave back to {asked.words}: {Form.words_for(item.form)[0]}{took}"
    _pass(change, case, item, asked.tag, None, text, by)


def _pass(
    change: Change, case: LockedCase, item: WorkItem, tag: str, assignee: str | None, text: str, by: Member
) -> None:
    session, before = change.session, item.asked_of
    pen = change.pen(case)
    entry = pen.enter(Fact(EntryKind.REASSIGNED, item.key, text, item.form, {"of": tag}, by=by.id))
    gone = {before, *([Recipient.staff(item.assignee).tag] if item.assignee else [])}
    # What was to be said to those who have it no more is not said.
    unsent = session.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.work_item_id == item.id,
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.recipient.in_(gone),
        )
    ).all()
    item.asked_of, item.assignee, item.acknowledged_at = tag, assignee, None
    session.flush()
    withdraw(session, unsent)
    if tag != before:
        theirs = (Milestone.state == MilestoneState.PENDING) & (Milestone.told_to == before)
        session.execute(
            update(Milestone)
            .where(Milestone.work_item_id == item.id, theirs)
            .values(told_to=tag)
            .execution_options(synchronize_session=False)
        )
    whom = Recipient.staff(assignee) if assignee is not None else Recipient.from_tag(tag)
    if whom.tag != Recipient.staff(by.id).tag:
        chase_anew(session, change.policy, item, change.now)
        if Form.tells_of(item.form):
            interrupts = interruption_of(change.policy, item, chased=False)
            say(session, pen, item, [whom], notice_about(item, None), entry, interrupts)
    else:
        item.acknowledged_at = change.now  # who gives it to themselves has seen it
        session.flush()
        note_seen(session, item)
        keep_chased(session, change.policy, item, change.now)
    raise_wake_no(change, case.ref)


def _name(session: Session, staff_id: str | None) -> str:
    row = staff_member(session, staff_id) if staff_id is not None else None
    return row.name if row is not None else staff_id or ""
