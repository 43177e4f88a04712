"""What is said to an incident is held against its lists, and every problem told at the door."""

from __future__ import annotations

from models.forms.provider_failure import AffectedListCame, DifferencesSettled, IncidentStoodDown
from models.provider_failure.kinds import OFF_THE_LIST, Settled
from models.provider_failure.tables import AffectedPerson, Incident
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.provider_failure.ending import why_not_over
from tasks.provider_failure.listing import open_differences, refs_by_place
from tasks.register.lookups import person

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
