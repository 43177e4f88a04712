"""What is said to an incident is held against its lists, and every problem told at the door."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.forms.affected_calls import CallRecorded
from models.forms.affected_person import PersonSeen, SomebodyIsThere
from models.forms.incident_telling import RoomOpenedTo, TellingDecided
from models.forms.provider_failure import AffectedListCame, DifferencesSettled, IncidentStoodDown
from models.provider_failure.kinds import OFF_THE_LIST, Audience, Settled
from models.provider_failure.tables import AffectedPerson, Incident
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.provider_failure.ending import why_not_over
from tasks.provider_failure.listing import open_differences, refs_by_place
from tasks.provider_failure.who_is_told import (
    REGULATOR,
    council_key,
    councils_to_decide,
    in_progress,
    latest,
    open_councils,
    undecided,
)
from tasks.register.lookups import person

_EARLY, _BEFORE = timedelta(hours=1), timedelta(days=1)
NO_INCIDENT = "the answer: this case is no incident of a provider; open the case that is"


@checks_signals(AffectedListCame)
def _list(moment: Saying, came: AffectedListCame) -> list[str]:
    """Ids that the register has: a wrong one would put somebody else on the list."""
    if moment.session.get(Incident, moment.ref) is None:
        return [NO_INCIDENT]
    unknown = [
        number for number, one in enumerate(came.people) if one.person and person(moment.session, one.person) is None
    ]
    return [
        f"people.{number}.person: the register has no person of that id; look it up, or leave it out and give a name"
        for number in unknown
    ]


@checks_answers(DifferencesSettled)
def _differences(moment: Answering, answer: DifferencesSettled) -> list[str]:
    """Lines that are open, each once; and nobody is taken off as the same as somebody who is taken off as well."""
    lines = {one.number: one for one in open_differences(moment.session, moment.ref)}
    by_place = refs_by_place(moment.session, moment.ref)
    going = {
        lines[one.number].person_ref
        for one in answer.settled
        if one.number in lines and one.says is not Settled.AFFECTED
    }
    problems, seen = [], set()
    for at, one in enumerate(answer.settled):
        line = lines.get(one.number)
        if line is None:
            problems.append(f"settled.{at}.number: no difference of that number is open; look at the list again")
        elif one.number in seen:
            problems.append(f"settled.{at}.number: it is there twice; say it once")
        elif one.same_as is not None:
            problems += _not_the_same(moment, at, line.person_ref, by_place.get(one.same_as), going)
        seen.add(one.number)
    return problems


def _not_the_same(moment: Answering, at: int, ref: str | None, other: str | None, going: set[str | None]) -> list[str]:
    row = moment.session.get(AffectedPerson, other) if other else None
    if row is None:
        return [f"settled.{at}.same_as: nobody has that number on the list"]
    if other == ref:
        return [f"settled.{at}.same_as: that is the person themselves; give the number of the other"]
    if other in going or row.ended_as in OFF_THE_LIST:
        return [f"settled.{at}.same_as: that one is off the list themselves; give the number of who stays"]
    return []


@checks_answers(IncidentStoodDown)
def _stood_down(moment: Answering, _answer: IncidentStoodDown) -> list[str]:
    """Nobody is lost: it does not end while anybody is unaccounted for (TRN-47)."""
    return [f"the answer: {reason}" for reason in why_not_over(moment.session, moment.ref)]


@checks_answers(TellingDecided)
def _telling(moment: Answering, answer: TellingDecided) -> list[str]:
    """Whoever must be told is told, or left out for a reason; and nobody twice (TRN-51)."""
    return [*_councils(moment, answer), *_everybody_else(moment, answer)]


def _councils(moment: Answering, answer: TellingDecided) -> list[str]:
    names = {council_key(one): one for one in councils_to_decide(moment.session, moment.ref)}
    refused = {council_key(one.council) for one in answer.councils_not_told}
    problems = [
        f"councils_not_told.{at}.council: no council of that name has to be decided about; write it as the list does"
        for at, one in enumerate(answer.councils_not_told)
        if council_key(one.council) not in names
    ]
    if answer.councils and not names:
        problems.append("councils: no other council has to be decided about now; leave it out")
    left = [name for name in open_councils(moment.session, moment.ref) if council_key(name) not in refused]
    if left and not answer.councils:
        problems.append(f"councils: say what {', '.join(left)} is told, or why not in councils_not_told")
    return problems


def _everybody_else(moment: Answering, answer: TellingDecided) -> list[str]:
    standing = {one: latest(moment.session, moment.ref, one) for one in Audience if one is not Audience.COUNCIL}
    problems = [
        f"{one}: they have been told of it, or are being told; leave it out"
        for one, row in standing.items()
        if answer.to(one) and row is not None and in_progress(row)
    ]
    must = REGULATOR in undecided(moment.session, moment.ref)
    if must and not answer.regulator and not answer.regulator_not_because:
        problems.append("regulator: say what the regulator is told, or in regulator_not_because why not")
    left = [one for one, row in standing.items() if row is None and one is not Audience.REGULATOR]
    if any(not answer.to(one) for one in left) and not answer.left_out_because:
        problems.append("left_out_because: say why people, families, staff or health are left out, for now or for good")
    return problems


@checks_signals(RoomOpenedTo)
def _joins(moment: Saying, _joined: RoomOpenedTo) -> list[str]:
    """Only an incident has a room."""
    return [] if moment.session.get(Incident, moment.ref) is not None else [NO_INCIDENT]


@checks_signals(CallRecorded)
def _call(moment: Saying, call: CallRecorded) -> list[str]:
    """Of somebody on a list, and of a call that has come or is about to."""
    row = moment.session.get(AffectedPerson, moment.ref)
    if row is None:
        return ["the answer: this case is about nobody on an incident's list; open the case that is"]
    began = moment.session.get_one(Incident, row.incident_ref).began_at
    if call.at > moment.now + _EARLY:
        return ["at: that call is still to come; record it once it was made, or was not"]
    return ["at: that is before the incident began; give the time of the call"] if call.at < began - _BEFORE else []


@checks_answers(PersonSeen)
def _seen(moment: Answering, answer: PersonSeen) -> list[str]:
    """Cover that has ended already covers nobody."""
    return _covered_until(moment, answer.covered_until)


@checks_answers(SomebodyIsThere)
def _there(moment: Answering, answer: SomebodyIsThere) -> list[str]:
    """The same where somebody is with them."""
    return _covered_until(moment, answer.covered_until)


def _covered_until(moment: Answering, until: datetime | None) -> list[str]:
    if until is None or until > moment.now:
        return []
    return ["covered_until: that time has passed; say until when somebody gives the care from now on"]
