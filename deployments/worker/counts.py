"""What a worker counts: its legs and how they ended, its slots, its polls. Numbers only, and nobody's names."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tasks.durable.prefect_runtime import LegEnding

LATEST = 20
"""So many of the latest legs tell whether any leg ends well here."""
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Counts:
    """The counters of one worker, in a registry of their own that /metrics serves; `clock` gives seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._clock = clock
        self._lock = threading.Lock()
        self._legs = dict.fromkeys(LegEnding, 0)
        self._latest: deque[LegEnding] = deque(maxlen=LATEST)
        self._polled_at: float | None = None
        registry = self.registry
        self._legs_total = Counter("pathways_legs", "Legs by how they ended", ["end"], registry=registry)
        self._leg_seconds = Histogram("pathways_leg_seconds", "How long legs took", buckets=SECONDS, registry=registry)
        self.slots = Gauge("pathways_slots", "Legs that this worker may run at once", registry=registry)
        self.slots_lost = Gauge("pathways_slots_lost", "Slots written off because their leg hangs", registry=registry)
        self.slots_running = Gauge("pathways_slots_running", "Slots whose leg runs", registry=registry)
        self.lease_losses = Counter(
            "pathways_lease_losses", "Legs that found their case with another leg", registry=registry
        )
        for ending in LegEnding:
            self._legs_total.labels(end=ending.value)

    def leg_ended(self, ending: LegEnding, seconds: float) -> None:
        """Count a leg."""
        self._legs_total.labels(end=ending.value).inc()
        self._leg_seconds.observe(seconds)
        with self._lock:
            self._legs[ending] += 1
            self._latest.append(ending)

    def lease_lost(self) -> None:
        """Count a leg that was under way when another took its case."""
        self.lease_losses.inc()

    def polled(self) -> None:
        """Note that Prefect was asked for due runs, and answered."""
        self._polled_at = self._clock()

    @property
    def seconds_since_poll(self) -> float | None:
        """How long ago Prefect last answered; None: never yet."""
        return None if self._polled_at is None else self._clock() - self._polled_at

    @property
    def only_fails(self) -> bool:
        """Whether every one of the latest `LATEST` legs has failed."""
        with self._lock:
            return len(self._latest) == LATEST and set(self._latest) == {LegEnding.FAILED}

    @property
    def legs(self) -> dict[str, int]:
        """Legs since the start, by how they ended."""
        with self._lock:
            return {ending.value: number for ending, number in self._legs.items()}
