"""Somebody else coordinates the plan while a case about it is open: they are asked from then on, and it is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.cases import Milestone, WorkItem
from models.forms.base import AnswerRefused, Form, Signal
from models.forms.explaining import NotTold
from models.forms.handover import HandoverReply
from models.forms.plan_agreement import AgreementOfColleague, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.reablement_keeping import CoordinationOffered, CoordinatorNamed, OpenMattersSettled
from models.forms.reablement_review import ReviewTold
from models.forms.reablement_signals import CoordinatorWanted, SafeguardingRaised
from models.policy.gaps.everywhere import ReviewReason
from models.states import WorkItemState
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tasks.worklist.signalling import problems_with
from tests.procedures.letters import asked
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COLLEAGUE,
    COORDINATOR,
    DRESSES_ALONE,
    WITH_JACK,
    agree,
    others_say,
    says,
    to_change,
)
from tests.procedures.reablement_stories import PERSON_ID, THERAPIST_ID, in_reablement, reablement_ends
from tests.procedures.test_advocacy import referred
from tests.procedures.test_reablement import begun_by
from tests.procedures.test_reablement_monitoring_change import AGREED as MONITORING
from tests.procedures.test_reablement_monitoring_change import NOT_AGREED as MONITORING_NOT_AGREED
from tests.procedures.test_reablement_monitoring_change import WANTED
from tests.procedures.test_reablement_plan_change_agreements import LACKS
from tests.procedures.test_reablement_plan_issue import AGREED as AGREED_STEPS
from tests.procedures.test_reablement_plan_issue import DONE, FADING
from tests.procedures.test_reablement_safeguarding_pause import ALL_FOR_A_PAUSE, OVER, a_concern, changed
from tests.procedures.test_reablement_safeguarding_pause import TOLD as PAUSE_TOLD
from tests.procedures.test_reablement_unscheduled_review import ASKED, HELD, ON_THURSDAY
from tests.procedures.tray_stories import policy_with

PlanAndCase = tuple[str, str]


def comes_about(office: Office, procedure: ProcedureFlow, what: Signal, plan: str | None = None) -> PlanAndCase:
    """Something comes about Edith's plan; gives the plan and the case that begins."""
    plan = plan or in_reablement(office)
    office.signal(plan, what, by=COORDINATOR)
    return plan, office.cases(procedure)[-1]


def takes_it_over(office: Office, plan: str, worker: str = COLLEAGUE) -> None:
    """Somebody else accepts to coordinate the plan."""
    office.signal(plan, CoordinatorWanted(worker=worker, reasons="moves to nights"), by="reablement-lead")
    office.answer(plan, CoordinationOffered(reply=HandoverReply.ACCEPT), by=worker)


def evidence(office: Office) -> PlanAndCase:
    """It is to be decided on."""
    return comes_about(office, reablement_plan_change, DRESSES_ALONE)


def a_change(office: Office) -> PlanAndCase:
    """Those outside are to be asked whether they agree."""
    plan, case = evidence(office)
    office.answer(case, to_change(), by=COORDINATOR)
    return plan, case


def best_interests(office: Office) -> PlanAndCase:
    """She cannot decide about the change."""
    plan, case = a_change(office)
    others = others_say(says(PERSON_ID, Stance.OBJECTS_TO_HOW), *agree("P2", THERAPIST_ID), **LACKS)
    office.answer(case, others, by=COORDINATOR)
    return plan, case


def going_out(office: Office) -> PlanAndCase:
    """The changed plan is on its way to everybody."""
    plan, case = evidence(office)
    settled = ALL_AGREE.model_copy(update={"told_home_copy_counts": False})
    office.answer(case, to_change(settled=settled), by=COORDINATOR)
    return plan, case


def not_changed(office: Office) -> PlanAndCase:
    """The copy at home was amended by hand for nothing."""
    by_hand = DRESSES_ALONE.model_copy(update={"changed_at_home": True, "home_copy_says": "half an hour"})
    plan, case = comes_about(office, reablement_plan_change, by_hand)
    office.answer(case, EvidenceDecision(step=EvidenceStep.NO_CHANGE, reasons="She tires"), by=COORDINATOR)
    return plan, case


