"""Resolving an issue in a reablement plan: explored with those it concerns, agreed, and followed until it is over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flows.leaving_notes import leave_note
from flows.reablement_advocate import HeldUp, Waited, have_an_advocate_found, wait_for_an_advocate
from flows.reablement_asking import ask_while_it_lasts, wait_while_it_lasts
from models.forms.plan_issue import (
    IssueAgreement,
    IssueExplored,
    IssueJudged,
    IssueStep,
    IssueStepReport,
    NextForIssue,
    OptionWeighed,
    ResolvingOption,
    StepOutcome,
)
from models.forms.reablement_matters import PlanIssue
from models.forms.reablement_signals import (
    EvidenceKind,
    EvidenceReceived,
    MonitoringChangeWanted,
    PlanCoordinatorChanged,
    PlanHasEnded,
    ReviewAsked,
    ReviewTrigger,
)
from models.reablement.findings import PlanStands
from tasks.case_people import about_person
from tasks.coming_days import work_out_morning, work_out_next_morning
from tasks.durable import (
    Due,
    Wait,
    answered_by,
    at,
    decision,
    hears,
    now,
    procedure,
    send,
    staff,
    which_of,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.reablement.beside import beside_the_plan
from tasks.reablement.coordinating import Coordinator, go_with_the_plan, who_that_is
from tasks.reablement.plans import look_up_plan

OVER, TAKEN_OVER = 0, -1
"""Where the end of reablement, and another coordinator, stand among the steps, which are counted from one."""


class IssueOutcome(StrEnum):
    """How resolving an issue ended; a change that was objected to waits for it."""

    RESOLVED = "resolved"
    """Those involved say so. An objection that it came from no longer stands."""
    NOT_RESOLVED = "not resolved"
    """They do not agree, or it did not help. An objection that it came from still stands."""
    ENDED = "reablement has ended"
    """There is nothing to resolve any more."""


@procedure(
    title="Issue in a reablement plan",
    follows="Monitoring Actions (Reablement), November 2023: plan issues",
    acts_on=(PlanHasEnded,),
)
def reablement_plan_issue(matter: PlanIssue) -> IssueOutcome:
    """
    See that what stands in the way of somebody's plan is explored, openly, and resolved in the best way there is.

    Whoever coordinates the plan explores it with the person or who represents them, any carer, whoever it is about
    unless that puts the person at risk, and whom the person asks for. What is agreed becomes an action plan: each step
    is asked of its owner on its day, until it is done or given up with a reason, and then it is asked whether the issue
    is resolved. Where it is not, a review of reablement is considered.
    """
    worker = Coordinator(matter.plan)
    plan = look_up_plan(matter.plan)
    about_person(plan.person)
    so_far: tuple[str, ...] = (in_words(matter),)
    held_up = HeldUp(plan, worker, in_words(matter))
    while not plan.ended and wait_for_an_advocate(held_up) is not Waited.ENDED:  # DUTY-42
        explored = ask_while_it_lasts(
            IssueExplored,
            of=worker,
            about=beside_the_plan(plan.plan, *so_far),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="REA-20 REA-21 REA-22 GAP-39",  # the kinds of issue are those of REA-19
        )
        if explored is None:
            break
        by = answered_by(IssueExplored)
        so_far = (*so_far, f"Explored:{explored.in_words}")
        keep(plan, so_far[-1], worker, by)  # REA-23, REA-24
        if explored.advocate_wanted:
            have_an_advocate_found(held_up, clauses="REA-21 DUTY-40")  # GAP-39
        if explored.agreement is IssueAgreement.AGREED:
            match wait_for_an_advocate(held_up):  # DUTY-42
                case Waited.THERE:
                    so_far = (*so_far, "An advocate is in place now: explore it once more, with them.")
                    continue
                case Waited.ENDED:
                    break
                case Waited.NOT_AT_ALL | Waited.NOT_NEEDED | Waited.CANNOT_WAIT:
                    pass
        match explored.agreement:
            case IssueAgreement.SETTLED:
                lead_on(matter, explored, by)
                return IssueOutcome.RESOLVED
            case IssueAgreement.NOT_AGREED:
                if matter.change is None:
                    consider_a_review(matter, ReviewTrigger.ISSUES_UNRESOLVED, explored.not_agreed_because, by)
                return IssueOutcome.NOT_RESOLVED
            case IssueAgreement.AGREED:
                lead_on(matter, explored, by)
                reports = see_to_steps(plan, explored.steps, worker)
                judged = None if reports is None else judge(explored, plan, (*so_far, *reports), worker)
                if reports is None or judged is None:
                    break
                keep(plan, f"Is it resolved?{judged.in_words}", worker, answered_by(IssueJudged))
                match judged.what_follows:
                    case None:
                        return IssueOutcome.RESOLVED
                    case NextForIssue.ANOTHER_WAY:
                        so_far = (*so_far, *reports, f"Not resolved: {judged.what_they_say}")
                    case NextForIssue.REVIEW:
                        by = answered_by(IssueJudged)
                        consider_a_review(matter, ReviewTrigger.ISSUES_UNRESOLVED, judged.what_they_say, by)
                        return IssueOutcome.NOT_RESOLVED
                    case NextForIssue.LEAVE_IT:
                        return IssueOutcome.NOT_RESOLVED
        plan = look_up_plan(matter.plan)
    return IssueOutcome.ENDED


def see_to_steps(plan: PlanStands, steps: tuple[IssueStep, ...], worker: Coordinator) -> tuple[str, ...] | None:
    """
    Ask for each step on its day, of whoever owns it, until it is done or given up (REA-23).

    Staff are asked themselves; for anybody else whoever coordinates the plan is asked, and whoever takes it over is
    asked instead. Gives what came of each. None: reablement has ended first.
    """
    reports: dict[int, str] = {}
    asked_since: dict[int, datetime] = {}
    waits: dict[int, Wait[IssueStepReport | Due]] = {
        number: at(f"step-{number}", work_out_morning(step.on)) for number, step in enumerate(steps, start=1)
    }
    while waits:
        number, came = which_of({**waits, OVER: hears(PlanHasEnded), TAKEN_OVER: hears(PlanCoordinatorChanged)})
        match came:
            case PlanHasEnded():
                for wait in waits.values():
                    withdraw(wait)
                return None
            case PlanCoordinatorChanged(plan=ref):
                go_with_the_plan(ref)
                for one, since in asked_since.items():
                    if not steps[one - 1].staff:
                        withdraw(waits[one])
                        waits[one] = ask_for_step(plan, one, steps[one - 1], reports, worker, since)
            case Due():
                asked_since[number] = now()
                waits[number] = ask_for_step(plan, number, steps[number - 1], reports, worker)
            case IssueStepReport(outcome=outcome, what_came_of_it=what, again_on=again_on):
                del asked_since[number]
                reports[number] = f"{steps[number - 1]}: {outcome.value.replace('-', ' ')}, {what}"
                match outcome:
                    case StepOutcome.DONE | StepOutcome.GIVEN_UP:
                        del waits[number]
                    case StepOutcome.NOT_YET:
                        waits[number] = at(f"step-{number}", work_out_next_morning(again_on))
    return tuple(reports[number] for number in sorted(reports))


def ask_for_step(
    plan: PlanStands,
    number: int,
    step: IssueStep,
    reports: dict[int, str],
    worker: Coordinator,
    since: datetime | None = None,
) -> Wait[IssueStepReport]:
    """How far a step is; `since` where it was asked before, of whoever coordinated the plan then."""
    return decision(
        IssueStepReport,
        of=staff(step.staff) if step.staff else who_that_is(worker),
        about=beside_the_plan(plan.plan, f"Agreed: {step}", reports.get(number, "")),
        key=f"step-{number}-due",
        wanted_within=policy().gaps.reasonable_time.reasonable,
        since=since,
        clauses="REA-23",
    )


def judge(
    explored: IssueExplored, plan: PlanStands, so_far: tuple[str, ...], worker: Coordinator
) -> IssueJudged | None:
    """When the steps are over, and on the day agreed, those involved say whether it is resolved (REA-23)."""
    assert explored.look_again_on is not None
    if not wait_while_it_lasts(at("looked-at-again", work_out_morning(explored.look_again_on))):
        return None
    return ask_while_it_lasts(
        IssueJudged,
        of=worker,
        about=beside_the_plan(plan.plan, *so_far),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-20 REA-23",
    )


def lead_on(matter: PlanIssue, explored: IssueExplored, by: str) -> None:
    """
    What was chosen and has a procedure of its own is taken up at once by whoever looks after the plan (REA-22).

    All else is in the steps.
    """
    for way in explored.chosen:
        match way.option:
            case ResolvingOption.MONITOR_MORE:
                send(
                    matter.plan,
                    MonitoringChangeWanted(wanted_by=by, what=agreed_way(matter, way)),
                    by=by,
                    clauses="REA-22",
                )
            case ResolvingOption.CHANGE_VISITS:
                evidence = EvidenceReceived(kind=EvidenceKind.OBSERVATION, given_by=by, what=agreed_way(matter, way))
                send(matter.plan, evidence, by=by, clauses="REA-22")
            case ResolvingOption.FORMAL_REVIEW:
                consider_a_review(matter, ReviewTrigger.NO_LONGER_FITS, way.what, by)  # REA-22
            case ResolvingOption.TALK | ResolvingOption.SMALLER_STEPS | ResolvingOption.OTHER:
                pass


def consider_a_review(matter: PlanIssue, trigger: ReviewTrigger, what: str, by: str) -> None:
    """The issue cuts into the benefit of reablement: whether a review is held is a matter of its own (REA-25)."""
    asked = ReviewAsked(trigger=trigger, asked_by=by, what=f"{matter.issue.what}: {what}")
    send(matter.plan, asked, by=by, clauses="REA-25")


def agreed_way(matter: PlanIssue, way: OptionWeighed) -> str:
    """What was agreed and why, for whoever takes it up."""
    return f"An issue in the plan ({matter.issue.what}). Agreed: {way.what}; builds on {way.strengths}"


def in_words(matter: PlanIssue) -> str:
    """The issue as it was found."""
    issue = matter.issue
    about = f"\nAbout: {issue.about}" if issue.about else ""
    change = f"\nIt is an objection to the change in case {matter.change}." if matter.change else ""
    return f"Issue ({issue.kind.value.replace('-', ' ')}), found by {issue.found_by}: {issue.what}{about}{change}"


def keep(plan: PlanStands, text: str, of: Coordinator, by: str) -> None:
    """What was explored, agreed and came of it stands in the person's record."""
    leave_note(
        "Reablement: issue in the plan", text, about_person=plan.person, of=who_that_is(of), author=by, clauses="REA-23"
    )
