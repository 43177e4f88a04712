"""People, families, staff, other councils and the regulator are told of an incident, and nobody of them too early."""

from __future__ import annotations

from flows.disclosure import disclosure
from flows.incident_standing import Asked, Incident, to_read
from models.disclosures import DisclosureOutcome
from models.forms.commissioning import NotGivenOn
from models.forms.disclosure import DisclosureWish
from models.forms.incident_telling import TellingDecided
from models.notices import Recipient
from models.provider_failure.clocks import telling_decided_by
from tasks.durable import RUN, Closed, closed, decision, now, open_case
from tasks.durable.in_force import policy
from tasks.provider_failure.telling_others import (
    TellingStands,
    ToTell,
    begin_telling,
    beside_telling,
    look_up_who_is_untold,
    note_done_instead,
    note_told_in,
    note_tried_again,
    note_what_came_of_it,
    note_who_is_told,
)

BEING_TOLD = "being told "
"""Before the number of the decision, in what is open about the incident."""


def ask_who_is_told(incident: Incident) -> None:
    """Once the group is together the room decides who is told, of what, and who before it is announced (TRN-51)."""
    if not incident.telling_decided:
        put_to_the_room(incident)


def ask_who_is_told_anew(incident: Incident, why: str) -> None:
    """Somebody else is to be told, or otherwise."""
    incident.so_far.append(f"Who is told is decided anew: {why}")
    put_to_the_room(incident)


def put_to_the_room(incident: Incident) -> None:
    """Beside the form stands who has been told and who has not; asked once at a time."""
    if Asked.TELLING in incident.open:
        return
    incident.open[Asked.TELLING] = decision(
        TellingDecided,
        of=incident.room,
        about=beside_telling(to_read(incident)),
        wanted_within=telling_decided_by(now()),
        clauses="TRN-48 TRN-51 GAP-09",
        for_cases_past=RUN,
    )


def said_who_is_told(incident: Incident, decided: TellingDecided) -> None:
    """Those who may be told now are; what is said to the others is kept ready until it is announced."""
    incident.telling_decided = True
    stands(incident, note_who_is_told(decided))
    tell_those_who_may_be_told(incident)


def tell_those_who_may_be_told(incident: Incident) -> None:
    """People in the way that suits them; everybody else through the disclosure gate (DUTY-63, GAP-09)."""
    if not incident.telling_decided:
        return
    for one in begin_telling(incident.room.tag).others:
        put_to_the_gate(incident, one)


def put_to_the_gate(incident: Incident, one: ToTell) -> None:
    """What leaves the council about anybody passes the gate; who decides there is of the team that leads the room."""
    wish = DisclosureWish(
        recipient=one.recipient,
        purpose=one.purpose,
        content=one.content,
        about_person=one.about_person,
        who_exactly=one.who,
        given_by=one.given_by,
        decided_near=incident.reported.team,
    )
    by = Recipient.from_tag(one.given_by)
    ref = open_case(disclosure, wish, owner=by, key=f"gate-{one.number}", clauses="TRN-51 DUTY-63")
    note_told_in(one.number, ref)
    incident.open[f"{BEING_TOLD}{one.number}"] = closed(ref)


def gate_has_closed(incident: Incident, being_told: str, gate: Closed) -> None:
    """They were told; or it is asked what follows, for it is not left at that."""
    number = number_of(being_told)
    stands(incident, note_what_came_of_it(number, gate.outcome))
    incident.so_far.append(f"Telling others, decision {number}: {gate.outcome} (case {gate.ref})")
    if gate.outcome != DisclosureOutcome.GIVEN:
        incident.open[being_told] = decision(
            NotGivenOn,
            of=incident.room,
            about=f"It was not given: see case {gate.ref}.\n{to_read(incident)}",
            key=f"not-told-{number}",
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="TRN-51",
        )


def were_not_told(incident: Incident, being_told: str, said: NotGivenOn) -> None:
    """It is tried again with other words, or something is done instead."""
    number = number_of(being_told)
    if said.content:
        put_to_the_gate(incident, note_tried_again(number, said.content, incident.room.tag))
    else:
        stands(incident, note_done_instead(number, said.instead))
        incident.so_far.append(f"Instead of telling them, decision {number}: {said.instead}")


def look_who_is_new(incident: Incident) -> None:
    """Whoever came onto the list is told like the others; a council that is new is decided about (TRN-51)."""
    if not incident.telling_decided:
        return
    found = look_up_who_is_untold()
    stands(incident, found)
    tell_those_who_may_be_told(incident)
    if found.undecided:
        ask_who_is_told_anew(incident, f"not decided about yet: {', '.join(found.undecided)}")


def somebody_is_being_told(incident: Incident) -> bool:
    """Whether anything about it is at the gate, or open since it was not given."""
    return any(one.startswith(BEING_TOLD) for one in incident.open)


def number_of(being_told: str) -> int:
    """The number of the decision by which somebody is being told."""
    return int(being_told.removeprefix(BEING_TOLD))


def stands(incident: Incident, found: TellingStands) -> None:
    """Who must still be told."""
    incident.untold = found.untold
