"""Brokerage: somebody needs care, and on the same day somebody looks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flows.out_of_area_placement import out_of_area_placement
from models.forms.base import FormT
from models.forms.brokerage import (
    CareArranged,
    CareEscalated,
    CareNeedChanged,
    CareNoLongerWanted,
    CareWanted,
    OfferAnswered,
    ProviderOffered,
    ProviderTakesItOn,
    SourcingBegun,
    Urgency,
)
from models.forms.recording import PersonHasDied
from models.notices import Recipient
from models.providers.clocks import brokerage_answers_by, escalation_answered_by
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Due,
    Verb,
    Wait,
    at,
    decision,
    hears,
    now,
    open_case,
    procedure,
    role,
    send,
    tell,
    this_case,
    which_of,
    withdraw,
)
from tasks.out_of_area.finding import find_placement
from tasks.providers.brokering import name_provider, work_out_next_look
from tasks.written_contact import look_up_what_to_heed


class BrokerageOutcome(StrEnum):
    """How a search for care ended."""

    ARRANGED = "arranged"
    """The person accepted an offer, and the provider took it on by name."""
    NOT_WANTED = "no longer wanted"
    """Whoever asked for it said why."""
    DIED = "the person has died"
    """Nothing is looked for any more."""


class Asked(StrEnum):
    """What may be open while care is looked for."""

    ANSWER = "answer"
    OFFER = "offer"
    THEIR_ANSWER = "their answer"
    TAKING_ON = "taking on"
    ESCALATION = "escalation"
    LATE = "late"
    NEXT_LOOK = "next look"
    CHANGE = "change"
    NOT_WANTED = "not wanted"
    DEATH = "death"


Came = (
    SourcingBegun | ProviderOffered | OfferAnswered | ProviderTakesItOn | CareEscalated | Due | CareNeedChanged
    | CareNoLongerWanted | PersonHasDied
)  # fmt: skip


@dataclass
class Search:
    """A search for care, as the ledger tells it so far."""

    wanted: CareWanted
    urgency: Urgency
    open: dict[Asked, Wait[Came]] = field(default_factory=dict)
    offer: ProviderOffered | None = None
    accepted_by: str = ""
    so_far: list[str] = field(default_factory=list)

    @property
    def asked_by(self) -> Recipient:
        """Whoever asked for the care; else duty."""
        return Recipient.from_tag(self.wanted.asked_by) if self.wanted.asked_by else role(Role.DUTY_WORKER)


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): brokerage",
    by_hand=True,
    acts_on=(PersonHasDied,),
)
def brokerage(wanted: CareWanted) -> BrokerageOutcome:
    """
    Find a provider for somebody's care: answered on the same day, without a waiting list, on any day of the week.

    What is found is put to the person by whoever asked for it, and a provider has it when somebody there has taken it
    on by name. While nothing is found it is looked at again each day. Where the need changes or grows more urgent, a
    manager is asked what is done about it. Nobody is offered a provider that is not to be used at present.
    """
    about_person(wanted.person)
    search = begin(wanted)
    while True:
        match which_of(search.open):
            case asked, SourcingBegun(begun=begun):
                answered(search, asked, begun)  # TRN-42
            case asked, ProviderOffered() as offered:
                del search.open[asked]
                said_what_was_found(search, offered)
            case asked, OfferAnswered() as answer:
                del search.open[asked]
                said_what_they_think_of_it(search, answer)
            case asked, ProviderTakesItOn() as reply:
                del search.open[asked]
                if has_taken_it_on(search, reply):  # TRN-01, TRN-06
                    return BrokerageOutcome.ARRANGED
            case asked, CareNeedChanged() as change:
                need_has_changed(search, asked, change)  # TRN-45
            case asked, CareEscalated(done=done):
                del search.open[asked]
                search.so_far.append(f"On the escalation: {done}")
            case asked, CareNoLongerWanted(because=because):
                tell(Role.BROKERAGE, Verb.READ, "care-is-no-longer-wanted", clauses="TRN-42")
                search.so_far.append(because)
                return BrokerageOutcome.NOT_WANTED
            case asked, PersonHasDied():
                return BrokerageOutcome.DIED
            case Asked.LATE, Due():
                nobody_has_answered(search)
            case asked, Due():
                del search.open[asked]
                ask_for_an_offer(search)  # TRN-43


def begin(wanted: CareWanted) -> Search:
    """Brokerage is asked at once, and its day is kept in sight (TRN-42, GAP-43)."""
    search = Search(wanted, wanted.urgency)
    search.open |= {
        Asked.CHANGE: hears(CareNeedChanged),
        Asked.NOT_WANTED: hears(CareNoLongerWanted),
        Asked.DEATH: hears(PersonHasDied),
    }
    search.open[Asked.ANSWER] = ask_today(search, SourcingBegun, of=Role.BROKERAGE, clauses="TRN-41 TRN-42")
    search.open[Asked.LATE] = at("brokerage-has-not-answered", brokerage_answers_by(now()))
    return search


def ask_today(search: Search, form: type[FormT], *, of: Role | Recipient, clauses: str) -> Wait[FormT]:
    """A question of this very day, whichever it is; urgent where somebody needs the care tonight (TRN-42, GAP-43)."""
    return decision(
        form,
        of=of,
        about=to_read(search),
        urgent=search.urgency is Urgency.TODAY,
        wanted_within=brokerage_answers_by(now()),
        clauses=clauses,
    )


def answered(search: Search, asked: Asked, begun: str) -> None:
    """The search has begun: what comes of it is asked at once."""
    del search.open[asked]
    if (late := search.open.pop(Asked.LATE, None)) is not None:
        withdraw(late)
    search.so_far.append(f"Brokerage began: {begun}")
    ask_for_an_offer(search)


def nobody_has_answered(search: Search) -> None:
    """The day is over: a manager hears of it, and the question stays (TRN-42)."""
    del search.open[Asked.LATE]
    tell(
        Role.STRATEGIC_MANAGER,
        Verb.CHECK,
        "brokerage-has-not-answered",
        urgent=search.urgency is Urgency.TODAY,
        clauses="TRN-42",
    )


def ask_for_an_offer(search: Search) -> None:
    """Who gives the care, or what was tried: today where somebody needs it tonight, else by the next day's end."""
    search.open[Asked.OFFER] = ask_today(search, ProviderOffered, of=Role.BROKERAGE, clauses="TRN-42")


