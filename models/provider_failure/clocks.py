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


def telling_decided_by(since: datetime) -> DueBy:
    """By when it is decided who is told of an incident, counted from when the group came together."""
    return DueBy("incident-telling-decided", since)


@due_rule("incident-telling-decided")
def _telling_decided(policy: Policy, since: datetime, _word: str) -> datetime:
    return policy.working_calendar().add(since, policy.provider_failure.telling_decided_within)


def told_again_by(risk: Risk, since: datetime) -> DueBy:
    """When the next manager hears that somebody at that risk is still not seen."""
    return DueBy("affected-person-told-again", since, str(risk))


@due_rule("affected-person-told-again")
def _told_again(policy: Policy, since: datetime, word: str) -> datetime:
    times = policy.provider_failure
    length = times.red_told_again_after if Risk(word) is Risk.RED else times.others_told_again_after
    return policy.working_calendar().add(since, length)
