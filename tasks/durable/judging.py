"""What the backstop makes of a case and its run: each way in which it might never wake is told from what is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from prefect.client.schemas.objects import FlowRun, StateType

from tasks.durable.prefect_clerk import Declared
from tasks.durable.record_age import Head, head_in

GRACE = timedelta(seconds=20)
"""How long a run may be between two of its steps towards Running or sleep before it counts as stuck."""
PENDING_LIMIT = timedelta(seconds=60)
"""How long a run may be Pending: a worker that took it and died leaves it so."""
OLDER = "its record is older than what happened"
PUT_OFF = "Cannot be begun"
"""The state of a run whose code no worker that tried could load: it is tried again by itself."""
PUT_OFF_FOR = timedelta(minutes=5)
"""How long a run is put off that could not be begun several times over, so that those due after it have their turn."""


class Verdict(StrEnum):
    """What a case's run needs."""

    FINE = "fine"
    """Nothing."""
    START = "start"
    """It has no run yet."""
    REPLACE = "replace"
    """Its run is gone or finished: a run of the next generation takes its place."""
    WAKE = "wake"
    """Its run is to start now, or at the time the case wants."""
    FORCE = "force"
    """As WAKE, from a state that Prefect leaves only by force."""
    OLDER = "older"
    """Its run knows of entries that its record has not: the record is older than what happened."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, why, and whether a person had a hand in it."""

    verdict: Verdict
    why: str = ""
    interfered: bool = False
    is_ordinary: bool = False
    """Nothing went wrong: it was opened or answered where nobody wakes cases, as by a command."""


@dataclass(frozen=True)
class Sleeper:
    """What the backstop knows of an open case."""

    ref: str
    title: str | None
    """Its flow's name in Prefect; None where this version has no such procedure."""
    flow_run_id: str | None
    run_created_at: datetime | None
    next_due: datetime | None
    is_awake: bool
    """Something came for it that no leg has looked at."""
    leg_lives: bool
    """A leg holds its lease and can act."""
    leg_died: bool = False
    """A leg holds its lease and is known to be gone."""
    head_no: int = 0
    """The last entry of its record."""
    head_hash: str = ""
    """That entry's hash."""
    generation: int = 0
    last_leg: datetime | None = None
    """When its last leg ended; its run was there then."""

    @property
    def head(self) -> Head:
        """How far its record is."""
        return Head.of(self.head_no, self.head_hash)


def judge(
    case: Sleeper, run: FlowRun | None, now: datetime, declared: Declared | None, *, is_older: bool = False
) -> Judgement:
    """
    What the run of a case needs; a deployment (`declared`) that is younger than the run is in a new database.

    `is_older` where the run knows of another entry than the record has under that number.
    """
    if case.flow_run_id is None:
        return Judgement(Verdict.START, "it had no run yet", is_ordinary=True)
    if run is None or run.state is None:
        made_anew = declared is None or case.run_created_at is None or declared.created > case.run_created_at
        why = "Prefect has lost its runs" if made_anew else "its run was deleted"
        return Judgement(Verdict.REPLACE, why, interfered=not made_anew)
    if case.leg_lives:
        return Judgement(Verdict.FINE)
    known = head_in(run.state)
    if is_older or (known is not None and known.no > case.head_no):
        return Judgement(Verdict.OLDER, OLDER)
    since = now - run.state.timestamp
    match run.state.type:
        case StateType.CANCELLED:
            return Judgement(Verdict.REPLACE, "its run was cancelled", True)
        case StateType.COMPLETED | StateType.FAILED | StateType.CRASHED:
            return Judgement(Verdict.REPLACE, f"its run was {run.state.type.value.lower()}")
        case StateType.CANCELLING:
            return Judgement(Verdict.FORCE, "its run was being cancelled", True)
        case StateType.PAUSED:
            return Judgement(Verdict.FORCE, "its run was paused", True)
        case StateType.PENDING if since > PENDING_LIMIT:
            return Judgement(Verdict.FORCE, "its run was taken up and never started")
        case StateType.RUNNING if case.leg_died or since > GRACE:
            return Judgement(Verdict.WAKE, "its leg broke off")
        case StateType.SCHEDULED:
            if declared is not None and run.work_pool_name not in (None, declared.pool):
                return Judgement(Verdict.REPLACE, "its run waited in another pool")
            return _judge_sleeping(case, run, now)
        case _:
            return Judgement(Verdict.FINE)


def _judge_sleeping(case: Sleeper, run: FlowRun, now: datetime) -> Judgement:
    assert run.state is not None
    scheduled = run.state.state_details.scheduled_time
    if run.state.name == PUT_OFF and scheduled is not None and scheduled <= now + PUT_OFF_FOR:
        return Judgement(Verdict.FINE)
    wanted = now if case.is_awake or case.next_due is None else max(case.next_due, now)
    if scheduled is not None and scheduled > wanted + timedelta(seconds=2):
        return Judgement(Verdict.WAKE, "it was to wake earlier", is_ordinary=True)
    return Judgement(Verdict.FINE)  # one that wakes too early sees that nothing is due, and sleeps until the right time
