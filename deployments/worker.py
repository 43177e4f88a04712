"""
The in-process worker: legs in threads of one process, started as soon as their runs are due.

Prefect's stock process worker starts a Python process for each leg, which costs seconds; here a leg costs a thread's
turn. There is no infrastructure pid (with one, cancelling a sleeping run would hang in Cancelling), nothing is
prefetched (a run that comes due again before its slot is free would kill the worker), and the slots are our own.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import anyio
import anyio.abc
import anyio.to_thread
import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.flow_engine import run_flow
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

SLOTS = 4
"""How many legs run at once; more only wait for one another where Prefect keeps its data in SQLite."""


class LegResult(BaseWorkerResult):
    """What the base class wants to hear when a leg has ended."""


class PathwaysWorker(BaseWorker[BaseJobConfiguration, BaseVariables, LegResult]):
    """Runs legs in threads of its own process. Start it with `pathways worker`, or by its type `pathways`."""

    type: ClassVar[str] = "pathways"  # type: ignore[misc]
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables
    _description = "Runs the legs of Safe Pathways' cases in threads of one process."

    def __init__(self, work_pool_name: str, *, slots: int = SLOTS, **settings: Any) -> None:
        settings.update(prefetch_seconds=0, limit=None)
        super().__init__(work_pool_name, **settings)
        self._slots = slots
        self._running: set[UUID] = set()
        self._flows: dict[str, Flow[..., Any]] = {}
        self._limiter_of_threads: anyio.CapacityLimiter | None = None

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[Any] | None = None,
    ) -> LegResult:
        """Run one leg in a thread. Whatever it raises is its run's affair, never the worker's."""
        self._running.add(flow_run.id)
        try:
            if task_status is not None:
                task_status.started("")  # an empty pid: there is no infrastructure to kill
            if self._limiter_of_threads is None:
                self._limiter_of_threads = anyio.CapacityLimiter(self._slots)
            flow = await self._flow_of(flow_run)
            await anyio.to_thread.run_sync(partial(_run_leg, flow, flow_run), limiter=self._limiter_of_threads)
        finally:
            self._running.discard(flow_run.id)
        return LegResult(identifier=str(flow_run.id), status_code=0)

    async def _submit_scheduled_flow_runs(self, flow_run_response: list[WorkerFlowRunResponse]) -> list[FlowRun]:
        """Take up no more runs than there are free slots, and none that is still running here."""
        free = self._slots - len(self._running | self._submitting_flow_run_ids)
        startable = [entry for entry in flow_run_response if entry.flow_run.id not in self._running]
        return await super()._submit_scheduled_flow_runs(startable[: max(free, 0)])

    async def _propose_pending_state(self, flow_run: FlowRun) -> bool:
        """
        Take the run up. Where the answer was lost after the server had agreed, the run stands Pending: it is ours too.

        Should another worker have taken it up at the same time, the case's lease keeps the two legs apart.
        """
        if await super()._propose_pending_state(flow_run):
            return True
        try:
            state = (await self.client.read_flow_run(flow_run.id)).state
        except (ObjectNotFound, httpx.HTTPError):
            return False  # the backstop looks after it
        return state is not None and state.is_pending()

    async def _flow_of(self, flow_run: FlowRun) -> Flow[..., Any]:
        """The flow behind a run, loaded once for each entrypoint."""
        if flow_run.deployment_id is None:
            raise ValueError("a run without a deployment cannot be run by this worker")
        deployment = await self.client.read_deployment(flow_run.deployment_id)
        entrypoint = deployment.entrypoint or ""
        if entrypoint not in self._flows:
            self._flows[entrypoint] = await anyio.to_thread.run_sync(load_flow_from_entrypoint, entrypoint)
        return self._flows[entrypoint]


def _run_leg(flow: Flow[..., Any], flow_run: FlowRun) -> None:
    with contextlib.suppress(Abort, Pause):  # the leg has put its run to sleep, or another leg has the case
        run_flow(flow, flow_run=flow_run, return_type="state")


__all__ = ["PathwaysWorker"]
