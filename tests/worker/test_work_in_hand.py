"""What a slot does with a run that is due, and how long one is left alone that could not be begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from deployments.worker.counts import Counts
from deployments.worker.work_in_hand import REST_SECONDS, TROUBLED_SECONDS, Due, WorkInHand
from tasks.durable.lease import take
from tasks.durable.prefect_flow import CaseFlow
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
