"""When the office is open, and what that makes of a deadline (GAP-51)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.bank_holidays import england_bank_holidays
from models.durations import DayEnd, Duration, TimeKind
from models.errors import PathwaysError

LONDON = ZoneInfo("Europe/London")
_DAY = timedelta(days=1)


class OfficeClosed(PathwaysError):
    """The office has no opening or closing time on that day; ask for a working day."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """From when until when the office is open on one weekday, on the wall clock in Europe/London."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("the office must open before it closes")


@dataclass(frozen=True)
class WorkingCalendar:
    """
    The days and hours on which a council's office is open.

    `office_hours` is by weekday (0 is Monday) on the wall clock in Europe/London; a weekday left out is
    closed. Closed as well are England's bank holidays and `closure_days`; `extra_holidays` and
    `withdrawn_holidays` correct the bank holidays. Moments go in aware and come out in UTC; a naive one
    raises ValueError.
    """

    office_hours: Mapping[int, OpeningHours]
    closure_days: frozenset[date] = field(default_factory=frozenset)
    extra_holidays: frozenset[date] = field(default_factory=frozenset)
    withdrawn_holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not self.office_hours or not set(self.office_hours) <= set(range(7)):
            raise ValueError("the office must be open on at least one weekday, 0 (Monday) to 6 (Sunday)")

    # ------------------------------------------------------------------ days

    def is_bank_holiday(self, day: date) -> bool:
        """True on a bank holiday of England as this council knows them."""
        if day in self.withdrawn_holidays:
            return False
        return day in self.extra_holidays or day in england_bank_holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        """True where the office opens on that day."""
        return day.weekday() in self.office_hours and day not in self.closure_days and not self.is_bank_holiday(day)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`, never `day` itself."""
        day -= _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`, never `day` itself."""
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    # ------------------------------------------------------------------ hours

    def opening_time(self, day: date) -> datetime:
        """When the office opens on that day; raises `OfficeClosed` on a closed one."""
        return _at(day, self._hours(day).opens)

    def closing_time(self, day: date) -> datetime:
        """When the office closes on that day; raises `OfficeClosed` on a closed one."""
        return _at(day, self._hours(day).closes)

    def opening_time_of(self, day: date) -> datetime:
        """When the office first opens from that day on: on the day itself, or on the next working day."""
        return self.opening_time(day if self.is_working_day(day) else self.next_working_day(day))

    def is_open(self, moment: datetime) -> bool:
        """True from the moment of opening up to, not at, the moment of closing."""
        day = local_day(moment)
        return self.is_working_day(day) and self.opening_time(day) <= moment < self.closing_time(day)

    def next_opening(self, moment: datetime) -> datetime:
        """The first moment from `moment` on at which the office is open: `moment` itself where it is open."""
        day = local_day(moment)
        if self.is_working_day(day) and moment < self.closing_time(day):
            return max(moment, self.opening_time(day)).astimezone(UTC)
        return self.opening_time(self.next_working_day(day))

    def end_of_working_day(self, moment: datetime) -> datetime:
        """The next closing after `moment`: today's where it lies ahead, else that of the next working day."""
        return self.closing_time(local_day(self.next_opening(moment)))

    def closed_since(self, moment: datetime) -> datetime:
        """When the office closed that is closed at a moment; raises `OfficeClosed` where it is open then."""
        if self.is_open(moment):
            raise OfficeClosed("The office is open at that moment; ask for its next closing.")
        day = local_day(moment)
        if self.is_working_day(day) and moment >= self.closing_time(day):
            return self.closing_time(day)
        return self.closing_time(self.previous_working_day(day))

    def same_day(self, moment: datetime) -> datetime:
        """
        The end of this very day: today's closing where that lies ahead, else a second before midnight.

        The second kind falls to out of hours; it never moves to another day.
        """
        day = local_day(moment)
        if self.is_working_day(day) and moment < self.closing_time(day):
            return self.closing_time(day)
        return max(moment.astimezone(UTC), _at(day, time(23, 59, 59)))

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office is open from `start` to `end`; nothing where `end` is not later."""
        start, end = _utc(start), _utc(end)
        total = timedelta(0)
        day, last = local_day(start), local_day(end)
        while day <= last:
            if self.is_working_day(day):
                opened = max(start, self.opening_time(day))
                closed = min(end, self.closing_time(day))
                total += max(closed - opened, timedelta(0))
            day += _DAY
        return total

    # ------------------------------------------------------------------ deadlines

    def add(self, start: datetime, length: Duration) -> datetime:
        """
        The moment that lies `length` after `start`.

        Calendar days keep the time on the wall: fourteen days from 9am is 9am, over clock changes too (a time
        that the spring change skips becomes 2am, one that the autumn change repeats is the first of the two).
        Working hours run while the office is open and may end at closing time. Working days end at the
        closing time of the n-th working day after the day of the start. A start before opening, or at the
        very moment of closing, counts for that day; a later one, or one on a closed day, counts from the
        next opening, so that one working day from Friday night ends on Tuesday.
        """
        start = _utc(start)
        match length.kind:
            case TimeKind.CALENDAR:
                return _days_later(start, length.days) + length.time
            case TimeKind.WORKING_HOURS:
                return self._add_working_time(start, length.time)
            case TimeKind.WORKING_DAYS:
                day = local_day(start)
                if not self.is_working_day(day) or start > self.closing_time(day):
                    day = self.next_working_day(day)
                for _ in range(length.days):
                    day = self.next_working_day(day)
                return self.closing_time(day)

    def due(self, start: datetime, deadline: Duration | DayEnd) -> datetime:
        """When something asked for at `start` is due, by the deadline alone (no safety or other rule)."""
        match deadline:
            case DayEnd.BEFORE_CLOSING:
                return self.end_of_working_day(start)
            case DayEnd.SAME_DAY:
                return self.same_day(start)
            case Duration():
                return self.add(start, deadline)

    def safety_due(self, start: datetime, length: Duration) -> datetime:
        """
        When a timer that keeps somebody safe is due: in calendar time, and on a day on which somebody works.

        Where it would fall on a closed day it comes earlier, to the closing of the last open day before.
        Where no closing lies between the start and that day, it stays where it fell and is for out of hours:
        it never comes before its start. On an open day the hour stays as it is. (GAP-51)
        """
        due = self.add(start, length)
        day = local_day(due)
        if self.is_working_day(day):
            return due
        closing = self.closing_time(self.previous_working_day(day))
        return closing if closing > start else due

    def administrative_due(self, start: datetime, length: Duration) -> datetime:
        """
        When a timer that only keeps work in order is due.

        Working time stays as it is; calendar time that falls on a closed day goes on to the closing of the
        next working day. (GAP-51)
        """
        due = self.add(start, length)
        day = local_day(due)
        return due if self.is_working_day(day) else self.closing_time(self.next_working_day(day))

    def for_people(self, moment: datetime) -> str:
        """The moment in words for people, in Europe/London: "Monday 30 November 2026, 5pm"."""
        return for_people(moment)

    # ------------------------------------------------------------------ inside

    def _hours(self, day: date) -> OpeningHours:
        if not self.is_working_day(day):
            raise OfficeClosed(f"The office is closed on {day.isoformat()}; ask for a working day.")
        return self.office_hours[day.weekday()]

    def _add_working_time(self, start: datetime, left: timedelta) -> datetime:
        moment = self.next_opening(start)
        while True:
            today = self.closing_time(local_day(moment)) - moment
            if left <= today:
                return moment + left
            left -= today
            moment = self.opening_time(self.next_working_day(local_day(moment)))


def local_day(moment: datetime) -> date:
    """The day on the wall calendar in Europe/London; a naive moment raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no place in a calendar; use the clock's now()")
    return moment.astimezone(LONDON).date()


