"""A change of a reablement plan: evidence comes, it is decided on, agreed, made a version, and everybody knows."""

from __future__ import annotations

from flows.plan_advocate import begin_to_plan_with_them, is_there_before_it_is_made, wait_for_their_advocate
from flows.plan_agreements import (
    decide_in_best_interests,
    have_a_senior_decide,
    hear_everybody,
    resolve_the_objection,
    weigh,
    weigh_what_may_stop_it,
)
from flows.plan_changing import (
    Always,
    Changing,
    PlanChangeOutcome,
    Stage,
    always,
    decide_anew,
    take_notice,
    take_what_one_said,
    take_what_was_settled,
    tell_other_changes,
)
from flows.plan_distribution import see_that_it_goes_out, see_that_the_home_copy_is_right
from flows.plan_evidence import (
    keep_what_was_decided_on,
    take_more_evidence,
    wait_for_the_change_that_covers_it,
)
from models.forms.plan_agreement import SaidToTheChange, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep, MoreEvidence
from models.forms.reablement_matters import EvidenceOfChange, MonitoringToChange, PlanIssue, ReviewToConsider
from models.forms.reablement_signals import IssueFound, MonitoringChangeWanted, PlanHasEnded, ReviewAsked
from models.forms.recording import PersonHasDied
from models.reablement.clocks import evidence_decided_by
from models.reablement.findings import VersionOutcome
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Due,
    Verb,
    Wait,
    answered_by,
    at,
    decision,
    first_of,
    hears,
    open_case,
    procedure,
    tell,
    withdraw,
)
from tasks.reablement.change_beside import beside_evidence
from tasks.reablement.coordinating import who_that_is
from tasks.reablement.plans import look_up_plan
from tasks.reablement.versions import make_version, propose_change, stop_change


@procedure(
    title="Change of a reablement plan",
    follows="Monitoring Actions (Reablement), November 2023: plan changes",
    acts_on=(PersonHasDied, PlanHasEnded),
)
def reablement_plan_change(evidence: EvidenceOfChange) -> PlanChangeOutcome:
    """
    See that evidence about somebody's reablement plan is decided on in good time, and that a change reaches everybody.

    Whoever coordinates the plan decides within a working day; the reablement lead hears if nobody has. What else comes
    meanwhile is decided together with it, and what another change covers waits until that one is made. A change is
    made once everybody involved agrees; where the person needs an advocate that waits until one is there, unless
    somebody would not be safe meanwhile. What one worker settles in one visit stands on one form, and who is left is
    asked. A person who can decide about it and refuses the support stops the change, and a review begins; who cannot
    decide is decided for in their best interests; other objections are talked over or go to a named senior. The change
    is a new version of the plan. Everybody is told, goes by the copy at home until the new copies are out, and has
    one. Another change of the same plan is seen, never overwritten, and nobody is asked twice for the same thing.
    """
    stands = look_up_plan(evidence.plan)
    about_person(stands.person)
    changing = Changing(evidence, stands, since=evidence.received_at)
    if stands.ended:
        changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED
    while changing.outcome is None:
        match changing.stage:
            case Stage.DECIDING:
                decide_on_the_evidence(changing)  # REA-07, REA-09, REA-10
            case Stage.COVERED:
                wait_for_the_change_that_covers_it(changing)  # REA-09
            case Stage.ADVOCATE:
                wait_for_their_advocate(changing)  # DUTY-42
            case Stage.AGREEING:
                hear_everybody(changing)  # REA-06
            case Stage.WEIGHING:
                weigh(changing)  # REA-18
            case Stage.IN_BEST_INTERESTS:
                decide_in_best_interests(changing)  # GAP-33
            case Stage.RESOLVING:
                resolve_the_objection(changing)  # GAP-32
            case Stage.SENIOR:
                have_a_senior_decide(changing)  # REA-18
            case Stage.MAKING:
                make_it_a_version(changing)  # REA-11
            case Stage.GOING_OUT:
                see_that_it_goes_out(changing)  # REA-12 to REA-17
    if changing.change is not None:
        stop_what_was_proposed(changing)
    see_that_the_home_copy_is_right(changing)
    return changing.outcome


def decide_on_the_evidence(changing: Changing) -> None:
    """Whoever coordinates the plan decides within the time that policy gives; silence is told to the lead (GAP-34)."""
    due = evidence_decided_by(changing.since)
    overdue = at("evidence-not-decided-on", due)
    changing.asked["evidence"] = asked = decision(
        EvidenceDecision,
        of=who_that_is(changing.worker),
        about=beside_evidence(changing.pieces, changing.stands, *changing.why),
        wanted_within=due,
        since=changing.since,
        clauses="REA-07 REA-08 REA-09 REA-10 GAP-34",
    )
    if asked is not changing.question:
        changing.question, changing.beside = asked, len(changing.more)
    waits: list[Wait[EvidenceDecision | MoreEvidence | Due | Always]] = [asked, overdue, hears(MoreEvidence), *always()]
    match first_of(*waits):
        case EvidenceDecision() as decided:
            withdraw(overdue)
            changing.asked, changing.decided = {}, decided
            changing.decided_by = answered_by(EvidenceDecision)
            keep_what_was_decided_on(changing)
            take_decision(changing, decided)
        case MoreEvidence() as more:
            take_more_evidence(changing, more)  # REA-09
        case Due():
            tell(
                Role.REABLEMENT_LEAD,
                Verb.DECIDE,
                "evidence-about-a-plan-is-not-decided-on",
                near=changing.stands.team,
                clauses="REA-10 GAP-34",
            )
        case came:
            take_notice(changing, came)


