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
from tasks.durable.worklist import NotTheirs
from tests.procedures.letters import asked, read_beside

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


@pytest.mark.clauses("DUTY-66")
@pytest.mark.parametrize(
    ("by", "asked_instead"),
    [
        ("team-manager", ["BreachAssessed of information-governance", "BreachContained of strategic-manager"]),
        ("information-governance", ["BreachAssessed of caldicott-lead", "BreachContained of team-manager"]),
    ],
)
def test_nobody_is_asked_about_what_they_did_themselves(office: Office, by: str, asked_instead: list[str]) -> None:
    """DUTY-66: whoever stands above or beside them is asked."""
    case = office.start(unauthorised_disclosure, FOUND.model_copy(update={"disclosed_by": by}))

    assert asked(office, case) == asked_instead


@pytest.mark.clauses("DUTY-66")
def test_nobody_answers_on_their_own_matter_whatever_their_rank(office: Office) -> None:
    """DUTY-66: the strategic manager may answer for the team manager, but not on what she did herself."""
    case = office.start(unauthorised_disclosure, FOUND.model_copy(update={"disclosed_by": "strategic-manager"}))
    with pytest.raises(NotTheirs, match="is about what strategic-manager did"):
        office.answer(case, CONTAINED, by="strategic-manager")

    office.answer(case, CONTAINED, by="team-manager")
    office.answer(case, assessed(tell=False), by="information-governance")
    assert asked(office, case) == ["BreachConsequences of head-of-service"]


@pytest.mark.clauses("DUTY-66")
def test_whoever_tells_the_people_concerned_sees_who_they_are_and_what_to_heed(office: Office) -> None:
    """DUTY-66: P-109 does not hear well on the telephone, and P-119 has died."""
    case = office.start(unauthorised_disclosure, FOUND.model_copy(update={"about_people": ("P-109", "P-119")}))
    office.answer(case, assessed(tell=True), by="information-governance")

    beside = read_beside(office, case, PeopleConcernedTold)
    assert "does not hear well on the telephone" in beside
    assert "Amos Larkin (P-119): The register shows that this person died" in beside


@pytest.mark.clauses("DUTY-66")
def test_a_report_to_the_regulator_that_has_not_been_made_yet_is_refused(office: Office) -> None:
    """DUTY-66: a day to come is no day on which anybody was told."""
    case = office.start(unauthorised_disclosure, FOUND)
    office.answer(case, assessed(tell=True), by="information-governance")
    with pytest.raises(AnswerRefused, match="told_on: it has not come yet"):
        office.answer(case, RegulatorTold(told_on=date(2026, 1, 6), reference="IC-1"), by="information-governance")
