"""
Work items: a question put to somebody, in their worklist until it is answered, lapses or is withdrawn.

A flow's question is also a wait of its case. The house asks too (a step that failed, a message to be read): such
items have no wait, and a case is not closed before they are answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.cases import Milestone, Wait, WorkItem
from models.due_rules import DueBy
from models.durations import DayEnd, Deadline
from models.entry_kinds import EntryKind
from models.forms.base import Form, FormT
from models.notices import Interruption, Notice, Recipient, RecipientKind, Then, ThenKind, Verb, Why
from models.outbox import OutboxMessage, OutboxState
from models.policy import MailKind, Policy
from models.refs import ALPHABET
from models.roles import Role
from models.states import MilestoneKind, MilestoneState, WaitKind, WorkItemState
from models.working_time import for_people
from tasks.durable.ledger import Fact, Pen, Recorded
from tasks.durable.leg import Step
from tasks.durable.memory import BY_THE_HOUSE
from tasks.durable.people import nearest_there
from tasks.durable.wait_rows import open_wait
from tasks.register.lookups import staff_member
from tasks.telling.queueing import queue, withdraw

_item, _milestone, _message = (cast(Table, model.__table__) for model in (WorkItem, Milestone, OutboxMessage))
_OPEN_ITEM, _PLAN = insert(_item), insert(_milestone)
_CLOSE_ITEM = (
    update(_item)
    .where(
        _item.c.case_ref == bindparam("ref"),
        _item.c.key == bindparam("the_key"),
        _item.c.state == str(WorkItemState.OPEN),
    )
    .values(state=bindparam("how"))
    .returning(_item.c.id)
)
_CALL_OFF = (
    update(_milestone)
    .where(
        _milestone.c.work_item_id == bindparam("item"),
        _milestone.c.state == str(MilestoneState.PENDING),
        _milestone.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .values(state=str(MilestoneState.CALLED_OFF))
)
_CHASES = (str(MilestoneKind.REMIND), str(MilestoneKind.ESCALATE))
"""What asks for an answer; that nobody has opened it is said once, and is no chasing."""
_PLANNED = (
    select(_milestone.c.no, _milestone.c.kind, _milestone.c.state, _milestone.c.told_to)
    .where(_milestone.c.work_item_id == bindparam("item"))
    .order_by(_milestone.c.no)
)
_UNSENT = select(_message.c.id, _message.c.notice).where(
    _message.c.work_item_id == bindparam("item"), _message.c.state == str(OutboxState.QUEUED)
)

ByWhen = Deadline | DueBy | datetime
"""A length of time or an hour of today, counted from when it is asked; a rule of policy; or a fixed moment."""


@dataclass(frozen=True)
class Question(Generic[FormT]):
    """What is asked, of whom, and by when."""

    form: type[FormT]
    of: Recipient
    about: str | Callable[[Step], str]
    """What the person reads beside the form; may be personal. Made within the transaction that asks, where it is a
    function, so that it is as things stand then and costs nothing afterwards."""
    urgent: bool
    clauses: tuple[str, ...]
    within: ByWhen | None
    lapses: bool
    """Whether silence at the end of `within` is an outcome; else the question stays."""
    since: datetime | None = None
    """From when its chasing is counted, where it was asked before and is asked anew with what has come to it."""
    near: str | None = None
    """Team whose own holder of the role is asked, where there is exactly one; if they are away, who stands above."""


def put_to(here: Step, key: str, question: Question[FormT]) -> Recorded:
    """Put a flow's question: the entry, the wait, the work item with its chasing, and the notice."""
    due = _due(here.policy, here.now, question.within)
    about = question.about if isinstance(question.about, str) else question.about(here)
    of = question.of
    if question.near is not None:
        deciders = Form.deciders_of(question.form.name())
        of = nearest_there(here.session, of, question.near, on=here.now, deciders=deciders)
    question = replace(question, about=about, of=of)
    counted_from, length = counted(question.within, here.now)
    entry, _ = _ask(here.session, here.pen, here.policy, key, question, due)
    open_wait(
        here.session,
        here.case.ref,
        key,
        WaitKind.DECISION,
        question.form.name(),
        opened_no=entry.no,
        due=due if question.lapses else None,
        counted_from=counted_from,
        length=length,
    )
    return entry