def take_decision(changing: Changing, decided: EvidenceDecision) -> None:
    """What follows from the evidence, with nothing keyed twice."""
    coordinator = who_that_is(changing.worker)
    given_by = ", ".join(dict.fromkeys(one.evidence.given_by for one in changing.pieces))
    match decided.step:
        case EvidenceStep.CHANGE_THE_PLAN:
            propose(changing, decided)
        case EvidenceStep.NO_CHANGE:
            changing.outcome = PlanChangeOutcome.NO_CHANGE
        case EvidenceStep.UNDER_WAY:
            changing.stage = Stage.COVERED
        case EvidenceStep.ISSUE:
            from flows.reablement_plan_issue import reablement_plan_issue

            assert decided.issue is not None
            what = "\n".join((*(one.evidence.what for one in changing.pieces), decided.reasons))
            issue = IssueFound(kind=decided.issue, what=what, found_by=given_by)
            matter = PlanIssue(plan=changing.plan, worker=coordinator.tag, issue=issue)
            open_case(reablement_plan_issue, matter, owner=coordinator, key="issue-found", clauses="REA-19")
            changing.outcome = PlanChangeOutcome.ISSUE
        case EvidenceStep.REVIEW:
            from flows.reablement_unscheduled_review import reablement_unscheduled_review

            assert decided.trigger is not None
            wish = ReviewAsked(trigger=decided.trigger, asked_by=given_by, what=decided.reasons)
            review = ReviewToConsider(plan=changing.plan, worker=coordinator.tag, asked=wish)
            open_case(reablement_unscheduled_review, review, owner=coordinator, clauses="REA-25")
            changing.outcome = PlanChangeOutcome.REVIEW
        case EvidenceStep.MONITORING:
            from flows.reablement_monitoring_change import reablement_monitoring_change

            wanted = MonitoringChangeWanted(wanted_by=given_by, what=decided.reasons)
            monitoring = MonitoringToChange(plan=changing.plan, worker=coordinator.tag, wanted=wanted)
            open_case(reablement_monitoring_change, monitoring, owner=coordinator, clauses="REA-04")
            changing.outcome = PlanChangeOutcome.MONITORING


def propose(changing: Changing, decided: EvidenceDecision) -> None:
    """The change is under way from now on, and whoever else changes the plan sees it; who decided on it agrees."""
    assert decided.edits is not None
    changing.seen = changing.stands.version
    changing.change = propose_change(changing.plan, decided.edits, changing.seen)  # REA-08
    changing.why = ()
    tell_other_changes(changing, f"It wants: {' '.join(changing.change.differences)}")
    settled = decided.settled
    for one in changing.stands.content.who_work_in_it(changing.decided_by):
        if settled is None or settled.said_by(one.id) is None:
            take_what_one_said(changing, SaidToTheChange(who=one.id, says=Stance.AGREES))
    begin_to_plan_with_them(changing, decided)  # DUTY-40, DUTY-41
    if settled is not None:
        take_what_was_settled(changing, settled)
        weigh_what_may_stop_it(changing)


def make_it_a_version(changing: Changing) -> None:
    """The change comes to stand in the plan at once; where another has altered the same, the worker decides anew."""
    if not is_there_before_it_is_made(changing):
        return
    made = make_version(changing.plan)
    match made.outcome:
        case VersionOutcome.MADE:
            changing.made, changing.change = made, None
            changing.stands = look_up_plan(changing.plan)
            tell_other_changes(changing, f"It has made version {made.version}: {' '.join(made.differences)}")
            changing.stage = Stage.GOING_OUT
        case VersionOutcome.NOTHING_TO_CHANGE:
            changing.change = None
            changing.outcome = PlanChangeOutcome.CHANGED_ALREADY
        case VersionOutcome.CLASHES:
            decide_anew(changing, made.clashing)
        case VersionOutcome.ENDED:
            changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED


def stop_what_was_proposed(changing: Changing) -> None:
    """It is not under way any more: whoever waits for what was asked here asks themselves."""
    changing.stands = stop_change(changing.plan)
    if changing.outcome is not PlanChangeOutcome.REABLEMENT_ENDED:
        tell_other_changes(changing, "It is not made.")
