"""
The worklist: answering, taking and giving back work items.

Two people who answer at the same instant, or one person twice, leave one answer; the other hears who was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from models.cases import WorkItem
from models.entry_kinds import EntryKind
from models.errors import CheckFailed, PathwaysError
from models.forms.base import AnswerRefused, Form
from models.forms.house import StepAttention
from models.notices import Notice, Recipient, RecipientKind, Verb
from models.register import Staff
from models.roles import Role
from models.states import MilestoneKind, WaitState, WorkItemState
from models.working_time import for_people, local_day
from tasks.durable.answer_checks import Answering, problems_with_answer
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.attention import why_not_by_hand
from tasks.durable.chasing import keep_chased, note_seen, stop_chasing
from tasks.durable.checking import has_left, problems_in
from tasks.durable.council import Change, Council
from tasks.durable.cover import covered_by
from tasks.durable.ledger import Fact, LockedCase, recall
from tasks.durable.own_matter import is_own_matter
from tasks.durable.safeguarding_asked import NOT_ASKED, is_asked_before, note_asked, was_asked, without_the_word
from tasks.durable.wait_rows import end_wait
from tasks.durable.who_may_answer import TAKEN_FOR, may_answer, stands_in_for
from tasks.durable.work_items import say
from tasks.register.lookups import staff_member

_item = cast(Table, WorkItem.__table__)
_CASE_OF = select(_item.c.case_ref).where(_item.c.id == bindparam("item"))
_ANSWER = (
    update(_item)
    .where(_item.c.id == bindparam("item"))
    .values(
        state=str(WorkItemState.ANSWERED),
        answered_at=bindparam("now"),
        answered_by=bindparam("by"),
        acknowledged_at=bindparam("acknowledged"),
    )
)


class UnknownWorkItem(PathwaysError):
    """There is no such work item: look it up with `pathways work list`."""

    def __init__(self, item_id: str) -> None:
        super().__init__(f"there is no work item {item_id}: look it up with `pathways work list`")


class NoLongerOpen(CheckFailed):
    """Somebody was first, or the procedure no longer asks."""


class NotTheirs(PathwaysError):
    """That member of staff cannot answer this item; the message says who can."""


class HeldByAnother(CheckFailed):
    """Somebody else has taken the item since it was looked at; `holder` is who has it now, by staff id."""

    def __init__(self, item_id: str, holder: str) -> None:
        super().__init__(f"{item_id} is with {holder} by now: look at it again before you take it over")
        self.holder = holder


class _Unsaid(Enum):
    """What somebody who takes an item did not say."""

    HOLDER = "holder"


UNSAID: Final = _Unsaid.HOLDER
"""Whoever takes the item did not say who had it when they looked."""


@dataclass(frozen=True)
class OpenItem:
    """A work item as a list shows it."""

    id: str
    case: str
    form: str
    of: str
    assignee: str | None
    due: datetime | None
    urgent: bool
    title: str


def open_items(
    session: Session, *, role: str | None = None, ref: str | None = None, of: str | None = None
) -> list[OpenItem]:
    """Open work items, those due first at the top; of a role, of a case, or of one tag."""
    query = select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)
    if role is not None:
        query = query.where(WorkItem.asked_of == Recipient.role(role).tag)
    if of is not None:
        query = query.where(WorkItem.asked_of == of)
    if ref is not None:
        query = query.where(WorkItem.case_ref == ref)
    rows = session.scalars(query.order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id))
    return [_listed(item) for item in rows]


def item_named(session: Session, item_id: str) -> WorkItem:
    """The work item with that id. Raises `UnknownWorkItem`."""
    item = session.get(WorkItem, item_id)
    if item is None:
        raise UnknownWorkItem(item_id)
    return item


def about(session: Session, item: WorkItem) -> str:
    """What a person reads beside the form; personal."""
    asked = [e for e in recall(session, item.case_ref) if e.kind is EntryKind.ASKED and e.key == item.key]
    return str(asked[-1].data.get("about", "")) if asked and asked[-1].data else ""


def answer(council: Council, item_id: str, given: Any, *, by: str) -> str:
    """
    Answer a work item and wake its case; gives the case's ref.

    Raises `UnknownWorkItem`, `AnswerRefused` (every problem named), `NotTheirs`, and `NoLongerOpen` saying who was
    first and when.
    """
    with council.database.read() as session:
        item = item_named(session, item_id)
        _refuse_ended(item)
        form = Form.named(item.form)
    given, nobody_at_risk = without_the_word(form, given)
    filled: Form = form.read(given)
    with council.change() as change:
        return answer_in(change, item_id, filled, by=by, nobody_at_risk=nobody_at_risk)


def answer_in(change: Change, item_id: str, filled: Form, *, by: str, nobody_at_risk: bool = False) -> str:
    """
    As `answer`, of a form that was read already, in a transaction that does more.

    `nobody_at_risk` says before a form that asks for it that nobody is at risk of abuse or neglect; without it, and
    where they have not been asked before, such an answer is refused.
    """
    item, case, member = item_for(change, item_id, by)
    is_first = is_asked_before(change.policy, type(filled)) and not was_asked(change.session, item, by)
    if is_first and not nobody_at_risk:
        raise AnswerRefused(type(filled).title, [NOT_ASKED])
    moment = Answering(change.session, change.policy, case.ref, member, change.now, item)
    if problems := [*problems_in(change.session, filled, change.now), *problems_with_answer(moment, filled)]:
        raise AnswerRefused(type(filled).title, problems)
    if isinstance(filled, StepAttention):
        objection = why_not_by_hand(recall(change.session, case.ref), filled)
        if objection:
            raise AnswerRefused(type(filled).title, [objection])
    pen, session = change.pen(case), change.session
    if is_first:
        note_asked(pen, item, member, None)
    absent = stands_in_for(session, member, item, local_day(change.now))
    text = f"{member.name} answered{_for_whom(absent)}: {type(filled).title}{filled.in_words}"
    data = filled.model_dump(mode="json")
    entry = pen.enter(Fact(EntryKind.ANSWERED, item.key, text, type(filled).name(), data, by=member.id))
    acknowledged_at = item.acknowledged_at or change.now
    answered = {"item": item.id, "now": change.now, "by": member.id, "acknowledged": acknowledged_at}
    session.connection().execute(_ANSWER, answered)
    end_wait(session, case.ref, item.key, WaitState.CAME, no=entry.no)
    stop_chasing(session, item)
    raise_wake_no(change, case.ref)
    return case.ref


def take(council: Council, item_id: str, *, by: str, seen_holder: str | _Unsaid | None = UNSAID) -> None:
    """
    Take a work item: it is acknowledged and shown as one's own; whoever loses it by that is told.

    `seen_holder` is who had it when it was looked at, None for nobody. Raises as `answer` does, and `HeldByAnother`
    where somebody else has it by now.
    """
    with council.change() as change:
        item, case = open_item(change, item_id)
        member = _who_may(change, item, case, by)
        if item.assignee == member.id and item.acknowledged_at is not None:
            return
        if seen_holder is not UNSAID and item.assignee not in (None, member.id, seen_holder):
            raise HeldByAnother(item.id, str(item.assignee))
        kind = EntryKind.ACKNOWLEDGED if item.acknowledged_at is None else EntryKind.REASSIGNED
        lost_by = item.assignee if item.assignee != member.id else None
        had_it = staff_member(change.session, lost_by) if lost_by is not None else None
        taken = f"has taken over from {had_it.name}" if had_it is not None else "has taken"
        absent = stands_in_for(change.session, member, item, local_day(change.now))
        title, _ = Form.words_for(item.form)
        text = f"{member.name} {taken}{_for_whom(absent)}: {title}"
        item.assignee, item.acknowledged_at = member.id, item.acknowledged_at or change.now
        data = None if absent is None else {TAKEN_FOR: absent.id}
        pen = change.pen(case)
        entry = pen.enter(Fact(kind, item.key, text, item.form, data, by=member.id))
        change.session.flush()
        stop_chasing(change.session, item, MilestoneKind.ACKNOWLEDGE)
        if keep_chased(change.session, change.policy, item, change.now):
            raise_wake_no(change, case.ref)
        if lost_by is not None:
            notice = Notice(verb=Verb.READ, what=TAKEN_OVER, case_ref=case.ref)
            say(change.session, pen, item, [Recipient.staff(lost_by)], notice, entry, None)


TAKEN_OVER = "work-that-a-colleague-has-taken-over"
"""The matter of the notice to whoever had it; the form is in the case."""


def note_opened(council: Council, item_id: str, *, by: str) -> None:
    """
    Somebody whom it is put to has opened it: it lies unseen no more, and nobody is told that it does.

    It is nobody's own by that, and all other chasing stands. A look is no answer to an alarm: what is urgent is
    acknowledged by taking or answering it only. A manager who looks at what others are asked, or a colleague at what
    somebody else has, does not silence its chasing either. Does nothing where it is known already, or is no longer
    open. Raises `UnknownWorkItem`.
    """
    with council.database.read() as session:
        seen = item_named(session, item_id)
        if seen.state != WorkItemState.OPEN or seen.acknowledged_at is not None or seen.urgent:
            return
    with council.change() as change:
        case = change.lock(seen.case_ref)
        item, member = item_named(change.session, item_id), staff_member(change.session, by)
        if item.state != WorkItemState.OPEN or item.acknowledged_at is not None or item.urgent or member is None:
            return
        if not _is_put_to(change, item, member):
            return
        item.acknowledged_at = change.now
        title, _ = Form.words_for(item.form)
        text = f"{member.name} has opened: {title}"
        change.pen(case).enter(Fact(EntryKind.ACKNOWLEDGED, item.key, text, item.form, by=member.id))
        change.session.flush()
        note_seen(change.session, item)
        if keep_chased(change.session, change.policy, item, change.now):
            raise_wake_no(change, case.ref)


def _is_put_to(change: Change, item: WorkItem, member: Staff) -> bool:
    """
    Whether it lies with them, or with somebody for whom they stand in; and they may answer it.

    It lies with whoever has it, else with those asked: of a team, those who do its work, not those who manage it.
    """
    if is_own_matter(change.session, item.case_ref, member) or has_left(member, change.now):
        return False
    on = local_day(change.now)
    if not may_answer(change.session, member, item, on=on):
        return False
    put_to = item.asked_of if item.assignee is None else Recipient.staff(item.assignee).tag
    return any(put_to in _tags_of(one) for one in (member, *covered_by(change.session, member.id, on)))


def _tags_of(one: Staff) -> set[str]:
    """How work is put to somebody: by name, by role, or by their team where they do its work."""
    tags, role = {Recipient.staff(one.id).tag, Recipient.role(one.role).tag}, Role(one.role)
    manages = role.is_manager or role is Role.ON_CALL_MANAGER
    return tags if manages else tags | {Recipient.team(one.team_id).tag}


def _for_whom(absent: Staff | None) -> str:
    """For the story: for whom somebody acts who stands in; empty where it is their own to answer."""
    return "" if absent is None else f" for {absent.name}"


def item_for(change: Change, item_id: str, by: str) -> tuple[WorkItem, LockedCase, Staff]:
    """The open item with its case locked, for somebody who may answer it. Raises as `answer` does."""
    item, case = open_item(change, item_id)
    return item, case, _who_may(change, item, case, by)


def open_item(change: Change, item_id: str) -> tuple[WorkItem, LockedCase]:
    """The item with its case locked. Raises `NoLongerOpen` with who was first, or why it is gone."""
    ref = change.session.connection().execute(_CASE_OF, {"item": item_id}).scalar_one_or_none()
    if ref is None:
        raise UnknownWorkItem(item_id)
    case = change.lock(ref)
    item = item_named(change.session, item_id)  # read after the lock: as it stands now
    _refuse_ended(item)
    return item, case


def _refuse_ended(item: WorkItem) -> None:
    """Raise `NoLongerOpen`, with who was first or why it is gone, unless the item is open."""
    match WorkItemState(item.state):
        case WorkItemState.OPEN:
            return
        case WorkItemState.ANSWERED:
            assert item.answered_at is not None
            raise NoLongerOpen(f"{item.id} was answered by {item.answered_by} on {for_people(item.answered_at)}")
        case WorkItemState.LAPSED:
            raise NoLongerOpen(
                f"{item.id} was not answered in time and the case {item.case_ref} has gone on without it"
            )
        case WorkItemState.WITHDRAWN:
            raise NoLongerOpen(f"{item.id} is no longer asked: see `pathways case show {item.case_ref}`")


def _who_may(change: Change, item: WorkItem, case: LockedCase, by: str) -> Staff:
    member = staff_member(change.session, by)
    if member is None:
        # What was typed is not repeated: it may be somebody's name.
        raise NotTheirs("the register has no member of staff of that id: correct --as, or import the register")
    if has_left(member, change.now):
        raise NotTheirs(f"{member.id} has left and cannot answer: correct --as")
    if case.restricted and is_own_matter(change.session, case.ref, member):
        raise NotTheirs(f"{item.id} is about what {member.id} did: somebody else answers it")
    if not may_answer(change.session, member, item, on=local_day(change.now)):
        asked = Recipient.from_tag(item.asked_of)
        deciders = " or ".join(one.label for one in Form.deciders_of(item.form))
        above = f"and is decided by a {deciders} only" if deciders else "or a manager above"
        if asked.kind is RecipientKind.STAFF and Form.is_only_for_who_is_asked(item.form):
            above = "who alone can take it on"
        raise NotTheirs(f"{item.id} is for {asked.words}, {above}; {member.id} is {member.role}")
    return member


def _listed(item: WorkItem) -> OpenItem:
    asked: Sequence[str] = item.asked_of.split("-", 1)
    return OpenItem(
        item.id,
        item.case_ref,
        item.form,
        asked[1],
        item.assignee,
        item.due,
        item.urgent,
        Form.words_for(item.form)[0],
    )
