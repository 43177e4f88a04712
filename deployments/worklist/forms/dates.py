"""Days and times as people type them, on the wall clock in Europe/London."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from models.working_time import LONDON

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?)?"
    r"\s*(?P<half>am|pm)?\s*(?P<zone>gmt|bst)?",
    re.IGNORECASE,
)


class NoSuchTime(Exception):
    """The clocks do not show that time on that day; the message says so to whoever typed it."""


@dataclass(frozen=True)
class TimeTyped:
    """A time of day, and which of two it is where the clocks go back and show it twice."""

    at: time
    zone: str = ""
    """GMT, BST or empty."""


def month_named(text: str) -> int | None:
    """The month that is meant by a number or a name, such as 11, November or Nov; None where it is none."""
    if re.fullmatch("[0-9]{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else None
    name = text.lower().rstrip(".")
    found = [number for number, month in enumerate(_MONTHS, start=1) if len(name) > 2 and month.startswith(name)]
    return found[0] if found else 9 if name == "sept" else None


def time_of_day(text: str) -> TimeTyped | None:
    """The time that is meant by 9:30, 09.30, 9:30am, 2pm or 14:05; None where it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None or (found["minute"] is None and found["half"] is None):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    fraction = int((found["fraction"] or "").ljust(6, "0"))
    try:
        at = time(hour, int(found["minute"] or 0), int(found["second"] or 0), fraction)
    except ValueError:
        return None
    return TimeTyped(at, (found["zone"] or "").upper())


def time_typed_as(at: time) -> str:
    """A time of day as somebody would type it; `time_of_day` gives the same again."""
    if at.microsecond:
        return at.strftime("%H:%M:%S.") + f"{at.microsecond:06}"
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def wall_clock(day: date, typed: TimeTyped) -> datetime:
    """
    The moment at which the clocks show that time, aware; the earlier of two unless GMT or BST says which.

    Raises `NoSuchTime` where the clocks go forward over it.
    """
    for fold in (0, 1):
        moment = datetime.combine(day, typed.at, tzinfo=LONDON).replace(fold=fold)
        is_there = moment.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == moment.replace(tzinfo=None)
        if is_there and typed.zone in ("", moment.tzname()):
            return moment
    if typed.zone:
        raise NoSuchTime(f"the clocks do not show {typed.zone} at that time; leave it out, or correct the time")
    raise NoSuchTime("the clocks went forward over that time; give the time before or after")


def typed_as(moment: datetime) -> tuple[date, str]:
    """The day and time of day as somebody would type them; `wall_clock` gives the same moment back."""
    local = moment.astimezone(LONDON)
    text = time_typed_as(local.time())
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() != local.utcoffset():
        text += f" {local.tzname()}"
    return local.date(), text
