"""What Prefect's automations watch: our pool's runs that go wrong, and no others. Judged by Prefect's own rules."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from prefect.events.actions import CallWebhook, RunDeployment
from prefect.server.events.schemas.automations import EventTrigger
from prefect.server.events.schemas.events import ReceivedEvent

from tasks.automations import Watched, automation_for, name_of
from tasks.durable.prefect_clerk import declared_pool

HOUSE, BLOCK, RUN = (UUID(int=number) for number in (17, 18, 19))
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def event(name: str, *, pool: str | None = None) -> ReceivedEvent:
    """What Prefect's server says when a run of a pool, or the pool itself, changes."""
    pool = pool or declared_pool()
    named = {"prefect.resource.id": f"prefect.work-pool.{UUID(int=20)}", "prefect.resource.name": pool}
    is_of_a_run = name.startswith("prefect.flow-run.")
    run = {"prefect.resource.id": f"prefect.flow-run.{RUN}", "prefect.resource.name": "7K3Q-9PXM"}
    return ReceivedEvent(
        occurred=MONDAY,
        received=MONDAY,
        event=name,
        resource=run if is_of_a_run else named,
        related=[{"prefect.resource.role": "work-pool", **named}] if is_of_a_run else [],
        id=UUID(int=21),
    )


def fires(watched: Watched, happened: ReceivedEvent) -> bool:
    """Whether Prefect's server holds an event to be what the automation watches."""
    trigger = automation_for(watched, HOUSE, BLOCK).trigger
    return EventTrigger.model_validate(trigger.model_dump()).covers(happened)


@pytest.mark.parametrize(
    ("name", "watched"),
    [
        ("prefect.flow-run.Crashed", Watched.RUN_CRASHED),
        ("prefect.flow-run.Failed", Watched.RUN_FAILED),
        ("prefect.flow-run.TimedOut", Watched.RUN_FAILED),
        ("prefect.flow-run.Late", Watched.RUN_LATE),
        ("prefect.work-pool.not-ready", Watched.POOL_NOT_READY),
        ("prefect.flow-run.Completed", None),
        ("prefect.flow-run.Scheduled", None),
        ("prefect.flow-run.Awaiting tray decision", None),
        ("prefect.work-pool.ready", None),
    ],
)
def test_what_goes_wrong_is_watched_by_one_automation(name: str, watched: Watched | None) -> None:
    """And what is well, or sleeps, by none."""
    assert [one for one in Watched if fires(one, event(name))] == ([watched] if watched else [])


@pytest.mark.parametrize("name", ["prefect.flow-run.Crashed", "prefect.flow-run.Late", "prefect.work-pool.not-ready"])
def test_what_runs_elsewhere_in_prefect_is_not_ours(name: str) -> None:
    """A council may run other things on the same server."""
    assert [one for one in Watched if fires(one, event(name, pool="finance-reports"))] == []


@pytest.mark.parametrize("watched", Watched)
def test_an_automation_says_nothing_but_its_own_name(watched: Watched) -> None:
    """No template takes anything out of the run; where workers may be away, it is not a worker that is to act."""
    (action,) = automation_for(watched, HOUSE, BLOCK).actions
    if watched in (Watched.RUN_CRASHED, Watched.RUN_FAILED):
        assert isinstance(action, RunDeployment) and action.deployment_id == HOUSE and not action.parameters
    else:
        assert isinstance(action, CallWebhook) and action.block_document_id == BLOCK
        assert action.payload == f'{{"automation": "{watched.value}"}}'
    assert name_of(watched).startswith("Safe Pathways: ")
