"""
Microsoft Graph's free-busy: POST /users/{who asks}/calendar/getSchedule.

An answer may hold titles and places of appointments where the application is allowed more than it needs; they are
dropped as the answer is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from models.calendars import BusyKind, BusyTime, CalendarTrouble
from models.connections import GraphCalendars
from tasks.calendars.fetching import Call, fetch
from tasks.calendars.source import CalendarUnavailable, Whose
from tasks.oauth import TOKENS, TokenRefused

_LONGEST_ASKED = timedelta(days=30)
"""Graph takes less than 42 days at once."""
_KINDS = {
    "free": None,
    "workingelsewhere": None,
    "tentative": BusyKind.TENTATIVE,
    "busy": BusyKind.BUSY,
    "oof": BusyKind.AWAY,
}


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, alias_generator=to_camel, populate_by_name=True
    )


class _Moment(_Model):
    date_time: datetime
    time_zone: str

    def aware(self) -> datetime:
        zone = ZoneInfo(WINDOWS_TO_OLSON.get(self.time_zone, self.time_zone))
        moment = self.date_time if self.date_time.tzinfo else self.date_time.replace(tzinfo=zone)
        return moment.astimezone(UTC)


class _Item(_Model):
    status: str
    start: _Moment
    end: _Moment


class _Error(_Model):
    response_code: str = ""


class _Schedule(_Model):
    error: _Error | None = None
    schedule_items: tuple[_Item, ...] = ()


class _Answer(_Model):
    value: tuple[_Schedule, ...]


class GraphSource:
    """The calendars of one Microsoft 365 organisation."""

    def __init__(self, settings: GraphCalendars) -> None:
        self._settings = settings

    def busy_times(self, whose: Whose, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
        """As `CalendarSource` says."""
        if whose.email is None:
            raise CalendarUnavailable(CalendarTrouble.NOT_CONNECTED)
        times: set[BusyTime] = set()
        while start < end:
            until = min(end, start + _LONGEST_ASKED)
            times.update(_times(self._asked(whose.email, start, until)))
            start = until
        return tuple(sorted(times, key=lambda one: (one.start, one.end, one.kind)))

    def _asked(self, email: str, start: datetime, end: datetime) -> bytes:
        """The answer; a token that is refused is fetched anew, once."""
        try:
            return fetch(self._call(email, start, end), self._settings.timeout_seconds)
        except CalendarUnavailable as failed:
            if failed.trouble is not CalendarTrouble.REFUSED:
                raise
        TOKENS.forget(self._settings.oauth)
        return fetch(self._call(email, start, end), self._settings.timeout_seconds)

    def _call(self, email: str, start: datetime, end: datetime) -> Call:
        asked = _Asked(schedules=(email,), start_time=_written(start), end_time=_written(end))
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": "application/json",
            "Prefer": 'outlook.timezone="UTC"',
            "Accept-Encoding": "identity",
        }
        url = f"{self._settings.url.rstrip('/')}/users/{quote(self._settings.asked_as, safe='@')}/calendar/getSchedule"
        return Call("POST", url, headers, asked.model_dump_json(by_alias=True).encode())

    def _token(self) -> str:
        try:
            return TOKENS.token(self._settings.oauth)
        except TokenRefused:
            pass
        raise CalendarUnavailable(CalendarTrouble.REFUSED)


class _Asked(_Model):
    schedules: tuple[str, ...]
    start_time: dict[str, str]
    end_time: dict[str, str]
    availability_view_interval: int = 1440
    """Minutes; we read the items and not the view, so the coarsest."""


def _written(moment: datetime) -> dict[str, str]:
    return {"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def _times(body: bytes) -> Iterator[BusyTime]:
    """The busy times of one answer about one schedule. Raises `CalendarUnavailable`."""
    try:
        schedules = _Answer.model_validate_json(body).value
        found = [(one.status, one.start.aware(), one.end.aware()) for each in schedules for one in each.schedule_items]
    except (ValueError, KeyError, OverflowError):  # ValidationError is a ValueError, an unknown zone a KeyError
        schedules, found = (), []
    if len(schedules) != 1:
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
    if (error := schedules[0].error) is not None:
        unknown = error.response_code == "ErrorMailRecipientNotFound"
        raise CalendarUnavailable(CalendarTrouble.NOT_FOUND if unknown else CalendarTrouble.FAILING)
    for status, start, end in found:
        kind = _KINDS.get(status.lower(), BusyKind.BUSY)  # what we do not know is not taken for free
        if kind is not None and start < end:
            yield BusyTime(start, end, kind)