def put_by_the_house(session: Session, pen: Pen, policy: Policy, key: str, question: Question[FormT]) -> WorkItem:
    """Put a question that no flow asked; the case is not closed before it is answered."""
    _, item = _ask(session, pen, policy, key, question, _due(policy, pen.at, question.within))
    return item


def house_key(session: Session, ref: str, name: str) -> str:
    """The next free key for a question of the house: `house:name[1]`, `house:name[2]` …"""
    name = f"{BY_THE_HOUSE}{name}"
    keys = session.scalars(select(WorkItem.key).where(WorkItem.case_ref == ref, WorkItem.key.startswith(f"{name}[")))
    return f"{name}[{len(keys.all()) + 1}]"


def open_house_items(session: Session, ref: str) -> list[WorkItem]:
    """The questions of the house that are still open on a case."""
    asked_by_flow = select(Wait.key).where(Wait.case_ref == ref, Wait.kind == WaitKind.DECISION)
    rows = session.scalars(
        select(WorkItem).where(
            WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN, WorkItem.key.not_in(asked_by_flow)
        )
    )
    return list(rows)


def close_item(here: Step, key: str, state: WorkItemState = WorkItemState.WITHDRAWN) -> None:
    """End the open work item under `key`, if there is one: its chasing stops and its unsent notices are withdrawn."""
    closed = here.session.connection().execute(_CLOSE_ITEM, {"ref": here.case.ref, "the_key": key, "how": str(state)})
    for item_id in closed.scalars().all():
        call_off(here.session, item_id)


def stop_chasing(session: Session, item: WorkItem, *kinds: MilestoneKind) -> None:
    """
    Call off the milestones still pending (of those kinds, or all), and withdraw the notices that this overtakes.

    Where all chasing ends, that is every notice not sent yet. Where somebody has taken the item, it is what asked for
    it, recalled it or said that nobody has opened it; that nobody has answered in time stands.
    """
    call_off(session, item.id, *kinds)


def note_seen(session: Session, item: WorkItem) -> None:
    """Somebody has opened it: what says that nobody has is called off and withdrawn, and nothing else."""
    unsent = _call_off(session, item.id, [MilestoneKind.ACKNOWLEDGE])
    withdraw(session, [one for one, notice in unsent if notice.get("why") == Why.NOT_ACKNOWLEDGED])


def call_off(session: Session, item_id: str, *kinds: MilestoneKind) -> None:
    """As `stop_chasing`, of the item with that id."""
    unsent = _call_off(session, item_id, kinds or tuple(MilestoneKind))
    withdraw(session, [one for one, notice in unsent if not kinds or notice.get("why") != Why.NOT_ANSWERED])


def _call_off(session: Session, item_id: str, kinds: Sequence[MilestoneKind]) -> Sequence[tuple[str, dict[str, Any]]]:
    """Call off what is pending of those kinds; gives what is not sent yet about the item: message id and notice."""
    session.flush()
    connection = session.connection()
    connection.execute(_CALL_OFF, {"item": item_id, "kinds": [str(kind) for kind in kinds]})
    return connection.execute(_UNSENT, {"item": item_id}).tuples().all()


def say(
    session: Session,
    pen: Pen,
    item: WorkItem,
    to: Sequence[Recipient],
    notice: Notice,
    entry: Recorded,
    interrupts: Interruption | None,
    *,
    is_first: bool = False,
) -> None:
    """Queue a notice about a work item, so that it can be withdrawn with it."""
    queue(session, notice, to, pen.case.ref, entry.no, pen.at, item.id, interrupts=interrupts, is_first=is_first)


def interruption_of(policy: Policy, item: WorkItem, *, chased: bool) -> Interruption | None:
    """
    Why a notice about that item may interrupt; None where it waits for a digest.

    Urgent work interrupts until somebody has acknowledged it, from its first notice on: whoever is to acknowledge it
    must have heard of it. Safeguarding work that is not urgent interrupts once it is chased, and some forms always
    do, until somebody has taken it: that it was looked at silences nothing.
    """
    if item.acknowledged_at is not None and (item.urgent or item.assignee is not None):
        return None
    if item.urgent and chased:
        return Interruption.URGENT_UNACKNOWLEDGED
    by_form = Form.interruption_by(item.form)
    if by_form is not None:
        return by_form
    safeguarding = policy.queue(MailKind.SAFEGUARDING)
    concerned = {Recipient.role(Role.SAFEGUARDING_LEAD).tag}
    if safeguarding.team is not None:
        concerned.add(Recipient.team(safeguarding.team).tag)
    if safeguarding.role is not None:
        concerned.add(Recipient.role(safeguarding.role).tag)
    if item.urgent or (chased and item.asked_of in concerned):
        return Interruption.URGENT_UNACKNOWLEDGED
    return None


