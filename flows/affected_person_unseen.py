"""Somebody whom a provider's failure touches is not seen in time: managers hear of it, one above the other."""

from __future__ import annotations

from flows.affected_person_standing import Asked, Person
from models.notices import Interruption
from models.provider_failure.clocks import told_again_by
from models.provider_failure.kinds import Risk
from models.roles import Role
from tasks.durable import SKIP, Verb, at, now, tell
from tasks.durable.in_force import policy
from tasks.provider_failure.unseen import look_whether_they_hear_of_it


def not_seen_in_time(person: Person) -> None:
    """
    The team's manager hears it, then the strategic manager, then the head of service, until somebody has seen them.

    At high risk each hears it at once. At lower risk nobody hears of the people of one incident twice in a working
    day: the list shows who is late.
    """
    line = policy().provider_failure.unseen_goes_to
    whom = line[min(person.told_of, len(line) - 1)]
    person.told_of += 1
    if person.risk is Risk.RED:
        tell_of_high_risk(person, whom)
    elif look_whether_they_hear_of_it(whom, person.touched.team):
        tell(whom, Verb.CHECK, "people-are-not-seen-in-time", near=person.touched.team, clauses="TRN-47")
    again = told_again_by(person.risk, now())
    person.open[Asked.LATE] = at("not-seen-told-again", again, for_cases_past=SKIP)


def tell_of_high_risk(person: Person, whom: Role) -> None:
    """Nights and weekends count."""
    tell(
        whom,
        Verb.CHECK,
        "somebody-at-high-risk-is-not-seen",
        near=person.touched.team,
        urgent=True,
        interrupts=Interruption.PROVIDER_FAILURE,
        clauses="TRN-47",
    )
