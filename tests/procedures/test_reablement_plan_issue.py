"""Resolving an issue in a plan: explored, agreed, followed step by step until it is over (REA-19 to REA-24, GAP-39)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.advocacy import advocacy
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.forms.base import AnswerRefused
from models.forms.plan_issue import (
    AlsoInvolved,
    AlsoWhy,
    IndividualConcerned,
    IssueAgreement,
    IssueExplored,
    IssueJudged,
    IssueStep,
    IssueStepReport,
    LeftOut,
    NextForIssue,
    OptionWeighed,
    ResolvingOption,
    StepOutcome,
)
from models.forms.reablement_matters import PlanIssue
from models.forms.reablement_signals import IssueFound, IssueKind, PlanHasEnded
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import in_reablement, notes_of, reablement_ends
from tests.procedures.tray_people import heard
from tests.procedures.tray_stories import policy_with

FADING = IssueFound(kind=IssueKind.MOTIVATION, what="She stays in bed until noon", found_by="Meera Solanki")
ABOUT_JOAN = IssueFound(
    kind=IssueKind.NO_ENCOURAGEMENT, what="Joan does everything for her", found_by="Meera Solanki", about="P2"
)
TALKING = OptionWeighed(
    option=ResolvingOption.TALK, what="what mornings could be for", strengths="she loves her garden", chosen=True
)
SMALLER = OptionWeighed(
    option=ResolvingOption.SMALLER_STEPS, what="first to the kitchen", strengths="she can stand alone", chosen=True
)
RING_HER = IssueStep(what="ring the garden club", staff="reablement-worker-2", on=date(2026, 1, 8))
COME_ALONG = IssueStep(what="come along to the club", who="Joan Tilling", on=date(2026, 1, 12))
AGREED = IssueExplored(
    explored="she misses her garden",
    has_capacity=True,
    individual=IndividualConcerned.NOBODY_ELSE,
    options=(TALKING, SMALLER),
    agreement=IssueAgreement.AGREED,
    steps=(RING_HER, COME_ALONG),
    look_again_on=date(2026, 1, 19),
    kept_in="action plan 12",
)
SETTLED = IssueExplored(
    explored="she had a cold",
    has_capacity=True,
    individual=IndividualConcerned.NOBODY_ELSE,
    options=(TALKING.model_copy(update={"chosen": False}),),
    agreement=IssueAgreement.SETTLED,
)
NOT_AGREED = SETTLED.model_copy(
    update={"agreement": IssueAgreement.NOT_AGREED, "not_agreed_because": "Joan wants more visits, Edith fewer"}
)
DONE = IssueStepReport(outcome=StepOutcome.DONE, what_came_of_it="they expect her on Monday")
NOT_YET = IssueStepReport(outcome=StepOutcome.NOT_YET, what_came_of_it="nobody picked up")
GIVEN_UP = IssueStepReport(outcome=StepOutcome.GIVEN_UP, what_came_of_it="the club has closed")
RESOLVED = IssueJudged(resolved=True, what_they_say="she is up at eight and in the garden")


def an_issue(office: Office, issue: IssueFound = FADING, **changes: Any) -> tuple[str, str]:
    """An issue in Edith's plan; gives plan and case."""
    plan = in_reablement(office)
    matter = PlanIssue(plan=plan, worker="staff-reablement-worker", issue=issue, **changes)
    return plan, office.start(reablement_plan_issue, matter, owner="staff-reablement-worker")


def explored(office: Office, *, about: IssueFound = FADING, **changes: Any) -> tuple[str, str]:
    """It was explored, and a way agreed."""
    plan, case = an_issue(office, about)
    office.answer(case, AGREED.model_copy(update=changes), by="reablement-worker")
    return plan, case


@pytest.mark.clauses("REA-19", "REA-20", "REA-22")
@pytest.mark.parametrize("kind", IssueKind)
def test_any_issue_is_explored_by_whoever_coordinates_the_plan(office: Office, kind: IssueKind) -> None:
    """REA-19, REA-20: whatever kind it is, the worker explores it with the plan in view, and may settle it at once."""
    _, case = an_issue(office, FADING.model_copy(update={"kind": kind}))
    assert office.waiting_for(case) == ["IssueExplored of reablement-worker, due 2026-01-07 17:00"]
    beside = read_beside(office, case, IssueExplored)
    assert "She stays in bed until noon" in beside
    assert "Outcome O1: Washes and dresses by herself" in beside
    office.answer(case, SETTLED, by="reablement-worker")
    assert office.outcome_of(case) == "resolved"


