"""Who agrees to a change of a plan, and who decides where somebody does not (REA-06, REA-18, GAP-32, GAP-33)."""

from __future__ import annotations

from typing import Any

import pytest

from flows.reablement_plan_issue import IssueOutcome, reablement_plan_issue
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.forms.base import AnswerRefused
from models.forms.plan_agreement import (
    AgreementOfColleague,
    AgreementsOfOthers,
    BestInterestsDecided,
    Capacity,
    ChangeDecided,
    SettledTogether,
    Stance,
)
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_issue import (
    IndividualConcerned,
    IssueAgreement,
    IssueExplored,
    OptionWeighed,
    ResolvingOption,
)
from models.forms.reablement_signals import ReviewTrigger
from models.policy.gaps.reablement import ChangeStep
from models.reablement.edits import EditKind, OutcomeEdit, PlanEdits
from models.roles import Role
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tasks.leavers import move_what_leavers_left
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COLLEAGUE,
    COORDINATOR,
    GO_AHEAD,
    IN_HER_INTERESTS,
    LEAD,
    NO,
    SENIOR,
    WITH_JACK,
    YES,
    agree,
    decided,
    evidence_of,
    others_say,
    policy_with,
    says,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import CARER_ID, PERSON_ID, THERAPIST_ID, in_reablement

OTHERS_FORM, COLLEAGUES_FORM = "AgreementsOfOthers of reablement-worker", "AgreementOfColleague of reablement-worker-2"
SENIORS_FORM = "ChangeDecided of team-manager"
NOT_AHEAD = GO_AHEAD.model_copy(update={"goes_ahead": False})
REFUSES, OBJECTS = Stance.REFUSES_SUPPORT, Stance.OBJECTS_TO_HOW


# ------------------------------------------------------------------ everybody is asked, once


