"""
What the backstop asks of Prefect beyond single runs: what Prefect remembers of a case, of a time, and of us all.

Apart from `lay_to_rest` nothing here changes anything. Every method raises `PrefectAway` when it cannot be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed

from tasks.durable.prefect_clerk import BATCH, DEPLOYMENT, prefect_client

GENERATIONS_AHEAD = 50
"""So many runs beyond the one that our record knows are looked for."""
SOMETHING_STARTED_WITHIN = timedelta(minutes=2)
"""While Prefect works, some flow of ours starts in such a time: housekeeping does every minute."""
OVER = frozenset({StateType.COMPLETED, StateType.CANCELLED, StateType.FAILED, StateType.CRASHED})
OURS = DeploymentFilter(name=DeploymentFilterName(any_=[DEPLOYMENT]))
"""The deployments of procedures: what runs of theirs do is about cases."""


class Lookout:
    """Asks Prefect what it knows."""

    def runs_of_case(self, ref: str, generation: int) -> list[FlowRun]:
        """Every run that the case has had or, in a time that our record has lost, was given since."""
        keys = [f"{ref}:{number}" for number in range(generation + GENERATIONS_AHEAD)]
        wanted = FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=keys))
        with prefect_client() as client:
            return list(client.read_flow_runs(flow_run_filter=wanted, limit=BATCH))

    def run(self, run_id: UUID) -> FlowRun | None:
        """The run; None where there is none."""
        with prefect_client() as client:
            try:
                return client.read_flow_run(run_id)
            except ObjectNotFound:
                return None

    def states_of(self, run_id: UUID) -> list[State]:
        """All states that the run has been in; none where there is no such run."""
        with prefect_client() as client:
            try:
                return list(client.read_flow_run_states(run_id))
            except ObjectNotFound:
                return []

    def remembers(self, moment: datetime) -> bool:
        """Whether any run is known to have started just after that time; none, and Prefect has lost that time."""
        window = FlowRunFilterStartTime(after_=moment, before_=moment + SOMETHING_STARTED_WITHIN, is_null_=False)
        with prefect_client() as client:
            return bool(client.read_flow_runs(flow_run_filter=FlowRunFilter(start_time=window), limit=1))

    def due_by(self, moment: datetime) -> Iterator[FlowRun]:
        """The runs of cases that start by then at the latest."""
        wanted = FlowRunFilter(
            next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=moment),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        )
        yield from self._all(wanted)

    def alive(self) -> Iterator[FlowRun]:
        """All runs of cases that are not over."""
        living = [one for one in StateType if one not in OVER]
        yield from self._all(FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=living))))

    def under_way(self) -> list[FlowRun]:
        """The runs of cases that are Running or Pending, so many at most, those that began first before the others."""
        busy = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
        with prefect_client() as client:
            return list(
                client.read_flow_runs(
                    deployment_filter=OURS,
                    flow_run_filter=FlowRunFilter(state=busy),
                    sort=FlowRunSort.START_TIME_ASC,
                    limit=BATCH,
                )
            )

    def newest(self) -> Iterator[FlowRun]:
        """All runs of cases, the one made last first; their ids are in the order of their making."""
        yield from self._all(None)

    def titles(self) -> dict[str, str]:
        """What each deployment's flow is called, by the deployment's id."""
        with prefect_client() as client:
            flows = {flow.id: flow.name for flow in client.read_flows()}
            return {str(one.id): flows.get(one.flow_id, "") for one in client.read_deployments()}

    @staticmethod
    def _all(wanted: FlowRunFilter | None) -> Iterator[FlowRun]:
        """
        The runs that are wanted, a batch at a time.

        One that another process takes away meanwhile may push its neighbour past us: what is missed is found later.
        """
        start = 0
        while True:
            with prefect_client() as client:
                batch = client.read_flow_runs(
                    deployment_filter=OURS, flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=BATCH, offset=start
                )
            yield from batch
            start += len(batch)
            if len(batch) < BATCH:
                return

    @staticmethod
    def lay_to_rest(run_id: UUID, words: str, why: str) -> None:
        """End a run that carries no case any more, so that it does not wake; one that is over stays as it is."""
        with prefect_client() as client:
            try:
                run = client.read_flow_run(run_id)
                if run.state is not None and run.state.type not in OVER:
                    client.set_flow_run_state(run_id, Completed(name=words, message=why), force=True)
            except ObjectNotFound:
                return
