"""
Running a leg from waking to sleeping, whatever it runs under.

Take the lease, enter what fell due, run the flow from the top, and then either close the case or put it to sleep. It
goes to sleep only if nothing came for it meanwhile: the case's `wake_no` is compared in the transaction that writes
the next due time and gives the lease back.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from models.cases import Case, Milestone, Wait, WorkItem
from models.forms.base import Form, Signal
from models.states import CaseStatus, MilestoneState, WaitKind, WaitState, WorkItemState
from tasks.database import DatabaseUnavailable
from tasks.durable import lease
from tasks.durable.attention import note_failure, resume_if_answered
from tasks.durable.audited import StepFailed
from tasks.durable.cases import close, next_due_of
from tasks.durable.council import Council
from tasks.durable.due import fall_due
from tasks.durable.ledger import LeaseLost, recall
from tasks.durable.leg import Asleep, Leg, Step, running
from tasks.durable.memory import LedgerMismatch, Memory
from tasks.durable.procedure import procedure_named
from tasks.durable.untaken import have_it_read
from tasks.durable.work_items import open_house_items

log = logging.getLogger("pathways")

LONGEST_SLEEP = timedelta(days=28)
"""A case that waits only for people or messages is looked at once in this time all the same."""

AsTask = Callable[[str, Callable[[], None]], None]


@dataclass(frozen=True)
class Slept:
    """The case sleeps until `until`, or until it is woken."""

    until: datetime
    awaiting: str


@dataclass(frozen=True)
class Finished:
    """The case is closed."""

    outcome: str | None


@dataclass(frozen=True)
class NotOurs:
    """Another leg has the case, or the database cannot be reached: this leg touches nothing."""


LegEnd = Slept | Finished | NotOurs


def run_leg(council: Council, ref: str, as_task: AsTask | None = None) -> LegEnd:
    """Run one leg of a case. Never raises for what goes wrong inside the case."""
    try:
        return _run_leg(council, ref, as_task or _plainly)
    except LeaseLost:
        log.info("case %s is carried on by another leg", ref)
    except DatabaseUnavailable as away:
        log.warning("case %s rests: %s", ref, away)
    return NotOurs()


def _run_leg(council: Council, ref: str, as_task: AsTask) -> LegEnd:
    with council.change() as change:
        status = change.lock(ref).status
        if status is CaseStatus.CLOSED:
            return Finished(None)
        held = lease.take(change.session, ref, change.now, change.policy.lease.lasts)
    if held is None:
        return NotOurs()
    while True:
        end = _one_pass(council, held, as_task)
        if end is not None:
            return end


def _one_pass(council: Council, held: lease.HeldLease, as_task: AsTask) -> LegEnd | None:
    """Run the flow once from the top. None where something came meanwhile and it is to run again."""
    with council.database.read() as session:
        wake_no = session.execute(select(Case.wake_no).where(Case.ref == held.ref)).scalar_one()
        entries = recall(session, held.ref)
    leg = Leg(council, held, Memory(entries), as_task)
    with leg.transaction() as here:
        head_before = here.case.head_no
        fall_due(here)
        parked = here.case.status is CaseStatus.NEEDS_ATTENTION and not resume_if_answered(here)
        procedure_name, came = here.case.procedure, here.pen.next_no - 1 > head_before
    if parked:
        return _go_to_sleep(leg, wake_no)
    with council.database.read() as session:
        entries = recall(session, held.ref) if came or head_before != leg.memory.last_no else entries
    try:
        procedure = procedure_named(procedure_name)
        leg.memory = Memory(entries, procedure.retired)
        leg.now = leg.memory.opened.at
        facts = procedure.facts.model_validate(leg.memory.opened.data)
        with running(leg):
            outcome = procedure.run(facts)
        left_out = leg.memory.left_out()
        if left_out is not None:
            raise LedgerMismatch(
                left_out, "the code comes to its end without this step; where it was taken out, retire it"
            )
    except Asleep:
        return _go_to_sleep(leg, wake_no)
    except (LeaseLost, DatabaseUnavailable):
        raise
    except StepFailed as failed:
        trouble = (failed.key, failed.error, failed.private_account, False)
    except LedgerMismatch as mismatch:
        trouble = (mismatch.key, type(mismatch).__name__, str(mismatch), True)
    except Exception as caught:
        trouble = ("flow", type(caught).__name__, "".join(traceback.format_exception(caught)), False)
    else:
        return _close(leg, wake_no, None if outcome is None else str(outcome))
    key, error, account, hopeless = trouble
    with leg.transaction() as here:
        again_at = note_failure(here, key, error, account, hopeless=hopeless)
    return _go_to_sleep(leg, wake_no, again_at)


def _close(leg: Leg, wake_no: int, outcome: str | None) -> LegEnd | None:
    with leg.transaction() as here:
        if here.case.wake_no != wake_no:
            return None
        have_it_read(here, leg)
        if not open_house_items(here.session, leg.ref):
            close(here, outcome)
            lease.release(here.session, leg.held, here.now)
            return Finished(outcome)
    return _go_to_sleep(leg, wake_no)


def _go_to_sleep(leg: Leg, wake_no: int, again_at: datetime | None = None) -> Slept | None:
    """Write the next due time and give the lease back, unless something came: then None, and the leg goes on."""
    with leg.transaction() as here:
        if here.case.wake_no != wake_no:
            return None
        due = next_due_of([again_at, *_open_dues(here)]) or here.now + LONGEST_SLEEP
        awaiting = _in_words(here, again_at)
        values = {"next_due": due, "asleep_wake_no": wake_no, "awaiting": awaiting}
        if again_at is None and here.case.status is CaseStatus.OPEN and here.case.failures:
            values["failures"] = 0
        here.session.execute(update(Case).where(Case.ref == leg.ref).values(values))
        lease.release(here.session, leg.held, here.now)
    return Slept(due, awaiting)


def _open_dues(here: Step) -> list[datetime | None]:
    waits = select(Wait.due).where(Wait.case_ref == here.case.ref, Wait.state == WaitState.OPEN)
    milestones = select(Milestone.due).where(
        Milestone.case_ref == here.case.ref, Milestone.state == MilestoneState.PENDING
    )
    return [*here.session.scalars(waits), *here.session.scalars(milestones)]


def _in_words(here: Step, again_at: datetime | None) -> str:
    """What is awaited, as the state's name in Prefect: forms, signals and timers by their names, nothing personal."""
    status = here.session.execute(select(Case.status).where(Case.ref == here.case.ref)).scalar_one()
    if status == CaseStatus.NEEDS_ATTENTION:
        return "Needs attention"
    if again_at is not None:
        return "Trying a step again"
    forms = here.session.scalars(
        select(WorkItem.form)
        .where(WorkItem.case_ref == here.case.ref, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.opened_at, WorkItem.key)
    ).all()
    if forms:
        return "Awaiting " + " and ".join(dict.fromkeys(Form.words_for(form)[0] for form in forms))
    waits = here.session.execute(
        select(Wait.kind, Wait.key, Wait.awaited)
        .where(Wait.case_ref == here.case.ref, Wait.state == WaitState.OPEN)
        .order_by(Wait.due.is_(None), Wait.due, Wait.opened_no)
    ).all()
    if not waits:
        return "Resting"
    kind, key, awaited = waits[0]
    match WaitKind(kind):
        case WaitKind.SIGNAL:
            return f"Awaiting {Signal.words_for(awaited)}"
        case WaitKind.CASE:
            return f"Awaiting case {awaited}"
        case WaitKind.TIMER | WaitKind.DECISION:
            name: str = key.partition("[")[0]
            return f"Waiting for {name.replace('-', ' ')}"


def _plainly(_name: str, work: Callable[[], None]) -> None:
    work()
