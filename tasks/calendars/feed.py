"""An iCalendar feed that a member of staff publishes: one address, read with a GET."""

from __future__ import annotations

from datetime import datetime

from models.calendars import BusyTime, CalendarTrouble
from models.connections import CalendarFeeds
from tasks.calendars.fetching import REDIRECTS, Call, fetch
from tasks.calendars.ical import busy_in
from tasks.calendars.source import CalendarUnavailable, Whose


class FeedSource:
    """The feeds of one entry in the connections file."""

    def __init__(self, settings: CalendarFeeds) -> None:
        self._settings = settings

    def busy_times(self, whose: Whose, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
        """As `CalendarSource` says."""
        address = self._settings.feeds.get(whose.id)
        if address is None:
            raise CalendarUnavailable(CalendarTrouble.NOT_CONNECTED)
        wanted = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
        call = Call("GET", address.get_secret_value(), wanted, redirects=REDIRECTS)
        return busy_in(fetch(call, self._settings.timeout_seconds), start, end)
