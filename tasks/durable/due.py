"""
What falls due in a case: timers, silence, and the chasing of work items.

Everything whose time has come by now is entered in the order of its time, at the start of a leg, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select, update

from models.cases import Milestone, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.notices import Recipient, Why
from models.states import MilestoneKind, MilestoneState, WaitKind, WaitState, WorkItemState
from models.working_time import for_people, local_day
from tasks.durable.chasing import keep_chased
from tasks.durable.ledger import Fact
from tasks.durable.leg import Step
from tasks.durable.people import is_there, nearest
from tasks.durable.wait_rows import end_wait
from tasks.durable.who_may_answer import may_answer
from tasks.durable.work_items import close_item, interruption_of, notice_about, say
from tasks.register.lookups import staff_member
from tasks.telling.queueing import with_cover, withdraw_unsent
from tasks.telling.quiet_hours import is_in_the_night, with_on_call

_wait, _milestone, _item = (cast(Table, model.__table__) for model in (Wait, Milestone, WorkItem))
_WAITS = select(_wait.c.due, _wait.c.opened_no, _wait.c.key, _wait.c.kind, _wait.c.awaited).where(
    _wait.c.case_ref == bindparam("ref"), _wait.c.state == str(WaitState.OPEN), _wait.c.due <= bindparam("now")
)
_MILESTONES = select(
    _milestone.c.due, _milestone.c.no, _milestone.c.work_item_id, _milestone.c.kind, _milestone.c.told_to
).where(
    _milestone.c.case_ref == bindparam("ref"),
    _milestone.c.state == str(MilestoneState.PENDING),
    _milestone.c.due <= bindparam("now"),
)
_REACH = (
    update(_milestone)
    .where(
        _milestone.c.work_item_id == bindparam("item"),
        _milestone.c.no == bindparam("the_no"),
        _milestone.c.state == str(MilestoneState.PENDING),
    )
    .values(state=str(MilestoneState.DONE))
)
_ITEM = select(_item).where(_item.c.id == bindparam("item"))
_NEXT_UP = (
    select(_milestone.c.told_to)
    .where(
        _milestone.c.work_item_id == bindparam("item"),
        _milestone.c.state == str(MilestoneState.PENDING),
        _milestone.c.kind == str(MilestoneKind.ESCALATE),
    )
    .order_by(_milestone.c.due, _milestone.c.no)
)


class Fallen(Enum):
    """What had fallen due in a case."""

    NOTHING = "nothing"
    CHASING = "chasing"
    """Only people who were asked had to be reminded, or others told: nothing that a flow hears of."""
    A_WAIT = "a wait"
    """A timer or a question's time ran out."""


def fall_due(here: Step) -> Fallen:
    """Enter every timer, lapse and milestone of the case whose time has come."""
    connection, now = here.session.connection(), {"ref": here.case.ref, "now": here.now}
    waits, milestones = connection.execute(_WAITS, now).all(), connection.execute(_MILESTONES, now).all()
    come: list[tuple[datetime, int, int, Callable[[], None]]] = [
        *((one.due, 0, one.opened_no, partial(_end_wait, here, one)) for one in waits),
        *((one.due, 1, one.no, partial(_chase, here, one)) for one in milestones),
    ]
    for _, _, _, act in sorted(come, key=lambda one: one[:3]):
        act()
    return Fallen.A_WAIT if waits else Fallen.CHASING if milestones else Fallen.NOTHING


def _end_wait(here: Step, wait: Row[Any]) -> None:
    if wait.kind == WaitKind.DECISION:
        title, _ = Form.words_for(wait.awaited)
        entry = here.pen.enter(Fact(EntryKind.LAPSED, wait.key, f"Nobody answered in time: {title}", wait.awaited))
        end_wait(here.session, here.case.ref, wait.key, WaitState.LAPSED, no=entry.no)
        close_item(here, wait.key, WorkItemState.LAPSED)
    else:
        entry = here.pen.enter(Fact(EntryKind.FELL_DUE, wait.key, f"The time came: {wait.key}", wait.awaited))
        end_wait(here.session, here.case.ref, wait.key, WaitState.CAME, no=entry.no)


def _chase(here: Step, milestone: Row[Any]) -> None:
    connection, kind = here.session.connection(), MilestoneKind(milestone.kind)
    item = WorkItem(**connection.execute(_ITEM, {"item": milestone.work_item_id}).mappings().one())
    if item.state != WorkItemState.OPEN:
        return
    reached = connection.execute(_REACH, {"item": item.id, "the_no": milestone.no})
    if reached.rowcount == 0:
        return
    title, _ = Form.words_for(item.form)
    asked = Recipient.from_tag(item.asked_of)
    told = nearest(here.session, Recipient.from_tag(milestone.told_to), asked, on=here.now)
    heard = [told]
    interrupts = interruption_of(here.policy, item, chased=True)
    match kind:
        case MilestoneKind.REMIND:
            heard = _reminded(here, item, asked)
            entered, why, text = EntryKind.REMINDED, Why.REMINDER, "Reminded {whom}: {title}"
        case MilestoneKind.ACKNOWLEDGE:
            entered, why = EntryKind.ESCALATED, Why.NOT_ACKNOWLEDGED
            text = "Told {whom} that nobody has opened since {since}: {title}"
        case MilestoneKind.ESCALATE:
            entered, why = EntryKind.ESCALATED, Why.NOT_ANSWERED
            text = "Passed on to {whom}, unanswered since {since}: {title}"
            # Where it waits for a digest, each of those above hears of what is urgent, however fast it rises past them.
            all_hear = item.urgent and interrupts is None
            withdraw_unsent(here.session, item.id, but=Why.NOT_ANSWERED if all_hear else None)
    if interrupts and kind is MilestoneKind.ACKNOWLEDGE:
        heard.append(asked)
    heard = with_cover(here.session, heard, here.case.ref, here.now)
    if not is_in_the_night(here.session, item.case_ref):  # else on call is told by the night itself, until they have it
        heard = with_on_call(here.session, here.policy, heard, interrupts, here.now)
    whom = " and ".join(one.words for one in heard)
    text = text.format(whom=whom, title=title, since=for_people(item.opened_at))
    entry = here.pen.enter(Fact(entered, item.key, text, item.form))
    notice = notice_about(item, _next_up(here, item)).model_copy(update={"why": why})
    say(here.session, here.pen, item, heard, notice, entry, interrupts)
    keep_chased(here.session, here.policy, item, here.now)


def _reminded(here: Step, item: WorkItem, asked: Recipient) -> list[Recipient]:
    """Whoever has it, else those asked; they too where whoever has it is away, or stood in for somebody until now."""
    if item.assignee is None:
        return [asked]
    holder = staff_member(here.session, item.assignee)
    if holder is None or not may_answer(here.session, holder, item, on=local_day(here.now)):
        return [asked]
    whose = Recipient.staff(item.assignee)
    return [whose] if is_there(here.session, item.assignee, here.now) else [whose, asked]


def _next_up(here: Step, item: WorkItem) -> Recipient | None:
    """To whom the item goes next; None where nobody is left to pass it on to."""
    tag = here.session.connection().execute(_NEXT_UP, {"item": item.id}).scalars().first()
    return None if tag is None else Recipient.from_tag(tag)
