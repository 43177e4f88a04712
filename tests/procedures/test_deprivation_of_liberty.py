"""Care that takes somebody's liberty is authorised, reduced, or justified (REA-37, GAP-36, GAP-52)."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.deprivation_of_liberty import deprivation_of_liberty
from models.forms.base import AnswerRefused
from models.forms.liberty import LibertyConcern, LibertyConsidered, LibertyRouteChosen, LibertyRouteTaken
from models.policy import Policy
from models.policy.gaps.everywhere import LibertyTest
from models.policy.gaps.reablement import LibertyRoute
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside

WORKER, LEAD = "reablement-worker", "reablement-lead"
CONSIDERED = LibertyConsidered(
    lacks_capacity=True,
    capacity_shown_by="she cannot keep in mind that the door is locked",
    assessed_on=date(2026, 1, 2),
    assessed_by="Ravi Menon",
    restrictions_amount_now=True,
    restrictions_likely_to=False,
    restrictions="the door is locked at night and she is watched all day",
    somebody_appropriate=True,
)
COURT = LibertyRouteChosen(route=LibertyRoute.COURT_OF_PROTECTION, what_next="legal applies this week", reasons="home")
TAKEN = LibertyRouteTaken(done_on=date(2026, 1, 5), what_was_done="application COP-14 sent")


def a_concern(office: Office, **changes: Any) -> str:
    """Edith Tilling's front door is locked at night."""
    facts = {
        "about_person": "P-101",
        "what": "THE DOOR IS LOCKED",
        "plan": "7K3Q-9PXM",
        "worker": "staff-reablement-worker",
    }
    return office.start(deprivation_of_liberty, LibertyConcern.model_validate(facts | changes))


def considered(**changes: Any) -> LibertyConsidered:
    """What Meera Solanki found, otherwise."""
    return LibertyConsidered.model_validate(CONSIDERED.model_dump() | changes)


def with_gap(office: Office, gap: str, **changes: Any) -> Policy:
    """The policy in force with that point settled otherwise."""
    policy = office.council.policy
    settled = getattr(policy.gaps, gap).model_copy(update=changes)
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={gap: settled})})


# ------------------------------------------------------------------ the test


@pytest.mark.clauses("REA-37")
@pytest.mark.parametrize("reading", LibertyTest)
def test_the_limbs_are_joined_as_policy_reads_them(office: Office, reading: LibertyTest) -> None:
    """GAP-52, REA-37: the first limb with the second or the third; or all three, where a council reads it so."""
    office.policy_becomes(with_gap(office, "readings", liberty_test=reading))
    for lacks, now, likely in product([True, False], repeat=3):
        case = a_concern(office)
        limbs = {"lacks_capacity": lacks, "restrictions_amount_now": now, "restrictions_likely_to": likely}
        office.answer(case, considered(**limbs), by=WORKER)
        others = now or likely if reading is LibertyTest.FIRST_AND_EITHER_OTHER else now and likely
        holds = lacks and others
        assert asked(office, case) == (["LibertyRouteChosen of reablement-lead"] if holds else []), limbs
        assert office.outcome_of(case) == (None if holds else "no deprivation of liberty"), limbs


@pytest.mark.clauses("REA-37")
def test_capacity_is_on_record(office: Office) -> None:
    """REA-37: what shows it, and where it is lacking who assessed it and when."""
    case = a_concern(office)
    for missing in ({"assessed_on": None}, {"assessed_by": ""}):
        with pytest.raises(AnswerRefused, match="when and by whom their capacity was assessed"):
            LibertyConsidered.read(CONSIDERED.model_dump() | missing)
    with pytest.raises(AnswerRefused, match="somebody_appropriate"):
        LibertyConsidered.read(CONSIDERED.model_dump() | {"somebody_appropriate": None})
    with pytest.raises(AnswerRefused, match="capacity_shown_by"):
        LibertyConsidered.read(CONSIDERED.model_dump() | {"capacity_shown_by": ""})
    office.answer(case, CONSIDERED, by=WORKER)
    assert any("cannot keep in mind" in line for line in office.story_of(case))


# ------------------------------------------------------------------ the choice


