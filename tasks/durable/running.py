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
from datetime import datetime
from functools import partial

from models.log_context import in_hand
from models.states import CaseStatus
from tasks.database import DatabaseUnavailable
from tasks.durable import lease
from tasks.durable.attention import note_failure, resume_if_answered
from tasks.durable.audited import StepFailed
from tasks.durable.cases import close
from tasks.durable.council import Council
from tasks.durable.due import Fallen, fall_due
from tasks.durable.falling_asleep import fall_asleep
from tasks.durable.ledger import LeaseLost, LockedCase, Recorded, UnknownCase, recall
from tasks.durable.leg import Asleep, Leg, WordFailed, running, step_in
from tasks.durable.memory import LedgerMismatch, Memory
from tasks.durable.procedure import Procedure, procedure_named
from tasks.durable.untaken import have_it_read
from tasks.durable.work_items import open_house_items

log = logging.getLogger("pathways")

WHOLE_EVERY = 8
"""Of so many legs one at the least runs the flow, though only somebody had to be reminded."""

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

    lease_lost: bool = False
    """Whether it had the case, and another leg took it."""


LegEnd = Slept | Finished | NotOurs


def run_leg(council: Council, ref: str, as_task: AsTask | None = None) -> LegEnd:
    """Run one leg of a case. Never raises for what goes wrong inside the case."""
    with in_hand(case=ref):
        try:
            return _run_leg(council, ref, as_task or _plainly)
        except LeaseLost:
            log.info("case %s is carried on by another leg", ref)
            return NotOurs(lease_lost=True)
        except DatabaseUnavailable as away:
            log.warning("case %s rests: %s", ref, away)
    return NotOurs()


@dataclass(frozen=True)
class _Begun:
    """A pass over a case whose lease is held: how the case stands, and what its ledger holds."""

    held: lease.HeldLease
    wake_no: int
    procedure: str
    entries: list[Recorded]
    parked: bool


@dataclass(frozen=True)
class _Trouble:
    """What went wrong in a pass, for the ledger; `account` may be personal and goes into the payload only."""

    key: str
    error: str
    account: str
    hopeless: bool = False


def _run_leg(council: Council, ref: str, as_task: AsTask) -> LegEnd:
    held: lease.HeldLease | None = None
    while True:
        begun = _begin(council, ref, held)
        if not isinstance(begun, _Begun):
            return begun
        held = begun.held
        with in_hand(fence=begun.held.fence):
            end = _one_pass(council, begun, as_task)
        if end is not None:
            return end


def _begin(council: Council, ref: str, held: lease.HeldLease | None) -> _Begun | LegEnd:
    """
    Take the lease where it is not held yet, enter what fell due and recall the ledger: one transaction.

    A case that only had somebody to remind goes back to sleep in the same transaction: its flow would hear of nothing.
    """
    try:
        with council.change() as change:
            case = change.lock(ref)
            lasts = change.policy.lease.lasts
            if held is not None:
                lease.check(case, held)
                lease.renew(change.session, case, change.now, lasts)
            elif case.status is CaseStatus.CLOSED:
                return Finished(None)
            else:
                held = lease.take_locked(change.session, case, change.now, lasts)
            if held is None:
                return NotOurs()
            step = step_in(change, case)
            fallen = fall_due(step)
            if fallen is Fallen.CHASING and _only_sleeps(case):
                slept = Slept(*fall_asleep(step, case.wake_no, None))
                lease.release(change.session, held, change.now)
                return slept
            parked = case.status is CaseStatus.NEEDS_ATTENTION and not resume_if_answered(step)
            return _Begun(held, case.wake_no, case.procedure, recall(change.session, ref), parked)
    except (LeaseLost, DatabaseUnavailable, UnknownCase):
        raise
    except Exception:
        _rest(council, ref)
        raise


