"""The runs of cases that have closed, and whose end Prefect was not told: it was away just then, or the worker died."""

from __future__ import annotations

import logging
from typing import Protocol
from uuid import UUID

from prefect.client.schemas.objects import FlowRun
from sqlalchemy import select

from models.cases import Case
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.judging import PENDING_LIMIT

log = logging.getLogger("pathways")


class Ends(Protocol):
    """What is asked of Prefect's lookout here."""

    def under_way(self) -> list[FlowRun]:
        """The runs of cases that are Running or Pending, so many at most, those that began first before the others."""

    def lay_to_rest(self, run_id: UUID, words: str, why: str) -> None:
        """End a run."""


def end_runs_left_running(council: Council, lookout: Ends) -> list[str]:
    """
    End what seems to run and is the run of a case of ours that closed a while ago; gives the refs of those cases.

    A sleeping run needs no such thing: when it wakes, the worker sees that its case is closed. Raises `PrefectAway`.
    """
    runs = {str(run.id): run for run in lookout.under_way()}
    if not runs:
        return []
    closed = select(Case.ref, Case.flow_run_id).where(
        Case.ref.in_({str(run.parameters.get("ref")) for run in runs.values()}),
        Case.status == str(CaseStatus.CLOSED),
        Case.closed_at < council.clock.now() - PENDING_LIMIT,
    )
    with council.database.read() as session:
        found = [(ref, run) for ref, run in session.execute(closed.order_by(Case.ref)).all() if run in runs]
    for ref, run_id in found:
        lookout.lay_to_rest(runs[run_id].id, "Closed", "the procedure came to its end")
        log.warning("the run of case %s had been left running: the case is closed, and its run has ended now", ref)
    return [ref for ref, _ in found]
