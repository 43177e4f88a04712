"""Which managers are asked and told about somebody who waits."""

from __future__ import annotations

from collections.abc import Collection

from models.notices import Recipient
from models.roles import Role
from models.tray import Rated, Standing
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.register.lookups import staff_in, staff_member


def least_senior(roles: Collection[Role]) -> Role:
    """The role that a question is put to where several may decide: those above it may answer as well."""
    return next(role for role in roles if not any(role.outranks(other) for other in roles))


@audited("Looked whether a second manager must agree", clauses="GAP-22")
def look_whether_a_second_agrees(rated: Rated, first: str, team: str) -> str | None:
    """
    The tag of the second manager who is asked to agree that a Red case is lowered; None where nobody need.

    Another decider of the team, where there is one; else the strategic manager.
    """
    step, choice = here(), here().policy.gaps.matrix_override
    if not rated.lowers_a_red or not choice.lowering_red_needs_second_manager:
        return None
    for role in choice.overriders:
        for member in staff_in(step.session, role, team, on=local_day(step.now)):
            if member.id != first:
                return Recipient.staff(member.id).tag
    return Recipient.role(Role.STRATEGIC_MANAGER).tag


@audited("Looked who hears of a missed contact", clauses="GAP-12")
def look_up_who_hears_of_a_miss(standing: Standing) -> tuple[str, ...]:
    """
    Tags: the manager who placed them, where policy says so; else whoever reviews the tray of their team.

    A manager who has left hears nothing any more: the reviewer does.
    """
    step, gaps = here(), here().policy.gaps
    placed_by = staff_member(step.session, standing.manager)
    there = placed_by is not None and (placed_by.left_on is None or placed_by.left_on > local_day(step.now))
    if gaps.red_contact.tell_placing_manager_of_every_miss and there:
        return (Recipient.staff(standing.manager).tag,)
    reviewers = staff_in(step.session, gaps.tray_roles.tray_reviewed_by, standing.team, on=local_day(step.now))
    if reviewers:
        return (Recipient.staff(reviewers[0].id).tag,)
    return (Recipient.role(gaps.tray_roles.tray_review_covered_by).tag,)


@audited("Looked whether they are brought before a senior manager by themselves", clauses="GAP-17")
def look_whether_brought_alone(standing: Standing) -> bool:
    """Red cases one by one, where policy says so; others stand in the weekly list."""
    return here().policy.gaps.tray_escalation.red_one_by_one
