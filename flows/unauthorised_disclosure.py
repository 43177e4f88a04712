"""An unauthorised disclosure: personal information has gone astray, and the council answers for it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from models.forms.breach import (
    BreachAssessed,
    BreachConsequences,
    BreachContained,
    BreachFound,
    PeopleConcernedTold,
    RegulatorTold,
)
from models.notices import Recipient
from tasks.breach import find_who_sees_to_it
from tasks.case_people import about_person
from tasks.durable import ask, decision, first_of, procedure, role
from tasks.durable.in_force import policy
from tasks.written_contact import look_up_what_to_heed

TIME_TO_TELL_THE_REGULATOR = timedelta(hours=72)  # UK GDPR, article 33


class BreachOutcome(StrEnum):
    """How an unauthorised disclosure ended."""

    REPORTED = "reported to the regulator"
    """The Information Commissioner was told."""
    RECORDED = "recorded"
    """It is unlikely to be a risk to anybody, and stands in the council's own record."""


@procedure(
    follows="Actions and Next Steps (Duty Long Term), October 2023: confidentiality",
    restricted=True,
    by_hand=True,
)
def unauthorised_disclosure(breach: BreachFound) -> BreachOutcome:
    """
    Contain it, see who must be told and that they are, and decide what follows.

    The team manager contains it at once and information governance assesses it, both at the same time. Where it is a
    risk the Information Commissioner is told within 72 hours of its being found, and the people concerned without
    delay. The strategic manager decides what follows for whoever did it. Silence is chased and told to those above.
    Nobody is asked about what they did themselves: whoever stands above or beside them is. A colleague's own case may
    be behind it, so nothing of it but "Restricted case" is seen in Prefect.
    """
    for concerned in breach.about_people:
        about_person(concerned)
    asked = find_who_sees_to_it(breach)
    containing = decision(
        BreachContained,
        of=asked.manager,
        about=breach.what_happened,
        urgent=True,
        wanted_within=policy().gaps.reasonable_time.urgent,
        clauses="DUTY-62",
    )
    assessed = ask(
        BreachAssessed,
        of=asked.governance,
        about=breach.what_happened,
        urgent=True,
        wanted_within=policy().gaps.reasonable_time.reasonable_urgent,
        clauses="DUTY-62 DUTY-66",
    )
    tell_who_must_be_told(breach, assessed, role(asked.governance))
    contained = first_of(containing)
    ask(
        BreachConsequences,
        of=asked.decider,
        about="\n".join((breach.what_happened, f"Contained: {contained.what_was_done}", f"Risk: {assessed.risk}")),
        wanted_within=policy().gaps.reasonable_time.few_days,
        clauses="DUTY-66",
    )
    return BreachOutcome.REPORTED if assessed.tell_regulator else BreachOutcome.RECORDED


def tell_who_must_be_told(breach: BreachFound, assessed: BreachAssessed, governance: Recipient) -> None:
    """The regulator and the people concerned, neither waiting for the other."""
    about = f"{breach.what_happened}\nAssessed: {assessed.risk} {assessed.reasons}"
    regulator = people = None
    if assessed.tell_regulator:
        regulator = decision(
            RegulatorTold,
            of=governance,
            about=about,
            urgent=True,
            wanted_within=breach.found_at + TIME_TO_TELL_THE_REGULATOR,
        )
    if assessed.tell_people:
        soon = policy().gaps.reasonable_time.reasonable_urgent
        heeded = "\n".join([about, *(who_is_concerned(one) for one in breach.about_people)])
        people = decision(PeopleConcernedTold, of=governance, about=heeded, urgent=True, wanted_within=soon)
    if regulator is not None:
        first_of(regulator)
    if people is not None:
        first_of(people)


def who_is_concerned(person: str) -> str:
    """Somebody whose information it was, with what must be heeded before they are written to or rung."""
    return f"{person}: {look_up_what_to_heed(person).beside_the_form}"
