"""Whether lengths of time follow on one another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from models.durations import Duration
from models.working_time import OpeningHours, WorkingCalendar

_ORDINARY = WorkingCalendar({weekday: OpeningHours(time(9), time(17)) for weekday in range(5)})
_ORDINARY_WEEK = tuple(datetime(2026, 1, 12, 9, tzinfo=UTC) + timedelta(days=day) for day in range(7))


def rising(lengths: Iterable[Duration]) -> bool:
    """
    True where each length ends after the one before it, from whichever day of an ordinary week they start.

    Working and calendar time are compared by where they end, since neither has a fixed length in the other.
    """
    steps = tuple(lengths)
    return all(
        _ORDINARY.add(start, sooner) < _ORDINARY.add(start, later)
        for start in _ORDINARY_WEEK
        for sooner, later in pairwise(steps)
    )
