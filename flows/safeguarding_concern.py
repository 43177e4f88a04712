"""A safeguarding concern: somebody may suffer abuse or neglect, and on the same day somebody has it in hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows.disclosure import disclosure
from models.disclosures import DisclosureOutcome
from models.forms.disclosure import DisclosureWish
from models.forms.reablement_signals import SafeguardingRaised
from models.forms.safeguarding import (
    ChildConcernPassedOn,
    ConcernAcknowledged,
    ConcernNoticed,
    ConcernPassedElsewhere,
    ConcernReply,
    OutOfHoursRung,
)
from models.notices import Interruption, Recipient
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Verb,
    Wait,
    at,
    closed,
    decision,
    first_of,
    open_case,
    procedure,
    role,
    send,
    tell,
    this_case,
    withdraw,
)
from tasks.safeguarding.concerns import (
    Route,
    find_routes,
    look_up_childrens_number,
    look_up_our_team,
    look_up_their_plans,
    look_up_what_silence_means,
    work_out_acknowledged_by,
)
from tasks.written_contact import look_up_what_to_heed

ANOTHER_COUNCIL = "another council's safeguarding team"
TO_RAISE_A_CONCERN = "to raise a safeguarding concern"
"""Recipient and purpose, as a council's table of routine disclosures may have them (GAP-09)."""


class ConcernOutcome(StrEnum):
    """How a concern ended for us."""

    TAKEN_ON = "taken on"
    """Everybody by whose route it went has it."""
    NOT_SAFEGUARDING = "not a safeguarding matter"
    """Whoever carries out safeguarding says so, with the reasons and what is done instead."""


Came = ConcernAcknowledged | ChildConcernPassedOn | ConcernPassedElsewhere | OutOfHoursRung | Closed | Due
Asking = Wait[ConcernAcknowledged] | Wait[ChildConcernPassedOn] | Wait[ConcernPassedElsewhere]


@dataclass
class Concern:
    """A concern on its way, as the ledger tells it so far."""

    noticed: ConcernNoticed
    by: Recipient
    """Whoever noticed it, or duty."""
    wanted_by: datetime
    open: dict[Route, Asking] = field(default_factory=dict)
    """By whom it is not acknowledged yet, and what is awaited."""
    gate: Wait[Closed] | None = None
    """The disclosure to another council, until it is known whether it was given."""
    rung: Wait[OutOfHoursRung] | None = None
    so_far: list[str] = field(default_factory=list)
    taken_on: bool = False


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: safeguarding", by_hand=True)
def safeguarding_concern(noticed: ConcernNoticed) -> ConcernOutcome:
    """
    See that worry about abuse or neglect reaches whoever protects people, on the same day.

    Whether 999 was rung stands on record before anything else. An adult's concern goes to the safeguarding team, a
    child's to the children's team by telephone, and anybody's who is elsewhere to the council there. If nobody has
    acknowledged it when the office closes, out of hours is telephoned and a manager hears of it; it stays open until
    each of them has it, by name. Where the person is in reablement, whoever looks after their plan is told at once.
    """
    about_person(noticed.about_person)
    tell_their_reablement(noticed.about_person)  # REA-34
    wanted_by = work_out_acknowledged_by(noticed.noticed_at, again=False)
    concern = Concern(noticed, whoever_noticed(noticed), wanted_by)
    for route in find_routes(noticed):  # DUTY-49, REA-32
        concern.open[route] = raise_by(concern, route)
    late = at("not-acknowledged", wanted_by)
    while concern.open:
        match first_of(*everything_awaited(concern, late)):
            case ConcernAcknowledged() as reply:
                acknowledged(concern, reply)
            case ChildConcernPassedOn() as passed:
                del concern.open[Route.CHILDRENS_TEAM]
                took_it_on(concern, Route.CHILDRENS_TEAM, passed.taken_on_by)
            case ConcernPassedElsewhere() as passed:
                del concern.open[Route.ANOTHER_COUNCIL]
                took_it_on(concern, Route.ANOTHER_COUNCIL, passed.taken_on_by)
            case Closed(outcome=outcome):
                gate_has_closed(concern, outcome or "")
            case OutOfHoursRung() as rung:
                concern.rung = None
                concern.so_far.append(f"Out of hours had it ({rung.taken_on_by}): {rung.agreed}")
                late = at("not-acknowledged", work_out_acknowledged_by(noticed.noticed_at, again=True))
            case Due():
                late = not_acknowledged(concern, late)
    if concern.rung is not None:
        withdraw(concern.rung)
    tell(concern.by, Verb.READ, "your-safeguarding-concern-is-acknowledged", clauses="DUTY-49 REA-32")
    return ConcernOutcome.TAKEN_ON if concern.taken_on else ConcernOutcome.NOT_SAFEGUARDING


def everything_awaited(concern: Concern, late: Wait[Due]) -> list[Wait[Came]]:
    """Each acknowledgement that is missing, the call to out of hours where it is wanted, and the closing of the day."""
    beside = [one for one in (concern.gate, concern.rung) if one is not None]
    return [*concern.open.values(), late, *beside]


def whoever_noticed(noticed: ConcernNoticed) -> Recipient:
    """Whoever noticed it, as far as it is known; else duty."""
    return Recipient.from_tag(noticed.noticed_by) if noticed.noticed_by else role(Role.DUTY_WORKER)