def monitoring(office: Office) -> PlanAndCase:
    """It is to be settled."""
    return comes_about(office, reablement_monitoring_change, WANTED)


def waiting_for_an_advocate(office: Office) -> PlanAndCase:
    """She needs an advocate: whether another monitoring can wait is to be said."""
    plan = in_reablement(office)
    referred(office, about_person="P-101")
    return comes_about(office, reablement_monitoring_change, WANTED, plan)


def monitoring_changed(office: Office) -> PlanAndCase:
    """It is to be explained, and the new copies are to go out."""
    plan, case = monitoring(office)
    office.answer(case, MONITORING, by=COORDINATOR)
    return plan, case


def an_issue(office: Office) -> PlanAndCase:
    """It is to be explored."""
    return comes_about(office, reablement_plan_issue, FADING)


def a_step(office: Office) -> PlanAndCase:
    """Joan's step is due, and whoever coordinates the plan is asked for it."""
    plan, case = an_issue(office)
    office.answer(case, AGREED_STEPS.model_copy(update={"steps": AGREED_STEPS.steps[1:]}), by=COORDINATOR)
    office.today_is("2026-01-12 09:00")
    return plan, case


def judging(office: Office) -> PlanAndCase:
    """It is asked whether the issue is resolved."""
    plan, case = a_step(office)
    office.answer(case, DONE, by=COORDINATOR)
    office.today_is("2026-01-19 09:00")
    return plan, case


def a_review(office: Office) -> PlanAndCase:
    """It is considered."""
    return comes_about(office, reablement_unscheduled_review, ASKED)


def for_the_review_tray(office: Office) -> PlanAndCase:
    """By policy it goes into the Review tray, too."""
    tray = (ReviewReason.ANNUAL, ReviewReason.UNSCHEDULED)
    office.policy_becomes(policy_with(review_route={"review_tray_for": tray}))
    plan, case = a_review(office)
    office.answer(case, ON_THURSDAY, by=COORDINATOR)
    return plan, case


def review_day(office: Office) -> PlanAndCase:
    """It is to be held."""
    plan, case = a_review(office)
    office.answer(case, ON_THURSDAY, by=COORDINATOR)
    office.today_is("2026-01-08 09:00")
    return plan, case


def reviewed(office: Office) -> PlanAndCase:
    """Everybody is to hear what it came to."""
    plan, case = review_day(office)
    office.answer(case, HELD, by=COORDINATOR)
    return plan, case


def a_concern_about_her(office: Office) -> PlanAndCase:
    """Whether reablement pauses is to be decided today."""
    return comes_about(office, reablement_safeguarding_pause, SafeguardingRaised(concern=a_concern(office)))


def care_wanted(office: Office) -> PlanAndCase:
    """Reablement is to pause, and other care is not there yet."""
    plan, case = a_concern_about_her(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by=""), by=COORDINATOR)
    return plan, case


def paused(office: Office) -> PlanAndCase:
    """Others are to hear that it has paused."""
    plan, case = a_concern_about_her(office)
    office.answer(case, ALL_FOR_A_PAUSE, by=COORDINATOR)
    return plan, case


def a_week_later(office: Office) -> PlanAndCase:
    """The pause is looked at."""
    plan, case = paused(office)
    office.answer(case, PAUSE_TOLD, by=COORDINATOR)
    office.days_pass(7)
    return plan, case


def resumed(office: Office) -> PlanAndCase:
    """The pause is over, and others are to hear so."""
    plan, case = a_week_later(office)
    office.answer(case, OVER, by=COORDINATOR)
    return plan, case


OPEN: list[tuple[Callable[[Office], PlanAndCase], list[str]]] = [
    (evidence, ["EvidenceDecision"]),
    (a_change, ["AgreementsOfOthers"]),
    (best_interests, ["BestInterestsDecided"]),
    (going_out, ["CopiesGivenOut", "PlanChangeExplained"]),
    (not_changed, ["HomeCopyPutRight"]),
    (monitoring, ["MonitoringSettled"]),
    (waiting_for_an_advocate, ["CanWaitForAdvocate"]),
    (monitoring_changed, ["CopiesGivenOut", "MonitoringExplained"]),
    (an_issue, ["IssueExplored"]),
    (a_step, ["IssueStepReport"]),
    (judging, ["IssueJudged"]),
    (a_review, ["ReviewConsidered"]),
    (for_the_review_tray, ["ReviewPutOnTray"]),
    (review_day, ["ReviewHeld"]),
    (reviewed, ["ReviewTold"]),
    (a_concern_about_her, ["PauseTalkedOver"]),
    (care_wanted, ["InterimCareConfirmed"]),
    (paused, ["PauseExplained"]),
    (a_week_later, ["PauseChecked"]),
    (resumed, ["ResumptionExplained"]),
]


