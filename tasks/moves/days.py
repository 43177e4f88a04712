"""The mornings and times that a move hangs on."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import AwareDatetime

from models.working_time import LONDON, local_day
from tasks.durable import audited, here

ASKED_AT = time(8)


@audited("Worked out the morning of the last working day before")
def work_out_the_eve(day: date) -> AwareDatetime:
    """When it is looked whether all is ready; now, where that is over."""
    step = here()
    calendar = step.policy.working_calendar()
    return max(step.now, datetime.combine(calendar.previous_working_day(day), ASKED_AT, LONDON))


@audited("Worked out the morning of the day")
def work_out_day_of_move(day: date) -> AwareDatetime:
    """On any day of the week; now, where that is over."""
    return max(here().now, datetime.combine(day, ASKED_AT, LONDON))


@audited("Worked out the first morning without care")
def work_out_without_care(day: date) -> AwareDatetime:
    """As that day begins; now, where it has."""
    return max(here().now, datetime.combine(day, time(0), LONDON))


@audited("Worked out the next working morning")
def work_out_next_working_morning() -> AwareDatetime:
    """When somebody who was not reached is tried again."""
    step = here()
    calendar = step.policy.working_calendar()
    return calendar.opening_time(calendar.next_working_day(local_day(step.now)))


@audited("Worked out by when they are told")
def work_out_move_told_by() -> AwareDatetime:
    """Whoever tells them has it in hand for as long as is reasonable (GAP-02)."""
    step = here()
    return step.policy.working_calendar().due(step.now, step.policy.gaps.reasonable_time.reasonable)