def tell_their_reablement(person: str | None) -> None:
    """Whoever looks after their plan hears of it at once: on the same day it is decided whether it pauses."""
    if person is None:
        return
    for plan in look_up_their_plans(person):
        send(plan, SafeguardingRaised(concern=this_case()), clauses="REA-34")


def raise_by(concern: Concern, route: Route) -> Asking:
    """Raise it by one route: whoever is to acknowledge it is asked, or whoever noticed it rings them."""
    match route:
        case Route.OUR_TEAM:
            return decision(
                ConcernAcknowledged,
                of=Recipient.from_tag(look_up_our_team()),
                about=to_read(concern),
                urgent=True,
                wanted_within=concern.wanted_by,
                clauses="DUTY-49 DUTY-50 REA-32 REA-33",
            )
        case Route.CHILDRENS_TEAM:
            return decision(
                ChildConcernPassedOn,
                of=concern.by,
                about=to_read(concern, f"Ring the children's team: {look_up_childrens_number()}"),
                urgent=True,
                wanted_within=concern.wanted_by,
                clauses="DUTY-49 DUTY-50 REA-32 REA-33",
            )
        case Route.ANOTHER_COUNCIL:
            gate = put_to_the_gate(concern)
            return decision(
                ConcernPassedElsewhere,
                of=concern.by,
                about=to_read(concern, f"For: {concern.noticed.other_council}. What may be given: case {gate}."),
                urgent=True,
                wanted_within=concern.wanted_by,
                clauses="DUTY-49 DUTY-50 REA-32 REA-33",
            )


def put_to_the_gate(concern: Concern) -> str:
    """What another council must know passes the disclosure gate, as an emergency (GAP-09); gives the case's ref."""
    wish = DisclosureWish(
        recipient=ANOTHER_COUNCIL,
        purpose=TO_RAISE_A_CONCERN,
        content=concern.noticed.what,
        about_person=concern.noticed.about_person,
        who_exactly=concern.noticed.other_council,
        emergency=True,
        given_by=concern.by.tag,
    )
    gate = open_case(disclosure, wish, owner=concern.by, clauses="DUTY-49 REA-32")
    concern.gate = closed(gate)
    return gate


def gate_has_closed(concern: Concern, outcome: str) -> None:
    """Where another council was not given it, our own safeguarding team has it."""
    concern.gate = None
    asked = concern.open.get(Route.ANOTHER_COUNCIL)
    if outcome == DisclosureOutcome.GIVEN or asked is None:
        return
    withdraw(asked)
    del concern.open[Route.ANOTHER_COUNCIL]
    elsewhere = concern.noticed.other_council
    concern.so_far.append(f"It is for {elsewhere}, and was not passed on to them ({outcome}): see to that.")
    concern.open[Route.OUR_TEAM] = raise_by(concern, Route.OUR_TEAM)


def acknowledged(concern: Concern, reply: ConcernAcknowledged) -> None:
    """Our own team has it, or says why it is not theirs; where they know who it is, their reablement hears."""
    del concern.open[Route.OUR_TEAM]
    if reply.about_person is not None and concern.noticed.about_person is None:
        tell_their_reablement(about_person(reply.about_person))  # REA-34
    match reply.reply:
        case ConcernReply.TAKEN_ON:
            took_it_on(concern, Route.OUR_TEAM, f"{reply.led_by}, {reply.reference}")
        case ConcernReply.NOT_SAFEGUARDING:
            concern.so_far.append(f"Not a matter for {Route.OUR_TEAM}: {reply.reasons}")


def took_it_on(concern: Concern, route: Route, whom: str) -> None:
    """Somebody by name has it."""
    concern.taken_on = True
    concern.so_far.append(f"Taken on by {route}: {whom}")


def not_acknowledged(concern: Concern, late: Wait[Due]) -> Wait[Due]:
    """Its time has passed: somebody telephones out of hours, and a manager hears of it at once (GAP-10)."""
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "a-safeguarding-concern-is-not-acknowledged",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="DUTY-49 REA-32",
    )
    missing = " and ".join(concern.open)
    number = look_up_what_silence_means().telephone
    if number is None:
        return at("not-acknowledged", work_out_acknowledged_by(concern.noticed.noticed_at, again=True))
    concern.rung = decision(
        OutOfHoursRung,
        of=concern.by,
        about=to_read(concern, f"Not acknowledged by {missing}. Ring out of hours: {number}"),
        urgent=True,
        clauses="DUTY-49 REA-32",
    )
    return late


def to_read(concern: Concern, *more: str) -> str:
    """What whoever takes it on must know: 999 first, then what to heed, what was seen, and what has happened since."""
    noticed = concern.noticed
    lines = (
        noticed.emergency_in_words,  # DUTY-50, REA-33
        look_up_what_to_heed(noticed.about_person).beside_the_form,
        *more,
        f"At risk: {noticed.at_risk}",
        f"Where: {noticed.where}" if noticed.where else "",
        f"Noticed by {concern.by.words}" + (f", in case {noticed.came_from}" if noticed.came_from else ""),
        *concern.so_far,
        "",
        noticed.what,
    )
    return "\n".join(line for line in lines if line or line == "").strip()