@pytest.mark.clauses("REA-06")
def test_all_who_are_outside_are_asked_for_on_one_form(office: Office) -> None:
    """REA-06: person, carer and therapist stand on it with how they are reached; she who decided has agreed."""
    plan = in_reablement(office)
    case = decided(office, plan)
    assert asked(office, case) == [OTHERS_FORM]
    beside = read_beside(office, case, AgreementsOfOthers)
    assert "P1 Edith Tilling, person\nP2 Joan Tilling, carer; joan@example.org\nP4 Ravi Menon" in beside
    assert "P3 " not in beside.partition("To be otherwise")[0]
    assert stands(office, plan).version == 1

    office.answer(case, others_say(*agree(PERSON_ID, CARER_ID, THERAPIST_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("REA-06")
def test_who_is_not_heard_yet_is_asked_for_again(office: Office) -> None:
    """REA-06: the therapist was not reached; what was tried stands there, and only she is asked for."""
    plan = in_reablement(office)
    case = decided(office, plan, SettledTogether(said=agree(PERSON_ID)))
    heard = others_say(*agree(CARER_ID)).model_copy(update={"tried": "left a message for Ravi"})
    office.answer(case, heard, by=COORDINATOR)
    beside = read_beside(office, case, AgreementsOfOthers)
    assert "To be asked:\nP4 Ravi Menon, occupational therapist; 01632 960 171" in beside
    assert "Tried so far: left a message for Ravi" in beside and "P2 Joan" not in beside.partition("To be other")[0]
    office.answer(case, others_say(*agree(THERAPIST_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_asking_again_does_not_put_off_whoever_hears_of_silence(office: Office) -> None:
    """A message left each day is no reason for the managers above not to hear: the chasing counts from the first."""
    case = decided(office, in_reablement(office))
    for day in ("06", "07", "08", "09"):
        office.today_is(f"2026-01-{day} 10:00")
        office.answer(case, AgreementsOfOthers(tried="rang, no answer"), by=COORDINATOR)
    office.today_is("2026-01-12 12:00")
    assert "Passed on to" in " ".join(office.story_of(case))
    assert asked(office, case) == [OTHERS_FORM]


@pytest.mark.clauses("REA-06")
def test_a_colleague_in_the_plan_is_asked_themselves(office: Office) -> None:
    """REA-06: Jack has a part in the plan and an item of his own, beside the one form for those outside."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan)
    assert asked(office, case) == [COLLEAGUES_FORM, OTHERS_FORM]
    assert "You are asked as P5, Jack Ormsby" in read_beside(office, case, AgreementOfColleague)
    office.answer(case, YES, by=COLLEAGUE)
    assert asked(office, case) == [OTHERS_FORM]
    office.answer(case, others_say(*agree(PERSON_ID, CARER_ID, THERAPIST_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_a_colleague_whose_word_was_taken_in_the_visit_is_not_asked(office: Office) -> None:
    """Jack was there: he stands on the one form."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan, SettledTogether(said=(*ALL_AGREE.said, *agree("P5"))))
    assert COLLEAGUES_FORM not in asked(office, case)
    assert stands(office, plan).version == 2


def test_a_colleague_who_has_left_is_asked_for_as_those_outside(office: Office) -> None:
    """Nobody waits for somebody who is gone: the worker says what is to be said of it."""
    office.leaves(COLLEAGUE)
    case = decided(office, in_reablement(office, involved=WITH_JACK))
    assert asked(office, case) == [OTHERS_FORM]
    assert "P5 Jack Ormsby" in read_beside(office, case, AgreementsOfOthers)


@pytest.mark.clauses("REA-06")
def test_who_leaves_while_they_are_asked_is_asked_for_as_those_outside(office: Office) -> None:
    """REA-06: Jack leaves with his form open; it is withdrawn, and is on nobody else's list in his name."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan)
    assert asked(office, case) == [COLLEAGUES_FORM, OTHERS_FORM]
    _leaves(office, COLLEAGUE)
    assert asked(office, case) == [OTHERS_FORM]
    beside = read_beside(office, case, AgreementsOfOthers)
    assert "P5 Jack Ormsby" in beside and "P5 is no longer on our staff." in beside
    _leaves(office, COLLEAGUE)  # a second round finds nothing
    gone = says("P5", Stance.CANNOT_BE_ASKED, "has left the council")
    office.answer(case, others_say(*agree(PERSON_ID, CARER_ID, THERAPIST_ID), gone), by=COORDINATOR)
    assert asked(office, case) == [SENIORS_FORM]


@pytest.mark.clauses("REA-06")
@pytest.mark.parametrize("by", [LEAD, SENIOR, COORDINATOR])
def test_nobody_clicks_for_a_colleague(office: Office, by: str) -> None:
    """REA-06: what stands in the record as Jack's word is his own."""
    case = decided(office, in_reablement(office, involved=WITH_JACK), ALL_AGREE)
    with pytest.raises(NotTheirs):
        office.answer(case, YES, by=by)
    assert asked(office, case) == [COLLEAGUES_FORM]


@pytest.mark.clauses("REA-06")
def test_a_colleague_who_does_not_answer_does_not_hold_the_change_for_ever(office: Office) -> None:
    """Jack is ill: after the time he had, the worker may say why he cannot be asked; until then he has his own form."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan, ALL_AGREE)
    office.today_is("2026-01-07 16:59")
    assert asked(office, case) == [COLLEAGUES_FORM]
    office.today_is("2026-01-07 17:00")
    assert asked(office, case) == [COLLEAGUES_FORM, OTHERS_FORM]
    beside = read_beside(office, case, AgreementsOfOthers)
    assert "P5 was asked by a form of their own, and has not answered yet." in beside
    office.answer(case, others_say(says("P5", Stance.CANNOT_BE_ASKED, "in hospital")), by=COORDINATOR)
    assert asked(office, case) == [SENIORS_FORM]


def test_a_colleague_who_answers_late_is_heard_all_the_same(office: Office) -> None:
    """His own form stays open; the worker's goes once he has answered."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan, ALL_AGREE)
    office.today_is("2026-01-08 09:00")
    office.answer(case, YES, by=COLLEAGUE)
    assert (stands(office, plan).version, OTHERS_FORM in asked(office, case)) == (2, False)


def test_a_manager_who_decides_does_not_agree_for_the_worker(office: Office) -> None:
    """The manager answers for her; what Meera says as the one in the plan is asked with the others."""
    case = evidence_of(office, in_reablement(office))
    office.answer(case, to_change(settled=ALL_AGREE), by=SENIOR)
    assert "To be asked:\nP3 Meera Solanki" in read_beside(office, case, AgreementsOfOthers)


# ------------------------------------------------------------------ the person


@pytest.mark.clauses("REA-18")
def test_a_person_who_refuses_the_support_stops_the_change_and_a_review_begins(office: Office) -> None:
    """GAP-33: she can decide and does not want to be helped at all; nobody else is asked any more."""
    plan = in_reablement(office)
    case = decided(office, plan)
    office.answer(case, others_say(says(PERSON_ID, REFUSES, "Leave me be"), capacity=Capacity.HAS), by=COORDINATOR)
    assert office.outcome_of(case) == "support refused"
    assert (stands(office, plan).version, stands(office, plan).changes) == (1, ())
    (review,) = office.cases(reablement_unscheduled_review)
    facts = _facts(office, review)
    assert (facts["asked"]["trigger"], facts["asked"]["what"]) == (ReviewTrigger.SUPPORT_REFUSED, "Leave me be")


@pytest.mark.parametrize(
    ("gap33", "gap32", "goes_to", "reviews"),
    [
        ({"starts_unscheduled_review": False}, {}, None, 0),
        ({"stops_the_change": False}, {"person_with_capacity_refuses": ChangeStep.STOP}, None, 1),
        ({"stops_the_change": False}, {"person_with_capacity_refuses": ChangeStep.SENIOR_DECIDES}, "ChangeDecided", 0),
    ],
)
def test_what_a_refusal_leads_to_is_policy(
    office: Office, gap33: dict[str, Any], gap32: dict[str, Any], goes_to: str | None, reviews: int
) -> None:
    """GAP-32, GAP-33: without a review; or stopped by the one setting where the other would not; or to the senior."""
    policy = policy_with(office.council.policy, "refused_support", **gap33)
    office.policy_becomes(policy_with(policy, "change_agreement", **gap32))
    refused = SettledTogether(said=(says(PERSON_ID, REFUSES), *agree(CARER_ID, THERAPIST_ID)), capacity=Capacity.HAS)
    case = decided(office, in_reablement(office), refused)
    assert asked(office, case) == ([f"{goes_to} of team-manager"] if goes_to else [])
    assert len(office.cases(reablement_unscheduled_review)) == reviews


@pytest.mark.parametrize("stance", [REFUSES, OBJECTS])
def test_capacity_comes_before_anything_but_agreement_counts(office: Office, stance: Stance) -> None:
    """GAP-32: what she says against it is not taken before it is on record whether she can decide about it."""
    case = decided(office, in_reablement(office))
    with pytest.raises(AnswerRefused, match=r"settled\.capacity: say first whether the person can decide"):
        office.answer(case, others_say(says(PERSON_ID, stance)), by=COORDINATOR)
    office.answer(case, AgreementsOfOthers(settled=SettledTogether(capacity=Capacity.HAS)), by=COORDINATOR)
    office.answer(case, others_say(says(PERSON_ID, stance)), by=COORDINATOR)  # it is on record now
    assert (office.outcome_of(case) == "support refused") is (stance is REFUSES)


def test_capacity_need_not_come_first_where_policy_says_so(office: Office) -> None:
    """GAP-32: then she is taken to be able to decide, as the law has it."""
    office.policy_becomes(policy_with(office.council.policy, "change_agreement", capacity_first=False))
    case = decided(office, in_reablement(office))
    office.answer(case, others_say(says(PERSON_ID, REFUSES)), by=COORDINATOR)
    assert office.outcome_of(case) == "support refused"


def test_only_the_person_refuses_the_support(office: Office) -> None:
    """Her daughter objects; she cannot refuse it for her."""
    case = decided(office, in_reablement(office))
    with pytest.raises(AnswerRefused, match=r"settled\.said\.0: only the person themselves refuses"):
        office.answer(case, others_say(says(CARER_ID, REFUSES)), by=COORDINATOR)


# ------------------------------------------------------------------ in their best interests


LACKS: dict[str, Any] = {"capacity": Capacity.LACKS, "capacity_how": "cannot keep in mind what it is about"}


@pytest.mark.clauses("REA-18")
def test_for_somebody_who_cannot_decide_it_is_decided_in_their_best_interests(office: Office) -> None:
    """GAP-33: she says no and cannot decide about it; who was consulted is on record, and it goes ahead."""
    plan = in_reablement(office)
    case = decided(office, plan)
    said = (says(PERSON_ID, REFUSES, "Go away"), *agree(CARER_ID, THERAPIST_ID))
    office.answer(case, others_say(*said, **LACKS), by=COORDINATOR)
    assert asked(office, case) == ["BestInterestsDecided of reablement-worker"]
    beside = read_beside(office, case, BestInterestsDecided)
    assert "P1, Edith Tilling, person: refuses support (Go away)" in beside
    assert "The person cannot decide about it themselves." in beside

    office.answer(case, BestInterestsDecided(decided=IN_HER_INTERESTS), by=COORDINATOR)
    assert stands(office, plan).version == 2
    assert "consulted: Joan Tilling and Ravi Menon" in str(_step(office, case, "leave-note"))


def test_what_is_not_in_their_best_interests_is_not_made(office: Office) -> None:
    """GAP-33: decided so on the same form; nobody else need be asked, and it is no refusal of hers."""
    plan = in_reablement(office)
    against = IN_HER_INTERESTS.model_copy(update={"goes_ahead": False})
    case = decided(office, plan, SettledTogether(best_interests=against, **LACKS))
    assert office.outcome_of(case) == "not made"
    assert stands(office, plan).version == 1
    assert office.cases(reablement_unscheduled_review) == []


def test_best_interests_are_settled_with_the_rest_on_one_form(office: Office) -> None:
    """One visit, one form: who was consulted was there."""
    plan = in_reablement(office)
    settled = SettledTogether(
        said=(says(PERSON_ID, OBJECTS), *agree(CARER_ID, THERAPIST_ID)), best_interests=IN_HER_INTERESTS, **LACKS
    )
    decided(office, plan, settled)
    assert stands(office, plan).version == 2


def test_best_interests_do_not_settle_what_the_carer_objects_to(office: Office) -> None:
    """REA-18: the carer's objection still goes to the senior."""
    said = (says(PERSON_ID, OBJECTS), says(CARER_ID, OBJECTS), *agree(THERAPIST_ID))
    settled = SettledTogether(said=said, best_interests=IN_HER_INTERESTS, **LACKS)
    case = decided(office, in_reablement(office), settled)
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    assert "Decided in their best interests: in their best interests" in read_beside(office, case, ChangeDecided)


def test_without_best_interests_in_policy_the_senior_decides(office: Office) -> None:
    """GAP-33: where policy wants no such decision, what she says against it counts as an objection to how."""
    office.policy_becomes(policy_with(office.council.policy, "refused_support", best_interests_where_no_capacity=False))
    settled = SettledTogether(said=(says(PERSON_ID, REFUSES), *agree(CARER_ID, THERAPIST_ID)), **LACKS)
    case = decided(office, in_reablement(office), settled)
    assert asked(office, case) == ["ChangeDecided of team-manager"]


@pytest.mark.parametrize(
    ("settled", "said"),
    [
        ({"capacity": "lacks"}, "say capacity_how"),
        ({"best_interests": IN_HER_INTERESTS.model_dump()}, "best_interests is only for somebody who cannot decide"),
        ({"photograph": "M-1"}, "give photograph only where"),
        ({"said": [{"who": "P1", "says": "agrees"}] * 2}, "name each of them once"),
        ({"said": [{"who": "P1", "says": "objects-to-how"}]}, "say in words what they think"),
        ({}, "say what they say, or in tried"),
    ],
)
def test_what_was_settled_is_whole(settled: dict[str, Any], said: str) -> None:
    """Each problem with what to do."""
    with pytest.raises(AnswerRefused, match=said):
        AgreementsOfOthers.read({"settled": settled})


# ------------------------------------------------------------------ objections to how


@pytest.mark.clauses("REA-18")
@pytest.mark.parametrize("who", [PERSON_ID, CARER_ID])
def test_a_named_senior_decides_where_person_or_carer_object_to_how(office: Office, who: str) -> None:
    """REA-18, GAP-32: the team manager decides, with everybody's words beside it; the plan then says it."""
    plan = in_reablement(office)
    said = tuple(says(one, OBJECTS, "too early") if one == who else agree(one)[0] for one in ("P1", "P2", "P4"))
    case = decided(office, plan, SettledTogether(said=said, capacity=Capacity.HAS))
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    beside = read_beside(office, case, ChangeDecided)
    assert "objects to how (too early)" in beside and "Visit V1: length 30 minutes instead of 45 minutes." in beside
    office.answer(case, GO_AHEAD, by=SENIOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("REA-18")
def test_a_senior_may_leave_the_plan_as_it_is(office: Office) -> None:
    """REA-18: no version is made, and the change is no longer under way."""
    plan = in_reablement(office)
    case = decided(office, plan, SettledTogether(said=(says(CARER_ID, OBJECTS), *agree(PERSON_ID, THERAPIST_ID))))
    office.answer(case, NOT_AHEAD, by=SENIOR)
    assert office.outcome_of(case) == "not made"
    assert (stands(office, plan).version, stands(office, plan).changes) == (1, ())


@pytest.mark.clauses("REA-18")
@pytest.mark.parametrize("regard", ["regard_to_views", "regard_to_wellbeing"])
def test_both_regards_are_compulsory(regard: str) -> None:
    """REA-18: what they think, and what it does to the person's wellbeing; neither may be left out."""
    with pytest.raises(AnswerRefused, match=regard):
        ChangeDecided.read({**GO_AHEAD.model_dump(), regard: " "})


def test_only_the_senior_or_somebody_above_decides(office: Office) -> None:
    """GAP-32: neither the coordinating worker nor a team leader, whoever stands in for whom."""
    case = decided(office, in_reablement(office), SettledTogether(said=(says(CARER_ID, OBJECTS), *agree("P1", "P4"))))
    for one in (COORDINATOR, "team-leader"):
        with pytest.raises(NotTheirs):
            office.answer(case, GO_AHEAD, by=one)
    office.answer(case, GO_AHEAD, by="strategic-manager")
    assert "CopiesGivenOut of reablement-worker" in asked(office, case)


def test_a_manager_who_coordinates_the_plan_is_not_its_senior(office: Office) -> None:
    """GAP-32: another manager decides on what she wants herself."""
    plan = in_reablement(office)
    case = evidence_of(office, plan, worker=f"staff-{SENIOR}")
    objected = SettledTogether(said=(says(CARER_ID, OBJECTS), *agree("P1", "P3", "P4")))
    office.answer(case, to_change(settled=objected), by=SENIOR)
    with pytest.raises(AnswerRefused, match="you coordinate the plan"):
        office.answer(case, GO_AHEAD, by=SENIOR)


def test_who_the_senior_is_and_what_an_objection_leads_to_is_policy(office: Office) -> None:
    """GAP-32: the strategic manager; or the change stops with the objection."""
    changed = policy_with(office.council.policy, "change_agreement", senior=Role.STRATEGIC_MANAGER)
    office.policy_becomes(changed)
    objected = SettledTogether(said=(says(CARER_ID, OBJECTS), *agree("P1", "P4")))
    plan = in_reablement(office)
    assert asked(office, decided(office, plan, objected)) == ["ChangeDecided of strategic-manager"]
    office.policy_becomes(policy_with(changed, "change_agreement", person_or_carer_objects_to_how=ChangeStep.STOP))
    other = PlanEdits(outcomes=(OutcomeEdit(edit=EditKind.TAKE_OUT, item="O2"),))
    assert office.outcome_of(decided(office, plan, objected, edits=other)) == "not made"


def test_even_where_all_agree_policy_may_want_the_senior(office: Office) -> None:
    """GAP-32: `all_agree` is a setting like the others."""
    office.policy_becomes(policy_with(office.council.policy, "change_agreement", all_agree=ChangeStep.SENIOR_DECIDES))
    assert asked(office, decided(office, in_reablement(office), ALL_AGREE)) == ["ChangeDecided of team-manager"]


def test_somebody_who_cannot_be_asked_is_put_to_the_senior(office: Office) -> None:
    """Nobody waits for ever: the therapist is abroad, and a senior decides whether the change goes without."""
    plan = in_reablement(office)
    said = (*agree(PERSON_ID, CARER_ID), says(THERAPIST_ID, Stance.CANNOT_BE_ASKED, "abroad until May"))
    case = decided(office, plan, SettledTogether(said=said))
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    assert "Ravi Menon, occupational therapist: cannot be asked (abroad until May)" in read_beside(
        office, case, ChangeDecided
    )


# ------------------------------------------------------------------ another party objects


def explored(agreement: IssueAgreement) -> IssueExplored:
    """The objection was talked over."""
    return IssueExplored(
        explored="Ravi fears a fall",
        has_capacity=True,
        individual=IndividualConcerned.INVOLVED,
        options=(OptionWeighed(option=ResolvingOption.TALK, what="a grab rail", strengths="steady hands"),),
        agreement=agreement,
        not_agreed_because="the rail is not enough" if agreement is IssueAgreement.NOT_AGREED else "",
    )


THERAPIST_OBJECTS = SettledTogether(said=(*agree(PERSON_ID, CARER_ID), says(THERAPIST_ID, OBJECTS, "she may fall")))


@pytest.mark.clauses("REA-06", "REA-18")
def test_what_another_party_objects_to_is_talked_over_first(office: Office) -> None:
    """GAP-32: an issue of its own, opened for this change; once it is resolved his objection no longer stands."""
    plan = in_reablement(office)
    case = decided(office, plan, THERAPIST_OBJECTS)
    assert asked(office, case) == []
    (issue,) = office.cases(reablement_plan_issue)
    facts = _facts(office, issue)
    assert (facts["change"], facts["issue"]["about"]) == (case, THERAPIST_ID)
    assert "she may fall" in facts["issue"]["what"]
    office.answer(issue, explored(IssueAgreement.SETTLED), by=COORDINATOR)
    assert office.outcome_of(issue) == IssueOutcome.RESOLVED
    assert stands(office, plan).version == 2
    assert "objected at first (she may fall); resolved" in str(_step(office, case, "leave-note"))


def test_what_is_left_of_it_goes_to_the_senior(office: Office) -> None:
    """GAP-32: talked over, and he still objects: he is not asked again, and it is not talked over a second time."""
    plan = in_reablement(office)
    case = decided(office, plan, THERAPIST_OBJECTS)
    (issue,) = office.cases(reablement_plan_issue)
    office.answer(issue, explored(IssueAgreement.NOT_AGREED), by=COORDINATOR)
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    assert "P4, Ravi Menon, occupational therapist: objects to how (she may fall)" in read_beside(
        office, case, ChangeDecided
    )
    office.answer(case, GO_AHEAD, by=SENIOR)
    assert stands(office, plan).version == 2
    assert len(office.cases(reablement_plan_issue)) == 1


def test_an_objection_of_our_own_colleague_is_talked_over_too(office: Office) -> None:
    """Jack objects on his own item: the same follows."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = decided(office, plan, ALL_AGREE)
    office.answer(case, NO, by=COLLEAGUE)
    (issue,) = office.cases(reablement_plan_issue)
    assert "She tires by nine" in _facts(office, issue)["issue"]["what"]
    office.answer(issue, explored(IssueAgreement.SETTLED), by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_what_another_partys_objection_leads_to_is_policy(office: Office) -> None:
    """GAP-32: straight to the senior, without talking it over first."""
    office.policy_becomes(
        policy_with(office.council.policy, "change_agreement", another_party_objects=ChangeStep.SENIOR_DECIDES)
    )
    case = decided(office, in_reablement(office), THERAPIST_OBJECTS)
    assert asked(office, case) == ["ChangeDecided of team-manager"]


def test_of_several_objections_the_stronger_step_is_taken(office: Office) -> None:
    """Carer and therapist object: it is talked over with him first, and then the senior decides on hers too."""
    said = (*agree(PERSON_ID), says(CARER_ID, OBJECTS), says(THERAPIST_ID, OBJECTS))
    case = decided(office, in_reablement(office), SettledTogether(said=said))
    (issue,) = office.cases(reablement_plan_issue)
    office.answer(issue, explored(IssueAgreement.SETTLED), by=COORDINATOR)
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    assert "P2, Joan Tilling, carer: objects to how" in read_beside(office, case, ChangeDecided)


def test_nobody_unknown_agrees(office: Office) -> None:
    """P9 has no part in the plan; those who have stand in the sentence."""
    case = evidence_of(office, in_reablement(office))
    with pytest.raises(AnswerRefused, match=r"nobody in the plan is P9; those in it are P1 \(person\), P2 \(carer\)"):
        office.answer(case, to_change(settled=SettledTogether(said=agree("P9"))), by=COORDINATOR)
    assert asked(office, case) == [f"{EvidenceDecision.name()} of reablement-worker"]


def _facts(office: Office, case: str) -> dict[str, Any]:
    with office.council.database.read() as session:
        data: dict[str, Any] = recall(session, case)[0].data
        return data


def _step(office: Office, case: str, step: str) -> Any:
    with office.council.database.read() as session:
        return next(one.data for one in recall(session, case) if one.step == step)


def _leaves(office: Office, who: str) -> None:
    office.leaves(who)
    move_what_leavers_left(office.council)
    office.hours_pass(0)
