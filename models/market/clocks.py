"""When an oversight meeting and a review of recruitment risk are due, by rules of policy."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.market.kinds import RiskLevel
from models.policy import Policy


def meeting_held_by(since: datetime) -> DueBy:
    """By when the group meets, counted from when the figures stand (TRN-54)."""
    return DueBy("oversight-meeting", since)


@due_rule("oversight-meeting")
def _meeting(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.market_oversight.meeting_within)


def counted_anew_at(since: datetime) -> DueBy:
    """When figures that nobody has met over are too old, and are counted anew (GAP-46)."""
    return DueBy("oversight-counted-anew", since)


@due_rule("oversight-counted-anew")
def _anew(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.gaps.on_call_times.oversight_every)


def risk_reviewed_at(level: RiskLevel, since: datetime, no_later_than: datetime | None = None) -> DueBy:
    """When a provider at that level of risk is looked at again (TRN-58)."""
    return DueBy("recruitment-risk-review", since, str(level), no_later_than)


@due_rule("recruitment-risk-review")
def _review(policy: Policy, since: datetime, word: str) -> datetime:
    return policy.working_calendar().add(since, policy.recruitment_risk.every(RiskLevel(word)))
