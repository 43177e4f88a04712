"""Which managers are asked and told about somebody who waits."""

from __future__ import annotations

from collections.abc import Collection

from models.decision_tables.levels import Rag
from models.notices import Recipient
from models.roles import Role
from models.tray import Rated, Standing
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.people import is_there, nearest_there
from tasks.register.lookups import staff_in, staff_member


def least_senior(roles: Collection[Role]) -> Role:
    """The role that a question is put to where several may decide: those above it may answer as well."""
    return next(role for role in roles if not any(role.outranks(other) for other in roles))


@audited("Looked whether a second manager must agree", clauses="GAP-22")
def look_whether_a_second_agrees(
    rated: Rated, first: str, team: str, was_red: bool = False, facts_changed: bool = True
) -> str | None:
    """
    The tag of the second manager who is asked to agree that a Red case is lowered; None where nobody need.

    Another decider of the team who is there, where there is one; else the strategic manager.
    """
    step, choice = here(), here().policy.gaps.matrix_override
    by_new_facts = facts_changed and choice.changed_facts_are_a_rerating
    no_longer_red = was_red and rated.colour is not Rag.RED and not by_new_facts
    if not (rated.lowers_a_red or no_longer_red) or not choice.lowering_red_needs_second_manager:
        return None
    for role in choice.overriders:
        for member in staff_in(step.session, role, team, on=local_day(step.now)):
            if member.id != first and is_there(step.session, member.id, step.now):
                return Recipient.staff(member.id).tag
    return Recipient.role(Role.STRATEGIC_MANAGER).tag


@audited("Looked who hears of a missed contact", clauses="GAP-12")
def look_up_who_hears_of_a_miss(standing: Standing) -> tuple[str, ...]:
    """
    Tags: the manager who placed them, where policy says so; else whoever reviews the tray of their team.

    A manager who has left hears nothing any more, and one who is away cannot act on it: somebody who is there hears
    it, the reviewer of the tray or whoever covers for them (GAP-20).
    """
    step, gaps = here(), here().policy.gaps
    hear: list[str] = []
    placed_by = staff_member(step.session, standing.manager)
    serves = placed_by is not None and (placed_by.left_on is None or placed_by.left_on > local_day(step.now))
    if gaps.red_contact.tell_placing_manager_of_every_miss and serves:
        hear.append(Recipient.staff(standing.manager).tag)
        if is_there(step.session, standing.manager, step.now):
            return tuple(hear)
    reviewers = staff_in(step.session, gaps.tray_roles.tray_reviewed_by, standing.team, on=local_day(step.now))
    for reviewer in reviewers:
        if is_there(step.session, reviewer.id, step.now):
            return (*hear, Recipient.staff(reviewer.id).tag)
    covering = Recipient.role(gaps.tray_roles.tray_review_covered_by)
    return (*hear, nearest_there(step.session, covering, standing.team, on=step.now).tag)


@audited("Looked whether they are brought before a senior manager by themselves", clauses="GAP-17")
def look_whether_brought_alone(standing: Standing) -> bool:
    """Red cases one by one, where policy says so; others stand in the weekly list."""
    return here().policy.gaps.tray_escalation.red_one_by_one
