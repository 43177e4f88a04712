"""Telling another council about a placement: through the disclosure gate, and asked until somebody there has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.disclosure import disclosure
from models.disclosures import DisclosureOutcome
from models.forms.disclosure import DisclosureCalledOff, DisclosureWish
from models.forms.out_of_area_sharing import (
    CouncilAnswered,
    CouncilNotTold,
    CouncilSilenceDecided,
    PlacementToShare,
    SharingOvertaken,
)
from models.forms.recording import PersonHasDied
from models.notices import Recipient
from models.out_of_area.kinds import SharedKind, SharingOutcome
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Wait,
    after,
    closed,
    decision,
    hears,
    open_case,
    procedure,
    send,
    which_of,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.out_of_area.sharing import begin_sharing, end_sharing, look_up_contact, note_disclosure, note_given
from tasks.written_contact import look_up_what_to_heed

OTHER_COUNCIL = "another council's adult social care"
PURPOSES = {
    SharedKind.BEGAN: "to tell it of an out-of-area placement",
    SharedKind.CHANGED: "to tell it of a change to an out-of-area placement",
    SharedKind.ENDED: "to tell it of the end of an out-of-area placement",
}
"""Recipient and purposes, as a council's table of routine disclosures may have them (GAP-09)."""


class Open(StrEnum):
    """What may be open while another council is told."""

    GATE = "gate"
    NOT_TOLD = "not told"
    ANSWER = "answer"
    NEXT_TRY = "next try"
    SILENCE = "silence"
    OVERTAKEN = "overtaken"
    DEATH = "death"


Came = CouncilAnswered | CouncilNotTold | CouncilSilenceDecided | SharingOvertaken | PersonHasDied | Closed | Due


@dataclass
class Sharing:
    """What another council is told, as the ledger tells it so far."""

    shared: PlacementToShare
    open: dict[Open, Wait[Came]] = field(default_factory=dict)
    gate: str = ""
    tries: int = 0
    so_far: list[str] = field(default_factory=list)

    @property
    def by(self) -> Recipient:
        """Whoever looks after the placement gives it, and hears what comes back."""
        return Recipient.from_tag(self.shared.given_by)


@procedure(
    title="Telling another council of a placement",
    follows="Safe pathways, systems and transitions (local authority assessment): out-of-area placements",
    acts_on=(PersonHasDied,),
)
def out_of_area_sharing(shared: PlacementToShare) -> SharingOutcome:
    """
    See that another council knows of a placement, of what changes and of its end, and that somebody there has it.

    What is given passes the disclosure gate first: what, on what basis and how stands there. Then it is asked what came
    back. As long as the other council is silent it is asked again, and after some tries in vain a manager decides what
    is done. Once the person has died nothing is told any more of a placement that is no more: only of its end, and only
    by somebody who knows of the death.
    """
    about_person(shared.about_person)
    begin_sharing(shared)
    sharing = Sharing(shared, open={Open.OVERTAKEN: hears(SharingOvertaken), Open.DEATH: hears(PersonHasDied)})
    put_to_the_gate(sharing, shared.content)
    outcome: SharingOutcome | None = None
    while outcome is None:
        match which_of(sharing.open):
            case _, Closed(outcome=gate):
                gate_has_closed(sharing, gate or "")
            case _, CouncilNotTold(content="", instead=instead):
                sharing.so_far.append(f"Instead: {instead}")
                outcome = SharingOutcome.INSTEAD
            case asked, CouncilNotTold(content=content):
                del sharing.open[asked]
                put_to_the_gate(sharing, content)
            case _, CouncilAnswered(answered=True):
                outcome = SharingOutcome.ANSWERED
            case asked, CouncilAnswered(asked_again=tried):
                del sharing.open[asked]
                council_is_silent(sharing, tried)
            case asked, Due():
                del sharing.open[asked]
                ask_what_came_back(sharing)
            case asked, CouncilSilenceDecided(done=done):
                del sharing.open[asked]
                sharing.so_far.append(f"Decided as it is silent: {done}")
            case asked, SharingOvertaken():
                call_off(sharing, "The placement is over.")
                outcome = SharingOutcome.OVERTAKEN
            case asked, PersonHasDied():
                sharing.open[asked] = hears(PersonHasDied)
                if they_have_died(sharing):
                    outcome = SharingOutcome.OVERTAKEN
    end_sharing(outcome)
    return outcome