# ------------------------------------------------------------------ what is open goes with the plan


@pytest.mark.parametrize(("begin", "forms"), OPEN, ids=[begin.__name__ for begin, _ in OPEN])
def test_what_is_open_goes_with_the_plan(
    office: Office, begin: Callable[[Office], PlanAndCase], forms: list[str]
) -> None:
    """Who took the plan over is asked, and the case is theirs; the one before is asked nothing any more."""
    plan, case = begin(office)
    assert asked(office, case) == [f"{form} of {COORDINATOR}" for form in forms]
    takes_it_over(office, plan)
    assert asked(office, case) == [f"{form} of {COLLEAGUE}" for form in forms]
    assert office.case(case).owner == f"staff-{COLLEAGUE}"


@pytest.mark.parametrize("begin", [begin for begin, _ in OPEN], ids=[begin.__name__ for begin, _ in OPEN])
def test_nothing_moves_before_somebody_has_accepted(office: Office, begin: Callable[[Office], PlanAndCase]) -> None:
    """Whoever has it is asked until then, and goes on typing."""
    plan, case = begin(office)
    before = items(office, case)
    office.signal(plan, CoordinatorWanted(worker=COLLEAGUE, reasons="moves to nights"), by="reablement-lead")
    assert items(office, case) == before
    assert office.case(case).owner == f"staff-{COORDINATOR}"


@pytest.mark.clauses("GAP-34")
def test_the_time_for_evidence_goes_on_with_another_coordinator(office: Office) -> None:
    """GAP-34: it runs from when the evidence came, and the reablement lead hears on the same day."""
    plan, case = evidence(office)
    before = office.waiting_for(case)
    office.hours_pass(5)
    takes_it_over(office, plan)
    assert office.waiting_for(case) == [one.replace(COORDINATOR, COLLEAGUE) for one in before]


def test_silence_is_chased_from_when_it_was_first_asked(office: Office) -> None:
    """Handing the plan on gives nobody more time before a manager hears of it."""
    plan, case = an_issue(office)
    before = chased_at(office, case)
    office.hours_pass(5)
    takes_it_over(office, plan)
    assert chased_at(office, case) == before != []


def test_colleagues_are_not_asked_twice(office: Office) -> None:
    """Jack's own agreement stays with him; what was asked of the former coordinator moves to Priya."""
    plan = in_reablement(office, involved=WITH_JACK)
    _, case = comes_about(office, reablement_plan_change, DRESSES_ALONE, plan)
    office.answer(case, to_change(), by=COORDINATOR)
    [jacks] = [one for one in items(office, case) if one[1] == AgreementOfColleague.name()]
    takes_it_over(office, plan, "practitioner")
    assert asked(office, case) == ["AgreementOfColleague of reablement-worker-2", "AgreementsOfOthers of practitioner"]
    assert jacks in items(office, case)


def test_who_takes_the_plan_over_says_on_one_form_that_they_agree(office: Office) -> None:
    """Jack was asked as a colleague; as coordinator he has himself among the others, and no second item."""
    plan = in_reablement(office, involved=WITH_JACK)
    _, case = comes_about(office, reablement_plan_change, DRESSES_ALONE, plan)
    office.answer(case, to_change(), by=COORDINATOR)
    takes_it_over(office, plan)
    assert asked(office, case) == ["AgreementsOfOthers of reablement-worker-2"]
    office.answer(case, others_say(*agree("P1", "P2", "P4", "P5")), by=COLLEAGUE)
    assert asked(office, case)[0] == "CopiesGivenOut of reablement-worker-2"


