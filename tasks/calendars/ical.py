"""
iCalendar text (RFC 5545) to busy times.

Repetitions, their exceptions and moved instances are worked out by recurring-ical-events. What marks an event as free
or away is Outlook's X-MICROSOFT-CDO-BUSYSTATUS where it is there, and TRANSP and STATUS otherwise.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

from models.calendars import BusyKind, BusyTime, CalendarTrouble
from models.working_time import LONDON
from tasks.calendars.ical_text import about_time_only
from tasks.calendars.source import CalendarUnavailable

MOST_OCCURRENCES = 20_000
_DAY = timedelta(days=1)
_BY_STATUS = {
    "FREE": None,
    "WORKINGELSEWHERE": None,
    "TENTATIVE": BusyKind.TENTATIVE,
    "BUSY": BusyKind.BUSY,
    "OOF": BusyKind.AWAY,
}
_BY_TYPE = {
    "FREE": None,
    "BUSY-TENTATIVE": BusyKind.TENTATIVE,
    "BUSY-UNAVAILABLE": BusyKind.AWAY,
}


def busy_in(text: bytes, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
    """
    The busy times of a calendar between two moments, in order.

    An all-day event is a whole day, and a time without a zone the time on the wall, in Europe/London. Raises
    `CalendarUnavailable`: for what is not a calendar, for one with more repetitions than we are willing to work out,
    and for published free-busy that does not reach to `end`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            times = {one for one in _times(text, start, end) if one.start < end and one.end > start}
    except CalendarUnavailable as failed:
        trouble = failed.trouble
    except Exception:  # the readers raise whatever a broken calendar brings them to
        trouble = CalendarTrouble.UNREADABLE
    else:
        return tuple(sorted(times, key=lambda one: (one.start, one.end, one.kind)))
    raise CalendarUnavailable(trouble)


def _times(text: bytes, start: datetime, end: datetime) -> Iterator[BusyTime]:
    calendar: Any = icalendar.Calendar.from_ical(about_time_only(text, start, end))
    if any(part.errors for part in calendar.walk()):
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
    published = calendar.walk("VFREEBUSY")
    _check_reach(published, start, end)
    for part in published:
        yield from _published(part)
    events = recurring_ical_events.of(calendar).between(start - _DAY, end + _DAY)
    for count, event in enumerate(islice(events, MOST_OCCURRENCES + 1), 1):
        if count > MOST_OCCURRENCES:
            raise CalendarUnavailable(CalendarTrouble.TOO_LARGE)
        kind = _kind_of(event)
        first, last = event["DTSTART"].dt, event["DTEND"].dt
        if first == last and not isinstance(first, datetime):
            last += _DAY  # some write an all-day event so, although its end is the first day after it
        if kind is not None and moment_of(first) < moment_of(last):
            yield BusyTime(moment_of(first), moment_of(last), kind)


def _kind_of(event: Any) -> BusyKind | None:
    """How an event takes its time; None: not at all."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    status = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    return BusyKind.TENTATIVE if str(event.get("STATUS", "")).upper() == "TENTATIVE" else BusyKind.BUSY


def _check_reach(published: list[Any], start: datetime, end: datetime) -> None:
    """Raise `CalendarUnavailable` where published free-busy does not speak about all that was asked."""
    froms = [moment_of(part["DTSTART"].dt) for part in published if "DTSTART" in part]
    tos = [moment_of(part["DTEND"].dt) for part in published if "DTEND" in part]
    if (froms and min(froms) > start + _DAY) or (tos and max(tos) < end):  # what was published today begins today
        raise CalendarUnavailable(CalendarTrouble.OUT_OF_DATE)


def _published(part: Any) -> Iterator[BusyTime]:
    periods = part.get("FREEBUSY", [])
    for period in periods if isinstance(periods, list) else [periods]:
        kind = _BY_TYPE.get(str(period.params.get("FBTYPE", "BUSY")).upper(), BusyKind.BUSY)
        begins, ends = moment_of(period.start), moment_of(period.end)
        if kind is not None and begins < ends:
            yield BusyTime(begins, ends, kind)


def moment_of(value: date) -> datetime:
    """A day is its first moment in England, a time without a zone is England's."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC)
