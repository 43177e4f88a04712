"""
When carers call on somebody, and which of those calls nobody covers. By the wall clock in Europe/London.

Nothing is guessed: what stands in a list in words that are no times of day ("bedtime") is told as not readable, so that
somebody asks. Whose carers are always there has no times, and no calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.working_time import LONDON, local_day

MORNING = time(8)
"""Until then the calls of a night are listed, the call at that very time too."""
_DAY = timedelta(days=1)
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:.](\d{2}))?\s*([ap]\.?m\b\.?)?(?![\d:.]\d)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;/&+–—-]|\band\b|\bat\b", re.IGNORECASE)


@dataclass(frozen=True)
class CallTimes:
    """The times of day at which carers call on somebody, in their order."""

    times: tuple[time, ...] = ()
    is_clear: bool = True
    """False: something was said that is no time of day."""


@dataclass(frozen=True)
class Cover:
    """Who gives somebody's care until when."""

    by: str
    until: datetime


def read_times(said: str | None) -> CallTimes:
    """The times of day in what a list says, such as "07:30 12:30" or "8am, 6.15pm"; none where it says nothing."""
    if not said or not said.strip():
        return CallTimes()
    times: list[time] = []

    def take(match: re.Match[str]) -> str:
        at = _time_of(match)
        if at is None:
            return match[0]
        times.append(at)
        return " "

    left = _TIME.sub(take, said)
    return CallTimes(tuple(sorted(set(times))), is_clear=not _BETWEEN.sub("", left))


def calls_between(times: Sequence[time], begin: datetime, end: datetime) -> tuple[datetime, ...]:
    """Every call from `begin` to `end`, both included, in UTC."""
    days = range((local_day(end) - local_day(begin)).days + 1)
    calls = (_at(local_day(begin) + n * _DAY, one) for n in days for one in times)
    return tuple(sorted(one for one in calls if begin <= one <= end))


def covered_by(call: datetime, covers: Sequence[Cover]) -> str:
    """Who gives the care at that call, the first of those who do; empty: nobody."""
    return next((one.by for one in covers if call < one.until), "")


def next_uncovered(times: Sequence[time], now: datetime, covers: Sequence[Cover]) -> datetime | None:
    """The first call from now on that nobody covers, in UTC; none where carers do not call."""
    if not times:
        return None
    since = max([now, *(one.until for one in covers)])
    calls = calls_between(times, since, since + 2 * _DAY)  # two days: one may lose an hour by the clock
    return calls[0]


def until_morning(now: datetime) -> datetime:
    """Eight in the morning of tomorrow, in UTC."""
    return _at(local_day(now) + _DAY, MORNING)


def begins(day: date) -> datetime:
    """The first moment of a day in Europe/London, in UTC."""
    return _at(day, time())


def _time_of(match: re.Match[str]) -> time | None:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
    if minute > 59 or (match[2] is None and not half):
        return None  # a bare number may be anything
    if half:
        return time(hour % 12 + (12 if half == "p" else 0), minute) if 1 <= hour <= 12 else None
    return time(hour, minute) if hour < 24 else None


def _at(day: date, hour: time) -> datetime:
    """That hour on that day; one that the spring change skips is 2am, one that the autumn repeats is the first."""
    moment = datetime.combine(day, hour, LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).time() != hour:
        return datetime.combine(day, time(2), LONDON).astimezone(UTC)
    return moment
