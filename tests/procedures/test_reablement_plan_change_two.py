"""Several changes of one plan at once: the second sees the first, and nothing is overwritten (REA-06, REA-11)."""

from __future__ import annotations

from typing import Any

import pytest

from models.forms.plan_agreement import AgreementsOfOthers, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_copies import CopiesGivenOut
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.reablement.tables import HOME
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COORDINATOR,
    EVERYBODYS,
    GO_AHEAD,
    SENIOR,
    WITH_JACK,
    YES,
    agree,
    copies,
    decided,
    evidence_of,
    minutes,
    others_say,
    says,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import (
    CARER_ID,
    NO_EVENINGS,
    PERSON_ID,
    SHORTER_MORNINGS,
    THERAPIST_ID,
    in_reablement,
)

OTHERS_FORM = "AgreementsOfOthers of reablement-worker"
LONGER_MORNINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))
SHORTER_AND_NO_EVENINGS = PlanEdits(visits=(*SHORTER_MORNINGS.visits, *NO_EVENINGS.visits))
LUNCH = PlanEdits(
    visits=(
        VisitEdit.model_validate(
            {"edit": "add", "days": ["monday"], "at": "12:30", "minutes": 20, "what": "Lunch in the kitchen"}
        ),
    )
)


@pytest.mark.clauses("REA-11")
def test_the_second_sees_the_first_as_soon_as_it_is_proposed(office: Office) -> None:
    """Its question is not taken away; that there is another change is an entry, so that whoever answers is told."""
    plan = in_reablement(office)
    second = evidence_of(office, plan)
    first = decided(office, plan)
    assert asked(office, second) == ["EvidenceDecision of reablement-worker"]
    assert any("another change of the same plan" in line for line in office.story_of(second))
    third = evidence_of(office, plan)
    assert f"Being changed in case {first}, not agreed yet:" in read_beside(office, third, EvidenceDecision)


@pytest.mark.clauses("REA-11")
def test_who_decides_on_a_plan_that_has_moved_is_asked_by_the_plan_as_it_is(office: Office) -> None:
    """A new version comes while the question is open: it is asked anew, with version 2 beside it."""
    plan = in_reablement(office)
    second = evidence_of(office, plan)
    decided(office, plan, ALL_AGREE)
    assert asked(office, second) == ["EvidenceDecision of reablement-worker"]
    assert "The plan, version 2:" in read_beside(office, second, EvidenceDecision)
    longer = to_change(LONGER_MORNINGS, ALL_AGREE)
    office.answer(second, longer, by=COORDINATOR)
    assert (stands(office, plan).version, minutes(office, plan)) == (3, [60, 30])