def _ask(
    session: Session, pen: Pen, policy: Policy, key: str, question: Question[FormT], due: datetime | None
) -> tuple[Recorded, WorkItem]:
    form = question.form
    by_when = f", wanted by {for_people(due)}" if due else ""
    entry = pen.enter(
        Fact(
            EntryKind.ASKED,
            key,
            f"Asked {question.of.words}: {form.title}{by_when}",
            form.name(),
            {"about": question.about, "of": question.of.tag, "due": due.isoformat() if due else None},
            clauses=question.clauses,
        )
    )
    row: dict[str, Any] = {
        "id": "W-" + "".join(secrets.choice(ALPHABET) for _ in range(10)),
        "case_ref": pen.case.ref,
        "key": key,
        "form": form.name(),
        "form_version": form.version,
        "asked_of": question.of.tag,
        "assignee": None,
        "state": str(WorkItemState.OPEN),
        "urgent": question.urgent,
        "opened_at": pen.at,
        "due": due,
        "acknowledged_at": None,
        "answered_at": None,
        "answered_by": None,
    }
    session.connection().execute(_OPEN_ITEM, row)
    item = WorkItem(**row)  # as it was written, for those who say something of it
    first_up = _plan_chasing(session, policy, item, question.since or item.opened_at)
    notice = notice_about(item, first_up)
    if not form.chased:
        notice = notice.model_copy(update={"then": Then(kind=ThenKind.NOTHING)})
    interrupts = interruption_of(policy, item, chased=False)
    say(session, pen, item, [question.of], notice, entry, interrupts, is_first=True)
    return entry, item


def notice_about(item: WorkItem, next_up: Recipient | None) -> Notice:
    """What people are told of it: verb and form, case, by when, what happens then, where to look (DUTY-22)."""
    then = Then(kind=ThenKind.PASSED_ON, to=next_up) if next_up else Then(kind=ThenKind.REMINDED)
    asked = Recipient.from_tag(item.asked_of)
    return Notice(
        verb=Verb.ANSWER,
        what=Form.words_for(item.form)[1],
        case_ref=item.case_ref,
        team=asked.name if asked.kind == "team" else None,
        by=item.due,
        then=then,
        urgent=item.urgent,
    )


def _plan_chasing(session: Session, policy: Policy, item: WorkItem, since: datetime) -> Recipient | None:
    """Write the milestones that policy sets for this form, and say who comes first if nobody answers."""
    if not Form.named(item.form).chased:
        return None
    calendar, timing = policy.working_calendar(), policy.timing_of(Form.named(item.form).slug(), urgent=item.urgent)
    asked = Recipient.from_tag(item.asked_of)
    planned: list[tuple[MilestoneKind, Deadline, Recipient]] = []
    above = [
        (step.after, Recipient.role(step.to)) for step in timing.escalate if not _is_below(session, step.to, asked)
    ]
    if timing.acknowledge_within is not None and above:
        planned.append((MilestoneKind.ACKNOWLEDGE, timing.acknowledge_within, above[0][1]))
    if timing.remind_after is not None:
        planned.append((MilestoneKind.REMIND, timing.remind_after, asked))
    planned += [(MilestoneKind.ESCALATE, length, whom) for length, whom in above]
    if not any(kind in _CHASES for kind, _, _ in planned):
        planned.append((MilestoneKind.REMIND, timing.repeat_every, asked))
    rows = [
        _milestone_row(item, number, kind, calendar.due(since, length), since, setting_of(length), whom)
        for number, (kind, length, whom) in enumerate(planned, start=1)
    ]
    if rows:
        session.connection().execute(_PLAN, rows)
    return above[0][1] if above else None


