"""
What falls due in a case: timers, silence, and the chasing of work items.

Everything whose time has come by now is entered in the order of its time, at the start of a leg, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from models.cases import Milestone, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.notices import Recipient, Why
from models.outbox import OutboxMessage
from models.states import MilestoneKind, MilestoneState, WaitKind, WaitState, WorkItemState
from models.working_time import for_people
from tasks.durable.ledger import Fact
from tasks.durable.leg import Step
from tasks.durable.people import nearest
from tasks.durable.work_items import close_item, interruption_of, notice_about, repeat_at_the_end, say
from tasks.telling.queueing import withdraw_unsent
from tasks.telling.quiet_hours import with_on_call


def fall_due(here: Step) -> None:
    """Enter every timer, lapse and milestone of the case whose time has come."""
    waits = here.session.scalars(
        select(Wait).where(Wait.case_ref == here.case.ref, Wait.state == WaitState.OPEN, Wait.due <= here.now)
    )
    milestones = here.session.scalars(
        select(Milestone).where(
            Milestone.case_ref == here.case.ref,
            Milestone.state == MilestoneState.PENDING,
            Milestone.due <= here.now,
        )
    )
    come: list[tuple[datetime, int, int, Callable[[], None]]] = []
    for wait in waits:
        assert wait.due is not None  # the query asked for it
        come.append((wait.due, 0, wait.opened_no, lambda wait=wait: _end_wait(here, wait)))  # type: ignore[misc]
    for milestone in milestones:
        come.append((milestone.due, 1, milestone.no, lambda step=milestone: _chase(here, step)))  # type: ignore[misc]
    for _, _, _, act in sorted(come, key=lambda one: one[:3]):
        act()
    here.session.flush()


def _end_wait(here: Step, wait: Wait) -> None:
    if wait.kind == WaitKind.DECISION:
        title, _ = Form.words_for(wait.awaited)
        entry = here.pen.enter(Fact(EntryKind.LAPSED, wait.key, f"Nobody answered in time: {title}", wait.awaited))
        wait.state, wait.ended_no = WaitState.LAPSED, entry.no
        close_item(here, wait.key, WorkItemState.LAPSED)
    else:
        entry = here.pen.enter(Fact(EntryKind.FELL_DUE, wait.key, f"The time came: {wait.key}", wait.awaited))
        wait.state, wait.ended_no = WaitState.CAME, entry.no


def _chase(here: Step, milestone: Milestone) -> None:
    item = here.session.get_one(WorkItem, milestone.work_item_id)
    here.session.refresh(milestone)
    if milestone.state != MilestoneState.PENDING or item.state != WorkItemState.OPEN:
        return
    milestone.state = MilestoneState.DONE
    title, _ = Form.words_for(item.form)
    asked = Recipient.from_tag(item.asked_of)
    told = nearest(here.session, Recipient.from_tag(milestone.told_to), asked, on=here.now)
    heard = [told]
    match MilestoneKind(milestone.kind):
        case MilestoneKind.REMIND:
            heard = [Recipient.staff(item.assignee) if item.assignee else asked]
            kind, why, text = EntryKind.REMINDED, Why.REMINDER, "Reminded {whom}: {title}"
        case MilestoneKind.ACKNOWLEDGE:
            kind, why = EntryKind.ESCALATED, Why.NOT_ACKNOWLEDGED
            text = "Told {whom} that nobody has opened since {since}: {title}"
        case MilestoneKind.ESCALATE:
            kind, why = EntryKind.ESCALATED, Why.NOT_ANSWERED
            text = "Passed on to {whom}, unanswered since {since}: {title}"
            withdraw_unsent(here.session, item.id, OutboxMessage.interruption.is_(None))
    interrupts = interruption_of(here.policy, item, chased=True)
    if interrupts and milestone.kind == MilestoneKind.ACKNOWLEDGE:
        heard.append(asked)
    heard = with_on_call(here.session, here.policy, heard, interrupts, here.now)
    whom = " and ".join(one.words for one in heard)
    text = text.format(whom=whom, title=title, since=for_people(item.opened_at))
    entry = here.pen.enter(Fact(kind, item.key, text, item.form))
    notice = notice_about(item, _next_up(here, item)).model_copy(update={"why": why})
    say(here.session, here.pen, item, heard, notice, entry, interrupts)
    here.session.flush()
    repeat_at_the_end(here.session, here.policy, item, milestone, here.now)


def _next_up(here: Step, item: WorkItem) -> Recipient | None:
    """To whom the item goes next; None where nobody is left to pass it on to."""
    tag = here.session.scalars(
        select(Milestone.told_to)
        .where(
            Milestone.work_item_id == item.id,
            Milestone.state == MilestoneState.PENDING,
            Milestone.kind == MilestoneKind.ESCALATE,
        )
        .order_by(Milestone.due, Milestone.no)
    ).first()
    return None if tag is None else Recipient.from_tag(tag)
