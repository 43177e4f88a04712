"""A CalDAV server, asked by free-busy-query (RFC 4791, section 7.10): it gives times and their types only."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from models.calendars import BusyTime, CalendarTrouble
from models.connections import CalDavCalendars
from tasks.calendars.fetching import Call, fetch
from tasks.calendars.ical import busy_in
from tasks.calendars.source import CalendarUnavailable, Whose

_QUERY = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
    "</C:free-busy-query>"
)


class CalDavSource:
    """The calendars on one CalDAV server."""

    def __init__(self, settings: CalDavCalendars) -> None:
        self._settings = settings

    def busy_times(self, whose: Whose, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
        """As `CalendarSource` says."""
        settings, email = self._settings, whose.email
        if email is None and "{email}" in settings.url:
            raise CalendarUnavailable(CalendarTrouble.NOT_CONNECTED)
        # What stands for somebody must not be read as a part of the path, such as "..", or as a query.
        url = settings.url.replace("{staff}", quote(whose.id, safe="")).replace("{email}", quote(email or "", safe="@"))
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1", "Accept-Encoding": "identity"}
        query = _QUERY.format(start=start.astimezone(UTC), end=end.astimezone(UTC)).encode()
        auth = (settings.username, settings.password.get_secret_value()) if settings.username else None
        return busy_in(fetch(Call("REPORT", url, headers, query, auth), settings.timeout_seconds), start, end)
