"""When something about a contingency plan is due, by rules of policy."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.policy import Policy


def reviewed_by(since: datetime) -> DueBy:
    """By when whoever keeps a plan has looked at it, counted from the day on which it is due for that."""
    return DueBy("contingency-reviewed", since)


@due_rule("contingency-reviewed")
def _reviewed(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.contingency.reviewed_within)


def looked_at_after_incident_by(since: datetime) -> DueBy:
    """By when it is said whether a plan worked, counted from the incident's end."""
    return DueBy("contingency-after-incident", since)


@due_rule("contingency-after-incident")
def _after(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.contingency.after_incident_within)
