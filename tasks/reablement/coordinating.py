"""Who coordinates a plan at a moment: it may change hands while a case about it is open, or they may have left."""

from __future__ import annotations

from dataclasses import dataclass

from models.cases import Case
from models.notices import Recipient, RecipientKind
from models.working_time import local_day
from tasks.durable import Asked, audited, here, recipient
from tasks.durable.cases import change_owner
from tasks.durable.ledger import SYSTEM
from tasks.durable.leg import Step
from tasks.leavers import is_gone, successor


@dataclass(frozen=True)
class Coordinator:
    """Whoever coordinates a plan at the moment when they are asked, and not who did when the case was opened."""

    plan: str
    """Ref of the case that looks after the plan."""


AskedAboutAPlan = Asked | Coordinator
"""Whom a question about a plan can be put to."""


def who_that_is(whom: AskedAboutAPlan) -> Recipient:
    """Whom that means just now."""
    return who_coordinates(whom.plan) if isinstance(whom, Coordinator) else recipient(whom)


def who_coordinates(plan: str) -> Recipient:
    """Whoever coordinates the plan just now."""
    return Recipient.from_tag(look_up_coordinator_of(plan))


@audited("Looked up who coordinates the plan")
def look_up_coordinator_of(plan: str) -> str:
    """Tag of whoever has the case that looks after the plan; of their team, where they have left."""
    return coordinator_of(here(), plan).tag


@audited("The case goes with its plan")
def go_with_the_plan(plan: str) -> str:
    """Somebody else coordinates the plan: the case about it belongs to them from now on. Their tag."""
    step = here()
    coordinator = coordinator_of(step, plan)
    if step.case.owner != coordinator.tag:
        by = coordinator.name if coordinator.kind is RecipientKind.STAFF else SYSTEM
        change_owner(step.pen, step.case, coordinator, by=by)
    return coordinator.tag


def coordinator_of(step: Step, plan: str) -> Recipient:
    """Who owns the case that looks after the plan; what nobody has moved on yet from who left is their team's."""
    owner, today = Recipient.from_tag(step.session.get_one(Case, plan).owner), local_day(step.now)
    if not is_gone(step.session, owner, today):
        return owner
    return successor(step.session, owner, step.policy.gaps.follow_up_ownership.owner_until_accepted, today)