def put_to_the_gate(sharing: Sharing, content: str) -> None:
    """No more than this is given, and only if it may be (DUTY-63, GAP-09)."""
    shared = sharing.shared
    contact = look_up_contact(shared.placement, shared.contact)
    wish = DisclosureWish(
        recipient=OTHER_COUNCIL,
        purpose=PURPOSES[shared.kind],
        content=content,
        about_person=shared.about_person,
        who_exactly=", ".join(one for one in (shared.council, contact) if one),
        given_by=shared.given_by,
    )
    sharing.gate = open_case(disclosure, wish, owner=sharing.by, clauses="TRN-51 DUTY-63")
    note_disclosure(sharing.gate)
    sharing.open[Open.GATE] = closed(sharing.gate)


def gate_has_closed(sharing: Sharing, outcome: str) -> None:
    """It was given, and their answer is awaited; or it is asked what follows, for it is not left at that."""
    del sharing.open[Open.GATE]
    if outcome == DisclosureOutcome.GIVEN:
        note_given()
        ask_what_came_back(sharing)
        return
    ask_what_follows(sharing, f"The other council was not told ({outcome}, case {sharing.gate})")


def ask_what_follows(sharing: Sharing, why: str) -> None:
    """Of whoever was to give it: other words, or something else instead."""
    sharing.so_far.append(why)
    sharing.open[Open.NOT_TOLD] = decision(
        CouncilNotTold,
        of=sharing.by,
        about=to_read(sharing),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="TRN-51",
    )


def ask_what_came_back(sharing: Sharing) -> None:
    """Nobody takes it that they have it before somebody there has said so (TRN-51)."""
    times = policy().out_of_area
    sharing.open[Open.ANSWER] = decision(
        CouncilAnswered,
        of=sharing.by,
        about=to_read(sharing),
        wanted_within=times.asked_again_every if sharing.tries else times.answer_within,
        clauses="TRN-51",
    )


def council_is_silent(sharing: Sharing, tried: str) -> None:
    """It is asked again after some days; after so many tries in vain a manager decides what is done."""
    sharing.tries += 1
    sharing.so_far.append(f"Asked again: {tried}")
    sharing.open[Open.NEXT_TRY] = after("ask-the-council-again", policy().out_of_area.asked_again_every)
    if sharing.tries % policy().out_of_area.tries_before_help == 0 and Open.SILENCE not in sharing.open:
        sharing.open[Open.SILENCE] = decision(
            CouncilSilenceDecided,
            of=Role.TEAM_MANAGER,
            near=sharing.shared.team,
            about=to_read(sharing),
            wanted_within=policy().gaps.reasonable_time.few_days,
            clauses="TRN-51",
        )


def they_have_died(sharing: Sharing) -> bool:
    """Whether nothing more is told: of its end they are told by somebody who knows of the death (GAP-53)."""
    if sharing.shared.kind is not SharedKind.ENDED:
        call_off(sharing, "The person has died.")
        return True
    if Open.GATE in sharing.open:  # what was to be given does not say so yet
        call_off(sharing, "The person has died meanwhile.")
        withdraw(sharing.open.pop(Open.GATE))
        ask_what_follows(sharing, f"The person has died meanwhile: nothing was given (case {sharing.gate})")
    return False


def call_off(sharing: Sharing, because: str) -> None:
    """What has not been given yet is not given any more."""
    if Open.GATE in sharing.open:
        send(sharing.gate, DisclosureCalledOff(because=because), clauses="TRN-51 GAP-53")


def to_read(sharing: Sharing) -> str:
    """What whoever answers must know: whom to heed first, who is told what, and what has happened."""
    shared = sharing.shared
    contact = look_up_contact(shared.placement, shared.contact)
    lines = (
        look_up_what_to_heed(shared.about_person).beside_the_form,
        f"The other council: {shared.council} ({contact or 'whom to ring there is not known'})",
        f"About: {shared.about_person or shared.person_in_words}, {PURPOSES[shared.kind]}",
        f"Placement: case {shared.placement}",
        f"What was to be given: {shared.content}",
        *sharing.so_far,
    )
    return "\n".join(line for line in lines if line)
