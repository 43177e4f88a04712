"""When something about an incident or one of its people is due, by rules of policy. Nights and closed days count."""

from __future__ import annotations

from datetime import datetime

from models.due_rules import DueBy, due_rule
from models.policy import Policy
from models.provider_failure.kinds import Risk


def seen_by(risk: Risk, since: datetime) -> DueBy:
    """By when somebody at that risk has been seen."""
    return DueBy("affected-person-seen", since, str(risk))


@due_rule("affected-person-seen")
def _seen(policy: Policy, since: datetime, word: str) -> datetime:
    times = policy.provider_failure
    within = {
        Risk.RED: times.red_seen_within,
        Risk.AMBER: times.amber_seen_within,
        Risk.GREEN: times.green_seen_within,
    }
    return policy.working_calendar().add(since, within[Risk(word)])


def checked_by(since: datetime) -> DueBy:
    """When it is checked how somebody is, counted from when their care went over."""
    return DueBy("affected-person-checked", since)


@due_rule("affected-person-checked")
def _checked(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.provider_failure.check_after)


def convened_by(since: datetime) -> DueBy:
    """By when the group of professionals has come together (TRN-48)."""
    return DueBy("incident-group-convened", since)


@due_rule("incident-group-convened")
def _convened(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.provider_failure.group_convened_within)


def reported_by(since: datetime) -> DueBy:
    """When the room writes its next situation report, counted from the last."""
    return DueBy("incident-report", since)


@due_rule("incident-report")
def _reported(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.provider_failure.report_every)