def said_what_was_found(search: Search, offered: ProviderOffered) -> None:
    """An offer is put to the person; where there is none, it is looked at again on the next day (TRN-43)."""
    if not offered.found:
        search.so_far.append(f"Nothing found yet: {offered.tried}")
        search.open[Asked.NEXT_LOOK] = at("looked-at-again", work_out_next_look(search.urgency))
        return
    search.offer = offered
    name = name_provider(offered.provider, offered.provider_in_words)
    search.so_far.append(f"Offered by {name}: {offered.offer}, from {offered.starts_on:%d %B %Y}")
    search.open[Asked.THEIR_ANSWER] = ask_today(search, OfferAnswered, of=search.asked_by, clauses="TRN-02 TRN-04")


def said_what_they_think_of_it(search: Search, answer: OfferAnswered) -> None:
    """Accepted, the provider is asked to take it on by name; else another is looked for at once."""
    if not answer.accepted:
        search.so_far.append(f"Not accepted ({answer.answered_by}): {answer.reasons}")
        search.offer = None
        ask_for_an_offer(search)
        return
    search.accepted_by = answer.answered_by
    search.so_far.append(f"Accepted by {answer.answered_by}")
    search.open[Asked.TAKING_ON] = ask_today(search, ProviderTakesItOn, of=Role.BROKERAGE, clauses="TRN-01 TRN-06")


def has_taken_it_on(search: Search, reply: ProviderTakesItOn) -> bool:
    """Whether the provider has it; whoever asked for it hears, with who there took it on."""
    if not reply.taken_on or search.offer is None or reply.starts_on is None:
        search.so_far.append(f"The provider has not taken it on: {reply.reasons}")
        search.offer = None
        ask_for_an_offer(search)
        return False
    if search.wanted.came_from is None:
        tell(search.asked_by, Verb.READ, "care-is-arranged", clauses="TRN-01 TRN-06")
        put_on_the_tracker(search, search.offer, reply.starts_on)
        return True
    arranged = CareArranged(
        brokerage=this_case(),
        provider=search.offer.provider,
        provider_in_words=name_provider(search.offer.provider, search.offer.provider_in_words),
        accepted_by=search.accepted_by,
        taken_on_by=reply.by_whom,
        starts_on=reply.starts_on,
    )
    send(search.wanted.came_from, arranged, clauses="TRN-01 TRN-06")
    put_on_the_tracker(search, search.offer, reply.starts_on)
    return True


def put_on_the_tracker(search: Search, offered: ProviderOffered, starts_on: date) -> None:
    """Whoever is placed in another council's area has a case of their own from now on (TRN-52)."""
    placed = find_placement(search.wanted, offered, starts_on)
    if placed is not None:
        open_case(out_of_area_placement, placed, owner=search.asked_by, clauses="TRN-52")


def need_has_changed(search: Search, asked: Asked, change: CareNeedChanged) -> None:
    """It is escalated by the set way, and what is open is asked anew with what has changed (TRN-45, GAP-46)."""
    search.urgency = change.urgency
    search.so_far.append(f"Changed, now wanted {change.urgency}: {change.what}")
    search.open[asked] = hears(CareNeedChanged)
    if (before := search.open.pop(Asked.ESCALATION, None)) is not None:
        withdraw(before)
    search.open[Asked.ESCALATION] = decision(
        CareEscalated,
        of=Role.STRATEGIC_MANAGER,
        about=to_read(search),
        urgent=change.urgency is Urgency.TODAY,
        wanted_within=escalation_answered_by(now()),
        clauses="TRN-06 TRN-45",
    )
    for one in (Asked.OFFER, Asked.THEIR_ANSWER, Asked.TAKING_ON, Asked.NEXT_LOOK):
        if (open_before := search.open.pop(one, None)) is not None:  # what was found was found for another need
            withdraw(open_before)
            search.offer = None
            ask_for_an_offer(search)


def to_read(search: Search) -> str:
    """What whoever looks for it, or decides, must know."""
    wanted = search.wanted
    lines = (
        look_up_what_to_heed(wanted.person).beside_the_form,
        f"For: {wanted.for_whom}" if wanted.for_whom else "",
        f"Wanted {search.urgency}, from {wanted.wanted_from:%d %B %Y}",
        f"Asked for in case {wanted.came_from}" if wanted.came_from else "",
        f"Not with: {name_provider(wanted.not_with, '')}" if wanted.not_with else "",
        wanted.needs,
        *search.so_far,
    )
    return "\n".join(line for line in lines if line)
