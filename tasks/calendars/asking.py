"""Whose calendar is where, and asking it within its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.calendars import BusyTime, CalendarTrouble
from models.connections import CalDavCalendars, CalendarFeeds, Calendars, GraphCalendars
from tasks.calendars.caldav import CalDavSource
from tasks.calendars.feed import FeedSource
from tasks.calendars.fetching import within
from tasks.calendars.graph import GraphSource
from tasks.calendars.source import CalendarSource, CalendarUnavailable, Whose


def connected(calendars: Iterable[Calendars], whose: Whose) -> Calendars | None:
    """The entry of the connections file that has somebody's calendar: the first one that fits; None: none does."""
    return next((one for one in calendars if _fits(one, whose)), None)


def ask_calendar(calendars: Iterable[Calendars], whose: Whose, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
    """
    Somebody's busy times between two moments, wherever their calendar is.

    Raises `CalendarUnavailable`, also where none is connected, and when its `timeout_seconds` are over.
    """
    settings = connected(calendars, whose)
    if settings is None:
        raise CalendarUnavailable(CalendarTrouble.NOT_CONNECTED)
    source = source_of(settings)
    return within(settings.timeout_seconds, lambda: source.busy_times(whose, start, end))


def source_of(settings: Calendars) -> CalendarSource:
    """The way of reading that goes with an entry of the connections file."""
    match settings:
        case CalendarFeeds():
            return FeedSource(settings)
        case CalDavCalendars():
            return CalDavSource(settings)
        case GraphCalendars():
            return GraphSource(settings)


def _fits(settings: Calendars, whose: Whose) -> bool:
    if settings.teams and whose.team_id not in settings.teams:
        return False
    match settings:
        case CalendarFeeds():
            return whose.id in settings.feeds
        case CalDavCalendars():
            return whose.email is not None or "{email}" not in settings.url
        case GraphCalendars():
            return whose.email is not None
