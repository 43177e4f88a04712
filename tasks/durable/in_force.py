"""
The policy in force, for the durations, roles and wordings of a flow.

A flow never branches on policy, which may change while a case sleeps: a choice that depends on it is made in an
audited task, so that it is made once.
"""

from __future__ import annotations

from datetime import date, datetime

from models.policy import Policy
from models.working_time import local_day
from tasks.durable.leg import current_leg


def policy() -> Policy:
    """The council's settings."""
    return current_leg().council.policy


def office_is_open(moment: datetime) -> bool:
    """Whether the office is open at that moment."""
    return policy().working_calendar().is_open(moment)


def close_of(day: date) -> datetime:
    """When the office closes on that day; on a closed day, when it last closed before it (GAP-51)."""
    calendar = policy().working_calendar()
    return calendar.closing_time(day if calendar.is_working_day(day) else calendar.previous_working_day(day))


def day_of(moment: datetime) -> date:
    """The day that a moment falls on, in England."""
    return local_day(moment)
