"""
What is left of a calendar's text when all that is not about time is dropped.

So no title, place or name is ever read, and a calendar of many years is read quickly. Here too is where a calendar is
refused that would keep us counting: one with a repetition of millions of times.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from models.calendars import CalendarTrouble
from tasks.calendars.source import CalendarUnavailable

MOST_STEPS = 250_000
"""Of all repetitions together, from their first days on: about a second of work."""
_KEPT = {
    "VCALENDAR": {"VERSION"},
    "VEVENT": {
        *("UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
        *("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
    },
    "VFREEBUSY": {"DTSTART", "DTEND", "FREEBUSY"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"},
}
_SECONDS = {
    "SECONDLY": 1,
    "MINUTELY": 60,
    "HOURLY": 3_600,
    "DAILY": 86_400,
    "WEEKLY": 604_800,
    "MONTHLY": 2_592_000,
    "YEARLY": 31_536_000,
}
_NEVER_MET_PERHAPS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
"""With these a rule that repeats by the week or oftener may never be met, and is then looked for to the year 9999."""
_MANY_IN_ONE = ("BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_TZID = re.compile(r";TZID=(\"[^\"]*\"|[^;:]*)", re.IGNORECASE)
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")


@dataclass
class _Part:
    """A component: its own lines that matter, and the parts within it."""

    name: str
    lines: list[str] = field(default_factory=list)
    within: list[_Part] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        """What stands behind the property of that name, the first of several."""
        return next((line.rpartition(":")[2].strip() for line in self.lines if _name_of(line) == name), None)

    def written(self) -> Iterator[str]:
        """Its lines, whole."""
        yield f"BEGIN:{self.name}"
        yield from self.lines
        for part in self.within:
            yield from part.written()
        yield f"END:{self.name}"


ROTA_TOO = frozenset({"SUMMARY", "CATEGORIES", "ATTENDEE"})
"""What says on a rota who is on call, and as what; of no other calendar is it ever read."""


def about_time_only(text: bytes, start: datetime, end: datetime, *, also: frozenset[str] = frozenset()) -> str:
    """
    The calendar with what matters between two moments: time zones, events that may touch it, published free-busy.

    A time zone that only this calendar knows gets a name of its own, since its reader keeps zones by their names and
    "Customized Time Zone" is another in the next calendar. `also` are properties of events to be kept besides. Raises
    `CalendarUnavailable`.
    """
    calendars = [part for part in _parts(text, also) if part.name == "VCALENDAR"]
    if not calendars:
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
    parts = [part for calendar in calendars for part in calendar.within]
    zones = _own_zones(part for part in parts if part.name == "VTIMEZONE")
    others = [part for part in parts if part.name != "VTIMEZONE" and _may_touch(part, start, end)]
    steps = sum(_steps(part, end) for part in others)
    steps += sum(_steps(rule, end) for zone in zones.values() for rule in zone.within)
    if steps > MOST_STEPS:
        raise CalendarUnavailable(CalendarTrouble.TOO_LARGE)
    for part in others:
        part.lines = [_zone_named(line, zones) for line in part.lines]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:pathways"]
    for part in [*zones.values(), *others]:
        lines += part.written()
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _parts(text: bytes, also: frozenset[str]) -> list[_Part]:
    """The components of the text, without the lines and components that do not matter."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text.decode("utf-8-sig", errors="replace"))
    root = _Part("")
    open_parts = [root]
    for line in re.split(r"\r?\n", unfolded):
        name = _name_of(line)
        if name == "BEGIN":
            open_parts.append(_Part(line.partition(":")[2].strip().upper()))
        elif name == "END":
            if len(open_parts) < 2 or open_parts[-1].name != line.partition(":")[2].strip().upper():
                raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
            closed = open_parts.pop()
            if closed.name in _KEPT:
                open_parts[-1].within.append(closed)
        elif name in _KEPT.get(open_parts[-1].name, ()) or (name in also and open_parts[-1].name == "VEVENT"):
            open_parts[-1].lines.append(f"{name}{line[len(name) :]}")
    if len(open_parts) > 1:
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
    return root.within


def _name_of(line: str) -> str:
    match = _NAME.match(line)
    return match[0].upper() if match else ""


# ------------------------------------------------------------------ time zones


def _own_zones(zones: Iterator[_Part]) -> dict[str, _Part]:
    """The zones that only this calendar knows, by the names it gives them; each gets a name made of its rules."""
    own = {}
    for zone in zones:
        name = zone.value("TZID") or ""
        if not _is_known(name):
            rules = "\n".join(line for part in zone.within for line in part.written())
            zone.lines = [f"TZID:own-{hashlib.sha256(rules.encode()).hexdigest()[:20]}"]
            own[name] = zone
    return own


@cache
def _names_of_zones() -> frozenset[str]:
    return frozenset(available_timezones()) | frozenset(WINDOWS_TO_OLSON)


def _is_known(zone: str) -> bool:
    return zone in _names_of_zones()


def _zone_named(line: str, zones: dict[str, _Part]) -> str:
    head, colon, value = line.partition(":") if '"' not in line else line.rpartition(":")
    match = _TZID.search(head)
    if match is None:
        return line
    name = match[1].strip('"')
    if name in zones:
        return f"{head[: match.start()]};TZID={zones[name].value('TZID')}{head[match.end() :]}{colon}{value}"
    if not _is_known(name):
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)  # a time in a zone that nobody describes
    return line


# ------------------------------------------------------------------ events


def _may_touch(part: _Part, start: datetime, end: datetime) -> bool:
    """False for an event that happens once, and plainly before or after the time asked about."""
    if part.name != "VEVENT" or any(_name_of(line) in ("RRULE", "RDATE", "RECURRENCE-ID") for line in part.lines):
        return True
    begins, ends = _day_in(part.value("DTSTART")), _day_in(part.value("DTEND"))
    too_late = begins is not None and begins > end + timedelta(days=2)
    return not (too_late or (ends is not None and ends < start - timedelta(days=2)))


def _day_in(value: str | None) -> datetime | None:
    match = _EIGHT_DIGITS.match(value or "")
    try:
        return datetime.strptime(match[0], "%Y%m%d").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def _steps(part: _Part, end: datetime) -> int:
    """How many times the repetitions of a part are counted up to `end`. Raises `CalendarUnavailable`."""
    first = _day_in(part.value("DTSTART"))
    steps = 0
    for line in part.lines:
        if _name_of(line) == "RRULE":
            rule = dict(word.strip().upper().split("=", 1) for word in line.partition(":")[2].split(";") if "=" in word)
            if first is None or rule.get("FREQ") not in _SECONDS:
                raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
            steps += _steps_of_rule(rule, first, end)
    return steps


def _steps_of_rule(rule: dict[str, str], first: datetime, end: datetime) -> int:
    each = _SECONDS[rule["FREQ"]]
    if each <= _SECONDS["WEEKLY"] and any(name in rule for name in _NEVER_MET_PERHAPS):
        return MOST_STEPS + 1
    steps = max(0, int((end - first).total_seconds())) // (each * max(1, _number(rule.get("INTERVAL"), 1))) + 1
    for name in _MANY_IN_ONE:
        steps *= len(rule.get(name, "").split(","))
    return min(steps, _number(rule.get("COUNT"), steps))


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else otherwise
