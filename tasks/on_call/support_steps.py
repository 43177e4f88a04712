"""Whose emergency support is when the night is over, and by when it is said what follows."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime

from models.working_time import local_day
from tasks.differences import duty_team
from tasks.durable import audited, here
from tasks.register.lookups import responsible_team

_BEFORE_IT_ENDS = timedelta(hours=2)


@audited("Looked up which team follows it up", clauses="TRN-04")
def look_up_who_follows_it_up(person: str | None) -> str:
    """The team responsible for the person; duty where none is, or nobody knows them."""
    step = here()
    found = responsible_team(step.session, person, local_day(step.now)) if person is not None else None
    return duty_team(step.policy) if found is None else found.id


@audited("Worked out by when it is said what follows", clauses="TRN-04 GAP-51")
def work_out_when_support_is_decided(ends: AwareDatetime) -> AwareDatetime:
    """
    At the last closing of the office before it ends; where that has passed, two hours before it ends.

    Once that is over as well, at the end itself, and then within two hours again and again until somebody says.
    """
    step, calendar = here(), here().policy.working_calendar()
    last = calendar.closed_since(ends) if not calendar.is_open(ends) else None
    if last is None:
        day = local_day(ends)
        last = calendar.closing_time(calendar.previous_working_day(day))
    for moment in (last, ends - _BEFORE_IT_ENDS, ends):
        if moment > step.now:
            return moment
    return step.now + _BEFORE_IT_ENDS
