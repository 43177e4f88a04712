"""
When a placement is reviewed, by rules of policy.

It is anchored: each review is counted from the day of the one before, and not from when that was done. A review that
falls on a closed day is due on the last open one before it (GAP-51).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from models.due_rules import DueBy, due_rule
from models.policy import Policy
from models.working_time import LONDON, local_day

FIRST, FOUND, NEXT, NAMED = "first", "found", "next", "named"
"""After the placement began; after we found one that began long ago; after the last review; on a day named in it."""


def anchor(day: date) -> datetime:
    """The moment that stands for a day, from which a review is counted."""
    return datetime.combine(day, time(12), LONDON).astimezone(UTC)


def review_due(since: datetime, rule: str) -> DueBy:
    """By when it is reviewed: the close of that day (TRN-50)."""
    return DueBy("placement-review", since, rule)


def review_asked(since: datetime, rule: str) -> DueBy:
    """When the review is asked for, so many days before it is due."""
    return DueBy("placement-review-asked", since, rule)


def review_anchor(policy: Policy, since: datetime, rule: str) -> datetime:
    """The day of the review as it is counted, whether or not the council is open then."""
    times = policy.out_of_area
    lengths = {FIRST: times.first_review_after, FOUND: times.found_reviewed_within, NEXT: times.review_every}
    return since if rule == NAMED else policy.working_calendar().add(since, lengths[rule])


@due_rule("placement-review")
def _review(policy: Policy, since: datetime, word: str) -> datetime:
    calendar, day = policy.working_calendar(), local_day(review_anchor(policy, since, word))
    if not calendar.is_working_day(day):
        day = calendar.previous_working_day(day)
    return calendar.closing_time(day)


@due_rule("placement-review-asked")
def _asked(policy: Policy, since: datetime, word: str) -> datetime:
    calendar, due = policy.working_calendar(), local_day(_review(policy, since, word))
    day = due - timedelta(days=policy.out_of_area.review_asked_days_before)
    return calendar.opening_time(day if calendar.is_working_day(day) else calendar.previous_working_day(day))
