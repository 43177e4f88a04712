"""Escalation from the planned work tray: somebody who waits is brought before a senior manager, who answers."""

from __future__ import annotations

from enum import StrEnum

from flows.leaving_notes import leave_note
from models.forms.tray_escalation import EscalationDiscussed, EscalationFacts, EscalationRaised, EscalationReason
from models.forms.tray_signals import AllocationWanted, TrayLeft
from models.roles import Role
from tasks.durable import (
    Due,
    Verb,
    Wait,
    after,
    answered_by,
    decision,
    first_of,
    hears,
    procedure,
    role,
    send,
    staff,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.tray.escalating import (
    beside_the_discussion,
    look_up_who_hears_silence,
    note_of_discussion,
    why_it_comes,
)

DISCUSSION = "Management Discussion / Decision"
"""The literal title of the note about a discussion with a manager (PWT-62)."""


class EscalationOutcome(StrEnum):
    """How an escalation ended."""

    DISCUSSED = "discussed"
    """It was discussed, and the discussion is noted."""
    LEFT = "left the tray"
    """They have left the tray meanwhile."""


@procedure(follows="Managing Planned Work Trays, March 2023: when to escalate", title="Escalation from the tray")
def pwt_escalation(escalated: EscalationFacts) -> EscalationOutcome:
    """
    See that a senior manager discusses somebody who waits at risk or for too long, and that the discussion is noted.

    The manager nearest in their line is asked. If they are silent for as long as policy lets them, it goes to the head
    of service and stays there until it is answered. Where another limit is reached before that, it is one discussion
    still, with whoever stands higher. Whoever discusses it may name a worker, who is asked to accept. The manager who
    placed the person is told that it was decided. Who leaves the tray is discussed no longer.
    """
    asked, so_far = escalated.to, ""
    discussing = ask_for_a_discussion(escalated, asked)  # PWT-59
    silence = after("silence", policy().gaps.tray_escalation.silence_after)  # GAP-17
    while True:
        match first_of(discussing, silence, hears(TrayLeft), hears(EscalationRaised)):
            case EscalationDiscussed() as discussed:
                keep_what_was_decided(escalated, discussed)
                return EscalationOutcome.DISCUSSED
            case Due():
                above = look_up_who_hears_silence(asked)
                if above is not None:
                    withdraw(discussing)
                    so_far = f"{so_far}\n{asked.label.capitalize()}: no answer in time.".strip()
                    asked = above
                    discussing = ask_for_a_discussion(escalated, asked, so_far)
            case EscalationRaised() as raised:
                withdraw(discussing)
                so_far = f"{so_far}\n{why_it_comes(raised.reason, raised.reasons)}".strip()
                asked = raised.to if raised.to.outranks(asked) else asked
                discussing = ask_for_a_discussion(escalated, asked, so_far)
                silence = after("silence", policy().gaps.tray_escalation.silence_after)
            case TrayLeft():
                return EscalationOutcome.LEFT


def ask_for_a_discussion(escalated: EscalationFacts, of: Role, *so_far: str) -> Wait[EscalationDiscussed]:
    """The one of that role in their line has the case before them, and the time that policy gives."""
    return decision(
        EscalationDiscussed,
        of=role(of),
        near=escalated.team,
        about=beside_the_discussion(escalated, *so_far),
        wanted_within=policy().gaps.tray_escalation.silence_after,
        clauses=clauses_of(escalated.reason),
    )


def keep_what_was_decided(escalated: EscalationFacts, discussed: EscalationDiscussed) -> None:
    """The discussion is noted (PWT-62), a worker who was named is asked, and the manager is told."""
    by = answered_by(EscalationDiscussed)
    leave_note(
        DISCUSSION,
        note_of_discussion(escalated, discussed, by),
        about_person=escalated.person,
        of=staff(escalated.manager),
        author=by,
        clauses="PWT-62",
    )
    if discussed.worker is not None:
        wanted = AllocationWanted(worker=discussed.worker, reasons=discussed.what_follows)
        send(escalated.tray_case, wanted, by=by, clauses="PWT-10 PWT-11")
    tell(staff(escalated.manager), Verb.READ, "what-was-decided-about-an-escalation", clauses="PWT-59")


def clauses_of(reason: EscalationReason) -> str:
    """On what the escalation rests."""
    match reason:
        case EscalationReason.RED_TOO_LONG:
            return "PWT-59 PWT-61"
        case EscalationReason.LIMIT_REACHED:
            return "PWT-11 PWT-59"
        case EscalationReason.MANAGER:
            return "PWT-59 PWT-60"
