"""
Steps as Prefect shows them: each a task run of the case's run, told to the server by one event.

Prefect's own engine tells of three states for each task run and asks the server what the run belongs to; a step is
told once, when it has ended, with when it began. Telling goes through Prefect's queue of events in a thread of its own:
a step never waits for it, and is done whether or not the server hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from prefect.client.schemas.objects import StateType
from prefect.events.utilities import emit_event

from models.errors import PathwaysError
from tasks.durable.audited import shown_key


class ShownSteps:
    """Runs the steps of one leg, and shows them as task runs of the run with that id."""

    def __init__(self, run_id: UUID, *, emit: Callable[..., object] = emit_event) -> None:
        self._run_id = run_id
        self._emit = emit

    def __call__(self, key: str, work: Callable[[], None]) -> None:
        """Do a step's work and tell of it; what it raises is raised, and told by its kind alone."""
        begun = datetime.now(UTC)
        try:
            work()
        except BaseException as error:
            said = str(error) if isinstance(error, PathwaysError) else type(error).__name__
            self._tell(key, begun, StateType.FAILED, said)
            raise
        self._tell(key, begun, StateType.COMPLETED, None)

    def _tell(self, key: str, begun: datetime, kind: StateType, message: str | None) -> None:
        """What the server makes a task run of; of the key, only the step's name and number are told."""
        ended, shown, name, own_id = datetime.now(UTC), shown_key(key), kind.value.capitalize(), str(uuid4())
        state: dict[str, object] = {
            "type": kind.value,
            "name": name,
            "message": message,
            "state_details": {},
            "data": None,
        }
        self._emit(
            event=f"prefect.task-run.{name}",
            occurred=ended,
            resource={
                "prefect.resource.id": f"prefect.task-run.{own_id}",
                "prefect.resource.name": shown,
                "prefect.run-count": "1",
                "prefect.state-message": message or "",
                "prefect.state-name": name,
                "prefect.state-timestamp": ended.isoformat(),
                "prefect.state-type": kind.value,
                "prefect.orchestration": "client",
            },
            related=[
                {"prefect.resource.id": f"prefect.flow-run.{self._run_id}", "prefect.resource.role": "flow-run"},
            ],
            payload={
                "intended": {"from": StateType.RUNNING.value, "to": kind.value},
                "initial_state": {"type": StateType.RUNNING.value, "name": "Running", "state_details": {}},
                "validated_state": state,
                "task_run": {
                    "name": shown,
                    "task_key": shown.partition("[")[0],
                    "dynamic_key": own_id,
                    "run_count": 1,
                    "start_time": begun.isoformat(),
                    "expected_start_time": begun.isoformat(),
                    "end_time": ended.isoformat(),
                    "total_run_time": (ended - begun).total_seconds(),
                },
            },
        )
