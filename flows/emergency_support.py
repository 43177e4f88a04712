"""Emergency support out of hours: what was arranged, until when, and what follows before it ends."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from models.forms.emergency_support import EmergencySupport, EmergencySupportFollowed, WhatFollows
from models.notices import Interruption, Recipient
from models.roles import Role
from models.working_time import for_people
from tasks.case_people import about_person
from tasks.durable import Due, Verb, Wait, at, decision, first_of, procedure, team, tell, withdraw
from tasks.on_call.support_steps import look_up_who_follows_it_up, work_out_when_support_is_decided
from tasks.written_contact import look_up_what_to_heed


class SupportOutcome(StrEnum):
    """How emergency support ended."""

    LASTING = "something lasting is in place"
    """It took its place before it ended."""
    NOT_NEEDED = "not needed any more"
    """Whoever followed it up has found so."""


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): urgent care and urgent housing help",
    by_hand=True,
)
def emergency_support(arranged: EmergencySupport) -> SupportOutcome:
    """
    Stay with somebody for whom emergency care or emergency housing support was arranged, until something lasts.

    Whoever arranged it says who gives it, until when, and what must be done in the morning. It stands on the morning's
    list, and the team responsible for the person says what follows before it ends: something lasting, longer support,
    or nothing more. Not said in time, a manager hears and it cannot wait any longer; and when the support has ended
    with nothing in its place, a manager hears again, whatever the hour.
    """
    about_person(arranged.about_person)
    whose = team(look_up_who_follows_it_up(arranged.about_person))
    ends, so_far = arranged.ends_at, list[str]()
    while True:
        said = ask_what_follows(arranged, whose, ends, so_far)
        match said.follows:
            case WhatFollows.LASTING:
                return SupportOutcome.LASTING
            case WhatFollows.NOT_NEEDED:
                return SupportOutcome.NOT_NEEDED
            case WhatFollows.EXTENDED:
                assert said.until is not None
                so_far.append(f"It goes on until {for_people(said.until)}: {said.what}")
                ends = said.until


def ask_what_follows(
    arranged: EmergencySupport, whose: Recipient, ends: datetime, so_far: list[str]
) -> EmergencySupportFollowed:
    """Their team is asked in good time; from then on it cannot wait, and a manager hears, at the end once more."""
    by = work_out_when_support_is_decided(ends)
    over = at("the-support-ends", ends)

    asked = question(arranged, whose, ends, so_far, by=by)
    came = first_of(asked, at("not-decided", by), over)
    if isinstance(came, Due):
        withdraw(asked)
        tell_a_manager(ends)
        asked = question(arranged, whose, ends, so_far, by=ends, urgent=True)
        while isinstance(came := first_of(asked, over), Due):
            tell_a_manager(ends)
    withdraw(over)
    return came


def question(
    arranged: EmergencySupport,
    whose: Recipient,
    ends: datetime,
    so_far: list[str],
    *,
    by: datetime,
    urgent: bool = False,
) -> Wait[EmergencySupportFollowed]:
    """What follows, asked of the team whose it is."""
    return decision(
        EmergencySupportFollowed,
        of=whose,
        about=to_read(arranged, ends, so_far),
        urgent=urgent,
        wanted_within=by,
        clauses="TRN-01 TRN-02 TRN-04 TRN-07",
    )


def tell_a_manager(ends: datetime) -> None:
    """Nobody has said what follows: a manager hears at once, and so does whoever is on call while it is night."""
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "emergency-support-ends-and-nothing-follows",
        by=ends,
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="TRN-04 TRN-06",
    )


def to_read(arranged: EmergencySupport, ends: datetime, so_far: list[str]) -> str:
    """What whoever follows it up must know: what to heed, what was arranged until when, what the morning must do."""
    lines = (
        look_up_what_to_heed(arranged.about_person).beside_the_form,
        f"{arranged.kind.replace('-', ' ').capitalize()}, until {for_people(ends)}",
        f"Needed in case {arranged.case}" if arranged.case else "",
        f"Agreed by {arranged.agreed_by}" if arranged.agreed_by else "",
        f"To be done when the office opens: {arranged.in_the_morning}",
        *so_far,
        "",
        arranged.what,
    )
    return "\n".join(line for line in lines if line or line == "").strip()
