"""A step as Prefect shows it: one event, of which its server makes a whole task run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from prefect.events.schemas.events import Event
from prefect.server.events.schemas.events import ReceivedEvent
from prefect.server.services.task_run_recorder import db_recordable_task_run_from_event

from tasks.durable.audited import StepFailed
from tasks.durable.prefect_steps import ShownSteps

RUN = UUID("00000000-0000-0000-0000-000000000017")


def told_of(key: str, error: BaseException | None = None) -> tuple[Any, dict[str, Any]]:
    """The task run that Prefect's server makes of a step, and what it writes into its table."""
    told: list[dict[str, Any]] = []

    def work() -> None:
        if error is not None:
            raise error

    shown = ShownSteps(RUN, emit=lambda **event: told.append(event))
    if error is None:
        shown(key, work)
    else:
        with pytest.raises(type(error)):
            shown(key, work)
    (event,) = told
    return db_recordable_task_run_from_event(ReceivedEvent(**Event(**event).model_dump(), received=datetime.now(UTC)))


def test_step_becomes_a_task_run_of_the_cases_run() -> None:
    """With its name, its beginning and its end, from one event."""
    task_run, row = told_of("bring-chair[2]")
    assert (row["name"], row["flow_run_id"], row["run_count"]) == ("bring-chair[2]", RUN, 1)
    assert (row["state_type"], row["state_name"]) == ("COMPLETED", "Completed")
    assert row["start_time"] <= row["end_time"]
    assert row["total_run_time"] == row["end_time"] - row["start_time"]
    assert task_run.state.type == "COMPLETED"


def test_each_doing_of_a_step_is_a_task_run_of_its_own() -> None:
    """A step that failed and is tried again is seen twice, as it happened."""
    (first, _), (second, _) = told_of("bring-chair"), told_of("bring-chair")
    assert first.id != second.id
    assert (first.task_key, first.dynamic_key) != (second.task_key, second.dynamic_key)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (StepFailed("look-for:P-104", "LookupError"), "step look-for failed (LookupError)"),
        (ValueError("Ada Canary of 3 Mill Lane"), "ValueError"),
    ],
)
def test_step_that_fails_is_told_of_without_the_persons_words(error: Exception, says: str) -> None:
    """Our own errors hold references only and are told; of any other, its kind."""
    task_run, row = told_of("look-for:P-104", error)
    assert (row["state_type"], row["name"]) == ("FAILED", "look-for")
    assert task_run.state.message.startswith(says)
    assert "P-104" not in repr(row) + repr(task_run)
    assert "Canary" not in repr(row) + repr(task_run)
