"""What a slot does with a run that is due, and how long one is left alone that could not be begun."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.worker import PathwaysWorker
from deployments.worker.counts import Counts
from deployments.worker.prefect_worker import MOST_AT_ONCE
from deployments.worker.settings import WorkerSettings
from deployments.worker.work_in_hand import REST_SECONDS, TRIES, TROUBLED_SECONDS, Due, WorkInHand
from tasks.durable.judging import PUT_OFF, PUT_OFF_FOR
from tasks.durable.lease import take
from tasks.durable.prefect_flow import CaseFlow
from tasks.durable.record_age import Head, after_entry
from tasks.durable.testing import Office
from tests.durable.lending import lines
from tests.worker.pretended_prefect import PretendedPrefect
from tests.worker.test_legs_in_the_worker import awake


class Quiet(CaseFlow):
    """A case's flow whose steps are not shown."""

    shows_steps = False


QUIET = Quiet(lambda ref: None, name="Quiet")


class Worker:
    """Work in hand on a clock that stands still."""

    def __init__(self, office: Office) -> None:
        self.now = 1000.0
        self.counts = Counts(clock=lambda: self.now)
        self.unknown: list[UUID] = []
        self.work = WorkInHand(
            office.council,
            self.counts,
            clock=lambda: self.now,
            meet_unknown=lambda _council, run_id: self.unknown.append(run_id),
        )

    def ended(self) -> list[str]:
        """How legs ended, each kind once."""
        return [end for end, count in self.counts.legs.items() if count]


@pytest.fixture
def worker(office: Office) -> Worker:
    """A worker with nothing in hand."""
    return Worker(office)