def _only_sleeps(case: LockedCase) -> bool:
    """
    Whether a case, as it stood before this leg, waits for its waits alone: nothing came, broke off or failed.

    Now and then the flow is run all the same, so that nothing hangs on this alone.
    """
    well = case.wake_no == case.asleep_wake_no and case.lease_holder is None and case.failures == 0
    return well and case.fence % WHOLE_EVERY != 0


def _rest(council: Council, ref: str) -> None:
    """What could not begin is not tried again before a lease's time has gone."""
    with council.change() as change:
        lease.take(change.session, ref, change.now, change.policy.lease.lasts)


def _one_pass(council: Council, begun: _Begun, as_task: AsTask) -> LegEnd | None:
    """Run the flow once from the top. None where something came meanwhile and it is to run again."""
    try:
        procedure = procedure_named(begun.procedure)
        leg = Leg(council, begun.held, Memory(begun.entries, procedure.retired), as_task)
        go_on = partial(_asleep, leg, begun) if begun.parked else partial(_carry_on, leg, begun, procedure)
    except Exception as caught:  # this version has no such procedure
        leg = Leg(council, begun.held, Memory(begun.entries), as_task)
        go_on = partial(_asleep, leg, begun) if begun.parked else partial(_failed, leg, begun, _in_the_flow(caught))
    while True:  # what is kept back can end a pass too, when it comes to be entered: each time there is less of it
        try:
            return go_on()
        except Asleep:
            go_on = partial(_asleep, leg, begun)
        except StepFailed as failed:
            go_on = partial(_failed, leg, begun, _Trouble(failed.key, failed.error, failed.private_account))
        except WordFailed as failed:
            go_on = partial(_failed, leg, begun, _Trouble("flow", failed.error, failed.private_account))


def _carry_on(leg: Leg, begun: _Begun, procedure: Procedure) -> LegEnd | None:
    """Run the flow, and close the case where it comes to its end. Raises `Asleep` where it waits."""
    try:
        facts = procedure.facts.model_validate(leg.memory.opened.data)
        with running(leg):
            outcome = procedure.run(facts)
        left_out = leg.memory.left_out()
        if left_out is not None:
            raise LedgerMismatch(
                left_out, "the code comes to its end without this step; where it was taken out, retire it"
            )
    except (LeaseLost, DatabaseUnavailable, StepFailed, WordFailed):
        raise
    except LedgerMismatch as mismatch:
        trouble = _Trouble(mismatch.key, type(mismatch).__name__, str(mismatch), hopeless=True)
    except Exception as caught:
        trouble = _in_the_flow(caught)
    else:
        return _close(leg, begun, None if outcome is None else str(outcome))
    return _failed(leg, begun, trouble)


def _close(leg: Leg, begun: _Begun, outcome: str | None) -> LegEnd | None:
    with leg.transaction() as here:
        if here.case.wake_no != begun.wake_no:
            return None
        have_it_read(here, leg)
        if not open_house_items(here.session, leg.ref):
            close(here, outcome)
            lease.release(here.session, leg.held, here.now)
            return Finished(outcome)
    return _asleep(leg, begun)


def _failed(leg: Leg, begun: _Begun, trouble: _Trouble) -> LegEnd | None:
    """Enter what went wrong, and sleep until it is tried again or somebody has said how it goes on."""
    with leg.transaction() as here:
        again_at = note_failure(here, trouble.key, trouble.error, trouble.account, hopeless=trouble.hopeless)
    return _asleep(leg, begun, again_at)


def _in_the_flow(caught: Exception) -> _Trouble:
    return _Trouble("flow", type(caught).__name__, "".join(traceback.format_exception(caught)))


def _asleep(leg: Leg, begun: _Begun, again_at: datetime | None = None) -> Slept | None:
    """Write the next due time and give the lease back, unless something came: then None, and the leg goes on."""
    with leg.transaction() as here:
        if here.case.wake_no != begun.wake_no:
            return None
        due, awaiting = fall_asleep(here, begun.wake_no, again_at)
        lease.release(here.session, leg.held, here.now)
    return Slept(due, awaiting)


def _plainly(_name: str, work: Callable[[], None]) -> None:
    work()
