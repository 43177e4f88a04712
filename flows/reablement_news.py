"""What comes about somebody's plan is taken up, each in a case of its own; a part of `reablement`."""

from __future__ import annotations

from datetime import datetime

from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.prevention import prevention
from flows.reablement_keeping import Keeping, Unread, look_what_is_open, who_coordinates
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.forms.liberty import LibertyConcern
from models.forms.plan_copies import HomeCopyAmended
from models.forms.prevention import PreventionToExplore
from models.forms.reablement_keeping import MessageIs, PlanMessageRead
from models.forms.reablement_matters import (
    EvidenceOfChange,
    MonitoringToChange,
    PauseToConsider,
    PlanIssue,
    ReviewToConsider,
)
from models.forms.reablement_signals import (
    EvidenceReceived,
    IssueFound,
    MonitoringChangeWanted,
    OutcomesAchieved,
    PreventionChance,
    RestrictionsNoticed,
    ReviewAsked,
    ReviewTrigger,
    SafeguardingRaised,
)
from tasks.durable import now, open_case
from tasks.reablement.evidence import join_evidence, pass_on_amendment, read_amendment
from tasks.reablement.open_matters import MATTERS
from tasks.reablement.plans import look_up_plan, note_progress


def evidence_came(keeping: Keeping, evidence: EvidenceReceived, *, came_at: datetime) -> None:
    """
    Something speaks for changing the plan: it is decided in good time after it came (REA-07, REA-09, REA-10).

    While other evidence is undecided it joins that, and whoever decides has one question for both.
    """
    if join_evidence(keeping.plan, evidence, came_at) is not None:
        return
    coordinator = who_coordinates(keeping)
    facts = EvidenceOfChange(plan=keeping.plan, worker=coordinator.tag, evidence=evidence, received_at=came_at)
    ref = open_case(
        reablement_plan_change, facts, owner=coordinator, key="plan-change", clauses="REA-07 REA-09 REA-10 REA-11"
    )
    keeping.opened[ref] = MATTERS[reablement_plan_change.procedure.name]


def home_copy_amended(keeping: Keeping, amended: HomeCopyAmended, *, by: str) -> None:
    """Whoever gives out the copies hears of it; where none are out, nobody has agreed what it says (REA-12)."""
    if pass_on_amendment(keeping.plan, amended) is None:
        evidence_came(keeping, read_amendment(amended, by), came_at=now())


def monitoring_to_change(keeping: Keeping, wanted: MonitoringChangeWanted) -> None:
    """Monitoring may change at any point during reablement (REA-01)."""
    coordinator = who_coordinates(keeping)
    facts = MonitoringToChange(plan=keeping.plan, worker=coordinator.tag, wanted=wanted)
    ref = open_case(
        reablement_monitoring_change, facts, owner=coordinator, key="monitoring-change", clauses="REA-01 REA-04"
    )
    keeping.opened[ref] = MATTERS[reablement_monitoring_change.procedure.name]


def issue_came_up(keeping: Keeping, issue: IssueFound) -> None:
    """Something stands in the way of the plan, and is resolved (REA-19, REA-20)."""
    coordinator = who_coordinates(keeping)
    facts = PlanIssue(plan=keeping.plan, worker=coordinator.tag, issue=issue)
    ref = open_case(reablement_plan_issue, facts, owner=coordinator, key="plan-issue", clauses="REA-19 REA-20")
    keeping.opened[ref] = MATTERS[reablement_plan_issue.procedure.name]


def review_wanted(keeping: Keeping, asked: ReviewAsked) -> None:
    """An unscheduled review is considered (REA-25)."""
    coordinator = who_coordinates(keeping)
    facts = ReviewToConsider(plan=keeping.plan, worker=coordinator.tag, asked=asked)
    ref = open_case(reablement_unscheduled_review, facts, owner=coordinator, key="unscheduled-review", clauses="REA-25")
    keeping.opened[ref] = MATTERS[reablement_unscheduled_review.procedure.name]


def progress_made(keeping: Keeping, achieved: OutcomesAchieved) -> None:
    """The person has achieved outcomes; once it is all of them, a review is considered (REA-07, REA-25)."""
    ids = tuple(dict.fromkeys(achieved.outcomes))
    keeping.stands = note_progress(keeping.plan, ids, achieved.achieved_on)
    consider_a_review_once_all_is_achieved(keeping)