@pytest.mark.clauses("REA-06", "REA-11")
def test_changes_of_different_things_both_come_to_stand(office: Office) -> None:
    """Both were decided on version 1; neither is lost, and only the later version goes out in copies."""
    plan = in_reablement(office)
    first, second = decided(office, plan), decided(office, plan, edits=NO_EVENINGS)
    office.answer(second, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert "To have the new copy:\nhome" in read_beside(office, second, CopiesGivenOut)
    office.answer(first, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert (stands(office, plan).version, minutes(office, plan)) == (3, [30])

    beside = read_beside(office, second, CopiesGivenOut)
    assert f"Copies go out with version 3 (case {first})." in beside
    assert "Everybody has the new copy." not in beside
    office.answer(first, copies(HOME, "P1", "P2", "P3", "P4"), by=COORDINATOR)
    assert office.outcome_of(first) == "changed"
    office.answer(second, CopiesGivenOut(tried="the rota on Monday"), by=COORDINATOR)
    assert "Everybody has the new copy." in read_beside(office, second, CopiesGivenOut)
    office.answer(second, CopiesGivenOut(rota_matches=True), by=COORDINATOR)
    assert office.outcome_of(second) == "changed"
    assert {one.version for one in stands(office, plan).copies} == {3}


@pytest.mark.clauses("REA-06", "REA-11")
def test_changes_of_the_same_thing_do_not_overwrite_each_other(office: Office) -> None:
    """The second is asked anew at once, with both before its eyes; what the first has made stands."""
    plan = in_reablement(office)
    second = decided(office, plan, edits=LONGER_MORNINGS)
    decided(office, plan, ALL_AGREE)
    assert asked(office, second) == ["EvidenceDecision of reablement-worker"]
    beside = read_beside(office, second, EvidenceDecision)
    assert "Another change has altered V1 meanwhile; nothing was overwritten." in beside
    assert "The other has made of the plan:\nVisit V1: length 30 minutes instead of 45 minutes." in beside
    assert "You wanted:\nVisit V1: length 60 minutes instead of 45 minutes." in beside
    assert minutes(office, plan) == [30, 30]

    office.answer(second, to_change(LONGER_MORNINGS, ALL_AGREE), by=COORDINATOR)
    assert (stands(office, plan).version, minutes(office, plan)) == (3, [60, 30])


def test_those_whose_part_did_not_change_are_not_asked_again(office: Office) -> None:
    """They have said yes to the evenings; the mornings are left to the other change, and it is made at once."""
    plan = in_reablement(office)
    both = PlanEdits(visits=(*LONGER_MORNINGS.visits, *NO_EVENINGS.visits))
    second = decided(office, plan, SettledTogether(said=agree(PERSON_ID, CARER_ID)), edits=both)
    decided(office, plan, ALL_AGREE)
    office.answer(second, to_change(NO_EVENINGS), by=COORDINATOR)
    beside = read_beside(office, second, AgreementsOfOthers)
    assert "To be asked:\nP4 Ravi Menon" in beside
    office.answer(second, others_say(*agree(THERAPIST_ID)), by=COORDINATOR)
    assert minutes(office, plan) == [30]


def test_what_they_said_to_one_wish_is_no_yes_to_another(office: Office) -> None:
    """Joan agreed to an hour in the morning; forty minutes, decided on after the clash, she is asked about."""
    plan = in_reablement(office)
    second = decided(office, plan, SettledTogether(said=agree(PERSON_ID, CARER_ID)), edits=LONGER_MORNINGS)
    decided(office, plan, ALL_AGREE)
    forty = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=40),))
    office.answer(second, to_change(forty), by=COORDINATOR)
    assert "To be asked:\nP1 Edith Tilling" in read_beside(office, second, AgreementsOfOthers)
    assert minutes(office, plan) == [30, 30]
    office.answer(second, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert minutes(office, plan) == [40, 30]


def test_what_somebody_said_against_it_is_not_lost_when_it_is_proposed_anew(office: Office) -> None:
    """The carer objects to no evenings; after the clash she is not asked again, and it still goes to the senior."""
    plan = in_reablement(office)
    both = PlanEdits(visits=(*LONGER_MORNINGS.visits, *NO_EVENINGS.visits))
    said = (*agree(PERSON_ID), says(CARER_ID, Stance.OBJECTS_TO_HOW, "she does not eat alone"))
    second = decided(office, plan, SettledTogether(said=said), edits=both)
    decided(office, plan, ALL_AGREE)
    office.answer(second, to_change(NO_EVENINGS, SettledTogether(said=agree(THERAPIST_ID))), by=COORDINATOR)
    assert asked(office, second) == ["ChangeDecided of team-manager"]
    office.answer(second, GO_AHEAD, by=SENIOR)
    assert minutes(office, plan) == [30]


# ------------------------------------------------------------------ nobody is asked twice


@pytest.mark.clauses("REA-06")
@pytest.mark.parametrize("edits", [SHORTER_MORNINGS, NO_EVENINGS, LUNCH])
def test_nobody_is_asked_twice_for_the_same_thing(office: Office, edits: PlanEdits) -> None:
    """REA-06: they are asked in the older change; once it is made the plan says what the second wanted, too."""
    plan = in_reablement(office)
    first, second = decided(office, plan, edits=edits), decided(office, plan, edits=edits)
    assert (asked(office, first), asked(office, second)) == ([OTHERS_FORM], [])
    office.answer(first, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert office.outcome_of(second) == "changed already"
    assert (stands(office, plan).version, stands(office, plan).changes) == (2, ())


def test_what_the_other_wants_besides_is_asked_here(office: Office) -> None:
    """The second wants the shorter mornings too, and no evenings: it asks for what nobody is asked elsewhere."""
    plan = in_reablement(office)
    first, second = decided(office, plan), decided(office, plan, edits=SHORTER_AND_NO_EVENINGS)
    assert asked(office, second) == [OTHERS_FORM]
    office.answer(second, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert minutes(office, plan) == [30]
    assert office.outcome_of(first) == "changed already"


def test_what_is_stopped_elsewhere_is_asked_here(office: Office) -> None:
    """The older change is not made: the second waited for it, and asks now."""
    plan = in_reablement(office)
    first, second = decided(office, plan), decided(office, plan)
    assert asked(office, second) == []
    objects = (*agree(PERSON_ID, THERAPIST_ID), says(CARER_ID, Stance.OBJECTS_TO_HOW))
    office.answer(first, others_say(*objects), by=COORDINATOR)
    assert asked(office, second) == []  # what she said against it is decided there
    office.answer(first, GO_AHEAD.model_copy(update={"goes_ahead": False}), by=SENIOR)
    assert asked(office, second) == [OTHERS_FORM]


def test_a_colleague_is_not_asked_twice_either(office: Office) -> None:
    """Jack has one item, in the older change."""
    plan = in_reablement(office, involved=WITH_JACK)
    first, second = decided(office, plan, ALL_AGREE), decided(office, plan, ALL_AGREE)
    assert (asked(office, first), asked(office, second)) == (["AgreementOfColleague of reablement-worker-2"], [])
    office.answer(first, YES, by="reablement-worker-2")
    assert office.outcome_of(second) == "changed already"


def test_what_was_told_of_an_older_version_is_told_no_more(office: Office) -> None:
    """Version 3 is on its way: nobody is told of version 2 any more, and version 3 is told of once."""
    plan = in_reablement(office)
    quiet: dict[str, Any] = {"told_home_copy_counts": False}
    first = decided(office, plan, ALL_AGREE.model_copy(update=quiet))
    assert "PlanChangeExplained of reablement-worker" in asked(office, first)
    second = decided(office, plan, ALL_AGREE.model_copy(update=quiet), edits=NO_EVENINGS)
    assert asked(office, first) == ["CopiesGivenOut of reablement-worker"]  # the rota alone
    assert "PlanChangeExplained of reablement-worker" in asked(office, second)
    office.answer(first, CopiesGivenOut(rota_matches=True), by=COORDINATOR)
    office.answer(second, EVERYBODYS, by=COORDINATOR)
    assert (office.outcome_of(first), office.outcome_of(second)) == ("changed", "changed")