def test_a_manager_who_decides_is_not_asked_once_more(office: Office) -> None:
    """What a senior weighs stays with them; the case is the new coordinator's, and so is what follows."""
    plan, case = monitoring(office)
    office.answer(case, MONITORING_NOT_AGREED, by=COORDINATOR)
    before = items(office, case)
    takes_it_over(office, plan)
    assert items(office, case) == before != []
    assert office.case(case).owner == f"staff-{COLLEAGUE}"


def test_a_case_that_sleeps_until_a_day_goes_along(office: Office) -> None:
    """Nothing is asked just now; on the day of the review it is held by whoever coordinates the plan by then."""
    plan, case = a_review(office)
    office.answer(case, ON_THURSDAY, by=COORDINATOR)
    takes_it_over(office, plan)
    assert office.case(case).owner == f"staff-{COLLEAGUE}"
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == [f"ReviewHeld of {COLLEAGUE}"]


def test_who_was_not_reached_is_told_by_the_new_coordinator(office: Office) -> None:
    """Between two tries the plan changes hands; it is asked once, of the new one."""
    plan, case = reviewed(office)
    later = ReviewTold(how="rang", exceptions=(NotTold(who="P2", because="no answer"),))
    office.answer(case, later, by=COORDINATOR)
    takes_it_over(office, plan)
    assert office.case(case).owner == f"staff-{COLLEAGUE}"
    office.days_pass(1)
    assert asked(office, case) == [f"ReviewTold of {COLLEAGUE}"]
    assert len(items(office, case, WorkItemState.WITHDRAWN)) == 0


def test_a_review_that_the_team_holds_stays_with_the_team(office: Office) -> None:
    """GAP-50: who coordinated the plan could not hold it; that somebody else coordinates it changes nothing."""
    plan, case = a_review(office)
    office.answer(case, ON_THURSDAY.model_copy(update={"cannot_hold": "on leave all week"}), by=COORDINATOR)
    office.today_is("2026-01-08 09:00")
    before = items(office, case)
    takes_it_over(office, plan)
    assert asked(office, case) == ["ReviewHeld of reablement"]
    assert items(office, case) == before


def test_an_issue_about_an_objection_goes_with_the_plan(office: Office) -> None:
    """It was opened by the change, and not by the plan."""
    plan, case = a_change(office)
    objects = others_say(*agree(PERSON_ID, "P2"), says(THERAPIST_ID, Stance.OBJECTS_TO_HOW))
    office.answer(case, objects, by=COORDINATOR)
    issue = office.cases(reablement_plan_issue)[-1]
    takes_it_over(office, plan)
    assert asked(office, issue) == [f"IssueExplored of {COLLEAGUE}"]
    assert {office.case(one).owner for one in (plan, case, issue)} == {f"staff-{COLLEAGUE}"}


def test_it_may_change_hands_again_and_again(office: Office) -> None:
    """Whoever has it last is asked."""
    plan, case = an_issue(office)
    for worker in (COLLEAGUE, "practitioner", COORDINATOR):
        takes_it_over(office, plan, worker)
        assert asked(office, case) == [f"IssueExplored of {worker}"]
        assert office.case(case).owner == f"staff-{worker}"


def test_reablement_ends_for_the_new_coordinator_as_for_the_one_before(office: Office) -> None:
    """What has moved leaves the worklist when the plan ends."""
    plan, case = a_review(office)
    takes_it_over(office, plan)
    reablement_ends(office, plan)
    office.answer(plan, OpenMattersSettled(what_becomes="nothing more to review"), by=COLLEAGUE)
    assert office.outcome_of(case) == "reablement has ended"
    assert items(office, case) == []


# ------------------------------------------------------------------ who has left


NEXT: list[tuple[Callable[[Office], PlanAndCase], Form, int, list[str]]] = [
    (evidence, to_change(), 0, ["AgreementsOfOthers"]),
    (a_change, others_say(*agree("P1", "P2", "P3", "P4")), 0, ["CopiesGivenOut", "PlanChangeExplained"]),
    (monitoring, MONITORING, 0, ["CopiesGivenOut", "MonitoringExplained"]),
    (an_issue, AGREED_STEPS.model_copy(update={"steps": AGREED_STEPS.steps[1:]}), 7, ["IssueStepReport"]),
    (a_step, DONE, 7, ["IssueJudged"]),
    (a_review, ON_THURSDAY, 3, ["ReviewHeld"]),
    (review_day, HELD, 0, ["ReviewTold"]),
]


