"""The disclosure gate: nothing personal leaves the council without leave (DUTY-62 to DUTY-65, GAP-09)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.disclosure import disclosure
from models.forms.base import AnswerRefused
from models.forms.disclosure import (
    CaldicottVerdict,
    DisclosureMade,
    DisclosureVerdict,
    DisclosureWish,
    EmergencyJustified,
    RefusalExplained,
    SecureWay,
    Verdict,
)
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside

BY_EVERY_RULE = {
    "verdict": Verdict.ALLOW,
    "reasons": "she asked for it",
    "legal_basis": "consent",
    "least_content": "telephone number",
    "local_policy_allows": True,
    "principles_regarded": True,
}
GIVEN = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.SECURE_EMAIL, given="her number, to the class leader")


def wish(**changes: Any) -> DisclosureWish:
    """A charity would be given a telephone number; no line of the approved table has that."""
    facts = {"recipient": "falls charity", "purpose": "exercise classes", "content": "name and number"}
    return DisclosureWish.model_validate(facts | changes)


ROUTINE = {"recipient": "NHS Community  nursing", "purpose": "Direct care"}


@pytest.mark.clauses("DUTY-63")
def test_what_stands_in_the_approved_table_passes_and_is_logged(office: Office) -> None:
    """GAP-09, DUTY-64: community nursing for direct care is routine; who approved it and why is in the ledger."""
    case = office.start(disclosure, wish(**ROUTINE))

    assert asked(office, case) == ["DisclosureMade of duty-worker"]
    story = " ".join(office.story_of(case))
    assert "routine, duty to share for direct care; approved by the caldicott lead" in story
    office.answer(case, GIVEN, by="duty-worker")
    assert office.outcome_of(case) == "given"


@pytest.mark.clauses("DUTY-63")
@pytest.mark.parametrize("change", [{"purpose": "a newsletter"}, {"recipient": "a neighbour"}])
def test_the_table_needs_recipient_and_purpose_of_one_line(office: Office, change: dict[str, str]) -> None:
    """DUTY-63: the right body for another purpose, or another body for that purpose, is for a person to decide."""
    case = office.start(disclosure, wish(**ROUTINE | change))

    assert asked(office, case) == ["DisclosureVerdict of team-leader"]


@pytest.mark.clauses("DUTY-63", "DUTY-64")
def test_what_is_allowed_is_given_as_allowed(office: Office) -> None:
    """DUTY-64: the giver sees what exactly may go, on what ground, and says how it went."""
    case = office.start(disclosure, wish())
    office.answer(case, DisclosureVerdict.model_validate(BY_EVERY_RULE), by="team-leader")

    assert "It may go: telephone number (consent)" in read_beside(office, case, DisclosureMade)
    office.answer(case, GIVEN, by="duty-worker")
    assert office.outcome_of(case) == "given"


@pytest.mark.clauses("DUTY-64", "DUTY-65")
@pytest.mark.parametrize("rule", ["legal_basis", "least_content", "local_policy_allows", "principles_regarded"])
@pytest.mark.parametrize("form", [DisclosureVerdict, CaldicottVerdict])
def test_it_is_allowed_by_every_rule_or_not_at_all(form: type[CaldicottVerdict], rule: str) -> None:
    """DUTY-64, DUTY-65: without its ground in law, local policy or the Caldicott Principles nothing is allowed."""
    with pytest.raises(AnswerRefused, match=rule):
        form.read({name: value for name, value in BY_EVERY_RULE.items() if name != rule})


@pytest.mark.clauses("DUTY-63")
def test_what_is_refused_is_not_given_and_whoever_asked_is_told(office: Office) -> None:
    """DUTY-63: nobody is asked to give anything; somebody tells whoever asked."""
    case = office.start(disclosure, wish())
    office.answer(case, DisclosureVerdict(verdict=Verdict.REFUSE, reasons="she does not want it"), by="team-manager")

    assert asked(office, case) == ["RefusalExplained of duty-worker"]
    office.answer(case, RefusalExplained(told="rang the charity"), by="duty-worker")
    assert office.outcome_of(case) == "refused"
    assert not any("giving the information" in line for line in office.story_of(case))


@pytest.mark.clauses("DUTY-65")
def test_a_manager_may_leave_it_to_the_caldicott_lead(office: Office) -> None:
    """GAP-09: the Caldicott lead decides what the manager leaves, and cannot leave it further."""
    case = office.start(disclosure, wish())
    unsure = DisclosureVerdict(verdict=Verdict.ASK_CALDICOTT, reasons="two interests pull apart")
    office.answer(case, unsure, by="team-leader")

    assert asked(office, case) == ["CaldicottVerdict of caldicott-lead"]
    assert "two interests pull apart" in read_beside(office, case, CaldicottVerdict)
    with pytest.raises(AnswerRefused, match="allow or refuse"):
        CaldicottVerdict.read({"verdict": "ask-caldicott", "reasons": "unsure"})
    office.answer(case, CaldicottVerdict.model_validate(BY_EVERY_RULE), by="caldicott-lead")
    assert asked(office, case) == ["DisclosureMade of duty-worker"]


@pytest.mark.clauses("DUTY-63")
def test_an_emergency_passes_at_once_and_is_justified_afterwards(office: Office) -> None:
    """GAP-09: nobody is asked first; the reason is wanted within a working day, and the Caldicott lead hears."""
    case = office.start(disclosure, wish(emergency=True))

    assert office.waiting_for(case) == ["DisclosureMade of duty-worker, due 2026-01-05 17:00"]
    office.answer(case, GIVEN, by="duty-worker")
    assert office.waiting_for(case) == ["EmergencyJustified of duty-worker, due 2026-01-06 17:00"]
    office.answer(
        case, EmergencyJustified(harm_averted="he was wandering", legal_basis="vital interests"), by="duty-worker"
    )
    assert office.outcome_of(case) == "given"
    assert "Told the caldicott lead: an emergency disclosure was justified" in " ".join(office.story_of(case))


def test_an_emergency_in_which_nothing_was_given_needs_no_reason(office: Office) -> None:
    """GAP-09: it turned out that nobody had to be told (DUTY-63)."""
    case = office.start(disclosure, wish(emergency=True))
    office.answer(case, DisclosureMade(not_given_because="he was found before"), by="duty-worker")

    assert office.outcome_of(case) == "not given after all"


def test_telling_the_person_themselves_is_not_gated(office: Office) -> None:
    """GAP-09: what goes to the very person needs no leave (DUTY-63)."""
    case = office.start(disclosure, wish(to_the_person=True))

    assert asked(office, case) == ["DisclosureMade of duty-worker"]


def test_what_was_not_given_after_all_says_why(office: Office) -> None:
    """DUTY-64: allowed and not needed any more; half an answer is refused."""
    case = office.start(disclosure, wish(**ROUTINE))
    for half in ({}, {"given_on": "2026-01-05"}, {"given": "all", "not_given_because": "moved away"}):
        with pytest.raises(AnswerRefused, match="not_given_because"):
            DisclosureMade.read(half | ({"way": "telephone", "given_on": "2026-01-05"} if "given" in half else {}))
    office.answer(case, DisclosureMade(not_given_because="she has moved away"), by="duty-worker")
    assert office.outcome_of(case) == "not given after all"
