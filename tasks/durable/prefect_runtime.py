"""
The Prefect runtime: a leg inside a flow run, ended by putting the run to sleep.

The leg sets its own run to Scheduled for the next due time and leaves by `Pause`, so that no process or thread waits.
This module and the clerk are all that knows how a case is woken.
"""

from __future__ import annotations

import functools
import logging
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.states import Completed
from sqlalchemy import bindparam, select

from models.cases import Case, Lease
from models.connections import load_connections
from models.policy import load_policy
from models.states import CaseStatus
from tasks.backup.switching import finish_restore
from tasks.database import Database
from tasks.durable import lease, leg_calls
from tasks.durable.council import Council
from tasks.durable.ledger import UnknownCase
from tasks.durable.leg import OutsideACase
from tasks.durable.leg_calls import DueRun
from tasks.durable.prefect_clerk import Clerk, PrefectAway, describe
from tasks.durable.prefect_steps import ShownSteps
from tasks.durable.record_age import Head, after_entry, head_in, lacks
from tasks.durable.running import Finished, NotOurs, Slept, run_leg
from tasks.installation import Installation

log = logging.getLogger("pathways")
_making = threading.Lock()


def council_of_this_process() -> Council:
    """The council that the environment describes; made once for each process, and its policy read once."""
    with _making:
        return _council(Installation.from_environment())


@functools.cache
def _council(installation: Installation) -> Council:
    finish_restore(installation)
    council = Council(Database(installation.database_url), load_policy(installation.policy_file))
    council.connections = load_connections(installation.connections_file)
    council.waker = Clerk(council)
    return council


def run_under_prefect(ref: str, *, show_steps: bool = True) -> State[Any]:
    """
    Run one leg of the case inside the current flow run, where Prefect's own engine runs it.

    Leaves by `Pause` while the case is open.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise OutsideACase
    theirs, council = context.flow_run, council_of_this_process()
    run = DueRun(
        theirs.id, theirs.deployment_id, {"ref": ref}, theirs.idempotency_key, theirs.name, frozenset(theirs.tags),
        head_in(theirs.state),
    )  # fmt: skip
    if not _stands(council, ref).is_carried_by(run):
        return SUPERSEDED
    if (lost := _lost(council, ref, run)) is not None:
        _rest(council, run, lost)
        raise Pause("the record is older than what happened: the backstop settles that")
    match run_leg(council, ref, ShownSteps(run.id) if show_steps else None):
        case Finished():
            return _settled(council, ref, run)
        case Slept() as slept:
            _sleep(council, ref, run, slept)
            raise Pause("the case sleeps")
        case NotOurs():
            raise Pause("another leg has the case, or its database is away")


class LegEnding(StrEnum):
    """How a leg ended that our worker ran."""

    SLEPT = "slept"
    """The case sleeps until its next time."""
    CLOSED = "closed"
    """The case is closed, or another run carries it on: this run has ended for good."""
    NOT_OURS = "not_ours"
    """Another leg has the case, or somebody stopped its run: this leg touched nothing."""
    LEASE_LOST = "lease_lost"
    """It was under way when another leg took the case, as where its machine was thought dead."""
    FAILED = "failed"
    """Something went wrong outside the case's own steps; it is tried again."""


def run_in_worker(council: Council, run: DueRun, *, show_steps: bool = True) -> LegEnding:
    """
    Run one leg of the case whose run has come due, without Prefect's engine around it.

    The run is looked at in our own database first, then taken up, and afterwards put to sleep or ended: two requests,
    and a third where its name or tags have changed. Never raises for what goes wrong inside the case. Raises
    `PrefectAway`, `DatabaseUnavailable`, `UnknownCase`, before it has touched anything.
    """
    ref = str(run.parameters["ref"])
    stands = _stands(council, ref)
    if not stands.is_carried_by(run):
        leg_calls.end(run, SUPERSEDED)
        return LegEnding.CLOSED
    if stands.leg_lives:
        return LegEnding.NOT_OURS
    if (lost := _lost(council, ref, run)) is not None:  # a record older than what happened is the backstop's to settle
        if run.known is None:
            _rest(council, run, lost)  # and from now on it sees that
        return LegEnding.NOT_OURS
    if not leg_calls.take_up(run):
        return LegEnding.NOT_OURS
    try:
        match run_leg(council, ref, ShownSteps(run.id) if show_steps else None):
            case Finished():
                _end(council, ref, run)
                return LegEnding.CLOSED
            case Slept() as slept:
                _sleep(council, ref, run, slept)
                return LegEnding.SLEPT
            case NotOurs(lease_lost):
                return LegEnding.LEASE_LOST if lease_lost else LegEnding.NOT_OURS
    except Exception as caught:  # no text of the error, which may be personal
        log.error("the leg of case %s could not be run (%s); it is tried again", ref, type(caught).__name__)
        _rest(council, run)
        return LegEnding.FAILED


