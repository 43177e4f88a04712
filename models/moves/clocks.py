"""When something about a move is due, by rules of policy."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.policy import Policy

URGENT, AFTER = "urgent", "after-emergency"


def accepted_by(since: datetime, *, urgent: bool) -> DueBy:
    """By when whoever receives somebody answers: urgent by an escalation's hours, else in working days (GAP-46)."""
    return DueBy("move-accepted", since, URGENT if urgent else "")


@due_rule("move-accepted")
def _accepted(policy: Policy, since: datetime, word: str) -> datetime:
    within = policy.gaps.on_call_times.escalation_answered_within if word == URGENT else policy.moves.accept_within
    return policy.working_calendar().add(since, within)


def prepared_by(since: datetime, *, urgent: bool) -> DueBy:
    """By when the next thing that has to be there before the day is there; after an emergency, at once."""
    return DueBy("move-prepared", since, AFTER if urgent else "")


@due_rule("move-prepared")
def _prepared(policy: Policy, since: datetime, word: str) -> datetime:
    within = policy.moves.after_emergency_within if word == AFTER else policy.moves.prepared_within
    return policy.working_calendar().add(since, within)


def checked_by(since: datetime, *, urgent: bool) -> DueBy:
    """When it is looked how somebody is who has moved, counted from when they were there; sooner after an emergency."""
    return DueBy("move-checked", since, AFTER if urgent else "")


@due_rule("move-checked")
def _checked(policy: Policy, since: datetime, word: str) -> datetime:
    within = policy.moves.check_after_emergency if word == AFTER else policy.moves.check_after
    return policy.working_calendar().add(since, within)