@pytest.mark.parametrize(("begin", "answer", "days", "forms"), NEXT, ids=[one[0].__name__ for one in NEXT])
def test_who_has_left_is_asked_nothing_more(
    office: Office, begin: Callable[[Office], PlanAndCase], answer: Form, days: int, forms: list[str]
) -> None:
    """The housekeeping has moved nothing on yet; the next question goes to their team all the same."""
    _, case = begin(office)
    office.leaves(COORDINATOR)
    office.answer(case, answer, by="team-manager")
    office.days_pass(days)
    assert asked(office, case) == [f"{form} of reablement" for form in forms]


def test_what_comes_about_the_plan_of_somebody_who_has_left_is_their_teams(office: Office) -> None:
    """On the day itself, before anything was moved on."""
    plan = in_reablement(office)
    office.leaves(COORDINATOR)
    office.signal(plan, FADING, by="reablement-lead")
    [case] = office.cases(reablement_plan_issue)
    assert asked(office, case) == ["IssueExplored of reablement"]
    assert office.case(case).owner == "team-reablement"


def test_who_comes_after_somebody_who_left_is_asked_what_is_open(office: Office) -> None:
    """The open item went to the team's lead meanwhile; who coordinates the plan from now on has it."""
    plan, case = an_issue(office)
    office.leaves(COORDINATOR)
    move_what_leavers_left(office.council)
    assert office.case(plan).owner == office.case(case).owner == "team-reablement"
    takes_it_over(office, plan)
    assert asked(office, case) == [f"IssueExplored of {COLLEAGUE}"]
    assert office.case(case).owner == f"staff-{COLLEAGUE}"


# ------------------------------------------------------------------ who can be named


@pytest.mark.parametrize(
    ("worker", "can"),
    [
        ("reablement-worker-2", True),
        ("reablement-lead", True),
        ("practitioner", True),
        ("auditor", False),
        ("systems-officer", False),
        ("finance-officer", False),
        ("team-leader", False),
        ("duty-worker", False),
    ],
)
def test_only_who_can_do_the_work_is_named(office: Office, worker: str, can: bool) -> None:
    """A practitioner, or somebody of the plan's own team: an auditor could not even open what is asked."""
    plan = in_reablement(office)
    wanted = CoordinatorWanted(worker=worker, reasons="has room")
    problems = problems_with(office.council, plan, wanted, by="team-manager")
    assert (problems == []) is can
    if not can:
        assert problems[0].endswith("name a practitioner, or somebody of team reablement")


def test_the_lead_names_somebody_who_can_do_the_work(office: Office) -> None:
    """The same holds on the form after a refusal."""
    case = begun_by(office, by="reablement-lead")
    refused = CoordinationOffered(reply=HandoverReply.REFUSE, reason="I am full")
    office.answer(case, refused, by=COORDINATOR)
    with pytest.raises(AnswerRefused, match="name a practitioner, or somebody of team reablement"):
        office.answer(case, CoordinatorNamed(worker="auditor", reasons="has time"), by="reablement-lead")
    office.answer(case, CoordinatorNamed(worker=COLLEAGUE, reasons="has room"), by="reablement-lead")
    assert asked(office, case) == [f"CoordinationOffered of {COLLEAGUE}"]


def chased_at(office: Office, case: str) -> list[datetime]:
    """When somebody hears of it if what is open in a case is not answered."""
    query = select(Milestone.due).join(WorkItem).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
    with office.council.database.read() as session:
        return sorted(session.scalars(query))


def items(office: Office, case: str, state: WorkItemState = WorkItemState.OPEN) -> list[tuple[str, str, str]]:
    """Id, form and whom it is asked of, of each work item of a case in that state."""
    query = select(WorkItem).where(WorkItem.case_ref == case, WorkItem.state == state).order_by(WorkItem.id)
    with office.council.database.read() as session:
        return [(one.id, one.form, one.asked_of) for one in session.scalars(query)]
