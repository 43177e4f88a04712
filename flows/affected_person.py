"""One person whom the failure of a provider touches: from the list to care that is confirmed, begun and checked."""

from __future__ import annotations

from flows.affected_person_arranging import (
    advocate_is_found,
    ask_whether_they_are_there,
    brokerage_has_arranged,
    brokerage_has_ended,
    call_off_brokerage,
    go_their_way,
    has_been_prepared,
    said_whether_it_can_wait,
    said_whether_they_are_there,
    said_who_takes_it_on,
    urgency_of,
    was_checked,
)
from flows.affected_person_calls import call_was_recorded, is_covered, watch_calls
from flows.affected_person_seeing import ask_to_see_them, not_reached, was_seen
from flows.affected_person_standing import (
    UNTIL_IT_HAS_BEGUN,
    Asked,
    Person,
    have_somebody_there,
    to_read,
)
from flows.affected_person_unseen import not_seen_in_time
from models.forms.affected_calls import CallRecorded, MoveWithoutAdvocate, PersonGivenOn
from models.forms.affected_person import (
    AffectedByFailure,
    ArrangementConfirmed,
    CheckedAfterwards,
    HelpDecided,
    MoveDone,
    MovePrepared,
    PersonNeedsChanged,
    PersonSeen,
    ProviderCarriesOn,
    SomebodyIsThere,
    TakenOffTheList,
    WithoutCareFrom,
)
from models.forms.brokerage import CareArranged, CareNeedChanged
from models.forms.provider_failure import PersonAccountedFor
from models.forms.recording import PersonHasDied
from models.notices import Recipient
from models.provider_failure.clocks import seen_by
from models.provider_failure.kinds import PersonOutcome, Risk, Way
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    at,
    decision,
    hears,
    now,
    procedure,
    send,
    take_back,
    team,
    which_of,
)
from tasks.provider_failure.people import (
    account_for,
    note_risk,
)


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): provider failure, for each person",
    acts_on=(PersonHasDied,),
)
def affected_person(touched: AffectedByFailure) -> PersonOutcome:
    """
    See one person whom a provider's failure touches, and stay with them until a safe arrangement is confirmed.

    Whoever sees them says how great the risk is, what they need and wish, who decides, and how their care goes on.
    At high risk and with nobody giving the care, somebody is with them within hours. Brokerage finds other care; or
    the family, the health service, another council or they themselves take it on, and whoever does says so by name.
    Before the day everything is prepared; afterwards it is checked. Nothing of it depends on who pays.
    """
    person = begin(touched)
    while person.ended is None:
        match which_of(person.open):
            case asked, PersonSeen(seen=False, tried=tried):
                del person.open[asked]
                not_reached(person, tried)
            case asked, PersonSeen() as seen:
                del person.open[asked]
                was_seen(person, seen)
            case asked, HelpDecided(done=done):
                del person.open[asked]
                person.so_far.append(f"Decided: {done}")
            case asked, SomebodyIsThere(covered_by=by, covered_until=until):
                del person.open[asked]
                is_covered(person, by, until)
            case asked, CareArranged() as arranged:
                del person.open[asked]
                brokerage_has_arranged(person, arranged)
            case Asked.ADVOCATE, Closed() as ended:
                del person.open[Asked.ADVOCATE]
                advocate_is_found(person, ended)
            case asked, Closed() as ended:
                del person.open[asked]
                brokerage_has_ended(person, ended)
            case asked, ArrangementConfirmed() as reply:
                del person.open[asked]
                said_who_takes_it_on(person, reply)
            case asked, MovePrepared() as prepared:
                del person.open[asked]
                has_been_prepared(person, prepared)  # TRN-01
            case asked, MoveDone() as done:
                del person.open[asked]
                said_whether_they_are_there(person, done)
            case asked, CheckedAfterwards() as checked:
                del person.open[asked]
                was_checked(person, checked)
            case asked, MoveWithoutAdvocate() as reply:
                del person.open[asked]
                said_whether_it_can_wait(person, reply)  # GAP-06
            case asked, CallRecorded() as call:
                person.open[asked] = hears(CallRecorded)
                call_was_recorded(person, call)
            case asked, PersonGivenOn(to=to):
                person.open[asked] = hears(PersonGivenOn)
                person.whose = Recipient.from_tag(to)
                person.so_far.append(f"Given on to {person.whose.words}")
            case asked, PersonNeedsChanged() as change:
                person.open[asked] = hears(PersonNeedsChanged)
                need_has_changed(person, change)  # TRN-45
            case asked, ProviderCarriesOn(what=what):
                person.open[asked] = hears(ProviderCarriesOn)
                provider_carries_on(person, what)
            case asked, WithoutCareFrom() as news:
                person.open[asked] = hears(WithoutCareFrom)
                without_care_from_another_day(person, news)
            case asked, TakenOffTheList(same_as=other):
                person.ended = PersonOutcome.NOT_AFFECTED if other is None else PersonOutcome.SAME_PERSON
            case asked, PersonHasDied():
                person.ended = PersonOutcome.DIED
            case asked, Due():
                del person.open[asked]
                time_came(person, asked)
    account_for_them(person, person.ended)
    return person.ended


