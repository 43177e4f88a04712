"""What answers about advocacy are held against: the policy, and who is on our staff (DUTY-40, GAP-06, GAP-31)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.forms.advocacy import AdvocacyDecision, AdvocateFound
from models.register import Staff
from models.working_time import local_day
from tasks.durable.answer_checks import Answering, checks_answers

ASKED_AGAIN_WITHIN = timedelta(days=7)
"""A step may be waiting for it. No procedure gives a number; this one is ours."""


@checks_answers(AdvocacyDecision)
def _decision(moment: Answering, decided: AdvocacyDecision) -> list[str]:
    """Why somebody needs an advocate, or does not, stands on record, where policy wants that."""
    if moment.policy.gaps.advocacy_hold.reason_required and not decided.reasons:
        return ["reasons: say who could support them or why nobody can, and where the difficulty lies"]
    return []


@checks_answers(AdvocateFound)
def _advocate(moment: Answering, found: AdvocateFound) -> list[str]:
    """A practitioner never counts, nor does anybody else of ours; and nobody puts it off for long."""
    latest = local_day(moment.now) + ASKED_AGAIN_WITHIN
    if found.ask_again_on is not None and found.ask_again_on > latest:
        return [f"ask_again_on: something may be waiting for it; choose a day until {latest:%d.%m.%Y}"]
    ours = {_said(name) for name in moment.session.scalars(select(Staff.name).where(Staff.left_on.is_(None)))}
    if found.in_place and _said(found.advocate) in ours:
        return ["advocate: they are on our staff, and so not independent; ask the service for an advocate"]
    return []


def _said(name: str) -> str:
    return " ".join(name.casefold().split())