def _milestone_row(
    item: WorkItem, no: int, kind: str, due: datetime, counted_from: datetime, length: str, told_to: Recipient
) -> dict[str, Any]:
    return {
        "work_item_id": item.id,
        "no": no,
        "case_ref": item.case_ref,
        "kind": str(kind),
        "state": str(MilestoneState.PENDING),
        "due": due,
        "counted_from": counted_from,
        "length": length,
        "told_to": told_to.tag,
    }


def _is_below(session: Session, role: Role, asked: Recipient) -> bool:
    """Whether those asked hold that role themselves, or stand above it: then it could not answer for them."""
    held = asked.name if asked.kind is RecipientKind.ROLE else None
    if asked.kind is RecipientKind.STAFF and (member := staff_member(session, asked.name)) is not None:
        held = member.role
    return held is not None and (Role(held) is role or Role(held).outranks(role))


def chase_anew(session: Session, policy: Policy, item: WorkItem, now: datetime) -> None:
    """
    Chase an open item that nobody has opened any more: it was given back, or to somebody else.

    Whoever is next up hears of it again where it is not opened in time; what was planned from its first day on stays,
    so that passing it round puts nothing off. Where nothing is planned any more, those asked are told again.
    """
    form = Form.named(item.form)
    if not form.chased:
        return
    timing = policy.timing_of(form.slug(), urgent=item.urgent)
    call_off(session, item.id, MilestoneKind.ACKNOWLEDGE)
    asked = Recipient.from_tag(item.asked_of)
    above = [step.to for step in timing.escalate if not _is_below(session, step.to, asked)]
    if timing.acknowledge_within is not None and above:
        _plan_one(
            session, policy, item, MilestoneKind.ACKNOWLEDGE, timing.acknowledge_within, Recipient.role(above[0]), now
        )
    keep_chased(session, policy, item, now)


def keep_chased(session: Session, policy: Policy, item: WorkItem, now: datetime) -> bool:
    """
    See that an open item is never left to silence: where nothing is planned any more, whoever heard last hears again.

    That is whoever it was passed on to last, else those asked. That nobody has opened it is never said again by this.
    Gives whether something was planned: then the case is to be woken.
    """
    _, slug = Form.words_for(item.form)
    if not Form.is_chased(item.form):
        return False
    planned = session.connection().execute(_PLANNED, {"item": item.id}).tuples().all()
    chases = [(kind, told_to) for _, kind, state, told_to in planned if kind in _CHASES]
    if any(kind in _CHASES and state == MilestoneState.PENDING for _, kind, state, _ in planned):
        return False
    passed_on = [told_to for kind, told_to in chases if kind == MilestoneKind.ESCALATE]
    kind = MilestoneKind.ESCALATE if passed_on else MilestoneKind.REMIND
    told_to = Recipient.from_tag(passed_on[-1] if passed_on else item.asked_of)
    _plan_one(session, policy, item, kind, policy.timing_of(slug, urgent=item.urgent).repeat_every, told_to, now)
    return True


def _plan_one(
    session: Session,
    policy: Policy,
    item: WorkItem,
    kind: MilestoneKind,
    length: Deadline,
    told_to: Recipient,
    now: datetime,
) -> None:
    """Plan one milestone more, counted from now."""
    connection = session.connection()
    highest = max((no for no, *_ in connection.execute(_PLANNED, {"item": item.id}).tuples()), default=0)
    due = policy.working_calendar().due(now, length)
    connection.execute(_PLAN, _milestone_row(item, highest + 1, kind, due, now, setting_of(length), told_to))


def counted(within: ByWhen | None, start: datetime) -> tuple[datetime | None, str | None]:
    """From when a due time is counted and by what, to work it out anew; nothing for a fixed moment."""
    match within:
        case None | datetime():
            return None, None
        case DueBy():
            return within.since, within.setting()
        case _:
            return start, setting_of(within)


def setting_of(length: Deadline) -> str:
    """A length of time as policy writes it, to work a due time out anew."""
    return length.value if isinstance(length, DayEnd) else length.setting()


def _due(policy: Policy, start: datetime, within: ByWhen | None) -> datetime | None:
    if within is None or isinstance(within, datetime):
        return within
    if isinstance(within, DueBy):
        return within.under(policy)
    return policy.working_calendar().due(start, within)