def _utc(moment: datetime) -> datetime:
    local_day(moment)  # refuses a naive moment
    return moment.astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def for_people(moment: datetime) -> str:
    """The moment in words for people, in Europe/London: "Monday 30 November 2026, 5pm"."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown to people; use the clock's now()")
    local = moment.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y}, {time_in_words(local.time())}"


def time_in_words(hour: time) -> str:
    """A time of day in words for people: "8am", "12:30pm", "midday"."""
    if (hour.hour, hour.minute) == (0, 0):
        return "midnight"
    if (hour.hour, hour.minute) == (12, 0):
        return "midday"
    minutes = f":{hour.minute:02}" if hour.minute else ""
    return f"{hour.hour % 12 or 12}{minutes}{'am' if hour.hour < 12 else 'pm'}"


def _at(day: date, hour: time) -> datetime:
    """That hour on that day in Europe/London, in UTC; an hour that the spring change skips becomes 2am."""
    moment = datetime.combine(day, hour, tzinfo=LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).time() != hour:
        return datetime.combine(day, time(2), tzinfo=LONDON).astimezone(UTC)
    return moment


def _days_later(start: datetime, days: int) -> datetime:
    local = start.astimezone(LONDON)
    return _at(local.date() + timedelta(days=days), local.time().replace(fold=0)) if days else start
