"""When something about a reablement plan is due, by rules of policy."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.policy import Policy


def evidence_decided_by(received_at: datetime) -> DueBy:
    """By when it is decided what follows from evidence, counted from when it was received (GAP-34)."""
    return DueBy("evidence-decided", received_at)


@due_rule("evidence-decided")
def _evidence(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.gaps.plan_paperwork.decide_on_evidence_within)


def pause_check_due(since: datetime) -> DueBy:
    """When a safeguarding pause is looked at next, counted from its beginning or from the last look (GAP-35)."""
    return DueBy("pause-check", since)


@due_rule("pause-check")
def _pause_check(policy: Policy, since: datetime, _word: str) -> datetime:
    """It keeps somebody safe, so it comes earlier rather than later (GAP-51)."""
    return policy.working_calendar().safety_due(since, policy.gaps.reablement_pause.check_every)
