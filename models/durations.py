"""Lengths of time that say whether they are calendar or working time (GAP-51)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_ISO = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_WORKING = re.compile(r"(?P<count>\d{1,6})\s+working\s+(?P<unit>day|hour|minute|second)s?")
_LONGEST = timedelta(days=36_525)
_HOW_TO_WRITE = 'write a duration as "P14D", "PT24H", "3 working days" or "4 working hours"'


class TimeKind(StrEnum):
    """Which hours count towards a duration."""

    CALENDAR = "calendar"
    """Every hour counts, nights and closed days too."""
    WORKING_HOURS = "working hours"
    """Only the hours count in which the office is open."""
    WORKING_DAYS = "working days"
    """Only the days count on which the office is open, each to its close."""


@dataclass(frozen=True, slots=True)
class Duration:
    """
    A length of time of one kind; longer than nothing.

    Calendar time has `days`, which keep the time on the wall when the clocks change, and `time`, which is
    elapsed time: "P1D" and "PT24H" differ on two nights of the year. Working hours have only `time`, working
    days only `days`. Raises ValueError for a length that is not positive or does not fit its kind.
    """

    kind: TimeKind
    days: int = 0
    time: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if self.days < 0 or self.time < timedelta(0) or not (self.days or self.time):
            raise ValueError("a duration must be longer than nothing")
        if self.days > _LONGEST.days or self.time > _LONGEST:
            raise ValueError("a duration of more than a hundred years is a slip of the pen")
        if (self.kind is TimeKind.WORKING_DAYS and self.time) or (self.kind is TimeKind.WORKING_HOURS and self.days):
            raise ValueError("a duration counts working days or working hours, not both")

    @classmethod
    def parse(cls, text: object) -> Duration:
        """
        Read a duration as it stands in a council's policy.

        Takes ISO 8601 in weeks, days, hours, minutes and seconds for calendar time ("P14D", "PT24H"), and
        "4 working hours" or "3 working days". Months and years are refused because they are not one length
        (GAP-16). Raises ValueError with the way to write it.
        """
        if isinstance(text, Duration):
            return text
        if not isinstance(text, str):
            raise ValueError(_HOW_TO_WRITE)
        try:
            if match := _WORKING.fullmatch(text.strip().lower()):
                count, unit = int(match["count"]), match["unit"]
                if unit == "day":
                    return working_days(count)
                return working_time(timedelta(**{f"{unit}s": count}))
            if (match := _ISO.fullmatch(text.strip())) and any(match.groups()):
                weeks, days, hours, mins, secs = (int(part or 0) for part in match.groups())
                elapsed = timedelta(hours=hours, minutes=mins, seconds=secs)
                return cls(TimeKind.CALENDAR, 7 * weeks + days, elapsed)
        except OverflowError:
            raise ValueError("a duration of more than a hundred years is a slip of the pen") from None
        if re.match(r"P\d+[MY]", text.strip()):
            raise ValueError('months and years are not one length; write the days, such as "P28D"')
        raise ValueError(_HOW_TO_WRITE)

    @property
    def is_calendar(self) -> bool:
        """True where every hour counts."""
        return self.kind is TimeKind.CALENDAR

    def setting(self) -> str:
        """The duration as it is written in a policy; `parse` reads it back to the same duration."""
        if not self.is_calendar:
            return str(self)
        seconds = int(self.time.total_seconds())
        parts = ((seconds // 3600, "H"), (seconds // 60 % 60, "M"), (seconds % 60, "S"))
        clock = "".join(f"{count}{unit}" for count, unit in parts if count)
        return "P" + (f"{self.days}D" if self.days else "") + (f"T{clock}" if clock else "")

    def __str__(self) -> str:
        """The duration in words for people: "3 working days", "14 days", "1 hour 30 minutes"."""
        if self.kind is TimeKind.WORKING_DAYS:
            return _count(self.days, "working day")
        seconds = int(self.time.total_seconds())
        if self.kind is TimeKind.WORKING_HOURS:
            for length, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
                if seconds % length == 0:
                    return _count(seconds // length, f"working {unit}")
        parts = (
            (self.days, "day"),
            (seconds // 3600, "hour"),
            (seconds // 60 % 60, "minute"),
            (seconds % 60, "second"),
        )
        return " ".join(_count(count, unit) for count, unit in parts if count)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let Pydantic read a duration from its text and write it back as text."""
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls.setting, return_schema=core_schema.str_schema()
            ),
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def calendar_days(days: int) -> Duration:
    """So many calendar days, at the same time on the wall."""
    return Duration(TimeKind.CALENDAR, days=days)


def calendar_hours(hours: int) -> Duration:
    """So many elapsed hours, by night as by day."""
    return Duration(TimeKind.CALENDAR, time=timedelta(hours=hours))


def minutes(count: int) -> Duration:
    """So many elapsed minutes, by night as by day."""
    return Duration(TimeKind.CALENDAR, time=timedelta(minutes=count))


def working_hours(hours: int) -> Duration:
    """So many hours in which the office is open."""
    return working_time(timedelta(hours=hours))


def working_time(time: timedelta) -> Duration:
    """So much office time, in whole seconds; what a stopped clock had left, for instance."""
    return Duration(TimeKind.WORKING_HOURS, time=timedelta(seconds=int(time.total_seconds())))


def working_days(days: int) -> Duration:
    """So many working days, each counted to its closing time."""
    return Duration(TimeKind.WORKING_DAYS, days=days)


class DayEnd(StrEnum):
    """A deadline that is an hour of today and no length of time."""

    BEFORE_CLOSING = "before closing"
    """Before the office closes; on a closed day, before the next working day closes."""
    SAME_DAY = "same day"
    """On this very day: before closing, and once the office is closed, before midnight."""


def parse_deadline(value: object) -> Duration | DayEnd:
    """Read "before closing", "same day" or any duration; raises ValueError with the way to write it."""
    if isinstance(value, DayEnd):
        return value
    if isinstance(value, str) and value.strip().lower() in set(DayEnd):
        return DayEnd(value.strip().lower())
    try:
        return Duration.parse(value)
    except ValueError as problem:
        raise ValueError(f'{problem} (or "before closing", or "same day")') from None


Deadline = Annotated[Duration | DayEnd, BeforeValidator(parse_deadline)]
"""By when something is due: a duration, the close of business, or the end of the day."""
