"""What interrupts staff, when the digests go out, and in which hours a role is left in peace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from pydantic import Field

from models.notices import Interruption
from models.policy.settings import Settings
from models.roles import Role
from models.working_time import LONDON, WorkingCalendar, local_day

_DAY = timedelta(days=1)


class QuietHours(Settings):
    """
    The hours of the night in which a role is not written to, on the wall clock; they may pass midnight.

    The same hour twice means that there are none.
    """

    starts: time
    ends: time

    def cover(self, hour: time) -> bool:
        """True where that hour is quiet, from the start up to, not at, the end."""
        if self.starts <= self.ends:
            return self.starts <= hour < self.ends
        return hour >= self.starts or hour < self.ends

    def over_after(self, moment: datetime) -> datetime:
        """The moment itself where it is not quiet; else when the quiet hours end."""
        local = moment.astimezone(LONDON)
        hour = local.time().replace(fold=0)
        if not self.cover(hour):
            return moment
        day = local.date() if hour < self.ends else local.date() + _DAY
        return datetime.combine(day, self.ends, tzinfo=LONDON).astimezone(UTC)


class Notices(Settings):
    """How staff are told without being worn out."""

    digest_times: tuple[time, ...] = Field(min_length=1)
    """When the digests go out on working days."""
    interrupt_for: tuple[Interruption, ...] = tuple(Interruption)
    quiet_hours: QuietHours
    quiet_hours_of: Mapping[Role, QuietHours] = Field(default_factory=dict)
    """For roles whose hours differ."""
    daily_budget: int = Field(ge=1)
    """More notices than this to one worker in one day are shown as too many."""

    def quiet_for(self, role: Role | None) -> QuietHours:
        """The quiet hours of that role; the general ones where the role is not known."""
        return self.quiet_hours if role is None else self.quiet_hours_of.get(role, self.quiet_hours)

    def interrupts(self, reason: Interruption | None) -> bool:
        """Whether a notice with that reason goes out at once in this council."""
        return reason is not None and reason in self.interrupt_for

    def next_digest(self, calendar: WorkingCalendar, after: datetime) -> datetime:
        """The first digest after that moment, never at it; on a closed day there is none (GAP-51)."""
        day = local_day(after)
        while True:
            if calendar.is_working_day(day):
                for hour in sorted(self.digest_times):
                    if (moment := datetime.combine(day, hour, tzinfo=LONDON).astimezone(UTC)) > after:
                        return moment
            day = calendar.next_working_day(day)

    def latest_digest(self, calendar: WorkingCalendar, until: datetime) -> datetime:
        """The last digest up to that moment, or at it."""
        day = local_day(until)
        while True:
            if calendar.is_working_day(day):
                for hour in sorted(self.digest_times, reverse=True):
                    if (moment := datetime.combine(day, hour, tzinfo=LONDON).astimezone(UTC)) <= until:
                        return moment
            day = calendar.previous_working_day(day)
