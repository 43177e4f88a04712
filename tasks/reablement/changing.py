"""What a change of a plan finds out on its way: who else changes it, what follows, what is said to whom."""

from __future__ import annotations

import contextlib
import hashlib
from enum import StrEnum

from sqlalchemy import select

from models.cases import Case
from models.forms.plan_agreement import BestInterests, Capacity, SaidToTheChange
from models.forms.plan_change import PlanMoved
from models.policy.messages import Wording
from models.reablement.difference import differences
from models.reablement.plan import Part
from models.reablement.way_forward import WayForward, way_forward
from tasks.case_people import open_cases_about
from tasks.durable import audited, here, outside
from tasks.durable.arrivals import send_signal
from tasks.durable.ledger import SYSTEM, CaseIsClosed
from tasks.reablement.plans import standing_of_plan, version, version_in_force
from tasks.register.lookups import person
from tasks.telling.stopping import stop_telling, withdraw_messages
from tasks.tray.placement import whom_to_ring

CHANGES = ("reablement-plan-change", "reablement-monitoring-change")
"""The procedures that make versions of a plan."""
COPY_IS_THERE = "they have the new copy"


class CountsMeanwhile(StrEnum):
    """Which copy counts until everybody has the new one (GAP-34)."""

    HOME_COPY = "home-copy"
    """The one at the person's home."""
    NEW_VERSION = "new-version"
    """The new version, as soon as it is agreed."""


@audited("Weighed what those involved say", clauses="REA-06 REA-18 GAP-32 GAP-33")
def weigh_what_was_said(
    plan: str,
    said: tuple[SaidToTheChange, ...],
    capacity: Capacity | None,
    best_interests: BestInterests | None,
) -> WayForward:
    """What follows, by the policy in force and everybody's part in the plan."""
    step = here()
    _, content = version_in_force(step.session, plan)
    parts = {one.id: one.part for one in content.involved}
    gaps = step.policy.gaps
    by_part = [(parts.get(one.who, Part.OTHER), one) for one in said]
    return way_forward(by_part, capacity, best_interests, gaps.change_agreement, gaps.refused_support)


@audited("Looked up who else is changing the plan")
def look_up_other_changes(plan: str) -> tuple[str, ...]:
    """Refs of the open cases about changes of that plan, but for this one, the oldest first."""
    step = here()
    person_id = standing_of_plan(step.session, plan).person
    refs = open_cases_about(step.session, person_id)
    named = select(Case.ref).where(Case.ref.in_(refs), Case.procedure.in_(CHANGES))
    theirs = set(step.session.scalars(named))
    return tuple(ref for ref in refs if ref in theirs and ref != step.case.ref)


@audited("Told those who change the same plan", reads_outside=True)
def tell_those_who_change_it(others: tuple[str, ...], what: str, in_force: int) -> tuple[str, ...]:
    """
    Whoever changes the same plan hears what has become of this change; refs of those that were still open.

    Each case is locked by itself, before this step's own transaction: two changes may tell each other at the same
    instant. What is sent twice counts once.
    """
    step = outside()
    news = PlanMoved(case=step.ref, what=what, in_force=in_force)
    signal_id = f"{step.ref}:{in_force}:{hashlib.sha256(what.encode()).hexdigest()[:16]}"
    told = []
    for ref in others:
        with contextlib.suppress(CaseIsClosed):
            send_signal(step.council, ref, news, by=SYSTEM, signal_id=signal_id)
            told.append(ref)
    return tuple(told)


@audited("Looked up what is otherwise since the plan was looked at")
def look_up_what_moved(plan: str, since: int) -> tuple[str, ...]:
    """What differs between that version and the one in force, in plain words."""
    step = here()
    _, content = version_in_force(step.session, plan)
    return differences(version(step.session, plan, since), content)


@audited("Looked up which copy counts meanwhile", clauses="REA-15 GAP-34")
def look_up_what_counts_meanwhile() -> CountsMeanwhile:
    """As policy says now."""
    by_home = here().policy.gaps.plan_paperwork.home_copy_holds_until_copies_are_out
    return CountsMeanwhile.HOME_COPY if by_home else CountsMeanwhile.NEW_VERSION


@audited("Worded what they are told of the changed plan", clauses="REA-14 REA-15")
def word_the_change(team: str, reference: str, counts: CountsMeanwhile, to_the_person: bool) -> Wording:
    """
    The council's words: whom to ring, and which copy counts; nothing of what is known of the person.

    `reference` is that of the plan's case, so that an answer reaches whoever coordinates the plan.
    """
    policy = here().policy
    messages, home = policy.messages, counts is CountsMeanwhile.HOME_COPY
    if to_the_person:
        template = messages.your_plan_changed_home_copy_counts if home else messages.your_plan_changed
    else:
        template = messages.plan_changed_home_copy_counts if home else messages.plan_changed
    return template.write(**whom_to_ring(policy, team), reference=reference)


@audited("Stopped telling them, as they have the new copy", clauses="REA-15", reads_outside=True)
def stop_telling_them(tellings: tuple[str, ...], about_person: str) -> int:
    """
    In those cases nobody is told any more which copy counts; how many were still open.

    Each case is locked by itself, before this step's own transaction; done twice it does nothing more.
    """
    step = outside()
    stopped = 0
    for ref in tellings:
        stopped += stop_telling(step.council, ref, because=COPY_IS_THERE)
        withdraw_messages(step.council, ref, about_person, because=COPY_IS_THERE)
    return stopped


@audited("Looked whether the person has died")
def look_whether_they_have_died(person_id: str) -> bool:
    """As the register shows it now."""
    known = person(here().session, person_id)
    return known is not None and known.died_on is not None
