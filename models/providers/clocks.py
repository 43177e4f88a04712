"""When brokerage, and what is escalated from it, is due, by rules of policy."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.policy import Policy


def brokerage_answers_by(since: datetime) -> DueBy:
    """By when brokerage answers: on the same day, whichever day of the week it is (TRN-42, GAP-43)."""
    return DueBy("brokerage-answer", since)


@due_rule("brokerage-answer")
def _answer(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().due(since, policy.gaps.brokerage_clock.answer_by)


def escalation_answered_by(since: datetime) -> DueBy:
    """By when an escalation is answered (TRN-45, GAP-46)."""
    return DueBy("escalation-answer", since)


@due_rule("escalation-answer")
def _escalation(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.gaps.on_call_times.escalation_answered_within)
