"""
The Prefect runtime: a leg inside a flow run, ended by putting the run to sleep.

The leg sets its own run to Scheduled for the next due time and leaves by `Pause`, so that no process or thread waits.
This module and the clerk are all that knows how a case is woken.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.states import Completed
from sqlalchemy import select

from models.cases import Case
from models.connections import load_connections
from models.policy import load_policy
from models.states import CaseStatus
from tasks.database import Database
from tasks.durable.audited import shown_key
from tasks.durable.council import Council
from tasks.durable.ledger import UnknownCase
from tasks.durable.leg import OutsideACase
from tasks.durable.prefect_clerk import Clerk, PrefectAway, describe
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
    council = Council(Database(installation.database_url), load_policy(installation.policy_file))
    council.connections = load_connections(installation.connections_file)
    council.waker = Clerk(council)
    return council


def run_under_prefect(ref: str, *, show_steps: bool = True) -> State[Any]:
    """Run one leg of the case inside the current flow run. Leaves by `Pause` while the case is open."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise OutsideACase
    run, council = context.flow_run, council_of_this_process()
    if not _is_its_run(council, ref, run):
        return Completed(name="Superseded", message="another run carries this case on")
    match run_leg(council, ref, as_task_run if show_steps else None):
        case Finished():
            _settle(council, ref, run)
            return Completed(name="Closed", message="the procedure came to its end")
        case Slept() as slept:
            _sleep(council, ref, run, slept)
            raise Pause("the case sleeps")
        case NotOurs():
            raise Pause("another leg has the case, or its database is away")


def as_task_run(key: str, work: Callable[[], None]) -> None:
    """Run a step's work as a Prefect task run that bears its name."""
    task_of(key, work)()


def task_of(key: str, work: Callable[[], None]) -> Task[[], None]:
    """A step's work as a Prefect task: it takes no inputs, keeps no result, and does not say whom it is keyed by."""

    def step() -> None:
        work()

    run_name = shown_key(key).replace("{", "").replace("}", "")
    return Task(
        step, name=run_name.partition("[")[0], task_run_name=run_name,
        retries=0, persist_result=False, cache_policy=NO_CACHE,
    )  # fmt: skip


def _is_its_run(council: Council, ref: str, run: FlowRun) -> bool:
    """Whether this run is the one that carries the case; a run made just now may not be written down yet."""
    with council.database.read() as session:
        case = session.scalars(select(Case).where(Case.ref == ref)).first()
    if case is None:
        raise UnknownCase(ref)
    return str(run.id) == case.flow_run_id or run.idempotency_key == f"{ref}:{case.generation}"


def _settle(council: Council, ref: str, run: FlowRun) -> None:
    try:
        Clerk(council).settle(run.id, describe(council, ref))
    except PrefectAway as away:
        log.warning("case %s is closed, but its run keeps its old name: %s", ref, away)


def _sleep(council: Council, ref: str, run: FlowRun, slept: Slept) -> None:
    clerk = Clerk(council)
    try:
        clerk.put_to_sleep(run.id, describe(council, ref), slept.until, slept.awaiting)
        with council.database.read() as session:
            case = session.get_one(Case, ref)
        if case.status != CaseStatus.CLOSED and case.wake_no > case.asleep_wake_no:
            clerk.schedule(run.id, council.clock.now(), "Woken")
    except PrefectAway as away:
        log.warning("case %s sleeps, but its run could not be set so (%s); the backstop will", ref, away)
