"""Triage: nobody waits who can be helped now, and nothing is asked before safety (PWT-04, PWT-12 to PWT-20, PWT-32)."""

from __future__ import annotations

from typing import Any

import pytest

from flows.pwt_triage import pwt_triage
from flows.safeguarding_concern import safeguarding_concern
from models.forms.base import AnswerRefused
from models.forms.safeguarding import ChildConcernPassedOn, ConcernAcknowledged, WhoIsAtRisk
from models.forms.tray_decision import ConcernOwned, TrayDecision
from models.forms.tray_triage import (
    FundingReview,
    PersonRecorded,
    ReferralSource,
    Residence,
    SafeguardingCheck,
    Section117,
    SelfFunderAnswer,
    Triage,
    TriageResult,
    WayResult,
    WaysTried,
)
from models.forms.written_contact import PersonConfirmed
from models.policy.gaps.tray_exits import SelfFunderQuestion
from models.roles import Role
from tasks.durable import worklist
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.test_safeguarding_concern import NOT_FOR_US, TAKEN_ON
from tests.procedures.triage_stories import (
    NOTHING_SUITS,
    SAFE,
    allocated,
    at_triage,
    before_a_manager,
    children,
    contact,
    gaps_are,
    placed,
    referral,
    taken_on,
    triaged,
    ways,
)

NEGLECT = SafeguardingCheck(
    nine_nine_nine_considered=True,
    concern=True,
    what_is_feared="left without food for days",
    at_risk=WhoIsAtRisk.ADULT,
    danger_or_crime=False,
)


# ---------------------------------------------------------------- safety first


@pytest.mark.clauses("PWT-32", "GAP-18")
def test_the_safeguarding_check_comes_before_everything_else(office: Office) -> None:
    """PWT-32, GAP-18: the first thing asked, with 999 before any field; only then does duty see the long form."""
    case = office.start(pwt_triage, referral())

    assert asked(office, case) == ["SafeguardingCheck of duty-worker"]
    assert (SafeguardingCheck.__doc__ or "").strip().startswith("If anybody may be in danger now, ring 999")
    with pytest.raises(AnswerRefused, match="anybody is in danger now"):
        SafeguardingCheck.read({"concern": False})
    office.answer(case, SAFE, by="duty-worker")
    assert asked(office, case) == ["Triage of duty-worker"]


@pytest.mark.clauses("GAP-18")
def test_a_council_may_do_without_the_step_of_its_own(office: Office) -> None:
    """GAP-18, the other way: the long form comes first (PWT-32)."""
    gaps_are(office, tray_safeguarding_check={"check_before_placing": False})

    assert asked(office, office.start(pwt_triage, referral())) == ["Triage of duty-worker"]


@pytest.mark.clauses("PWT-32", "GAP-18")
def test_a_concern_is_raised_at_once_before_anything_else_is_found_out(office: Office) -> None:
    """PWT-32, DUTY-49: a case of its own with a same-day clock; whoever takes it on reads what is feared and came."""
    case = at_triage(office, NEGLECT)

    [concern] = children(office, case, safeguarding_concern)
    assert office.waiting_for(concern)[0] == "ConcernAcknowledged of safeguarding, due 2026-01-05 17:00"
    beside = read_beside(office, concern, ConcernAcknowledged)
    for words in ("left without food for days", "cannot manage the stairs", f"in case {case}", "999 was not rung"):
        assert words in beside
    assert (office.case(concern).parent_ref, office.case(concern).owner) == (case, "role-duty-worker")
    assert asked(office, case) == ["Triage of duty-worker"]


@pytest.mark.clauses("PWT-32", "DUTY-50", "GAP-18")
def test_a_concern_says_who_is_at_risk_and_whether_999_was_rung(office: Office) -> None:
    """DUTY-50: whoever takes it on must know; each is named at the door, and nothing has been raised meanwhile."""
    case = office.start(pwt_triage, referral())
    for changes, named in (
        ({"at_risk": None}, "at_risk: say who is at risk"),
        ({"danger_or_crime": None}, "danger_or_crime: say whether"),
        ({"danger_or_crime": True}, "rang_999: ring 999 now"),
    ):
        with pytest.raises(AnswerRefused, match=named):
            office.answer(case, NEGLECT.model_copy(update=changes), by="duty-worker")
    assert children(office, case, safeguarding_concern) == []
    rung = {"danger_or_crime": True, "rang_999": True}
    office.answer(case, NEGLECT.model_copy(update=rung), by="duty-worker")
    [concern] = children(office, case, safeguarding_concern)
    assert read_beside(office, concern, ConcernAcknowledged).startswith("999 was rung.")


