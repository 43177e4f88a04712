"""An unscheduled review of reablement: whether it is held, by whom and when, and what it comes to."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from flows.leaving_notes import leave_note
from flows.prevention import prevention
from flows.pwt_triage import pwt_triage
from flows.reablement_advocate import HeldUp, Waited, wait_for_an_advocate
from flows.reablement_asking import ask_while_it_lasts, wait_while_it_lasts
from flows.reablement_explaining import explain_to_everyone
from models.forms.prevention import PreventionToExplore
from models.forms.reablement_matters import ReviewToConsider
from models.forms.reablement_review import (
    ReviewConsidered,
    ReviewHeld,
    ReviewPutOnTray,
    ReviewResult,
    ReviewTold,
)
from models.forms.reablement_signals import (
    EvidenceKind,
    EvidenceReceived,
    PlanCoordinatorChanged,
    PlanHasEnded,
    ReablementEndWanted,
)
from models.forms.tray_triage import Referral, ReferralSource
from models.forms.written_contact import Channel, WrittenContact
from models.notices import Recipient
from models.policy.gaps.duty import AdvocacyStep
from models.reablement.findings import PlanStands
from models.roles import Role
from models.written_contact_findings import day_in_words
from tasks.case_people import about_person
from tasks.coming_days import work_out_morning, work_out_next_morning
from tasks.durable import (
    answered_by,
    at,
    decision,
    first_of,
    hears,
    now,
    open_case,
    procedure,
    send,
    this_case,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.reablement.beside import beside_the_plan
from tasks.reablement.coordinating import (
    AskedAboutAPlan,
    Coordinator,
    go_with_the_plan,
    who_coordinates,
    who_that_is,
)
from tasks.reablement.plans import look_up_plan
from tasks.reablement.reviewing import work_out_who_holds


class UnscheduledReviewOutcome(StrEnum):
    """How an unscheduled review ended."""

    NOT_HELD = "not held"
    """It was decided not to hold one, with the reasons on record."""
    GOES_ON = "reablement goes on"
    PLAN_TO_CHANGE = "the plan is to change"
    ENDS = "reablement ends"
    LONG_TERM_NEEDS = "referred for long-term help"
    ENDED_BEFORE = "reablement has ended"
    """Before a review was held."""


@procedure(
    title="Unscheduled review of reablement",
    follows="Monitoring Actions (Reablement), November 2023: reviews",
    acts_on=(PlanHasEnded,),
)
def reablement_unscheduled_review(matter: ReviewToConsider) -> UnscheduledReviewOutcome:
    """
    Decide whether somebody's reablement is reviewed outside its turn, and see that a review decided on is held.

    It is considered when reablement may no longer fit, issues go on, every outcome is achieved, somebody asks, or the
    support is refused. Whoever coordinates the plan decides, and holds it or leaves it to the team. A review that was
    not held is asked for again on the next working day. What it comes to begins at once, and everybody in the plan
    hears of it.
    """
    worker = Coordinator(matter.plan)
    plan = look_up_plan(matter.plan)
    about_person(plan.person)
    if plan.ended:
        return UnscheduledReviewOutcome.ENDED_BEFORE
    considered = ask_while_it_lasts(
        ReviewConsidered,
        of=worker,
        about=beside_the_plan(plan.plan, in_words(matter)),
        wanted_within=policy().reablement.review_considered_within,
        clauses="REA-25",
    )
    if considered is None:
        return UnscheduledReviewOutcome.ENDED_BEFORE
    keep(plan, f"{in_words(matter)}\nConsidered:{considered.in_words}", worker, answered_by(ReviewConsidered))
    if not considered.hold:
        return UnscheduledReviewOutcome.NOT_HELD
    assert considered.on is not None
    route = work_out_who_holds(who_coordinates(plan.plan).tag, plan.team, considered.cannot_hold)  # GAP-50
    holder = worker if route.by_the_coordinator else Recipient.from_tag(route.holder)
    if route.in_review_tray:
        put_in_the_review_tray(plan, holder, considered.on)
    held = hold(matter, holder, considered.on)
    if held is None:
        return UnscheduledReviewOutcome.ENDED_BEFORE
    by = answered_by(ReviewHeld)
    plan = look_up_plan(matter.plan)
    keep(plan, f"Reviewed:{held.in_words}", holder, by)
    outcome = begin_what_follows(matter, plan, held, holder, by)
    explain_to_everyone(
        plan,
        result_in_words(held),
        by=holder,
        form=ReviewTold,
        notice="reablement-was-reviewed",
        known_by=held.know_already,
        even_after_the_end=True,
        clauses="REA-25",
    )
    return outcome


def put_in_the_review_tray(plan: PlanStands, holder: AskedAboutAPlan, on: date) -> None:
    """Where policy keeps these reviews in the Review tray too; its day does not wait for that (GAP-50)."""
    the_day = at("review-tray-until", work_out_morning(on))
    while True:
        asked = decision(
            ReviewPutOnTray,
            of=who_that_is(holder),
            about=beside_the_plan(plan.plan, f"The review is on {day_in_words(on)}."),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="REA-25 GAP-50",
        )
        came = first_of(asked, the_day, hears(PlanCoordinatorChanged))
        withdraw(asked)
        if not isinstance(came, PlanCoordinatorChanged):
            withdraw(the_day)
            return
        go_with_the_plan(came.plan)


def hold(matter: ReviewToConsider, holder: AskedAboutAPlan, on: date) -> ReviewHeld | None:
    """On its day the review is held; one that was not is asked for again (REA-25). None: reablement has ended first."""
    the_day = at("review-day", work_out_morning(on))
    while wait_while_it_lasts(the_day):
        plan = look_up_plan(matter.plan)
        held_up = HeldUp(plan, holder, in_words(matter), AdvocacyStep.REVIEW)
        if wait_for_an_advocate(held_up, ask_whether_it_can_wait=False) is Waited.ENDED:  # DUTY-42
            return None
        held = ask_while_it_lasts(
            ReviewHeld,
            of=holder,
            about=beside_the_plan(plan.plan, in_words(matter)),
            wanted_within=policy().gaps.reasonable_time.urgent,
            clauses="REA-25",
        )
        if held is None or held.held:
            return held
        the_day = at("review-day", work_out_next_morning(held.again_on))
    return None


def begin_what_follows(
    matter: ReviewToConsider, plan: PlanStands, held: ReviewHeld, holder: AskedAboutAPlan, by: str
) -> UnscheduledReviewOutcome:
    """What the review came to begins at once (REA-25)."""
    assert held.result is not None
    if held.result is ReviewResult.LONG_TERM_NEEDS:
        refer_for_long_term_help(plan, held, who_that_is(holder), by)
    if held.last_day is not None:
        ending = ReablementEndWanted(
            last_day=held.last_day,
            because=held.found,
            what_follows=held.what_follows,
            costs_explained=held.costs_explained,
            told_elsewhere=True,
        )
        send(matter.plan, ending, by=by, clauses="REA-25")
    match held.result:
        case ReviewResult.GOES_ON:
            return UnscheduledReviewOutcome.GOES_ON
        case ReviewResult.PLAN_TO_CHANGE:
            what = f"A review found: {held.found}. To change: {held.what_follows}"
            evidence = EvidenceReceived(kind=EvidenceKind.OBSERVATION, given_by=by, what=what)
            send(matter.plan, evidence, by=by, clauses="REA-25")
            return UnscheduledReviewOutcome.PLAN_TO_CHANGE
        case ReviewResult.ENDS:
            return UnscheduledReviewOutcome.ENDS
        case ReviewResult.LONG_TERM_NEEDS:
            return UnscheduledReviewOutcome.LONG_TERM_NEEDS


def refer_for_long_term_help(plan: PlanStands, held: ReviewHeld, holder: Recipient, by: str) -> None:
    """The referral opens at once, and the record of prevention beside it: neither waits for the other (GAP-07)."""
    contact = WrittenContact(
        mail_id=this_case(),
        channel=Channel.FORM,
        received_at=now(),
        sender=f"Review of reablement, by {by}",
        subject="Long-term needs after reablement",
        text=f"{held.found}\n\n{held.what_follows}\n\nTook part: {held.with_whom}",
    )
    referral = Referral(
        source=ReferralSource.LOCALITY_TEAM, requested_at=now(), contact=contact, about_person=plan.person
    )
    ref = open_case(pwt_triage, referral, owner=Role.DUTY_WORKER, clauses="REA-25")
    exploring = PreventionToExplore(
        about_person=plan.person,
        what=held.what_follows,
        before_long_term=True,
        came_from=ref,
        explored_by=holder.tag,
    )
    open_case(prevention, exploring, owner=holder, clauses="DUTY-68 DUTY-69 GAP-07")


def in_words(matter: ReviewToConsider) -> str:
    """What speaks for a review."""
    asked = matter.asked
    return f"A review ({asked.trigger.value.replace('-', ' ')}), by {asked.asked_by}: {asked.what}"


def result_in_words(held: ReviewHeld) -> str:
    """What everybody in the plan is told."""
    assert held.result is not None
    last = f"\nThe last day of reablement: {day_in_words(held.last_day)}" if held.last_day else ""
    follows = f"\nWhat follows: {held.what_follows}" if held.what_follows else ""
    return f"The review came to: {held.result.value.replace('-', ' ')}.{last}{follows}"


def keep(plan: PlanStands, text: str, of: AskedAboutAPlan, by: str) -> None:
    """What was considered and what it came to stand in the person's record."""
    leave_note(
        "Reablement: unscheduled review",
        text,
        about_person=plan.person,
        of=who_that_is(of),
        author=by,
        clauses="REA-25",
    )
