"""What a slot does with a run that is due: a case's leg, or a scheduled flow under Prefect's own engine."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.flow_engine import run_flow
from prefect.flows import Flow

from deployments.worker.counts import Counts
from models.errors import PathwaysError
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.durable.judging import PUT_OFF_FOR
from tasks.durable.ledger import UnknownCase
from tasks.durable.leg_calls import DueRun, take_up, try_again
from tasks.durable.prefect_clerk import PrefectAway, prefect_client
from tasks.durable.prefect_flow import CaseFlow
from tasks.durable.prefect_runtime import LegEnding, run_in_worker
from tasks.durable.recovering import meet_unknown

log = logging.getLogger("pathways")

REST_SECONDS = 5.0
"""How long a run is left alone that could not be begun, as where another leg has its case."""
TROUBLED_SECONDS = 60.0
"""The same, where nothing is away and it cannot be begun all the same: we have no such case, say."""
TRIES = 3
"""After so many tries in a row a run is put off; until then another worker may do better."""


@dataclass(frozen=True)
class Due:
    """A run that is due, and the flow of its deployment."""

    run: DueRun
    flow: Flow[..., Any]

    @property
    def is_case(self) -> bool:
        """Whether it is a case's run."""
        return isinstance(self.flow, CaseFlow)


class WorkInHand:
    """Does what is due; nothing that goes wrong comes out of it."""

    def __init__(
        self,
        council: Council,
        counts: Counts,
        *,
        clock: Callable[[], float] = time.monotonic,
        meet_unknown: Callable[[Council, UUID], None] = meet_unknown,
    ) -> None:
        self._council = council
        self._counts = counts
        self._clock = clock
        self._meet_unknown = meet_unknown
        self._lock = threading.Lock()
        self._resting: dict[UUID, float] = {}
        self._fruitless: dict[UUID, tuple[int, float]] = {}

    def is_resting(self, run_id: UUID) -> bool:
        """Whether a run could not be begun a moment ago, and is left alone for now."""
        with self._lock:
            until = self._resting.get(run_id)
            if until is not None and until <= self._clock():
                del self._resting[run_id]
                return False
            return until is not None

    @property
    def resting(self) -> int:
        """How many runs are left alone for now."""
        return len(self._resting)

    def carry_on(self, due: Due) -> None:
        """Run a case's leg."""
        begun = self._clock()
        ending, rests = self._tried(due)
        if ending is LegEnding.LEASE_LOST:
            self._counts.lease_lost()
        if ending is LegEnding.NOT_OURS or rests == TROUBLED_SECONDS:
            self.could_not_begin(due.run, rests)
        elif ending in (LegEnding.LEASE_LOST, LegEnding.FAILED):
            self.rest(due.run.id, rests)
        else:
            self._forget(due.run.id)
        self._counts.leg_ended(ending, self._clock() - begun)

    def _tried(self, due: Due) -> tuple[LegEnding, float]:
        """How a leg ended, and for how long its run is left alone where it could not be begun."""
        assert isinstance(due.flow, CaseFlow)
        try:
            try:
                return run_in_worker(self._council, due.run, show_steps=due.flow.shows_steps), REST_SECONDS
            except UnknownCase as unknown:
                log.warning("run %s was not begun: %s", due.run.id, unknown)
                self._meet_unknown(self._council, due.run.id)
        except (PrefectAway, DatabaseUnavailable) as away:
            log.warning("run %s was not begun: %s", due.run.id, away)
            return LegEnding.FAILED, REST_SECONDS
        except Exception as caught:  # no text of the error, which may be personal
            log.error("run %s was not begun (%s)", due.run.id, type(caught).__name__)
        return LegEnding.FAILED, TROUBLED_SECONDS

    def keep_house(self, due: Due) -> None:
        """Run a scheduled flow, once among all workers: the server lets one of them have it."""
        try:
            if not take_up(due.run, StateType.PENDING):
                self.rest(due.run.id)
                return
            with prefect_client() as client:
                run = client.read_flow_run(due.run.id)
            with contextlib.suppress(Abort, Pause, ObjectNotFound):
                run_flow(due.flow, flow_run=run, return_type="state")
        except PathwaysError as stopped:
            log.warning("%s was not run: %s", due.flow.name, stopped)
            self.rest(due.run.id)
        except Exception as caught:  # its run in Prefect says the rest
            log.error("%s came to a bad end (%s)", due.flow.name, type(caught).__name__)

    def could_not_begin(self, run: DueRun, seconds: float = REST_SECONDS, words: str = "Trying again") -> None:
        """
        Leave a run alone for a moment; where that has not helped several times over, put it off for minutes.

        What stays due stands before all that came due later, and Prefect gives so many in one answer and no more.
        """
        self.rest(run.id, seconds)
        with self._lock:
            now, long_ago = self._clock(), self._clock() - 3 * PUT_OFF_FOR.total_seconds()
            self._fruitless = {one: tried for one, tried in self._fruitless.items() if tried[1] > long_ago}
            tries = self._fruitless.get(run.id, (0, now))[0] + 1
            self._fruitless[run.id] = (tries, now)
        if tries < TRIES:
            return
        try:
            try_again(run, self._council.clock.now() + PUT_OFF_FOR, words)
            log.warning("run %s could not be begun %d times in a row: it is put off for some minutes", run.id, tries)
        except PrefectAway as away:
            log.warning("run %s could not be put off: %s", run.id, away)

    def _forget(self, run_id: UUID) -> None:
        with self._lock:
            self._fruitless.pop(run_id, None)

    def rest(self, run_id: UUID, seconds: float = REST_SECONDS) -> None:
        """Leave a run alone for a moment."""
        with self._lock:
            now = self._clock()
            self._resting = {one: until for one, until in self._resting.items() if until > now}
            self._resting[run_id] = now + seconds