@pytest.mark.clauses("PWT-32", "DUTY-49", "GAP-18")
def test_a_child_at_risk_around_the_person_goes_to_the_childrens_team(office: Office) -> None:
    """DUTY-49: duty rings them; once they have it, by name, it has an owner, and placing does not wait (GAP-18)."""
    case = at_triage(office, NEGLECT.model_copy(update={"at_risk": WhoIsAtRisk.CHILD}))
    [concern] = children(office, case, safeguarding_concern)
    assert asked(office, concern) == ["ChildConcernPassedOn of duty-worker"]
    office.answer(case, triaged(), by="duty-worker")
    office.answer(case, placed(), by="team-leader")
    assert asked(office, case) == ["ConcernOwned of safeguarding-lead"]
    passed_on = ChildConcernPassedOn(taken_on_by="Ann Lowe, children's team", agreed="they visit today")
    office.answer(concern, passed_on, by="duty-worker")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("PWT-32", "GAP-18")
def test_of_an_adult_and_a_child_the_adult_s_concern_has_an_owner_of_its_own(office: Office) -> None:
    """GAP-18: that the children's team has the child's does not mean that anybody has the adult's."""
    case = at_triage(office, NEGLECT.model_copy(update={"at_risk": WhoIsAtRisk.BOTH}))
    [concern] = children(office, case, safeguarding_concern)
    passed_on = ChildConcernPassedOn(taken_on_by="Ann Lowe, children's team", agreed="they visit today")
    office.answer(concern, passed_on, by="duty-worker")
    office.answer(case, triaged(), by="duty-worker")
    office.answer(case, placed(), by="team-leader")
    assert asked(office, case) == ["ConcernOwned of safeguarding-lead"]
    office.take(concern, ConcernAcknowledged, by="safeguarding-lead")
    office.hours_pass(0.5)
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("PWT-32", "GAP-18")
def test_nothing_is_placed_before_the_concern_has_a_named_owner(office: Office) -> None:
    """GAP-18: the manager has decided and nobody has taken the concern: its owner is asked for, and placing waits."""
    case = before_a_manager_with_a_concern(office)
    office.answer(case, placed(), by="team-leader")

    assert asked(office, case) == ["ConcernOwned of safeguarding-lead"]
    assert not office.is_closed(case)
    office.answer(case, ConcernOwned(owner="safeguarding-lead", how_known="concern 12"), by="safeguarding-lead")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-18")