@pytest.mark.clauses("REA-20", "REA-22")
def test_ways_start_from_strengths(office: Office) -> None:
    """REA-20: no way is looked at without what in the person and around them it builds on; one at least is."""
    with pytest.raises(AnswerRefused, match="strengths"):
        IssueExplored.read(AGREED.model_dump(mode="json") | {"options": [TALKING.model_dump() | {"strengths": ""}]})
    with pytest.raises(AnswerRefused, match="options"):
        IssueExplored.read(AGREED.model_dump(mode="json") | {"options": []})
    with pytest.raises(AnswerRefused, match="which way is chosen"):
        IssueExplored.read(SETTLED.model_dump(mode="json") | {"agreement": "agreed", "look_again_on": "2026-01-19"})


@pytest.mark.clauses("REA-23", "REA-24")
def test_each_step_is_asked_of_its_owner_on_its_day(office: Office) -> None:
    """REA-23: the colleague on Thursday, and for Joan whoever coordinates the plan on Monday; then it is judged."""
    _, case = explored(office)
    assert asked(office, case) == []
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["IssueStepReport of reablement-worker-2"]
    assert "ring the garden club" in read_beside(office, case, IssueStepReport)
    office.answer(case, DONE, by="reablement-worker-2")

    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == ["IssueStepReport of reablement-worker"]
    assert "come along to the club: Joan Tilling" in read_beside(office, case, IssueStepReport)
    office.answer(case, DONE, by="reablement-worker")
    assert asked(office, case) == []

    office.today_is("2026-01-19 09:00")
    assert "they expect her on Monday" in read_beside(office, case, IssueJudged)
    office.answer(case, RESOLVED, by="reablement-worker")
    assert office.outcome_of(case) == "resolved"
    first, last = notes_of(office, case)
    assert "ring the garden club: reablement-worker-2, by 8 January 2026" in first
    assert "action plan 12" in first
    assert "she is up at eight" in last


@pytest.mark.clauses("REA-23")
def test_a_step_is_asked_for_again_until_it_is_done_or_given_up(office: Office) -> None:
    """REA-23: not yet on Thursday, so on Friday; on a day that is named, then; given up with a reason, no more."""
    _, case = explored(office, steps=(RING_HER,))
    office.today_is("2026-01-08 09:00")
    office.answer(case, NOT_YET, by="reablement-worker-2")
    assert asked(office, case) == []
    office.today_is("2026-01-09 09:00")
    assert "nobody picked up" in read_beside(office, case, IssueStepReport)
    office.answer(case, NOT_YET.model_copy(update={"again_on": date(2026, 1, 14)}), by="reablement-worker-2")
    office.today_is("2026-01-13 09:00")
    assert asked(office, case) == []
    office.today_is("2026-01-14 09:00")
    office.answer(case, GIVEN_UP, by="reablement-worker-2")
    office.today_is("2026-01-19 09:00")
    assert "given up, the club has closed" in read_beside(office, case, IssueJudged)


@pytest.mark.clauses("REA-23")
def test_two_steps_on_one_day_are_told_apart(office: Office) -> None:
    """REA-23: one is done, and it is the other that stays open."""
    other = RING_HER.model_copy(update={"what": "bring the high chair", "staff": "reablement-worker"})
    _, case = explored(office, steps=(RING_HER, other))
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["IssueStepReport of reablement-worker", "IssueStepReport of reablement-worker-2"]
    office.answer(case, DONE, by="reablement-worker-2")
    assert asked(office, case) == ["IssueStepReport of reablement-worker"]
    office.today_is("2026-01-20 09:00")
    assert "IssueJudged of reablement-worker" not in asked(office, case)


@pytest.mark.clauses("REA-23")
def test_a_step_that_nobody_does_goes_up_the_line(office: Office) -> None:
    """REA-23: silence on the day is chased, and those above its owner hear of it."""
    _, case = explored(office, steps=(RING_HER,))
    office.today_is("2026-01-21 12:00")
    assert any("Passed on to" in line for line in office.story_of(case))
    assert asked(office, case) == ["IssueStepReport of reablement-worker-2"]


