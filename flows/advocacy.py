"""Advocacy: somebody who cannot be fully involved, and has nobody to support them, gets an independent advocate."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flows.disclosure import disclosure
from models.disclosures import DisclosureOutcome
from models.forms.advocacy import (
    AdvocacyDecision,
    AdvocacyNeed,
    AdvocacyReferral,
    AdvocacySettled,
    AdvocateFound,
)
from models.forms.disclosure import DisclosureWish
from models.notices import Recipient
from models.roles import Role
from tasks.advocacy.holding import (
    begin_advocacy_hold,
    beside_advocacy,
    look_up_other_need,
    look_up_who_owns,
    work_out_referred_by,
)
from tasks.case_people import about_person
from tasks.coming_days import work_out_next_morning
from tasks.durable import (
    Due,
    Verb,
    Wait,
    ask,
    at,
    closed,
    decision,
    first_of,
    open_case,
    procedure,
    role,
    send,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy

CameT = TypeVar("CameT")
ADVOCACY_SERVICE = "advocacy service"
TO_REFER = "to refer somebody for an independent advocate"
"""Recipient and purpose, as a council's table of routine disclosures may have them (GAP-09)."""


class AdvocacyOutcome(StrEnum):
    """How it ended."""

    IN_PLACE = "an advocate is in place"
    """What has waited for one may go on."""
    NOT_NEEDED = "no advocate is needed"
    """One of the two conditions does not hold."""
    NO_LONGER_NEEDED = "no longer needed"
    """It is recorded why."""


@procedure(
    follows="Actions and Next Steps (Duty Long Term), October 2023: independent advocacy",
    title="Independent advocacy",
    by_hand=True,
)
def advocacy(need: AdvocacyNeed) -> AdvocacyOutcome:
    """
    See that somebody who needs an independent advocate has one before what they need them for begins.

    Both conditions of the duty are asked for as early as possible. Where both hold, it is talked over with the person
    and they are referred on the same day, through the disclosure gate. Assessment, review and planning wait, as policy
    has it; protection and whatever is urgent never do. It is asked whether an advocate is in place until one is, or
    somebody has recorded why none is needed; silence is chased and goes up the line.
    """
    about_person(need.about_person)
    if found_already(need):
        return settle(need, AdvocacyOutcome.IN_PLACE, "One is in place for them already.")
    by = work_out_referred_by()
    late = at("not-referred-on-the-day", by)
    decided = decide(need, by, late)  # DUTY-41
    if decided.no_longer_needed:
        return settle(need, AdvocacyOutcome.NO_LONGER_NEEDED, decided.no_longer_needed)
    if not decided.is_needed:
        return settle(need, AdvocacyOutcome.NOT_NEEDED, "One of the two conditions does not hold.")
    while refer(need, decided, late) is not DisclosureOutcome.GIVEN:
        tell_a_manager()
        why = "The referral was not given to the service. See why, and refer them again."
        decided = in_time(ask_to_refer(need, by, why), late)
        if decided.no_longer_needed:
            return settle(need, AdvocacyOutcome.NO_LONGER_NEEDED, decided.no_longer_needed)
    withdraw(late)
    return find_the_advocate(need)


def found_already(need: AdvocacyNeed) -> bool:
    """Where one is being found for them in another case, that is waited for: nobody is asked or referred twice."""
    while (other := look_up_other_need(need.about_person)) is not None:
        if first_of(closed(other)).outcome == AdvocacyOutcome.IN_PLACE:
            return True
    return False


def decide(need: AdvocacyNeed, by: datetime, late: Wait[Due]) -> AdvocacyReferral:
    """Whether both conditions hold, unless that is known already; from then on what they are needed for waits."""
    if need.is_known:
        begin_advocacy_hold()  # DUTY-42
        return in_time(ask_to_refer(need, by, ""), late)
    asked = decision(
        AdvocacyDecision,
        of=whoever_decides(need),
        about=beside_advocacy(need),
        wanted_within=by,
        clauses="DUTY-40 DUTY-41 DUTY-43 DUTY-44",
    )
    decided = in_time(asked, late)
    if decided.is_needed:
        begin_advocacy_hold()  # DUTY-42
    return decided


def ask_to_refer(need: AdvocacyNeed, by: datetime, why: str) -> Wait[AdvocacyReferral]:
    """An advocate is needed: it is talked over with them, and they are referred today (DUTY-43)."""
    return decision(
        AdvocacyReferral,
        of=whoever_decides(need),
        about=beside_advocacy(need, why),
        wanted_within=by,
        clauses="DUTY-40 DUTY-43 DUTY-44",
    )


def refer(need: AdvocacyNeed, decided: AdvocacyReferral, late: Wait[Due]) -> DisclosureOutcome:
    """What the service must know passes the gate, and is given the same day by whoever refers (GAP-06, GAP-09)."""
    wish = DisclosureWish(
        recipient=ADVOCACY_SERVICE,
        purpose=TO_REFER,
        content=decided.to_be_given,
        about_person=need.about_person,
        who_exactly=decided.service,
        given_by=whoever_decides(need).tag,
    )
    gate = open_case(disclosure, wish, owner=whoever_decides(need), clauses="DUTY-40 DUTY-43")
    return DisclosureOutcome(in_time(closed(gate), late).outcome or DisclosureOutcome.NOT_GIVEN)


def in_time(wait: Wait[CameT], late: Wait[Due]) -> CameT:
    """Whatever is awaited; a manager hears where the day passes before it has come."""
    while isinstance(came := first_of(wait, late), Due):
        tell_a_manager()
    return came


def tell_a_manager() -> None:
    """Somebody who may need an advocate is not referred."""
    tell(Role.TEAM_MANAGER, Verb.CHECK, "somebody-is-not-referred-for-an-advocate", clauses="DUTY-40")


def find_the_advocate(need: AdvocacyNeed) -> AdvocacyOutcome:
    """It is asked until an advocate is in place, on the next working day or on the one that the service gives."""
    so_far = ""
    while True:
        found = ask(
            AdvocateFound,
            of=whoever_decides(need),
            about=beside_advocacy(need, so_far),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="DUTY-40 DUTY-42",
        )
        if found.in_place:
            return settle(need, AdvocacyOutcome.IN_PLACE, f"{found.advocate}, {found.service}")
        if found.no_longer_needed:
            return settle(need, AdvocacyOutcome.NO_LONGER_NEEDED, found.no_longer_needed)
        so_far = f"The service said last: {found.how_far}"
        first_of(at("advocate-asked-for-again", work_out_next_morning(found.ask_again_on)))


def settle(need: AdvocacyNeed, outcome: AdvocacyOutcome, what: str) -> AdvocacyOutcome:
    """The case that needs to know is told, and so is its owner where they have not said it themselves."""
    if need.came_from is not None:
        send(need.came_from, AdvocacySettled(in_place=outcome is AdvocacyOutcome.IN_PLACE, what=what))
        owner = look_up_who_owns(need.came_from)
        if owner != whoever_decides(need).tag:
            tell(Recipient.from_tag(owner), Verb.READ, "news-of-an-advocate", clauses="DUTY-42")
    return outcome


def whoever_decides(need: AdvocacyNeed) -> Recipient:
    """Whoever was named for it; else duty."""
    return Recipient.from_tag(need.decided_by) if need.decided_by else role(Role.DUTY_WORKER)
