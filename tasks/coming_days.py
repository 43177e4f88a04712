"""The mornings on which something that was agreed for a day is asked for."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime

from models.telling_findings import NextTry
from models.working_time import WorkingCalendar, local_day, months_after
from tasks.durable import audited, here


@audited("Worked out the morning of the day agreed")
def work_out_morning(day: date) -> AwareDatetime:
    """See `morning_of`."""
    step = here()
    return morning_of(step.policy.working_calendar(), day, step.now)


@audited("Worked out the next morning")
def work_out_next_morning(wanted: date | None = None) -> AwareDatetime:
    """See `next_morning`."""
    step = here()
    return next_morning(step.policy.working_calendar(), wanted, step.now)


@audited("Worked out when it is tried again")
def work_out_next_try(wanted: date | None = None, *, in_vain: int | None = None) -> NextTry:
    """
    The morning of the day named, or of the next working day; see `next_morning`.

    `in_vain` is how often somebody was tried: after each round of as many tries as policy gives, a manager decides
    first (GAP-19).
    """
    step = here()
    a_round = step.policy.gaps.unreachable_person.attempts
    return NextTry(
        at=next_morning(step.policy.working_calendar(), wanted, step.now),
        somebody_decides=in_vain is not None and in_vain % a_round == 0,
    )


def morning_of(calendar: WorkingCalendar, day: date, now: datetime) -> datetime:
    """
    The morning of a day; a closed day means the last open one before it, a day that is over means now.

    A day more than a year away is a slip of the pen: it is looked at after a year (GAP-51).
    """
    return max(calendar.opening_time(_open_day(calendar, min(day, _a_year_from(local_day(now))))), now)


def next_morning(calendar: WorkingCalendar, wanted: date | None, now: datetime) -> datetime:
    """The morning of the day named, but not of one that is over or a year away; else that of the next working day."""
    today = local_day(now)
    following = calendar.opening_time(calendar.next_working_day(today))
    if wanted is None or wanted <= today:
        return following
    morning = calendar.opening_time(_open_day(calendar, min(wanted, _a_year_from(today))))
    return morning if morning > now else following


def _open_day(calendar: WorkingCalendar, day: date) -> date:
    return day if calendar.is_working_day(day) else calendar.previous_working_day(day)


def _a_year_from(day: date) -> date:
    """Nobody means a later day: it is a slip of the pen."""
    return months_after(day, 12)
