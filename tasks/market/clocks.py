"""By when something is wanted that a meeting set a day for."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from tasks.durable import audited, here


@audited("Worked out by when it is wanted", clauses="TRN-55 TRN-56")
def work_out_end_of(day: date) -> AwareDatetime:
    """The closing of that day, of the last open one before it where it is closed; now where that is over."""
    step = here()
    calendar = step.policy.working_calendar()
    open_day = day if calendar.is_working_day(day) else calendar.previous_working_day(day)
    return max(calendar.closing_time(open_day), step.now)
