"""The disclosure gate: personal information leaves the council only as law, policy and principles allow."""

from __future__ import annotations

from models.disclosures import AtTheGate, DisclosureOutcome, Passage
from models.forms.disclosure import (
    CaldicottVerdict,
    DisclosureCalledOff,
    DisclosureMade,
    DisclosureVerdict,
    DisclosureWish,
    EmergencyJustified,
    RefusalExplained,
    Verdict,
)
from models.notices import Recipient
from models.roles import Role
from tasks.case_people import about_person
from tasks.disclosure import look_at_the_gate, wish_in_words
from tasks.durable import Verb, ask, decision, first_of, hears, procedure, tell, withdraw
from tasks.durable.in_force import policy
from tasks.written_contact import look_up_what_to_heed


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: confidentiality", by_hand=True)
def disclosure(wish: DisclosureWish) -> DisclosureOutcome:
    """
    See that nothing personal is given to anybody outside without authority, and that it is known what was given.

    What the Caldicott lead has approved as routine passes and is logged. An emergency passes and is justified
    afterwards. Everything else is decided by a manager or the Caldicott lead, by every rule: data protection law, the
    council's policy and the Caldicott Principles. Telling the person themselves is not gated. Whoever gives the
    information says what was given, how and when; if nobody answers, they are chased and those above them hear of it.
    Where it is called off before it was given, it is not given.
    """
    about_person(wish.about_person)
    gate = look_at_the_gate(wish)  # DUTY-63, DUTY-64
    match gate.passage:
        case Passage.NOT_GATED | Passage.ROUTINE:
            return give(wish, f"It may go ({gate.in_words}).")
        case Passage.EMERGENCY:
            given = give(wish, "It cannot wait: give it now. You are asked afterwards why it could not.")
            if given is DisclosureOutcome.GIVEN:
                justify(wish)
            return given
        case Passage.TO_BE_DECIDED:
            return decide(wish, gate)


def decide(wish: DisclosureWish, gate: AtTheGate) -> DisclosureOutcome:
    """A manager decides, or leaves it to the Caldicott lead (GAP-09)."""
    soon, heed = policy().gaps.reasonable_time, what_to_heed(wish)
    deciding = decision(
        DisclosureVerdict,
        of=Role.TEAM_LEADER,  # a team manager may answer as well
        near=wish.decided_near,
        about=wish_in_words(wish, heed),
        urgent=wish.emergency,
        wanted_within=soon.urgent if wish.emergency else soon.reasonable,
        clauses="DUTY-63 DUTY-64 DUTY-65",
    )
    verdict: CaldicottVerdict | DisclosureCalledOff = first_of(deciding, hears(DisclosureCalledOff))
    if isinstance(verdict, CaldicottVerdict) and verdict.verdict is Verdict.ASK_CALDICOTT:
        left_to_them = decision(
            CaldicottVerdict,
            of=Role.CALDICOTT_LEAD,
            about=wish_in_words(wish, f"Left to you: {verdict.reasons}"),
            urgent=wish.emergency,
            wanted_within=soon.urgent if wish.emergency else soon.reasonable,
            clauses="DUTY-63 DUTY-65",
        )
        verdict = first_of(left_to_them, hears(DisclosureCalledOff))
        if isinstance(verdict, DisclosureCalledOff):
            withdraw(left_to_them)
    if isinstance(verdict, DisclosureCalledOff):
        withdraw(deciding)
        return DisclosureOutcome.NOT_GIVEN
    if verdict.verdict is Verdict.ALLOW:
        return give(wish, f"It may go: {verdict.least_content} ({verdict.legal_basis}). {verdict.reasons}")
    ask(
        RefusalExplained,
        of=giver_of(wish),
        about=wish_in_words(wish, f"It may not go: {verdict.reasons}"),
        wanted_within=soon.reasonable,
    )
    return DisclosureOutcome.REFUSED


def give(wish: DisclosureWish, how_it_stands: str) -> DisclosureOutcome:
    """Whoever is to give it gives no more than was allowed, by a secure way, and says so (DUTY-62, DUTY-64)."""
    times = policy().gaps.reasonable_time
    giving = decision(
        DisclosureMade,
        of=giver_of(wish),
        about=wish_in_words(wish, how_it_stands, what_to_heed(wish)),
        urgent=wish.emergency,
        wanted_within=times.urgent if wish.emergency else times.reasonable,
        clauses="DUTY-62 DUTY-64",
    )
    made = first_of(giving, hears(DisclosureCalledOff))
    if isinstance(made, DisclosureCalledOff):
        withdraw(giving)
        return DisclosureOutcome.NOT_GIVEN
    return DisclosureOutcome.NOT_GIVEN if made.not_given_because else DisclosureOutcome.GIVEN


def justify(wish: DisclosureWish) -> None:
    """An emergency is justified afterwards, and the Caldicott lead hears of it (GAP-09)."""
    gate = policy().gaps.disclosure_gate
    ask(
        EmergencyJustified,
        of=giver_of(wish),
        about=wish_in_words(wish),
        wanted_within=gate.justify_emergency_within,
        clauses="DUTY-63",
    )
    tell(gate.routine_approved_by, Verb.READ, "an-emergency-disclosure-was-justified")


def what_to_heed(wish: DisclosureWish) -> str:
    """That the person has died, or how they may be contacted safely, as the register shows it now."""
    return look_up_what_to_heed(wish.about_person).beside_the_form


def giver_of(wish: DisclosureWish) -> Recipient:
    """Who gives the information."""
    return Recipient.from_tag(wish.given_by)
