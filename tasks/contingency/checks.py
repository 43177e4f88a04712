"""What is said about contingency plans is held against the register and policy."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from models.forms.contingency import ContingencyPlanAgreed, PlanAfterIncident, PlanReviewed
from models.policy import Policy
from models.working_time import local_day
from tasks.contingency.covering import plans_in_force
from tasks.durable.answer_checks import Answering, checks_answers, checks_beginnings


@checks_beginnings(ContingencyPlanAgreed)
def _has_none_yet(session: Session, policy: Policy, agreed: ContingencyPlanAgreed) -> list[str]:
    """One plan for one thing; and it is looked at within policy's time of when it was agreed or tried out."""
    scope = (agreed.interruption, agreed.duty, agreed.team, agreed.provider, agreed.provider_kind)
    for one in plans_in_force(session):
        if (one.interruption, one.duty, one.team_id, one.provider_id, one.provider_kind) == scope:
            return [f"interruption: there is a plan for that already; tell case {one.case_ref} what has changed"]
    last = max(agreed.agreed_on, agreed.tested_on or agreed.agreed_on)
    return _too_late(policy, agreed.next_review_on, last, "when it was agreed or tried out")


@checks_answers(PlanReviewed)
def _in_time(moment: Answering, reviewed: PlanReviewed) -> list[str]:
    """Nobody puts the next look off beyond policy's time."""
    return _too_late(moment.policy, reviewed.next_review_on, local_day(moment.now), "today")


@checks_answers(PlanAfterIncident)
def _changed_in_time(moment: Answering, said: PlanAfterIncident) -> list[str]:
    """A change that is needed does not wait for longer than a review would."""
    problems = _too_late(moment.policy, said.changed_by, local_day(moment.now), "today")
    return [one.replace("next_review_on", "changed_by") for one in problems]


def _too_late(policy: Policy, day: date | None, since: date, what: str) -> list[str]:
    latest = since + timedelta(days=policy.contingency.review_every.days)
    if day is None or day <= latest:
        return []
    return [f"next_review_on: it is looked at again {latest:%d.%m.%Y} at the latest, counted from {what}"]
