"""
The clock of a trial: one time for all of its processes, which only goes on when somebody looks or lets time pass.

Each process may see it wrongly: a jump is added to what it sees. The time lies in memory that all of them share.
"""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""Monday 5 January 2026, 9am. The example council's register was imported an hour before."""
TICK = 0.001
"""Seconds that every look takes, so that no two moments are the same."""
PLACES = 64
_DOUBLE = struct.Struct("d")


class SharedTime:
    """The time of a trial, and by how much each process sees it wrongly. Made before the processes are."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _DOUBLE.size * (PLACES + 1))

    def now(self) -> datetime:
        """The true time."""
        return START + timedelta(seconds=self._get(0))

    def tick(self) -> None:
        """A little time goes by."""
        self._put(0, self._get(0) + TICK)

    def advance(self, by: timedelta) -> None:
        """Let time pass for everybody."""
        self._put(0, self._get(0) + by.total_seconds())

    def jump(self, place: int, by: timedelta) -> None:
        """From now on a process sees another time, by so much more than before."""
        self._put(1 + place, self._get(1 + place) + by.total_seconds())

    def offset(self, place: int) -> timedelta:
        """By how much a process sees the time wrongly."""
        return timedelta(seconds=self._get(1 + place))

    def put_all_right(self) -> None:
        """Every process sees the same time again: the latest that any of them has seen."""
        furthest = max(self._get(1 + place) for place in range(PLACES))
        self._put(0, self._get(0) + max(furthest, 0.0))
        for place in range(PLACES):
            self._put(1 + place, 0.0)

    def _get(self, index: int) -> float:
        found: float = _DOUBLE.unpack_from(self._memory, index * _DOUBLE.size)[0]
        return found

    def _put(self, index: int, value: float) -> None:
        _DOUBLE.pack_into(self._memory, index * _DOUBLE.size, value)


class TrialClock:
    """The time as one process sees it."""

    def __init__(self, shared: SharedTime, place: int) -> None:
        self.shared, self._place = shared, place

    def now(self) -> datetime:
        """The time, in UTC; looking takes a little of it."""
        self.shared.tick()
        return self.shared.now() + self.shared.offset(self._place)