def begin(touched: AffectedByFailure) -> Person:
    """The first question was put with the list; from now on it is known how late it is."""
    person = Person(touched, touched.risk, team(touched.team), touched.wanted_from)
    ask_to_see_them(person)
    about_person(touched.person)
    person.open |= {
        Asked.CALL_SAID: hears(CallRecorded),
        Asked.GIVEN_ON: hears(PersonGivenOn),
        Asked.CHANGE: hears(PersonNeedsChanged),
        Asked.CARRIES_ON: hears(ProviderCarriesOn),
        Asked.CARE_ENDS: hears(WithoutCareFrom),
        Asked.OFF_THE_LIST: hears(TakenOffTheList),
        Asked.DEATH: hears(PersonHasDied),
        Asked.LATE: at("not-seen-in-time", seen_by(person.risk, now())),
    }
    watch_calls(person)
    return person


def need_has_changed(person: Person, change: PersonNeedsChanged) -> None:
    """The list's order changes, brokerage hears it, and at high risk somebody is with them."""
    person.risk = change.risk
    note_risk(change.risk)
    person.so_far.append(f"Changed, risk now {change.risk}: {change.what}")
    if person.brokerage is not None and Asked.BROKERAGE in person.open:
        send(person.brokerage, CareNeedChanged(urgency=urgency_of(person.risk), what=change.what), clauses="TRN-45")
    if Asked.SEEN in person.open:
        take_back(person.open, Asked.SEEN, Asked.LATE)
        ask_to_see_them(person)
        person.told_of = 0
        person.open[Asked.LATE] = at("not-seen-in-time", seen_by(person.risk, now()))
    elif not person.begun:
        have_somebody_there(person)


def provider_carries_on(person: Person, what: str) -> None:
    """Where nothing has begun yet, it is confirmed with the person that their care goes on as before."""
    person.so_far.append(f"The provider carries on: {what}")
    if person.begun or person.seen is None:
        return
    call_off_brokerage(person, "The provider carries on.")
    take_back(person.open, *UNTIL_IT_HAS_BEGUN)
    go_their_way(person, Way.SAME_PROVIDER)


def without_care_from_another_day(person: Person, news: WithoutCareFrom) -> None:
    """Sooner, brokerage hears it; and at high risk with nobody giving the care, somebody is with them (TRN-45)."""
    person.so_far.append(f"Without care from {news.day:%d %B %Y}: {news.what}")
    if person.begun:
        return
    sooner, person.without_care_from = news.day < person.without_care_from, news.day
    if sooner and person.brokerage is not None and Asked.BROKERAGE in person.open:
        what = f"Without care from {news.day:%d %B %Y}: {news.what}"
        send(person.brokerage, CareNeedChanged(urgency=urgency_of(person.risk), what=what), clauses="TRN-45")
    if person.seen is not None:
        have_somebody_there(person)
    watch_calls(person)


def account_for_them(person: Person, outcome: PersonOutcome) -> None:
    """The list has them as accounted for, and the incident hears."""
    if outcome is not PersonOutcome.DIED:
        call_off_brokerage(person, f"No longer wanted: {outcome}.")
    account_for(outcome)
    send(person.touched.incident, PersonAccountedFor(place=person.touched.place), clauses="TRN-47")


def time_came(person: Person, asked: Asked) -> None:
    """What follows when one of the times has come."""
    match asked:
        case Asked.LATE:
            not_seen_in_time(person)
        case Asked.COVER_ENDS:
            person.covered = False
            person.so_far.append("What covered them until then has ended")
            person.risk = Risk.RED
            note_risk(Risk.RED)
            have_somebody_there(person)
            watch_calls(person)
        case Asked.CALL:
            watch_calls(person)
        case Asked.THE_DAY:
            ask_whether_they_are_there(person)
        case _:
            person.open[Asked.CHECKED] = decision(
                CheckedAfterwards,
                of=person.whose,
                about=to_read(person),
                wanted_within=seen_by(Risk.AMBER, now()),
                clauses="TRN-48",
            )
