"""
Recovering: everything that brings our cases and Prefect's runs together again, whichever of the two was lost or is old.

A whole round on demand (`pathways recover`), and the part of it that must be done before any leg runs: where our
database comes from a backup and Prefect does not, a leg would act on a record that lacks what was done since.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import FlowRun
from sqlalchemy import func, select

from models.cases import Case, Lease, WorkItem
from models.forms.alarms import LostCasesFetched
from models.forms.base import Form
from models.forms.house import RecordOlder
from models.states import CaseStatus, WorkItemState
from tasks.database import DatabaseUnavailable
from tasks.durable import lease
from tasks.durable.backstop import Backstop, Report, declared_anew
from tasks.durable.council import Council
from tasks.durable.lost_cases import look_for_lost_cases, ref_of, report_lost
from tasks.durable.prefect_clerk import PrefectAway, declared_pool
from tasks.durable.prefect_looking import Lookout
from tasks.durable.sleepers import SLICE

log = logging.getLogger("pathways")
SOON = timedelta(minutes=10)
"""Legs that begin in this time are looked at before the first one runs; the rounds look at all others meanwhile."""


@dataclass
class Recovery:
    """What a whole round found and did."""

    round: Report
    lost: list[str]
    """Refs that Prefect knows and our database does not, named for the first time."""
    laid_to_rest: int = 0
    """Runs that carried no case any more and were ended."""
    still_wrong: dict[str, str] = field(default_factory=dict)
    """Refs of open cases that would still not go on, and why."""
    unsettled: list[Unsettled] = field(default_factory=list)
    """What people were asked, now or earlier, about what our record lacks, and have not answered yet."""


@dataclass(frozen=True)
class Unsettled:
    """A question about an older record, or about lost cases, that nobody has answered."""

    item: str
    case: str
    title: str


def recover(council: Council, redeploy: Callable[[], None], backstop: Backstop | None = None) -> Recovery:
    """Compare every open case with its run and every living run with its case, and put right what is wrong.

    Raises `PrefectAway`.
    """
    backstop = backstop or Backstop(council, redeploy)
    moved = {one.pool for one in backstop.clerk.deployments().values()} - {None, declared_pool()}
    failed = declared_anew(redeploy) if moved else ""
    lost = look_for_lost_cases(council, backstop.lookout, every=True)
    done = backstop.look_round(every=True)
    done.deployed = done.deployed or (bool(moved) and not failed)
    done.not_deployed = done.not_deployed or failed
    ended = _lay_strays_to_rest(council, backstop)
    left = backstop.look_round(every=True, act=False)
    return Recovery(done, lost, ended, done.failed | left.failed, _unsettled(council))


def _unsettled(council: Council) -> list[Unsettled]:
    asked = select(WorkItem.id, WorkItem.case_ref, WorkItem.form).where(
        WorkItem.state == WorkItemState.OPEN, WorkItem.form.in_([RecordOlder.name(), LostCasesFetched.name()])
    )
    with council.database.read() as session:
        rows = session.execute(asked.order_by(WorkItem.form, WorkItem.opened_at, WorkItem.id)).all()
    return [Unsettled(item, case, Form.words_for(form)[0]) for item, case, form in rows]


def settle_before_legs(council: Council, redeploy: Callable[[], None], backstop: Backstop | None = None) -> None:
    """Settle what is about to run on a record that is older than what happened. Raises `PrefectAway`."""
    backstop = backstop or Backstop(council, redeploy)
    look_for_lost_cases(council, backstop.lookout)
    with council.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Case).where(Case.status != CaseStatus.CLOSED)) or 0
    soon = council.clock.now() + SOON + timedelta(minutes=count // SLICE)
    refs = sorted({ref for run in list(backstop.lookout.due_by(soon)) if (ref := ref_of(run))})
    for start in range(0, len(refs), SLICE):
        backstop.look_round(only=refs[start : start + SLICE])


def wait_until_settled(council: Council, redeploy: Callable[[], None], stop: threading.Event) -> None:
    """
    As `settle_before_legs`, tried until Prefect and the database can be used, or until told to stop.

    Nothing else keeps the office waiting: each leg looks at how far its own record is, too.
    """
    while not stop.is_set():
        try:
            settle_before_legs(council, redeploy)
            return
        except (PrefectAway, DatabaseUnavailable) as away:
            log.warning("no leg runs yet: %s", away)
            stop.wait(1)
        except Exception as caught:  # no text of the error, which may be personal
            log.error("what runs on older records could not all be settled first (%s)", type(caught).__name__)
            return


def meet_unknown(council: Council, run_id: UUID, lookout: Lookout | None = None) -> None:
    """What is done about a run that comes due and whose case our database does not have. Raises `PrefectAway`."""
    lookout = lookout or Lookout()
    run = lookout.run(run_id)
    if run is not None:
        report_lost(council, lookout, [run])


def _lay_strays_to_rest(council: Council, backstop: Backstop) -> int:
    """End the living runs whose case is closed or has another run; those of unknown cases were seen to before."""
    ended = 0
    for run in list(backstop.lookout.alive()):
        why = _why_stray(council, run)
        if why is not None:
            backstop.lookout.lay_to_rest(run.id, *why)
            ended += 1
    return ended


def _why_stray(council: Council, run: FlowRun) -> tuple[str, str] | None:
    """What a run that carries no case any more ends as; None where it carries one, or its leg runs."""
    ref = ref_of(run)
    with council.database.read() as session:
        found = session.execute(
            select(Case, Lease).join(Lease, Lease.case_ref == Case.ref).where(Case.ref == ref)
        ).first()
    if found is None:
        return None
    case, held = found
    if lease.is_live(held, council.clock.now()):
        return None
    if case.status == CaseStatus.CLOSED:
        return "Closed", "its case is closed"
    by_key = run.idempotency_key == f"{ref}:{case.generation}"  # made a moment ago, and not written down yet
    carries = by_key if case.flow_run_id is None else case.flow_run_id == str(run.id)
    return None if carries else ("Superseded", "another run carries this case on")