def test_who_has_taken_the_concern_owns_it(office: Office) -> None:
    """GAP-18: somebody in the safeguarding team took it before the manager decided; nobody is asked again (PWT-32)."""
    case = before_a_manager_with_a_concern(office)
    [concern] = children(office, case, safeguarding_concern)
    office.take(concern, ConcernAcknowledged, by="safeguarding-lead")
    office.answer(case, placed(), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-18")
@pytest.mark.parametrize("reply", [TAKEN_ON, NOT_FOR_US, None])
def test_whoever_takes_it_while_placing_waits_lets_it_go_on(office: Office, reply: ConcernAcknowledged | None) -> None:
    """GAP-18: taken on, answered or just taken, somebody has it; the other question is withdrawn (PWT-32)."""
    case = before_a_manager_with_a_concern(office)
    [concern] = children(office, case, safeguarding_concern)
    office.answer(case, placed(), by="team-leader")
    if reply is not None:
        office.answer(concern, reply, by="safeguarding-lead")
    else:
        office.take(concern, ConcernAcknowledged, by="safeguarding-lead")
        assert not office.is_closed(case)
        office.hours_pass(0.5)

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-18")
def test_a_council_may_place_while_nobody_owns_the_concern(office: Office) -> None:
    """GAP-18, the other way: the concern is raised all the same (PWT-32)."""
    gaps_are(office, tray_safeguarding_check={"open_concern_has_owner_before_placing": False})
    case = before_a_manager_with_a_concern(office)
    office.answer(case, placed(), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"
    assert children(office, case, safeguarding_concern)


@pytest.mark.clauses("PWT-32")
def test_a_concern_that_was_raised_already_is_not_raised_twice(office: Office) -> None:
    """PWT-32: it has an id and a named owner; both are compulsory then."""
    known = NEGLECT.model_copy(update={"raised_already_as": "concern 12", "owner": "safeguarding-lead"})
    case = at_triage(office, known)

    assert children(office, case, safeguarding_concern) == []
    with pytest.raises(AnswerRefused, match="a concern that was raised has a named owner"):
        SafeguardingCheck.read(NEGLECT.model_dump() | {"raised_already_as": "concern 12"})
    office.answer(case, triaged(), by="duty-worker")
    office.answer(case, placed(), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


def before_a_manager_with_a_concern(office: Office) -> str:
    """A concern was raised, duty has triaged it, and a manager is asked."""
    case = at_triage(office, NEGLECT)
    office.answer(case, triaged(), by="duty-worker")
    return case


# ---------------------------------------------------------------- whom it is about


def test_whoever_is_certain_needs_no_confirming(office: Office) -> None:
    """The NHS number stands in the referral: nobody is asked whom it is about (PWT-12)."""
    case = at_triage(office, about_person=None, contact=contact("He is 999 001 1117 with you."))

    assert asked(office, case) == ["Triage of duty-worker"]
    assert "About: P-104" in read_beside(office, case, Triage)


@pytest.mark.clauses("PWT-12")
def test_anything_short_of_certain_is_confirmed_by_a_person(office: Office) -> None:
    """PWT-12: a name and a date of birth are a proposal; safety was looked at before anybody compared records."""
    case = at_triage(office, about_person=None, contact=contact("For Walter Ebbs, born 15 March 1967"))

    assert asked(office, case) == ["PersonConfirmed of duty-worker"]
    assert "P-108" in read_beside(office, case, PersonConfirmed)
    office.answer(case, PersonConfirmed(about_person="P-108", how_confirmed="same address"), by="duty-worker")
    assert "About: P-108" in read_beside(office, case, Triage)


@pytest.mark.clauses("PWT-12")
def test_nobody_is_decided_on_who_stands_in_no_register(office: Office) -> None:
    """PWT-12: somebody new is entered in the recording system first, and it is chased until that is done."""
    case = at_triage(office, about_person=None, contact=contact("Help, please."))
    office.answer(case, PersonConfirmed(how_confirmed="nobody of that name"), by="duty-worker")
    office.answer(case, triaged(team="hazel"), by="duty-worker")

    assert asked(office, case) == ["PersonRecorded of duty-worker"]
    office.answer(case, PersonRecorded(about_person="P-104", how_confirmed="opened today"), by="duty-worker")
    assert asked(office, case) == ["TrayDecision of team-leader"]


# ---------------------------------------------------------------- one form for duty


@pytest.mark.clauses("PWT-12", "PWT-13", "PWT-17")
@pytest.mark.parametrize("missing", [{"information_complete": False}, {"where_recorded": ""}])
def test_a_manager_decides_only_on_what_is_complete_and_on_the_record(missing: dict[str, Any]) -> None:
    """PWT-12, PWT-13: until it is, the form stays open in duty's list."""
    with pytest.raises(AnswerRefused, match="gather what is missing first"):
        Triage.read(triaged().model_dump(mode="json") | missing)


@pytest.mark.clauses("PWT-17")
def test_what_went_straight_to_a_team_is_triaged_by_that_teams_duty(office: Office) -> None:
    """PWT-17: a referral straight to rowan: its own duty gathers what is missing."""
    straight = {"source": ReferralSource.LOCALITY_TEAM, "team": "rowan"}
    case = office.start(pwt_triage, referral(**straight))
    assert asked(office, case) == ["SafeguardingCheck of rowan"]
    office.answer(case, SAFE, by="practitioner-5")
    office.answer(case, triaged(), by="practitioner-5")

    assert asked(office, case) == ["TrayDecision of rowan-team-leader"]


@pytest.mark.clauses("PWT-04", "PWT-21", "PWT-22", "PWT-23")
@pytest.mark.parametrize("way", NOTHING_SUITS)
def test_every_way_of_settling_it_is_recorded_as_done_offered_or_not_suitable(way: str) -> None:
    """PWT-04, PWT-21 to PWT-23: none of the eight can be left out, and what was done says what."""
    answer = {name: value for name, value in NOTHING_SUITS.items() if name != way}
    with pytest.raises(AnswerRefused, match=f"ways.{way}"):
        Triage.read(triaged().model_dump(mode="json") | {"ways": answer})
    with pytest.raises(AnswerRefused, match="say in details what was done"):
        Triage.read(triaged().model_dump(mode="json") | {"ways": answer | {way: "done"}})
    assert WaysTried.model_validate(answer | {way: "offered"})


@pytest.mark.clauses("PWT-15")
def test_aftercare_is_considered_for_everybody(office: Office) -> None:
    """PWT-15: whether section 117 aftercare is owed cannot be left out, and the manager reads what was found."""
    answer = triaged().model_dump(mode="json")
    with pytest.raises(AnswerRefused, match="section_117"):
        Triage.read({name: value for name, value in answer.items() if name != "section_117"})
    case = before_a_manager(office, triaged(section_117=Section117.OWED))
    assert "section 117: owed" in read_beside(office, case, TrayDecision)


@pytest.mark.clauses("PWT-16")
def test_discharge_to_assess_funding_is_reviewed_where_it_is_in_place() -> None:
    """PWT-16: its outcome is compulsory then, and what changes is said."""
    answer = triaged().model_dump(mode="json")
    with pytest.raises(AnswerRefused, match="review the discharge-to-assess funding"):
        Triage.read(answer | {"discharge_to_assess": True})
    with pytest.raises(AnswerRefused, match="funding_review_details"):
        Triage.read(answer | {"discharge_to_assess": True, "funding_review": "ends"})
    assert triaged(discharge_to_assess=True, funding_review=FundingReview.GOES_ON)


# ---------------------------------------------------------------- residence


@pytest.mark.clauses("PWT-14")
def test_what_another_authority_is_responsible_for_does_not_reach_the_tray() -> None:
    """PWT-14: it cannot even be put to a manager; passing on needs to say which authority."""
    elsewhere = {"residence": "another-authority", "residence_details": "Northshire, since March"}
    with pytest.raises(AnswerRefused, match="say passed-on"):
        Triage.read(triaged().model_dump(mode="json") | elsewhere)
    with pytest.raises(AnswerRefused, match="which authority"):
        Triage.read(triaged(TriageResult.SETTLED).model_dump(mode="json") | elsewhere | {"residence_details": ""})


@pytest.mark.clauses("PWT-14", "GAP-48")
def test_residence_that_is_not_settled_bars_the_tray_and_not_a_worker(office: Office) -> None:
    """GAP-48, PWT-14: the test gates placing; whoever cannot be placed can still be given to a worker."""
    case = before_a_manager(office, triaged(residence=Residence.NOT_SETTLED, residence_details="moved last month"))
    with pytest.raises(AnswerRefused, match="ordinarily resident"):
        office.answer(case, placed(), by="team-leader")

    office.answer(case, allocated(), by="team-leader")
    taken_on(office, case)
    assert office.outcome_of(case) == "given to a worker"


@pytest.mark.clauses("GAP-48")
def test_a_council_may_place_before_residence_is_settled(office: Office) -> None:
    """GAP-48, the other way: the test does not gate the tray (PWT-14)."""
    gaps_are(office, residence_tests={"gate_tray_placement": False})
    case = before_a_manager(office, triaged(residence=Residence.NOT_SETTLED, residence_details="moved last month"))
    office.answer(case, placed(), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


# ---------------------------------------------------------------- people who pay for their own care

ANSWERS = tuple(SelfFunderAnswer(question=one, answer=True, details="his son") for one in SelfFunderQuestion)


@pytest.mark.clauses("PWT-19", "PWT-20", "GAP-23")
def test_a_self_funders_questions_are_answered_and_a_manager_says_why_the_tray_is_right(office: Office) -> None:
    """PWT-20, GAP-23: each of the council's questions, and a manager's reasons before placing."""
    case = at_triage(office, self_funder=True)
    with pytest.raises(AnswerRefused, match="answer willing-helper, no-urgent-risk as well"):
        office.answer(case, triaged(self_funder=True, self_funder_answers=ANSWERS[:1]), by="duty-worker")
    office.answer(case, triaged(self_funder=True, self_funder_answers=ANSWERS), by="duty-worker")

    assert "able to arrange: yes (his son)" in read_beside(office, case, TrayDecision)
    with pytest.raises(AnswerRefused, match="self_funder_reasons"):
        office.answer(case, placed(), by="team-leader")
    office.answer(case, placed(self_funder_reasons="his son is abroad until May"), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("PWT-19")
def test_no_answer_refuses_a_self_funder_an_assessment(office: Office) -> None:
    """PWT-19: a worker can be asked whatever the answers are; triage has no result that turns somebody away."""
    no = tuple(SelfFunderAnswer(question=one, answer=False) for one in SelfFunderQuestion)
    case = before_a_manager(office, triaged(self_funder=True, self_funder_answers=no))
    office.answer(case, allocated(), by="team-leader")
    taken_on(office, case)

    assert office.outcome_of(case) == "given to a worker"
    assert {str(one) for one in TriageResult} == {"to-a-manager", "settled", "passed-on"}


@pytest.mark.clauses("GAP-23")
def test_a_council_may_ask_other_questions_and_name_who_decides(office: Office) -> None:
    """GAP-23, the other way: one question, and only team managers decide (PWT-20)."""
    one = (SelfFunderQuestion.NO_URGENT_RISK,)
    gaps_are(office, self_funder={"questions": one, "decided_by": (Role.TEAM_MANAGER,)})
    answers = (SelfFunderAnswer(question=one[0], answer=True),)
    case = before_a_manager(office, triaged(self_funder=True, self_funder_answers=answers))
    decision = placed(self_funder_reasons="nobody else can")

    with pytest.raises(AnswerRefused, match="that is decided by a team manager only"):
        office.answer(case, decision, by="team-leader")
    office.answer(case, decision, by="team-manager")
    assert office.outcome_of(case) == "placed on the tray"


def test_money_is_asked_about_as_it_is_said(office: Office) -> None:
    """What the referral says of money stands beside the form, and an answer of its own is refused (PWT-19)."""
    case = at_triage(office, self_funder=True, discharge_to_assess=True)
    beside = read_beside(office, case, Triage)

    assert "pays for their own care" in beside
    assert "Discharge-to-assess funding is said to be in place" in beside
    with pytest.raises(AnswerRefused, match="only for somebody who pays"):
        Triage.read(triaged().model_dump(mode="json") | {"self_funder_answers": [ANSWERS[0].model_dump(mode="json")]})


def test_the_team_must_have_a_tray(office: Office) -> None:
    """PWT-24: brokerage has none; those that have one are named, and without any the team responsible is taken."""
    case = at_triage(office)
    with pytest.raises(AnswerRefused, match="that team has no tray; those that have one are hazel, rowan"):
        office.answer(case, triaged(team="brokerage"), by="duty-worker")
    office.answer(case, triaged(team="rowan", ways=ways(reablement=WayResult.OFFERED)), by="duty-worker")
    assert asked(office, case) == ["TrayDecision of rowan-team-leader"]


def test_somebody_with_no_team_needs_one_named(office: Office) -> None:
    """PWT-24: nobody is responsible for P-121, and the referral names no team."""
    case = at_triage(office, about_person="P-121")
    with pytest.raises(AnswerRefused, match="say which team it is for; those with a tray are hazel, rowan"):
        office.answer(case, triaged(), by="duty-worker")


@pytest.mark.clauses("PWT-16", "PWT-19", "PWT-20")
@pytest.mark.parametrize("said", ["self_funder", "discharge_to_assess"])
def test_what_a_referral_says_about_money_is_not_passed_over_by_leaving_a_field_out(office: Office, said: str) -> None:
    """The answer is refused until duty says that it is so, and what follows, or that it is not."""
    case = at_triage(office, **{said: True})
    with office.council.database.read() as session:
        (item,) = [one for one in worklist.open_items(session, ref=case) if one.form == Triage.name()]
    answer = triaged().model_dump(mode="json", exclude_defaults=True)
    with pytest.raises(AnswerRefused, match=f"{said}: the referral says"):
        worklist.answer(office.council, item.id, answer, by="duty-worker")
    worklist.answer(office.council, item.id, answer | {said: False}, by="duty-worker")