def case_about_it_closed(keeping: Keeping, ref: str) -> None:
    """A case about the plan is over, and the plan may be otherwise: perhaps nothing is left to achieve (REA-25)."""
    del keeping.opened[ref]
    look_what_is_open(keeping)
    keeping.stands = look_up_plan(keeping.plan)
    if not keeping.said_to_have_died:
        consider_a_review_once_all_is_achieved(keeping)


def consider_a_review_once_all_is_achieved(keeping: Keeping) -> None:
    """Every outcome of the plan is achieved: nobody need ask for the review, and it is considered once (REA-25)."""
    stands = keeping.stands
    if not stands.all_achieved or set(stands.achieved) <= set(keeping.reviewed_for):
        return
    keeping.reviewed_for = stands.achieved
    said = "; ".join(f"{one.id} {one.what}" for one in stands.content.outcomes)
    asked = ReviewAsked(
        trigger=ReviewTrigger.OUTCOMES_ACHIEVED,
        asked_by="the plan itself",
        what=f"Every outcome of the plan is achieved: {said}",
    )
    review_wanted(keeping, asked)


def safeguarding_raised(keeping: Keeping, raised: SafeguardingRaised) -> None:
    """It is decided today whether reablement pauses (REA-34, GAP-35)."""
    coordinator = who_coordinates(keeping)
    facts = PauseToConsider(plan=keeping.plan, worker=coordinator.tag, concern=raised.concern, known_at=now())
    ref = open_case(
        reablement_safeguarding_pause, facts, owner=coordinator, key="safeguarding-pause", clauses="REA-34 GAP-35"
    )
    keeping.opened[ref] = MATTERS[reablement_safeguarding_pause.procedure.name]


def restrictions_noticed(keeping: Keeping, noticed: RestrictionsNoticed) -> None:
    """Care may take the person's liberty: it is considered what must be done (REA-37)."""
    coordinator = who_coordinates(keeping)
    facts = LibertyConcern(
        about_person=keeping.begun.person,
        what=f"{noticed.what} (noticed by {noticed.noticed_by})",
        plan=keeping.plan,
        worker=coordinator.tag,
    )
    open_case(deprivation_of_liberty, facts, owner=coordinator, key="deprivation-of-liberty", clauses="REA-37")


def explore_prevention(keeping: Keeping, what: str, *, before_long_term: bool = False) -> None:
    """Another preventive service might help, or long-term help is proposed (REA-29, REA-30, GAP-07)."""
    coordinator = who_coordinates(keeping)
    facts = PreventionToExplore(
        about_person=keeping.begun.person,
        what=what,
        before_long_term=before_long_term,
        came_from=keeping.plan,
        explored_by=coordinator.tag,
    )
    open_case(prevention, facts, owner=coordinator, key="prevention", clauses="REA-29 REA-30 GAP-07")


def chance_to_prevent(keeping: Keeping, chance: PreventionChance) -> None:
    """Wherever a chance to prevent needs is seen it is taken up (REA-30)."""
    explore_prevention(keeping, f"{chance.what} (noticed by {chance.noticed_by})")


# ------------------------------------------------------------------ a message that somebody has read


def message_read(keeping: Keeping, name: str, read: PlanMessageRead) -> None:
    """
    For each thing that the message is a case begins, with what the sender wrote; nobody keys it again.

    After the plan has ended nothing can change about it: that it was read, and what it was, is on record.
    """
    keeping.questions.pop(name)
    unread = keeping.messages.pop(name)
    if keeping.because:
        return
    for one in sorted(read.it_is):
        take_up(keeping, one, unread, read)


def take_up(keeping: Keeping, it_is: MessageIs, unread: Unread, read: PlanMessageRead) -> None:
    """One thing that a message is."""
    message = unread.message
    said = "\n".join(part for part in (read.in_short, f"{message.subject}\n{message.text}".strip()) if part)
    match it_is:
        case MessageIs.EVIDENCE:
            assert read.evidence is not None
            evidence = EvidenceReceived(kind=read.evidence, given_by=message.sender, what=said)
            evidence_came(keeping, evidence, came_at=unread.came_at)
        case MessageIs.ISSUE:
            assert read.issue is not None
            issue_came_up(keeping, IssueFound(kind=read.issue, what=said, found_by=message.sender))
        case MessageIs.MONITORING:
            monitoring_to_change(keeping, MonitoringChangeWanted(wanted_by=message.sender, what=said))
        case MessageIs.REVIEW:
            review_wanted(keeping, ReviewAsked(trigger=ReviewTrigger.ASKED_FOR, asked_by=message.sender, what=said))
        case MessageIs.PREVENTION:
            explore_prevention(keeping, f"{said}\n({message.sender})")
        case MessageIs.NOTHING:
            pass