SUPERSEDED: State[Any] = Completed(name="Superseded", message="another run carries this case on")


@dataclass(frozen=True)
class _Standing:
    """What a run is held against before its leg begins."""

    ref: str
    flow_run_id: str | None
    generation: int
    head_no: int
    leg_lives: bool

    def is_carried_by(self, run: DueRun) -> bool:
        """Whether this run is the one that carries the case; a run made just now may not be written down yet."""
        return str(run.id) == self.flow_run_id or run.idempotency_key == f"{self.ref}:{self.generation}"


_STANDS = (
    select(Case.flow_run_id, Case.generation, Case.head_no, Lease)
    .join(Lease, Lease.case_ref == Case.ref)
    .where(Case.ref == bindparam("ref"))
)


def _stands(council: Council, ref: str) -> _Standing:
    """Raises `UnknownCase`, `DatabaseUnavailable`."""
    with council.database.read() as session:
        row = session.execute(_STANDS, {"ref": ref}).first()
        if row is None:
            raise UnknownCase(ref)
        lives = lease.is_live(row.Lease, council.clock.now())
        return _Standing(ref, row.flow_run_id, row.generation, row.head_no, lives)


def _lost(council: Council, ref: str, run: DueRun) -> Head | None:
    """
    The last entry that the run knows of and the record lacks; None where it lacks none.

    A state that Prefect or somebody in its dashboard has set says nothing of the record; those before it do.
    """
    known = [run.known] if run.known is not None else leg_calls.known_before(run)
    with council.database.read() as session:
        return max(lacks(session, ref, known), key=lambda one: one.no, default=None)


def _settled(council: Council, ref: str, run: DueRun) -> State[Any]:
    """The state in which a closed case's run ends, its look having been made current."""
    case = describe(council, ref)
    try:
        leg_calls.show(run, case)
    except PrefectAway as away:
        log.warning("case %s is closed, but its run keeps its old name: %s", ref, away)
    return Completed(name="Closed", message=f"the procedure came to its end, {after_entry(case.head)}")


def _end(council: Council, ref: str, run: DueRun) -> None:
    try:
        leg_calls.end(run, _settled(council, ref, run))
    except PrefectAway as away:
        log.warning("case %s is closed, but its run could not be ended (%s); the backstop will", ref, away)


def _sleep(council: Council, ref: str, run: DueRun, slept: Slept) -> None:
    try:
        if not leg_calls.put_to_sleep(run, describe(council, ref), slept.until, slept.awaiting):
            log.warning("case %s sleeps, but its run would not; the backstop looks at it", ref)
            return
        with council.database.read() as session:
            case = session.get_one(Case, ref)
        if case.status != CaseStatus.CLOSED and case.wake_no > case.asleep_wake_no:
            head = Head.of(case.head_no, case.head_hash)
            Clerk(council).schedule(run.id, council.clock.now(), "Woken", head=head)
    except PrefectAway as away:
        log.warning("case %s sleeps, but its run could not be set so (%s); the backstop will", ref, away)


def _rest(council: Council, run: DueRun, known: Head | None = None) -> None:
    """Let a run that could not be carried on begin again once the lease's time has gone."""
    try:
        leg_calls.try_again(run, council.clock.now() + council.policy.lease.lasts, "Trying again", known)
    except PrefectAway as away:
        log.warning("run %s could not be set to begin again (%s); the backstop will", run.id, away)