@pytest.mark.clauses("REA-37")
@pytest.mark.parametrize(
    ("route", "outcome"),
    [
        (LibertyRoute.REDUCE_RESTRICTIONS, "restrictions reduced"),
        (LibertyRoute.CARE_HOME_OR_HOSPITAL, "authorisation asked for"),
        (LibertyRoute.COURT_OF_PROTECTION, "authorisation asked for"),
    ],
)
def test_somebody_chooses_the_route_and_it_is_chased_until_it_is_taken(
    office: Office, route: LibertyRoute, outcome: str
) -> None:
    """GAP-36, REA-37: the reablement lead chooses with what was found before them; the worker says when it is done."""
    case = a_concern(office)
    office.answer(case, CONSIDERED, by=WORKER)
    assert "the door is locked at night" in read_beside(office, case, LibertyRouteChosen)
    office.answer(case, COURT.model_copy(update={"route": route}), by=LEAD)
    assert asked(office, case) == ["LibertyRouteTaken of reablement-worker"]
    office.today_is("2026-01-12 12:00")
    assert "Passed on to the team manager" in " ".join(office.story_of(case))
    office.answer(case, TAKEN, by=WORKER)
    assert office.outcome_of(case) == outcome


@pytest.mark.clauses("REA-37")
def test_none_needs_reasons_unless_policy_does_without(office: Office) -> None:
    """GAP-36: none is a decision like the others; another council asks for no reasons (REA-37)."""
    none = LibertyRouteChosen(route=LibertyRoute.NONE)
    case = a_concern(office)
    office.answer(case, CONSIDERED, by=WORKER)
    with pytest.raises(AnswerRefused, match="reasons: say why none is needed"):
        office.answer(case, none, by=LEAD)
    office.answer(case, none.model_copy(update={"reasons": "the lock is gone since Friday"}), by=LEAD)
    assert office.outcome_of(case) == "none needed"

    office.policy_becomes(with_gap(office, "liberty_routes", none_needs_reasons=False))
    case = a_concern(office)
    office.answer(case, CONSIDERED, by=WORKER)
    office.answer(case, none, by=LEAD)
    assert office.outcome_of(case) == "none needed"


def test_only_a_route_of_the_council_s_list_is_chosen(office: Office) -> None:
    """GAP-36: a council that does not have the court on its list is not sent there (REA-37)."""
    routes = (LibertyRoute.REDUCE_RESTRICTIONS, LibertyRoute.NONE)
    office.policy_becomes(with_gap(office, "liberty_routes", routes=routes))
    case = a_concern(office)
    office.answer(case, CONSIDERED, by=WORKER)
    with pytest.raises(AnswerRefused, match="choose one of reduce-restrictions, none"):
        office.answer(case, COURT, by=LEAD)


def test_what_is_to_be_done_is_said_with_the_choice() -> None:
    """REA-37: whoever carries it out knows what, and it ends by a deed or by a reason, not by both."""
    with pytest.raises(AnswerRefused, match="say in what_next"):
        LibertyRouteChosen.read({"route": "court-of-protection", "reasons": "home"})
    for wrong in ({}, {"done_on": "2026-01-05"}, TAKEN.model_dump() | {"no_longer_called_for": "moved"}):
        with pytest.raises(AnswerRefused, match="or else no_longer_called_for"):
            LibertyRouteTaken.read(wrong)


def test_what_is_no_longer_called_for_ends_with_its_reason(office: Office) -> None:
    """REA-37: she has moved in with her daughter, and no door is locked."""
    case = a_concern(office)
    office.answer(case, CONSIDERED, by=WORKER)
    office.answer(case, COURT, by=LEAD)
    office.answer(case, LibertyRouteTaken(no_longer_called_for="she lives with Joan now"), by=WORKER)
    assert office.outcome_of(case) == "no longer called for"


# ------------------------------------------------------------------ who decides, and who supports them


@pytest.mark.clauses("REA-37", "DUTY-40")
@pytest.mark.parametrize("appropriate", [True, False])
def test_an_advocate_is_found_where_nobody_appropriate_is_there(office: Office, appropriate: bool) -> None:
    """REA-37, DUTY-40: both conditions are known, so she is referred without being asked about them again."""
    case = a_concern(office)
    office.answer(case, considered(somebody_appropriate=appropriate), by=WORKER)
    found = office.cases(advocacy)
    assert len(found) == (0 if appropriate else 1)
    for one in found:
        assert asked(office, one) == ["AdvocacyReferral of reablement-worker"]
    assert asked(office, case) == ["LibertyRouteChosen of reablement-lead"]  # and nothing waits for the advocate


def test_where_no_plan_is_concerned_a_practitioner_and_a_manager_are_asked(office: Office) -> None:
    """REA-37: it may be noticed about anybody, in reablement or not."""
    case = a_concern(office, plan=None, worker=None)
    assert asked(office, case) == ["LibertyConsidered of practitioner"]
    office.answer(case, CONSIDERED, by="practitioner")
    assert asked(office, case) == ["LibertyRouteChosen of team-manager"]