def test_a_step_has_an_owner_and_a_day_to_come(office: Office) -> None:
    """REA-23: somebody owns it, inside or outside the council, and not both; a day that is over is refused."""
    for wrong in ({"staff": None}, {"who": "Joan Tilling"}):
        with pytest.raises(AnswerRefused, match="say who does it"):
            IssueExplored.read(AGREED.model_dump(mode="json") | {"steps": [RING_HER.model_dump(mode="json") | wrong]})
    _, case = an_issue(office)
    late = RING_HER.model_copy(update={"on": date(2026, 1, 2)})
    with pytest.raises(AnswerRefused, match="it is over"):
        office.answer(case, AGREED.model_copy(update={"steps": (late,)}), by="reablement-worker")


@pytest.mark.clauses("REA-22")
@pytest.mark.parametrize(
    ("option", "signal"),
    [
        (ResolvingOption.MONITOR_MORE, "MonitoringChangeWanted"),
        (ResolvingOption.CHANGE_VISITS, "EvidenceReceived"),
        (ResolvingOption.FORMAL_REVIEW, "ReviewAsked"),
    ],
)
def test_what_has_a_procedure_of_its_own_begins_at_once(office: Office, option: ResolvingOption, signal: str) -> None:
    """REA-22: closer monitoring, other visits and a formal review are taken up by whoever looks after the plan."""
    way = OptionWeighed(option=option, what="look in at noon", strengths="she likes company", chosen=True)
    plan, _ = explored(office, options=(way,), steps=())
    ((name, said),) = heard(office, plan)
    assert name == signal
    assert "look in at noon" in said["what"]
    opened = {
        ResolvingOption.MONITOR_MORE: reablement_monitoring_change,
        ResolvingOption.FORMAL_REVIEW: reablement_unscheduled_review,
    }.get(option)
    if opened is not None:
        assert len(office.cases(opened)) == 1


def test_ways_that_were_only_looked_at_begin_nothing(office: Office) -> None:
    """REA-22: a review was weighed and not chosen."""
    weighed = OptionWeighed(option=ResolvingOption.FORMAL_REVIEW, what="end it", strengths="she manages much")
    plan, _ = explored(office, options=(TALKING, weighed))
    assert heard(office, plan) == []


@pytest.mark.clauses("REA-20", "REA-25")
def test_without_agreement_a_review_is_considered(office: Office) -> None:
    """REA-20, REA-25: they do not agree though it was tried; the issue is not left to itself."""
    plan, case = an_issue(office)
    office.answer(case, NOT_AGREED, by="reablement-worker")
    assert office.outcome_of(case) == "not resolved"
    ((name, said),) = heard(office, plan)
    assert (name, said["trigger"]) == ("ReviewAsked", "issues-unresolved")
    assert len(office.cases(reablement_unscheduled_review)) == 1


@pytest.mark.parametrize(("answer", "outcome"), [(SETTLED, "resolved"), (NOT_AGREED, "not resolved")])
def test_an_objection_is_resolved_or_not_and_its_change_hears_which(
    office: Office, answer: IssueExplored, outcome: str
) -> None:
    """GAP-32: the change that was objected to waits for this word; no review is considered besides (REA-20)."""
    plan, case = an_issue(office, FADING.model_copy(update={"kind": IssueKind.OBJECTION}), change="7K3Q-9PXM")
    assert "objection to the change in case 7K3Q-9PXM" in read_beside(office, case, IssueExplored)
    office.answer(case, answer, by="reablement-worker")
    assert office.outcome_of(case) == outcome
    assert heard(office, plan) == []


