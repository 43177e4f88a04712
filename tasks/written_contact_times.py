"""The audited tasks that work out a written contact's times: by when it is needed, who has how long, what is next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import AwareDatetime

from models.durations import Duration, working_time
from models.forms.written_contact import ContactSorting
from models.working_time import WorkingCalendar, local_day
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.replying import ReplyRule

SHORTEST_SHARE = timedelta(minutes=1)


@audited("Worked out by when the contact must be acted on", clauses="DUTY-19")
def work_out_needed_by(sorting: ContactSorting) -> AwareDatetime:
    """By when: the date the contact gives goes first; else the same day if urgent, else a reasonable time (GAP-02)."""
    step = here()
    times, calendar = step.policy.gaps.reasonable_time, step.policy.working_calendar()
    if sorting.act_by is not None and times.stated_date_wins:
        open_day = calendar.is_working_day(sorting.act_by)
        day = sorting.act_by if open_day else calendar.previous_working_day(sorting.act_by)
        return max(calendar.closing_time(day), step.now)
    return calendar.due(step.now, times.reasonable_urgent if sorting.urgent else times.reasonable)


def to_a_contact(sorting: ContactSorting, needed_by: AwareDatetime, usual: Duration) -> ReplyRule:
    """
    By when somebody is to reply before the contact goes to the next (DUTY-19).

    In the usual time. Where the contact is urgent or gives a date, in no more than half of the working time that is
    left until then, so that there is always a next one who can still act (GAP-02).
    """

    def by(step: Step) -> datetime:
        calendar, few_hours = step.policy.working_calendar(), step.policy.gaps.reasonable_time.few_hours
        share = calendar.working_time_between(step.now, needed_by) / 2
        if not sorting.cannot_wait:
            return calendar.add(step.now, usual)
        if share < SHORTEST_SHARE:
            return calendar.add(step.now, few_hours)
        longest = calendar.add(step.now, few_hours if sorting.urgent else usual)
        return min(longest, calendar.add(step.now, working_time(share)))

    return by


@audited("Worked out when somebody is in touch with the person", clauses="DUTY-28")
def work_out_next_contact(agreed: date | None, try_again: bool) -> AwareDatetime:
    """
    The morning of the day agreed, so that the promise can still be kept; who was not reached is tried again next day.

    Where nothing was agreed, the last day that is still reasonable. A closed day means the last open one before it
    (GAP-51); today or a day that has passed means later today. A day more than a month away is a slip of the pen or
    a long wait: somebody looks after a month in any case (GAP-16).
    """
    step, calendar = here(), here().policy.working_calendar()
    today, gaps = local_day(step.now), step.policy.gaps
    if agreed is None and try_again:
        return calendar.opening_time(calendar.next_working_day(today))  # DUTY-27
    last = local_day(calendar.add(step.now, gaps.months.month))
    day = min(agreed or local_day(calendar.due(step.now, gaps.reasonable_time.reasonable)), last)
    if not calendar.is_working_day(day):
        day = calendar.previous_working_day(day)
    morning = calendar.opening_time(day)
    return morning if morning > step.now else _later_today(calendar, step.now)


def _later_today(calendar: WorkingCalendar, now: datetime) -> datetime:
    """In the middle of what is left of the office's day; where nothing is left, when it opens next."""
    share = calendar.working_time_between(now, calendar.end_of_working_day(now)) / 2
    if not calendar.is_open(now) or share < SHORTEST_SHARE:
        return calendar.next_opening(calendar.end_of_working_day(now) if calendar.is_open(now) else now)
    return calendar.add(now, working_time(share))
