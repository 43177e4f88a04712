"""An unauthorised disclosure is contained, assessed, reported in time, and has consequences (DUTY-66)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from flows.unauthorised_disclosure import unauthorised_disclosure
from models.forms.base import AnswerRefused
from models.forms.breach import (
    BreachAssessed,
    BreachConsequences,
    BreachContained,
    BreachFound,
    PeopleConcernedTold,
    RegulatorTold,
)
from tasks.durable.testing import Office
from tests.procedures.letters import asked

FOUND = BreachFound(
    found_at=datetime(2026, 1, 5, 8, 0, tzinfo=UTC),
    what_happened="a letter went to the old address",
    about_people=("P-101",),
)
CONTAINED = BreachContained(what_was_done="fetched the letter back", anybody_at_risk=False)


def assessed(*, tell: bool) -> BreachAssessed:
    """An assessment by which everybody is told, or nobody."""
    return BreachAssessed(risk="her diagnosis was read", tell_regulator=tell, tell_people=tell, reasons="high risk")


@pytest.mark.clauses("DUTY-62", "DUTY-66")
def test_it_is_contained_and_assessed_at_once(office: Office) -> None:
    """DUTY-66: both are asked at the same time, urgently, and neither waits for the other."""
    case = office.start(unauthorised_disclosure, FOUND)

    assert asked(office, case) == ["BreachAssessed of information-governance", "BreachContained of team-manager"]


@pytest.mark.clauses("DUTY-66")
def test_the_regulator_is_told_within_three_days_of_its_being_found(office: Office) -> None:
    """UK GDPR, article 33: 72 hours from 8am on Monday are over at 8am on Thursday (DUTY-66)."""
    case = office.start(unauthorised_disclosure, FOUND)
    office.answer(case, assessed(tell=True), by="information-governance")

    assert "RegulatorTold of information-governance, due 2026-01-08 08:00" in office.waiting_for(case)
    assert "PeopleConcernedTold of information-governance" in asked(office, case)
    office.answer(case, RegulatorTold(told_on=date(2026, 1, 5), reference="IC-1"), by="information-governance")
    office.answer(case, PeopleConcernedTold(how="rang her daughter"), by="information-governance")
    office.answer(case, CONTAINED, by="team-manager")
    follows = BreachConsequences(disciplinary=True, prosecution=True, reasons="sold it", changed="access taken away")
    office.answer(case, follows, by="strategic-manager")
    assert office.outcome_of(case) == "reported to the regulator"


@pytest.mark.clauses("DUTY-66")
def test_what_is_no_risk_to_anybody_is_recorded_and_still_has_an_answer(office: Office) -> None:
    """DUTY-66: nobody need be told, and a senior manager still decides what follows."""
    case = office.start(unauthorised_disclosure, FOUND)
    office.answer(case, CONTAINED, by="team-manager")
    office.answer(case, assessed(tell=False), by="information-governance")

    assert asked(office, case) == ["BreachConsequences of strategic-manager"]
    follows = BreachConsequences(disciplinary=False, prosecution=False, reasons="the post's mistake")
    office.answer(case, follows, by="strategic-manager")
    assert office.outcome_of(case) == "recorded"


def test_its_case_is_restricted_whoever_opens_it(office: Office) -> None:
    """DUTY-66: a colleague's own case may be behind it, so Prefect shows nothing but "Restricted case"."""
    assert office.case(office.start(unauthorised_disclosure, FOUND)).restricted


def test_a_possible_offence_is_a_disciplinary_matter_too() -> None:
    """DUTY-66: the one without the other is a slip."""
    with pytest.raises(AnswerRefused, match="disciplinary"):
        BreachConsequences.read({"disciplinary": False, "prosecution": True, "reasons": "x"})
