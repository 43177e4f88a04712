"""
Chasing: how a question that stays unanswered is brought up again, and that none is ever left to silence.

Policy says for each form when it must have been opened, when those asked are reminded, and who hears of it then
(milestones). While an item is open and its form is chased, something is always planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.cases import Case, Milestone, WorkItem
from models.durations import DayEnd, Deadline, Duration
from models.forms.base import Form
from models.notices import Recipient, RecipientKind, Why
from models.outbox import OutboxMessage, OutboxState
from models.policy import Policy
from models.roles import Role
from models.states import MilestoneKind, MilestoneState
from tasks.durable.people import team_of
from tasks.register.lookups import staff_member
from tasks.telling.queueing import withdraw

_milestone, _message = (cast(Table, model.__table__) for model in (Milestone, OutboxMessage))
_PLAN = insert(_milestone)
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


def plan_chasing(session: Session, policy: Policy, item: WorkItem, since: datetime) -> Recipient | None:
    """Write the milestones that policy sets for this form, and say who comes first if nobody answers."""
    if not Form.named(item.form).chased:
        return None
    calendar, timing = policy.working_calendar(), policy.timing_of(Form.named(item.form).slug(), urgent=item.urgent)
    asked = Recipient.from_tag(item.asked_of)
    planned: list[tuple[MilestoneKind, Deadline, Recipient]] = []
    above = [(length, Recipient.role(role)) for length, role in _ladder(session, policy, item, asked)]
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
    above = _ladder(session, policy, item, asked)
    if timing.acknowledge_within is not None and above:
        first = Recipient.role(above[0][1])
        _plan_one(session, policy, item, MilestoneKind.ACKNOWLEDGE, timing.acknowledge_within, first, now)
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


def _ladder(session: Session, policy: Policy, item: WorkItem, asked: Recipient) -> list[tuple[Duration, Role]]:
    """Who is above those asked, and after how long each hears of it."""
    team = None
    if policy.work_items.led_by:
        owner = session.get_one(Case, item.case_ref).owner
        team = team_of(session, asked) or team_of(session, Recipient.from_tag(owner))
    steps = policy.timing_of(Form.named(item.form).slug(), urgent=item.urgent).escalate
    ladder = [(step.after, policy.work_items.up_next(step.to, team)) for step in steps]
    return [(length, role) for length, role in ladder if not _is_below(session, role, asked)]


def _is_below(session: Session, role: Role, asked: Recipient) -> bool:
    """Whether those asked hold that role themselves, or stand above it: then it could not answer for them."""
    held = asked.name if asked.kind is RecipientKind.ROLE else None
    if asked.kind is RecipientKind.STAFF and (member := staff_member(session, asked.name)) is not None:
        held = member.role
    return held is not None and (Role(held) is role or Role(held).outranks(role))


def setting_of(length: Deadline) -> str:
    """A length of time as policy writes it, to work a due time out anew."""
    return length.value if isinstance(length, DayEnd) else length.setting()
