"""
What Prefect sees of our worker, and the one place that depends on the inside of Prefect's base class (3.8.8).

Of the base class we keep how a worker registers, is seen to live and finds its work pool. Its submission is replaced:
it asks for due runs again and again while there are more, and hands them to threads that are already there, where the
base class reads the deployment, labels the run, sets it to Pending and to Submitting and notes a process number. There
is no such number, and no observer of cancellations: with either, a case that was cancelled while it slept would hang
in Cancelling, and the backstop looks after it anyway.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from typing import Any, ClassVar, NoReturn
from uuid import UUID, uuid4

import anyio
import anyio.to_thread
import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from deployments.worker.counts import Counts
from deployments.worker.settings import NAME, WorkerSettings
from deployments.worker.slots import Slots
from deployments.worker.work_in_hand import REST_SECONDS, Due, WorkInHand
from tasks.code_version import code_version
from tasks.durable.council import Council
from tasks.durable.judging import PUT_OFF
from tasks.durable.leg_calls import DueRun
from tasks.durable.prefect_runtime import council_of_this_process

log = logging.getLogger("pathways")

SLOTS = WorkerSettings.slots
AHEAD = 16
"""How many runs for each slot are asked for at once."""
MOST_AT_ONCE = 200
"""The most runs that Prefect's server gives in one answer."""
HOUSE_HUNG_AFTER = 3600.0
"""Seconds after which a scheduled flow counts as hanging."""
MOMENT = 0.02
"""Seconds between two looks at whether slots have come free, while more runs are due."""


class LegResult(BaseWorkerResult):
    """What the base class would hear when a leg has ended; legs are not run through it."""


class PathwaysWorker(BaseWorker[BaseJobConfiguration, BaseVariables, LegResult]):
    """Runs legs in threads of its own process. Start it with `pathways worker`, or by its type `pathways`."""

    type: ClassVar[str] = "pathways"  # type: ignore[misc]
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables
    _description = "Runs the legs of Safe Pathways' cases in threads of one process."

    def __init__(
        self,
        work_pool_name: str,
        *,
        bounds: WorkerSettings | None = None,
        council: Council | None = None,
        **settings: Any,
    ) -> None:
        settings.update(prefetch_seconds=0, limit=None)
        settings.setdefault("name", f"{NAME} {code_version()} {uuid4()}")
        super().__init__(work_pool_name, **settings)
        self.bounds = bounds or WorkerSettings.from_environment()
        self.counts = Counts()
        work = WorkInHand(council or council_of_this_process(), self.counts)
        self._work = work
        self.legs: Slots[Due] = Slots(
            self.bounds.slots, work.carry_on, hung_after=self.bounds.hung_after_seconds, name="leg"
        )
        self.house: Slots[Due] = Slots(
            self.bounds.house_slots, work.keep_house, hung_after=HOUSE_HUNG_AFTER, name="house"
        )
        self._flows: dict[UUID, Flow[..., Any]] = {}
        self._draining = False

    def take_on_nothing_more(self) -> None:
        """Begin to drain: what runs goes on, nothing new begins. May be called from any thread."""
        self._draining = True
        self.legs.close()
        self.house.close()

    @property
    def is_draining(self) -> bool:
        """Whether nothing new is taken on."""
        return self._draining

    async def run(self, *_: Any, **__: Any) -> NoReturn:
        """The base class's way to run a flow, which nothing here takes. Raises `NotImplementedError`."""
        raise NotImplementedError("this worker has its own submission and runs nothing through the base class's")

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Hand what is due to the slots, and go on while there is more of it. Prefect away: the next round asks."""
        try:
            while not self._draining and self._has_successfully_synced:
                due = await self._ask_for_due_runs()
                self.counts.polled()
                self._last_polled_time = datetime.now(UTC)
                taken = [await self._hand_over(run) for run in due]
                if not any(taken) or len(due) < self._batch:  # all of what is due is in hand
                    break
                while not self._draining and self.legs.waiting > self.bounds.slots:
                    await anyio.sleep(MOMENT)
        except httpx.HTTPError as away:
            log.warning("Prefect could not be asked for due runs (%s); asking again", type(away).__name__)
        return []

    async def _sync_and_initialize(self) -> None:
        """Be seen to live. Prefect away for an hour is no reason to end, so its errors stay here."""
        try:
            await super()._sync_and_initialize()
        except httpx.HTTPError as away:
            log.warning("Prefect did not hear that this worker lives (%s); telling it again", type(away).__name__)

    async def _setup_cancellation_observer(self) -> None:
        """None: what was cancelled is brought back by the backstop, with an entry and a manager's work item."""

    @property
    def _batch(self) -> int:
        return self.bounds.slots * AHEAD

    async def _ask_for_due_runs(self) -> list[DueRun]:
        """The runs that are due, in an order of this worker's own, so that two workers do not go for the same ones."""
        body = {
            "work_queue_names": sorted(self._work_queues),
            "scheduled_before": datetime.now(UTC).isoformat(),
            "limit": min(self._batch + self._work.resting, MOST_AT_ONCE),  # what rests must not hide what could begin
        }
        answer = await self.client.request(
            "POST", "/work_pools/{name}/get_scheduled_flow_runs", path_params={"name": self._work_pool_name}, json=body
        )
        due = [DueRun.from_answer(entry["flow_run"]) for entry in answer.json()]
        random.shuffle(due)
        return due

    async def _hand_over(self, run: DueRun) -> bool:
        """Whether a slot takes the run on; not one that waits or runs here already, or could not begin just now."""
        if run.deployment_id is None or self._work.is_resting(run.id):
            return False
        try:
            due = Due(run, await self._flow_of(run.deployment_id))
        except httpx.HTTPError:
            raise
        except Exception as caught:  # the deployment is gone, or its code cannot be imported
            log.error("run %s cannot be begun here (%s)", run.id, type(caught).__name__)
            await anyio.to_thread.run_sync(self._work.could_not_begin, run, REST_SECONDS, PUT_OFF)
            return False
        return (self.legs if due.is_case else self.house).offer(run.id, due)

    async def _flow_of(self, deployment_id: UUID) -> Flow[..., Any]:
        """The flow of a deployment, asked for and loaded once."""
        if deployment_id not in self._flows:
            deployment = await self.client.read_deployment(deployment_id)
            self._flows[deployment_id] = await anyio.to_thread.run_sync(
                load_flow_from_entrypoint, deployment.entrypoint or "", False
            )
        return self._flows[deployment_id]