@pytest.mark.parametrize("follows", NextForIssue)
def test_what_is_not_resolved_is_tried_another_way_reviewed_or_left(office: Office, follows: NextForIssue) -> None:
    """REA-20: the worker says what follows, and it is never nobody's."""
    plan, case = explored(office, steps=())
    office.today_is("2026-01-19 09:00")
    office.answer(
        case,
        IssueJudged(resolved=False, what_they_say="she still stays in bed", what_follows=follows),
        by="reablement-worker",
    )
    match follows:
        case NextForIssue.ANOTHER_WAY:
            assert asked(office, case) == ["IssueExplored of reablement-worker"]
            assert "she still stays in bed" in read_beside(office, case, IssueExplored)
            later = AGREED.model_copy(update={"steps": (), "look_again_on": date(2026, 1, 26)})
            office.answer(case, later, by="reablement-worker")
            office.today_is("2026-01-26 09:00")
            assert asked(office, case) == ["IssueJudged of reablement-worker"]
        case NextForIssue.REVIEW:
            assert office.outcome_of(case) == "not resolved"
            assert [name for name, _ in heard(office, plan)] == ["ReviewAsked"]
        case NextForIssue.LEAVE_IT:
            assert office.outcome_of(case) == "not resolved"
            assert heard(office, plan) == []


def test_an_issue_in_a_reablement_that_has_ended_is_not_explored(office: Office) -> None:
    """There is nothing to resolve any more, and nobody is asked (REA-20)."""
    plan = in_reablement(office)
    reablement_ends(office, plan)
    matter = PlanIssue(plan=plan, worker="staff-reablement-worker", issue=FADING)
    case = office.start(reablement_plan_issue, matter, owner="staff-reablement-worker")
    assert office.outcome_of(case) == "reablement has ended"


@pytest.mark.parametrize("stage", ["exploring", "before a step", "a step", "before judging", "judging"])
def test_nobody_is_asked_about_an_issue_once_reablement_has_ended(office: Office, stage: str) -> None:
    """Wherever it stands, what was asked leaves the worklist, and nothing is asked later (REA-23)."""
    plan, case = an_issue(office)
    if stage != "exploring":
        steps = (RING_HER, COME_ALONG) if "step" in stage else ()
        office.answer(case, AGREED.model_copy(update={"steps": steps}), by="reablement-worker")
    if stage in ("a step", "judging"):
        office.today_is("2026-01-08 09:00" if stage == "a step" else "2026-01-19 09:00")
        assert asked(office, case) != []
    office.signal(case, PlanHasEnded(plan=plan, because="moved to her son's"))
    assert office.outcome_of(case) == "reablement has ended"
    assert office.waiting_for(case) == []


# ------------------------------------------------------------------ who is involved


@pytest.mark.clauses("REA-21")
def test_whoever_it_is_about_takes_part_unless_that_puts_the_person_at_risk(office: Office) -> None:
    """REA-21, GAP-39: it is about Joan, so it is said whether she takes part; leaving her out needs the risk."""
    _, case = an_issue(office, ABOUT_JOAN)
    with pytest.raises(AnswerRefused, match="the issue is about somebody"):
        office.answer(case, SETTLED, by="reablement-worker")
    withheld = SETTLED.model_copy(update={"individual": IndividualConcerned.PUTS_PERSON_AT_RISK})
    with pytest.raises(AnswerRefused, match="what the risk to the person would be"):
        office.answer(case, withheld, by="reablement-worker")
    office.answer(case, withheld.model_copy(update={"risk": "she shouts at her afterwards"}), by="reablement-worker")
    assert "she shouts at her afterwards" in notes_of(office, case)[0]


def test_policy_may_not_ask_for_the_risk(office: Office) -> None:
    """GAP-39: another council lets the worker leave somebody out without writing down why (REA-21)."""
    office.policy_becomes(policy_with(risk_of_telling={"withholding_needs_recorded_risk": False}))
    _, case = an_issue(office, ABOUT_JOAN)
    withheld = SETTLED.model_copy(update={"individual": IndividualConcerned.PUTS_PERSON_AT_RISK})
    office.answer(case, withheld, by="reablement-worker")
    assert office.is_closed(case)


def test_policy_may_involve_them_all_the_same(office: Office) -> None:
    """GAP-39: by default nobody invites the alleged source of a risk; another council decides otherwise (REA-21)."""
    office.policy_becomes(policy_with(risk_of_telling={"invite_alleged_source_of_risk": True}))
    _, case = an_issue(office, ABOUT_JOAN)
    withheld = {"individual": IndividualConcerned.PUTS_PERSON_AT_RISK, "risk": "she shouts"}
    with pytest.raises(AnswerRefused, match="involves them all the same"):
        office.answer(case, SETTLED.model_copy(update=withheld), by="reablement-worker")
    involved = SETTLED.model_copy(update={"individual": IndividualConcerned.INVOLVED})
    office.answer(case, involved, by="reablement-worker")
    assert office.is_closed(case)