def test_run_of_a_case_that_slept_may_be_begun_at_once(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """The next answer may come in the same second."""
    run = prefect_server.has_run_of(office.council, awake(office))
    worker.work.carry_on(Due(run, QUIET))
    assert worker.ended() == ["slept"]
    assert not worker.work.is_resting(run.id)


def test_run_whose_case_another_leg_has_is_looked_at_again_soon(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """It stays due, so every poll gives it: it is left alone for five seconds, and begun when the case is free."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    with office.council.change() as change:
        assert take(change.session, case, change.now, change.policy.lease.lasts) is not None
    worker.work.carry_on(Due(run, QUIET))
    assert (worker.ended(), worker.work.resting) == (["not_ours"], 1)
    assert worker.work.is_resting(run.id)
    worker.now += REST_SECONDS
    assert not worker.work.is_resting(run.id)
    office.clock.advance(timedelta(seconds=61))
    worker.work.carry_on(Due(run, QUIET))
    assert "done bring-chair" in lines(office, case)


@pytest.mark.parametrize(("away", "rests"), [(True, REST_SECONDS), (False, TROUBLED_SECONDS)])
def test_run_that_could_not_be_begun_rests_longer_where_nothing_is_away(
    office: Office, worker: Worker, prefect_server: PretendedPrefect, away: bool, rests: float
) -> None:
    """A server that is away comes back by itself; a case that we do not have does not."""
    run = prefect_server.has_run_of(office.council, awake(office))
    if away:
        prefect_server.losing_answers = 1000
    else:
        run = replace(run, parameters={"ref": "2222-2222"})
    worker.work.carry_on(Due(run, QUIET))
    assert worker.ended() == ["failed"]
    assert worker.unknown == ([] if away else [run.id]), "a case that we do not have is reported"
    worker.now += rests - 0.1
    assert worker.work.is_resting(run.id)
    worker.now += 0.1
    assert not worker.work.is_resting(run.id)


def test_run_that_cannot_be_begun_again_and_again_is_put_off(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """It would stand before all that came due later; what it knew of its case's record stays in its state."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    knows = after_entry(Head(1))
    prefect_server.runs[str(run.id)]["state"]["message"] = knows
    run = prefect_server.due(run.id)
    for _ in range(TRIES - 1):
        worker.work.could_not_begin(run)
    assert prefect_server.state_of(run) == ("SCHEDULED", "Woken"), "another worker may do better meanwhile"
    worker.work.could_not_begin(run, words=PUT_OFF)
    assert prefect_server.state_of(run) == ("SCHEDULED", PUT_OFF)
    state = prefect_server.runs[str(run.id)]["state"]
    assert state["message"] == knows
    assert datetime.fromisoformat(state["state_details"]["scheduled_time"]) == office.clock.now() + PUT_OFF_FOR
    worker.now += PUT_OFF_FOR.total_seconds()
    office.clock.advance(PUT_OFF_FOR)
    worker.work.could_not_begin(run)
    assert prefect_server.state_of(run) == ("SCHEDULED", "Trying again"), "the next time one try is enough"


def test_run_of_a_case_that_we_do_not_have_is_put_off(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """It ends in the same way each time."""
    run = replace(prefect_server.has_run_of(office.council, awake(office)), parameters={"ref": "2222-2222"})
    for _ in range(TRIES):
        worker.work.carry_on(Due(run, QUIET))
    assert prefect_server.state_of(run) == ("SCHEDULED", "Trying again")


def test_run_is_not_put_off_because_something_was_away(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """It begins as soon as that is back."""
    run = prefect_server.has_run_of(office.council, awake(office))
    prefect_server.before_answering = lambda _request: setattr(prefect_server, "losing_answers", 1000)
    for _ in range(TRIES + 1):
        with contextlib.suppress(KeyError):
            prefect_server.runs[str(run.id)]["state"]["state_details"].pop("transition_id")
        worker.work.carry_on(Due(run, QUIET))
    assert "POST SCHEDULED" not in prefect_server.asked
    worker.work.could_not_begin(run)
    assert "POST SCHEDULED" not in prefect_server.asked, "those tries have not been counted"


def test_runs_that_cannot_be_begun_keep_no_healthy_run_waiting(
    office: Office, worker: Worker, prefect_server: PretendedPrefect
) -> None:
    """Two hundred are due before it, as many as the server names at once, and their code is not there."""
    gone, good = uuid4(), uuid4()
    queue: dict[UUID, tuple[UUID, datetime]] = {}

    def is_due(number: int, deployment: UUID, minutes_ago: int) -> UUID:
        run = UUID(int=number)
        queue[run] = (deployment, office.clock.now() - timedelta(minutes=minutes_ago))
        prefect_server.runs[str(run)] = {"state": {"type": "SCHEDULED", "name": "Woken", "state_details": {}}}
        return run

    prefect_server.now = office.clock.now
    stuck = [is_due(number, gone, 60) for number in range(1, MOST_AT_ONCE + 1)]
    healthy = is_due(1000, good, 1)

    class Client:
        """The server's list of what is due, the earliest first."""

        async def request(self, _method: str, _path: str, *, path_params: Any, json: dict[str, Any]) -> SimpleNamespace:
            for run, details in ((one, prefect_server.runs[str(one)]["state"]["state_details"]) for one in queue):
                if at := details.get("scheduled_time"):
                    queue[run] = (queue[run][0], datetime.fromisoformat(at))
            due = sorted((at, run, deployment) for run, (deployment, at) in queue.items() if at <= office.clock.now())
            named = [
                {
                    "flow_run": {
                        "id": str(run),
                        "name": "x",
                        "deployment_id": str(deployment),
                        "parameters": {"ref": "x"},
                    }
                }
                for _, run, deployment in due[: json["limit"]]
            ]
            return SimpleNamespace(json=lambda: named)

        async def read_deployment(self, deployment: UUID) -> SimpleNamespace:
            return SimpleNamespace(
                entrypoint="flows.gone.gone" if deployment == gone else "flows.lost_cases.lost_cases"
            )

    with temporary_settings({PREFECT_API_URL: PREFECT_API_URL.value()}):
        polling = PathwaysWorker("pathways", bounds=WorkerSettings(), council=office.council)
    polling._client, polling._work, polling._has_successfully_synced = Client(), worker.work, True  # type: ignore[assignment]
    offered: list[Any] = []

    def offer(key: Any, _what: Any) -> bool:
        offered.append(key)
        return len(offered) == 1  # as a slot does with what it has already

    polling.legs.offer = offer  # type: ignore[method-assign]
    for _ in range(60):
        asyncio.run(polling.get_and_submit_flow_runs())
        worker.now += 1
        if offered:
            break
    polling.take_on_nothing_more()
    assert healthy in offered
    assert not set(stuck) & set(offered)
