"""
Free time: what working time busy times leave, and when somebody is there again (DUTY-19, DUTY-24).

Busy and away take time; tentative does not. "Away" is being out of the office, or having a whole working day taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from models.calendars import BusyKind, BusyTime
from models.durations import working_time
from models.working_time import WorkingCalendar, local_day

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Diary:
    """
    One person's busy times beside the council's working calendar.

    The times should begin with the working day of the moment that is asked about: whether a whole working day is
    taken cannot be seen from a part of it.
    """

    office: WorkingCalendar
    times: Sequence[BusyTime]

    def free_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time from `start` to `end` is not taken; nothing where `end` is not later."""
        free = self.office.working_time_between(start, end)
        for begins, ends in self._taken:
            free -= self.office.working_time_between(max(begins, start), min(ends, end))
        return free

    def in_time(self, now: datetime, needed_by: datetime, at_least: timedelta) -> bool:
        """
        Whether at least so much working time is free before `needed_by`.

        Where there is less working time than that in all, the whole of it must be free. Where there is none, they
        must be free when the office is open next.
        """
        there_is = self.office.working_time_between(now, needed_by)
        if not there_is:
            return _over(self._taken, self.office.next_opening(now)) is None
        return self.free_between(now, needed_by) >= min(at_least, there_is)

    def is_away(self, now: datetime) -> bool:
        """Whether they are not at work at the first working moment from `now` on."""
        return self._end_of_absence(self.office.next_opening(now)) is not None

    def there_from(self, now: datetime, until: datetime) -> datetime | None:
        """The first working moment from `now` on at which they are not away; None: not before `until`."""
        moment = self.office.next_opening(now)
        while moment < until:
            ends = self._end_of_absence(moment)
            if ends is None:
                return moment
            moment = self.office.next_opening(ends)
        return None

    def free_from(self, now: datetime, until: datetime, at_least: timedelta) -> datetime | None:
        """The first working moment from which so much working time is free in one piece; None: not before `until`."""
        moment = self.office.next_opening(now)
        while moment < until:
            ends = _over(self._taken, moment) or self._next_end(moment, at_least)
            if ends is None:
                return moment
            moment = self.office.next_opening(ends)
        return None

    # ------------------------------------------------------------------ inside

    @cached_property
    def _taken(self) -> list[Stretch]:
        return _merged((one.start, one.end) for one in self.times if one.kind is not BusyKind.TENTATIVE)

    @cached_property
    def _out(self) -> list[Stretch]:
        return _merged((one.start, one.end) for one in self.times if one.kind is BusyKind.AWAY)

    def _end_of_absence(self, moment: datetime) -> datetime | None:
        """When the absence over a working moment ends; None: there is none."""
        if (ends := _over(self._out, moment)) is not None:
            return ends
        day = local_day(moment)
        opens, closes = self.office.opening_time(day), self.office.closing_time(day)
        return closes if (_over(self._taken, opens) or opens) >= closes else None

    def _next_end(self, moment: datetime, length: timedelta) -> datetime | None:
        """The end of what first takes working time before `length` of it has passed; None: nothing does."""
        enough = self.office.add(moment, working_time(length))
        for begins, ends in self._taken:
            if begins < enough and ends > moment and self.office.working_time_between(begins, min(ends, enough)):
                return ends
        return None


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, and without two that touch or overlap."""
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _over(stretches: list[Stretch], moment: datetime) -> datetime | None:
    """The end of the stretch in which a moment lies."""
    return next((end for start, end in stretches if start <= moment < end), None)
