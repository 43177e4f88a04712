"""An unscheduled review of reablement: considered, held by whom policy says, and followed up (REA-25, GAP-50)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.prevention import prevention
from flows.pwt_triage import pwt_triage
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.durations import working_days
from models.forms.base import AnswerRefused
from models.forms.explaining import NotTold
from models.forms.prevention import PreventionExplored
from models.forms.reablement_matters import ReviewToConsider
from models.forms.reablement_review import ReviewConsidered, ReviewHeld, ReviewPutOnTray, ReviewResult, ReviewTold
from models.forms.reablement_signals import PlanHasEnded, ReviewAsked, ReviewTrigger
from models.forms.tray_triage import SafeguardingCheck
from models.policy.gaps.duty import AdvocacyStep
from models.policy.gaps.everywhere import ReviewReason
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import in_reablement, notes_of, reablement_ends
from tests.procedures.test_advocacy import IN_PLACE, referred
from tests.procedures.tray_people import heard
from tests.procedures.tray_stories import policy_with

ASKED = ReviewAsked(trigger=ReviewTrigger.ASKED_FOR, asked_by="Joan Tilling", what="She wonders what comes next")
ON_THURSDAY = ReviewConsidered(hold=True, reasons="she is right to ask", on=date(2026, 1, 8))
NOT_NOW = ReviewConsidered(hold=False, reasons="four days in", who_asked_told="rang Joan, who is content")
HELD = ReviewHeld(
    held=True,
    with_whom="Edith, Joan, Mr Menon",
    person_took_part=True,
    found="she manages mornings",
    result=ReviewResult.GOES_ON,
)
TOLD = ReviewTold(how="rang them")
EVERYBODY = ("P1", "P2", "P3", "P4")


def considering(office: Office, **asked_as: Any) -> tuple[str, str]:
    """A review is considered; gives plan and case."""
    plan = in_reablement(office)
    matter = ReviewToConsider(plan=plan, worker="staff-reablement-worker", asked=ASKED.model_copy(update=asked_as))
    return plan, office.start(reablement_unscheduled_review, matter, owner="staff-reablement-worker")


def on_the_day(office: Office, **changes: Any) -> tuple[str, str]:
    """It is Thursday, the day of the review."""
    plan, case = considering(office)
    office.answer(case, ON_THURSDAY.model_copy(update=changes), by="reablement-worker")
    office.today_is("2026-01-08 09:00")
    return plan, case


def reviewed(office: Office, **changes: Any) -> tuple[str, str]:
    """It was held on Thursday, and everybody was there."""
    plan, case = on_the_day(office)
    office.answer(case, HELD.model_copy(update={"know_already": EVERYBODY} | changes), by="reablement-worker")
    return plan, case


@pytest.mark.clauses("REA-25")
@pytest.mark.parametrize("trigger", ReviewTrigger)
def test_each_trigger_has_a_review_considered_in_time(office: Office, trigger: ReviewTrigger) -> None:
    """REA-25: whoever coordinates the plan decides within two working days, with what speaks for it beside the form."""
    _, case = considering(office, trigger=trigger)
    assert office.waiting_for(case) == ["ReviewConsidered of reablement-worker, due 2026-01-07 17:00"]
    beside = read_beside(office, case, ReviewConsidered)
    assert f"A review ({trigger.value.replace('-', ' ')}), by Joan Tilling: She wonders what comes next" in beside
    assert "The plan, version 1" in beside


def test_the_time_to_consider_it_is_the_councils(office: Office) -> None:
    """REA-25: five working days where policy says so."""
    policy = office.council.policy
    slower = policy.reablement.model_copy(update={"review_considered_within": working_days(5)})
    office.policy_becomes(policy.model_copy(update={"reablement": slower}))
    _, case = considering(office)
    assert office.waiting_for(case) == ["ReviewConsidered of reablement-worker, due 2026-01-12 17:00"]


@pytest.mark.clauses("REA-25")
def test_a_review_that_is_not_held_has_reasons_and_whoever_asked_was_told(office: Office) -> None:
    """REA-25: the decision not to hold one is on record, and Joan knows."""
    for missing in ({"reasons": ""}, {"who_asked_told": ""}):
        with pytest.raises(AnswerRefused):
            ReviewConsidered.read(NOT_NOW.model_dump() | missing)
    plan, case = considering(office)
    office.answer(case, NOT_NOW, by="reablement-worker")
    assert office.outcome_of(case) == "not held"
    assert "rang Joan, who is content" in notes_of(office, case)[0]
    assert heard(office, plan) == []


@pytest.mark.clauses("REA-25")
def test_the_review_is_asked_for_on_its_day_until_it_was_held(office: Office) -> None:
    """REA-25: she was ill on Thursday and on Friday, so it is asked for on each next working day, or the day named."""
    _, case = on_the_day(office)
    assert office.waiting_for(case) == ["ReviewHeld of reablement-worker, due 2026-01-08 17:00"]
    ill = ReviewHeld(held=False, why_not="she is ill")
    office.answer(case, ill, by="reablement-worker")
    assert asked(office, case) == []
    office.today_is("2026-01-09 09:00")
    office.answer(case, ill.model_copy(update={"again_on": date(2026, 1, 14)}), by="reablement-worker")
    office.today_is("2026-01-13 09:00")
    assert asked(office, case) == []
    office.today_is("2026-01-14 09:00")
    office.answer(case, HELD.model_copy(update={"know_already": EVERYBODY}), by="reablement-worker")
    assert office.outcome_of(case) == "reablement goes on"


# ------------------------------------------------------------------ by whom (GAP-50)


def test_who_cannot_hold_it_leaves_it_to_the_team(office: Office) -> None:
    """GAP-50: the worker first, else the team; the day is kept (REA-25)."""
    _, case = on_the_day(office, cannot_hold="on leave all week")
    assert asked(office, case) == ["ReviewHeld of reablement"]
    office.answer(case, HELD.model_copy(update={"know_already": EVERYBODY}), by="reablement-worker-2")
    assert office.outcome_of(case) == "reablement goes on"


def test_policy_may_have_the_team_hold_it(office: Office) -> None:
    """GAP-50: where the worker does not come first, the team holds it, though the worker could (REA-25)."""
    office.policy_becomes(policy_with(review_route={"worker_first_then_team": False}))
    _, case = on_the_day(office)
    assert asked(office, case) == ["ReviewHeld of reablement"]


@pytest.mark.parametrize("put_there", [True, False])
def test_policy_may_keep_it_in_the_review_tray_too(office: Office, put_there: bool) -> None:
    """GAP-50: by default only the yearly review is there; where policy wants these too, the day waits for nobody."""
    tray = (ReviewReason.ANNUAL, ReviewReason.UNSCHEDULED)
    office.policy_becomes(policy_with(review_route={"review_tray_for": tray}))
    _, case = considering(office)
    office.answer(case, ON_THURSDAY, by="reablement-worker")
    assert asked(office, case) == ["ReviewPutOnTray of reablement-worker"]
    assert "Thursday 8 January 2026" in read_beside(office, case, ReviewPutOnTray)
    if put_there:
        office.answer(case, ReviewPutOnTray(put_there_on=date(2026, 1, 5)), by="reablement-worker")
        assert asked(office, case) == []
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["ReviewHeld of reablement-worker"]


def test_by_default_the_review_tray_is_not_for_it(office: Office) -> None:
    """GAP-50: nobody is asked to put an unscheduled review into the Review tray (REA-25)."""
    _, case = considering(office)
    office.answer(case, ON_THURSDAY, by="reablement-worker")
    assert asked(office, case) == []


# ------------------------------------------------------------------ what it comes to


@pytest.mark.clauses("REA-25")
def test_a_plan_that_is_to_change_is_put_to_whoever_decides_on_it(office: Office) -> None:
    """REA-25: what the review found is evidence for a change, and nobody keys it again."""
    plan, case = reviewed(office, result=ReviewResult.PLAN_TO_CHANGE, what_follows="no more evening visits")
    assert office.outcome_of(case) == "the plan is to change"
    ((name, said),) = heard(office, plan)
    assert name == "EvidenceReceived"
    assert "she manages mornings" in said["what"]
    assert "no more evening visits" in said["what"]


@pytest.mark.clauses("REA-25")
def test_a_reablement_that_ends_is_told_to_the_plans_case(office: Office) -> None:
    """REA-25: with its last day, why, and what follows for the person."""
    ends = {"result": ReviewResult.ENDS, "what_follows": "she rings if need be", "last_day": date(2026, 1, 16)}
    plan, case = reviewed(office, **ends)
    assert office.outcome_of(case) == "reablement ends"
    wanted = {"last_day": "2026-01-16", "because": "she manages mornings", "what_follows": "she rings if need be"}
    [(signal, said)] = heard(office, plan)
    assert signal == "ReablementEndWanted"
    assert wanted.items() <= said.items()


@pytest.mark.clauses("REA-25", "DUTY-68", "DUTY-69")
def test_nothing_waits_for_the_record_of_prevention(office: Office) -> None:
    """GAP-07, DUTY-69: the referral for long-term help opens in the same moment and goes on without the record."""
    _, case = reviewed(office, result=ReviewResult.LONG_TERM_NEEDS, what_follows="two visits a day for good")
    (referral,), (exploring,) = office.cases(pwt_triage), office.cases(prevention)
    assert office.outcome_of(case) == "referred for long-term help"
    assert asked(office, exploring) == ["PreventionExplored of reablement-worker"]
    assert "two visits a day for good" in read_beside(office, referral, SafeguardingCheck)
    office.answer(referral, SafeguardingCheck(nine_nine_nine_considered=True, concern=False), by="duty-worker")
    assert asked(office, referral) == ["Triage of duty-worker"]
    assert asked(office, exploring) == ["PreventionExplored of reablement-worker"]
    assert "Nothing of it waits for this record." in read_beside(office, exploring, PreventionExplored)


@pytest.mark.parametrize("last_day", [None, date(2026, 1, 16)])
def test_reablement_may_go_on_until_long_term_help_is_there(office: Office, last_day: date | None) -> None:
    """REA-25: it ends with long-term needs only where a last day is given."""
    changes = {"result": ReviewResult.LONG_TERM_NEEDS, "what_follows": "two visits a day", "last_day": last_day}
    plan, _ = reviewed(office, **changes)
    assert [name for name, _ in heard(office, plan)] == (["ReablementEndWanted"] if last_day else [])


@pytest.mark.clauses("REA-25")
def test_everybody_in_the_plan_hears_what_it_came_to(office: Office) -> None:
    """REA-25: who was there knows; Mr Menon is listed until he was told, or it is said why not."""
    _, case = on_the_day(office)
    office.answer(case, HELD.model_copy(update={"know_already": ("P1", "P2")}), by="reablement-worker")
    assert asked(office, case) == ["ReviewTold of reablement-worker"]
    beside = read_beside(office, case, ReviewTold)
    assert "The review came to: goes on." in beside
    assert "To be told:\nP4: Ravi Menon" in beside
    unknown = NotTold(who="P9", because="no such")
    with pytest.raises(AnswerRefused, match="name only those whom the plan has"):
        office.answer(case, TOLD.model_copy(update={"exceptions": (unknown,)}), by="reablement-worker")
    office.answer(case, TOLD, by="reablement-worker")
    assert office.outcome_of(case) == "reablement goes on"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held": False, "result": None}, "why_not"),
        ({"result": ReviewResult.ENDS, "what_follows": "nothing"}, "last_day"),
        ({"result": ReviewResult.PLAN_TO_CHANGE}, "what_follows"),
        ({"last_day": date(2026, 1, 16)}, "only where reablement ends"),
        ({"found": ""}, "found"),
    ],
)
def test_a_result_is_whole(changes: dict[str, Any], said: str) -> None:
    """REA-25: what a review came to says what follows from it."""
    with pytest.raises(AnswerRefused, match=said):
        ReviewHeld.read(HELD.model_copy(update=changes).model_dump())


def test_who_knows_is_somebody_in_the_plan(office: Office) -> None:
    """A slip in an id would leave somebody untold (REA-25)."""
    _, case = on_the_day(office)
    with pytest.raises(AnswerRefused, match="name only those whom the plan has"):
        office.answer(case, HELD.model_copy(update={"know_already": ("P9",)}), by="reablement-worker")


@pytest.mark.parametrize("result", [ReviewResult.ENDS, ReviewResult.LONG_TERM_NEEDS])
def test_a_review_does_not_end_reablement_before_it_began(office: Office, result: ReviewResult) -> None:
    """It began on Monday: Sunday is a slip of the pen, and Monday itself may be its last day (REA-25)."""
    _, case = on_the_day(office)
    ends = HELD.model_copy(update={"result": result, "what_follows": "her son cares", "last_day": date(2026, 1, 4)})
    with pytest.raises(AnswerRefused, match="last_day: reablement began on 5 January 2026"):
        office.answer(case, ends, by="reablement-worker")
    office.answer(case, ends.model_copy(update={"last_day": date(2026, 1, 5)}), by="reablement-worker")


def test_a_reablement_that_has_ended_is_not_reviewed(office: Office) -> None:
    """Nobody is asked (REA-25)."""
    plan = in_reablement(office)
    reablement_ends(office, plan)
    matter = ReviewToConsider(plan=plan, worker="staff-reablement-worker", asked=ASKED)
    case = office.start(reablement_unscheduled_review, matter, owner="staff-reablement-worker")
    assert office.outcome_of(case) == "reablement has ended"


@pytest.mark.parametrize("stage", ["considering", "before the day", "the day"])
def test_a_review_is_not_held_once_reablement_has_ended(office: Office, stage: str) -> None:
    """Wherever it stands, what was asked leaves the worklist (REA-25)."""
    plan, case = considering(office)
    if stage != "considering":
        office.answer(case, ON_THURSDAY, by="reablement-worker")
    if stage == "the day":
        office.today_is("2026-01-08 09:00")
    office.signal(case, PlanHasEnded(plan=plan, because="moved to her son's"))
    assert office.outcome_of(case) == "reablement has ended"


def test_a_review_that_ended_it_is_told_all_the_same(office: Office) -> None:
    """REA-25: the plan is no longer in force, and Mr Menon is still to hear what the review came to."""
    plan, case = on_the_day(office)
    ends = {"result": ReviewResult.ENDS, "what_follows": "nothing", "last_day": date(2026, 1, 8)}
    office.answer(case, HELD.model_copy(update=ends), by="reablement-worker")
    office.signal(case, PlanHasEnded(plan=plan, because="decided"))
    assert asked(office, case) == ["ReviewTold of reablement-worker"]
    office.answer(case, TOLD, by="reablement-worker")
    assert office.outcome_of(case) == "reablement ends"


def test_a_review_that_nobody_considers_goes_up_the_line(office: Office) -> None:
    """REA-25: silence is chased, and those above hear of it."""
    _, case = considering(office)
    office.today_is("2026-01-21 12:00")
    assert any("Passed on to" in line for line in office.story_of(case))
    assert asked(office, case) == ["ReviewConsidered of reablement-worker"]


@pytest.mark.clauses("DUTY-42")
@pytest.mark.parametrize(("step", "holds"), [(AdvocacyStep.REVIEW, True), (AdvocacyStep.ASSESSMENT, False)])
def test_a_review_waits_for_the_advocate_who_is_needed(office: Office, step: AdvocacyStep, holds: bool) -> None:
    """DUTY-42: on its day it is held only once an advocate is in place, where policy has reviews wait for that."""
    others = tuple(one for one in AdvocacyStep if one is not step)
    office.policy_becomes(policy_with(advocacy_hold={"holds": (step,), "never_holds": others}))
    _, case = considering(office)
    office.answer(case, ON_THURSDAY, by="reablement-worker")
    need = referred(office, about_person="P-101")
    office.today_is("2026-01-08 09:00")
    assert (asked(office, case) == []) is holds
    office.answer(need, IN_PLACE, by="duty-worker")
    assert asked(office, case) == ["ReviewHeld of reablement-worker"]


@pytest.mark.parametrize(
    ("last_day", "problem"),
    [(date(2036, 1, 16), "last_day: it is more than six months away"), (date(2026, 2, 20), "costs_explained")],
)
def test_a_review_ends_reablement_on_a_day_in_sight_and_nobody_pays_unasked(
    office: Office, last_day: date, problem: str
) -> None:
    """As where the end is told in any other way: it is free until 15 February."""
    _, case = on_the_day(office)
    ends = HELD.model_copy(update={"result": ReviewResult.ENDS, "what_follows": "Nothing more", "last_day": last_day})
    with pytest.raises(AnswerRefused, match=problem):
        office.answer(case, ends, by="reablement-worker")


def test_a_review_ends_reablement_past_the_free_weeks_where_they_know_what_it_costs(office: Office) -> None:
    """What was said of the costs goes with the end, and is not asked again."""
    plan, case = on_the_day(office)
    ends = HELD.model_copy(
        update={
            "result": ReviewResult.ENDS,
            "what_follows": "Nothing more",
            "last_day": date(2026, 2, 20),
            "costs_explained": True,
        }
    )
    office.answer(case, ends, by="reablement-worker")
    with office.council.database.read() as session:
        (told,) = (one for one in recall(session, plan) if one.step == "ReablementEndWanted")
    assert told.data["costs_explained"] is True
