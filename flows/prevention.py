"""Prevention: what might prevent, delay or reduce somebody's needs is explored, recorded and arranged."""

from __future__ import annotations

from enum import StrEnum

from flows.leaving_notes import leave_note
from flows.urgent_action import urgent_action
from models.forms.prevention import (
    PreventionArranged,
    PreventionExplored,
    PreventionRecorded,
    PreventionToExplore,
)
from models.forms.urgent_action import UrgentActionFacts
from models.notices import Recipient
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Due,
    Verb,
    after,
    answered_by,
    ask,
    closed,
    decision,
    first_of,
    now,
    open_case,
    procedure,
    send,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.prevention import PreventionAsked, beside_prevention, look_up_what_is_asked


class PreventionOutcome(StrEnum):
    """How exploring prevention ended."""

    ARRANGED = "something is arranged"
    """At least one preventive service is arranged."""
    NOTHING_SUITS = "nothing suits"
    """Or the person wants nothing of it; the record says why."""
    NOT_ARRANGED = "given up"
    """Something suits and was wanted, and could not be arranged; it is recorded why."""
    NOT_EXPLORED = "not explored"
    """Only where policy does not ask for the record."""


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: preventing needs", by_hand=True)
def prevention(wanted: PreventionToExplore) -> PreventionOutcome:
    """
    See that preventive services are looked at for somebody, and that the record of it goes where it belongs.

    Before long-term help everything that the council, the community and partners offer is looked at, and it is said of
    each why it does or does not suit; the record accompanies the referral. It is asked for again and again until it is
    there, and the managers above hear of it; but no assessment and no eligible need ever waits for it, and what cannot
    wait comes first. What suits and is wanted is arranged.
    """
    about_person(wanted.about_person)
    asked = look_up_what_is_asked()
    explored = have_it_explored(wanted, asked)  # DUTY-67, DUTY-68, REA-29
    if explored is None:
        return PreventionOutcome.NOT_EXPLORED
    by = answered_by(PreventionExplored)
    hand_in_the_record(wanted, explored, by)  # DUTY-68, DUTY-69
    if explored.to_be_arranged and not is_arranged(wanted, explored):  # REA-30
        return PreventionOutcome.NOT_ARRANGED
    if any(one.wanted for one in explored.services):
        return PreventionOutcome.ARRANGED
    return PreventionOutcome.NOTHING_SUITS if explored.services else PreventionOutcome.NOT_EXPLORED


def have_it_explored(wanted: PreventionToExplore, policy_asks: PreventionAsked) -> PreventionExplored | None:
    """Until the record is there, or policy does without it; what cannot wait begins at once (GAP-07)."""
    chases, urgent = 0, ""
    while True:
        asked = decision(
            PreventionExplored,
            of=Recipient.from_tag(wanted.explored_by),
            about=beside_prevention(wanted, urgent),
            wanted_within=policy().gaps.prevention_record.chase_every,
            clauses="DUTY-67 DUTY-68 DUTY-69 DUTY-70 REA-29 REA-31 GAP-07",
        )
        chased = after("prevention-chased", policy().gaps.prevention_record.chase_every, since=now())
        match first_of(asked, chased):
            case PreventionExplored() as explored:
                withdraw(chased)
                if explored.act_now:
                    urgent = act_at_once(wanted, explored.act_now, policy_asks)
                if explored.services or explored.not_explored_because:
                    return explored
            case Due():
                if not policy_asks.required:
                    return None
                chases += 1
                chase(wanted, chases)


def chase(wanted: PreventionToExplore, times: int) -> None:
    """Whoever explores it is told again; from the second time on a manager hears as well (GAP-07)."""
    explorer = Recipient.from_tag(wanted.explored_by)
    tell(explorer, Verb.ANSWER, "prevention-is-not-recorded", clauses="DUTY-69 GAP-07")
    if times > 1:
        tell(Role.TEAM_MANAGER, Verb.READ, "prevention-is-still-not-recorded", clauses="DUTY-69 GAP-07")


def act_at_once(wanted: PreventionToExplore, what: str, policy_asks: PreventionAsked) -> str:
    """Duty is asked at once; where policy says so nobody is asked for the record before that is over (GAP-07)."""
    facts = UrgentActionFacts(what=what, about_person=wanted.about_person, known_at=now())
    ref = open_case(urgent_action, facts, owner=Role.DUTY_WORKER, clauses="GAP-07")
    if policy_asks.urgent_first:
        first_of(closed(ref))
    return f"What could not wait was put to duty in case {ref}."


def hand_in_the_record(wanted: PreventionToExplore, explored: PreventionExplored, by: str) -> None:
    """It stands in the person's record, and in the referral or case that it accompanies (DUTY-68, GAP-07)."""
    if wanted.came_from is not None:
        recorded = PreventionRecorded(record=explored.record, long_term_needed=explored.long_term_needed)
        send(wanted.came_from, recorded, by=by, clauses="DUTY-68 DUTY-69 GAP-07")
    leave_note(
        "Prevention",
        f"{wanted.what}\n\n{explored.record}",
        about_person=wanted.about_person,
        of=Recipient.from_tag(wanted.explored_by),
        author=by,
        clauses="DUTY-68 REA-29",
    )


def is_arranged(wanted: PreventionToExplore, explored: PreventionExplored) -> bool:
    """What suits and is wanted is asked for until it is arranged, or given up with a reason (REA-30)."""
    every, so_far = policy().gaps.prevention_record.chase_every, ""
    while True:
        services = "\n".join(map(str, explored.to_be_arranged))
        answer = ask(
            PreventionArranged,
            of=Recipient.from_tag(wanted.explored_by),
            about=beside_prevention(wanted, f"To be arranged:\n{services}", so_far),
            wanted_within=every,
            clauses="REA-30",
        )
        if answer.arranged or answer.given_up_because:
            return answer.arranged
        so_far = f"So far: {answer.what_was_done}"
        first_of(after("arranging-asked-again", policy().gaps.prevention_record.chase_every))