@pytest.mark.clauses("REA-21")
def test_somebody_without_capacity_is_represented(office: Office) -> None:
    """REA-21, GAP-39: a representative takes part, or an advocate is looked for at once."""
    _, case = an_issue(office)
    without = SETTLED.model_copy(update={"has_capacity": False})
    with pytest.raises(AnswerRefused, match="say who represents them"):
        office.answer(case, without, by="reablement-worker")
    office.answer(case, without.model_copy(update={"represented_by": "Joan Tilling"}), by="reablement-worker")
    assert office.is_closed(case)
    assert office.cases(advocacy) == []


@pytest.mark.clauses("REA-21")
def test_where_nobody_suitable_represents_them_an_advocate_is_looked_for(office: Office) -> None:
    """REA-21, GAP-39: in a case of its own, which nothing here waits for."""
    _, case = an_issue(office)
    without = SETTLED.model_copy(update={"has_capacity": False, "advocate_wanted": True})
    office.answer(case, without, by="reablement-worker")
    assert len(office.cases(advocacy)) == 1
    assert office.is_closed(case)


def test_policy_may_do_without_a_representative(office: Office) -> None:
    """GAP-39: the opposite of the default (REA-21)."""
    office.policy_becomes(policy_with(risk_of_telling={"representative_or_advocate_without_capacity": False}))
    _, case = an_issue(office)
    office.answer(case, SETTLED.model_copy(update={"has_capacity": False}), by="reablement-worker")
    assert office.is_closed(case)


@pytest.mark.clauses("REA-21")
def test_others_take_part_because_the_person_asks_consents_or_it_is_best_for_them(office: Office) -> None:
    """REA-21: consent for a person who can decide about it, best interests for one who cannot; who is left out, why."""
    for has_capacity, wrong in ((True, AlsoWhy.NEEDED_IN_BEST_INTERESTS), (False, AlsoWhy.NEEDED_WITH_CONSENT)):
        answer = SETTLED.model_dump(mode="json") | {
            "has_capacity": has_capacity,
            "also_involved": [{"who": "the vicar", "why": wrong}],
        }
        with pytest.raises(AnswerRefused, match="also_involved"):
            IssueExplored.read(answer)
    _, case = an_issue(office)
    with pytest.raises(AnswerRefused, match="name only those whom the plan has"):
        nobody = LeftOut(who="P9", because="not there")
        office.answer(case, SETTLED.model_copy(update={"left_out": (nobody,)}), by="reablement-worker")
    more = {
        "also_involved": (AlsoInvolved(who="the vicar", why=AlsoWhy.PERSON_ASKS),),
        "left_out": (LeftOut(who="P4", because="on leave"),),
    }
    office.answer(case, SETTLED.model_copy(update=more), by="reablement-worker")
    (note,) = notes_of(office, case)
    assert "the vicar (person asks)" in note
    assert "P4: on leave" in note


@given(days=st.lists(st.integers(0, 9), min_size=1, max_size=4), answers=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_issue_is_judged_only_when_every_step_is_over(
    office: Office, days: list[int], answers: st.DataObject
) -> None:
    """REA-23: whatever the days and answers, each step is done or given up before it is asked whether it helped."""
    office = Office(office.council.database, office.council.policy)
    steps = tuple(IssueStep(what=f"step {n}", who="Joan", on=date(2026, 1, 5 + day)) for n, day in enumerate(days))
    _, case = explored(office, steps=steps, look_again_on=date(2026, 1, 6))
    left = len(steps)
    for _ in range(40):
        if "IssueStepReport of reablement-worker" in asked(office, case):
            report = answers.draw(st.sampled_from((DONE, NOT_YET, GIVEN_UP)))
            office.answer(case, report, by="reablement-worker")
            left -= report.outcome is not StepOutcome.NOT_YET
        else:
            office.days_pass(1)
        assert ("IssueJudged of reablement-worker" in asked(office, case)) <= (left == 0)
