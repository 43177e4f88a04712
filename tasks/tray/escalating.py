"""Bringing somebody who waits before a senior manager: who hears silence, and what stands beside the form."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from models.cases import Case
from models.forms.tray_escalation import EscalationDiscussed, EscalationFacts, EscalationReason
from models.roles import Role
from models.working_time import for_people, local_day
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.tray.listing import standings_at


@audited("Looked up who hears it when a senior manager is silent", clauses="PWT-59")
def look_up_who_hears_silence(asked: Role) -> Role | None:
    """The role to which silence goes (GAP-17); None where those asked hold it, or stand above it."""
    above = here().policy.gaps.tray_escalation.silence_goes_to
    return above if above.outranks(asked) else None


def beside_the_discussion(escalated: EscalationFacts, *so_far: str) -> Callable[[Step], str]:
    """
    What the senior manager reads: why it comes, how they stand now, how long they have waited, and what is known.

    Weeks may lie between the escalation and the moment at which somebody is asked. Personal.
    """

    def write(step: Step) -> str:
        days = (local_day(step.now) - local_day(escalated.requested_at)).days
        this_case = select(Case.ref).where(Case.ref == escalated.tray_case)
        stands = standings_at(step.session, this_case, step.now).get(escalated.tray_case)
        rated = stands.rated if stands else escalated.rated
        reached = for_people(stands.last_reached_at) if stands and stands.last_reached_at else "never"
        lines = (
            *so_far,
            why_it_comes(escalated.reason, escalated.reasons),
            f"About: {escalated.person}, on the tray of {escalated.team} (case {escalated.tray_case})",
            f"Rated {rated.in_words}." if rated else "Not rated yet.",
            f"Asked for help on {for_people(escalated.requested_at)}, {days} days ago.",
            f"Last reached: {reached}." if stands else "",
            f"Said to leave the tray: {stands.leaving}." if stands and stands.leaving else "",
            f"Placed by {escalated.manager}.",
            escalated.to_read,
        )
        return "\n".join(line for line in lines if line)

    return write


def why_it_comes(reason: EscalationReason, reasons: str) -> str:
    """Why they are brought before somebody, in a sentence, with what the manager wrote."""
    match reason:
        case EscalationReason.RED_TOO_LONG:
            why = "A Red case has waited for as long as it may."
        case EscalationReason.LIMIT_REACHED:
            why = "They were to have a named worker by now and have none."
        case EscalationReason.MANAGER:
            why = "A manager believes that you should know."
    return f"{why} {reasons}".strip()


def note_of_discussion(escalated: EscalationFacts, discussed: EscalationDiscussed, by: str) -> str:
    """The note of the discussion, as it stands in the person's record (PWT-62). Personal."""
    lines = (
        f"{why_it_comes(escalated.reason, escalated.reasons)} On the planned work tray of {escalated.team}.",
        f"Discussed: {discussed.what_was_discussed}",
        f"What follows: {discussed.what_follows}",
        f"Offered to {discussed.worker}, who is asked to accept." if discussed.worker else "",
        f"Decided by {by}.",
    )
    return "\n".join(line for line in lines if line)
