"""A change of a reablement plan: evidence comes, it is decided on, agreed, made a version, and everybody knows."""

from __future__ import annotations

from flows.plan_agreements import (
    decide_in_best_interests,
    have_a_senior_decide,
    hear_everybody,
    resolve_the_objection,
    weigh,
    weigh_what_may_stop_it,
)
from flows.plan_changing import (
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
from models.forms.plan_agreement import SaidToTheChange, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.reablement_matters import EvidenceOfChange, MonitoringToChange, PlanIssue, ReviewToConsider
from models.forms.reablement_signals import IssueFound, MonitoringChangeWanted, PlanHasEnded, ReviewAsked
from models.forms.recording import PersonHasDied
from models.reablement.clocks import evidence_decided_by
from models.reablement.findings import VersionOutcome
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import Due, Verb, answered_by, at, decision, first_of, open_case, procedure, tell, withdraw
from tasks.reablement.change_beside import beside_evidence
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

    Whoever coordinates the plan decides within a working day; the reablement lead hears if nobody has. A change is
    made once everybody involved agrees: what one worker settles in one visit stands on one form, and who is left is
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
        of=changing.worker,
        about=beside_evidence(changing.evidence, changing.stands, *changing.why),
        wanted_within=due,
        since=changing.since,
        clauses="REA-07 REA-08 REA-09 REA-10 GAP-34",
    )
    match first_of(asked, overdue, *always()):
        case EvidenceDecision() as decided:
            withdraw(overdue)
            changing.asked, changing.decided = {}, decided
            changing.decided_by = answered_by(EvidenceDecision)
            take_decision(changing, decided)
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
    case, evidence = changing.evidence, changing.evidence.evidence
    match decided.step:
        case EvidenceStep.CHANGE_THE_PLAN:
            propose(changing, decided)
        case EvidenceStep.NO_CHANGE:
            changing.outcome = PlanChangeOutcome.NO_CHANGE
        case EvidenceStep.UNDER_WAY:
            changing.outcome = PlanChangeOutcome.UNDER_WAY
        case EvidenceStep.ISSUE:
            from flows.reablement_plan_issue import reablement_plan_issue

            assert decided.issue is not None
            what = f"{evidence.what}\n{decided.reasons}"
            issue = IssueFound(kind=decided.issue, what=what, found_by=evidence.given_by)
            matter = PlanIssue(plan=case.plan, worker=case.worker, issue=issue)
            open_case(reablement_plan_issue, matter, owner=changing.worker, key="issue-found", clauses="REA-19")
            changing.outcome = PlanChangeOutcome.ISSUE
        case EvidenceStep.REVIEW:
            from flows.reablement_unscheduled_review import reablement_unscheduled_review

            assert decided.trigger is not None
            wish = ReviewAsked(trigger=decided.trigger, asked_by=evidence.given_by, what=decided.reasons)
            review = ReviewToConsider(plan=case.plan, worker=case.worker, asked=wish)
            open_case(reablement_unscheduled_review, review, owner=changing.worker, clauses="REA-25")
            changing.outcome = PlanChangeOutcome.REVIEW
        case EvidenceStep.MONITORING:
            from flows.reablement_monitoring_change import reablement_monitoring_change

            wanted = MonitoringChangeWanted(wanted_by=evidence.given_by, what=decided.reasons)
            monitoring = MonitoringToChange(plan=case.plan, worker=case.worker, wanted=wanted)
            open_case(reablement_monitoring_change, monitoring, owner=changing.worker, clauses="REA-04")
            changing.outcome = PlanChangeOutcome.MONITORING


def propose(changing: Changing, decided: EvidenceDecision) -> None:
    """The change is under way from now on, and whoever else changes the plan sees it; who decided on it agrees."""
    assert decided.edits is not None
    changing.seen = changing.stands.version
    changing.change = propose_change(changing.plan, decided.edits, changing.seen)  # REA-08
    changing.why = ()
    tell_other_changes(changing, f"It wants: {' '.join(changing.change.differences)}")
    settled = decided.settled
    for one in changing.stands.content.involved:
        if one.staff == changing.decided_by and (settled is None or settled.said_by(one.id) is None):
            take_what_one_said(changing, SaidToTheChange(who=one.id, says=Stance.AGREES))
    changing.stage = Stage.AGREEING
    if settled is not None:
        take_what_was_settled(changing, settled)
        weigh_what_may_stop_it(changing)


def make_it_a_version(changing: Changing) -> None:
    """The change comes to stand in the plan at once; where another has altered the same, the worker decides anew."""
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
