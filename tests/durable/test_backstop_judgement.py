"""What the backstop makes of a run: every way in which a case might never wake again is told from what is well."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateDetails, StateType

from tasks.durable.judging import Judgement, Sleeper, Verdict, judge
from tasks.durable.prefect_clerk import Declared
from tasks.durable.record_age import Head, after_entry
from tests.durable.lending import MONDAY

RUN_ID = UUID("00000000-0000-0000-0000-000000000017")
NOW = MONDAY
OURS = Declared(created=NOW - timedelta(days=30), pool="pathways")


def sleeper(**changes: Any) -> Sleeper:
    """A case that sleeps until tomorrow."""
    usual: dict[str, Any] = {
        "ref": "TEST-CASE",
        "title": "Standing",
        "flow_run_id": str(RUN_ID),
        "run_created_at": NOW - timedelta(days=2),
        "next_due": NOW + timedelta(days=1),
        "is_awake": False,
        "leg_lives": False,
        "head_no": 14,
    }
    return Sleeper(**usual | changes)


def run(
    kind: StateType,
    *,
    since: float = 3600,
    scheduled_in: float | None = None,
    pool: str | None = None,
    after: int | None = None,
) -> FlowRun:
    """A run in a state for so many seconds; where it is scheduled, in so many, `after` that entry of the record."""
    scheduled = None if scheduled_in is None else NOW + timedelta(seconds=scheduled_in)
    state = State(
        type=kind,
        timestamp=NOW - timedelta(seconds=since),
        message=None if after is None else after_entry(Head(after)),
        state_details=StateDetails(scheduled_time=scheduled),
    )
    return FlowRun(id=RUN_ID, flow_id=RUN_ID, state=state, work_pool_name=pool)


DAY = 86_400.0
JUDGED: list[tuple[str, Sleeper, FlowRun | None, Verdict, bool]] = [
    ("has no run yet", sleeper(flow_run_id=None), None, Verdict.START, False),
    ("its run was deleted", sleeper(), None, Verdict.REPLACE, True),
    ("was cancelled", sleeper(), run(StateType.CANCELLED), Verdict.REPLACE, True),
    ("is being cancelled", sleeper(), run(StateType.CANCELLING, since=1), Verdict.FORCE, True),
    ("was paused", sleeper(), run(StateType.PAUSED, since=1), Verdict.FORCE, True),
    ("completed", sleeper(), run(StateType.COMPLETED), Verdict.REPLACE, False),
    ("failed", sleeper(), run(StateType.FAILED), Verdict.REPLACE, False),
    ("crashed", sleeper(), run(StateType.CRASHED), Verdict.REPLACE, False),
    ("pending for a minute", sleeper(), run(StateType.PENDING, since=60), Verdict.FINE, False),
    ("pending for longer", sleeper(), run(StateType.PENDING, since=61), Verdict.FORCE, False),
    ("just began to run", sleeper(), run(StateType.RUNNING, since=20), Verdict.FINE, False),
    ("runs without a leg", sleeper(), run(StateType.RUNNING, since=21), Verdict.WAKE, False),
    ("runs with a leg", sleeper(leg_lives=True), run(StateType.RUNNING, since=DAY), Verdict.FINE, False),
    ("sleeps until it is due", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY), Verdict.FINE, False),
    ("would wake too early", sleeper(), run(StateType.SCHEDULED, scheduled_in=60), Verdict.FINE, False),
    ("would wake too late", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY + 3), Verdict.WAKE, False),
    ("is awake and asleep", sleeper(is_awake=True), run(StateType.SCHEDULED, scheduled_in=DAY), Verdict.WAKE, False),
    ("is awake and due", sleeper(is_awake=True), run(StateType.SCHEDULED, scheduled_in=0), Verdict.FINE, False),
    ("was due long ago", sleeper(next_due=NOW - timedelta(days=9)),
     run(StateType.SCHEDULED, scheduled_in=-DAY), Verdict.FINE, False),
    ("wants no time", sleeper(next_due=None), run(StateType.SCHEDULED, scheduled_in=DAY), Verdict.WAKE, False),
    ("waits in our pool", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY, pool="pathways"), Verdict.FINE, False),
    ("waits in another pool", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY, pool="x"), Verdict.REPLACE, False),
    ("sleeps as recorded", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY, after=14), Verdict.FINE, False),
    ("slept before the last", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY, after=3), Verdict.FINE, False),
    ("knows a later entry", sleeper(), run(StateType.SCHEDULED, scheduled_in=DAY, after=15), Verdict.OLDER, False),
    ("knows that it was closed", sleeper(), run(StateType.COMPLETED, after=21), Verdict.OLDER, False),
    ("Prefect is from before", sleeper(), run(StateType.SCHEDULED, scheduled_in=-DAY, after=3), Verdict.FINE, False),
    ("and its case wants to sleep on", sleeper(next_due=NOW + timedelta(days=9)),
     run(StateType.SCHEDULED, scheduled_in=DAY, after=3), Verdict.FINE, False),
    ("and its case woke earlier since", sleeper(next_due=NOW + timedelta(hours=1)),
     run(StateType.SCHEDULED, scheduled_in=DAY, after=3), Verdict.WAKE, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "its_run", "verdict", "interfered"), [one[1:] for one in JUDGED], ids=[one[0] for one in JUDGED]
)
def test_run_is_judged(case: Sleeper, its_run: FlowRun | None, verdict: Verdict, interfered: bool) -> None:
    """What it needs, and whether a person had a hand in it."""
    judgement = judge(case, its_run, NOW, OURS)
    assert (judgement.verdict, judgement.interfered) == (verdict, interfered)
    assert judgement.why or verdict in (Verdict.FINE, Verdict.START)


def test_run_lost_with_prefects_database_is_nobodys_doing() -> None:
    """Where Prefect's deployments are younger than the run, its database was lost: nobody is asked what they meant."""
    younger = dataclasses.replace(OURS, created=NOW - timedelta(days=1))
    lost = Judgement(Verdict.REPLACE, "Prefect has lost its runs", False)
    assert judge(sleeper(), None, NOW, younger) == lost
    assert judge(sleeper(), None, NOW, None) == lost


@pytest.mark.parametrize("kind", [kind for kind in StateType if kind is not StateType.SCHEDULED])
def test_living_leg_is_left_alone_unless_its_run_is_gone(kind: StateType) -> None:
    """Whatever Prefect says of the run, a leg that holds its lease and lives is not disturbed."""
    assert judge(sleeper(leg_lives=True), run(kind, since=DAY), NOW, OURS).verdict is Verdict.FINE
