"""A change of monitoring: in a reablement plan it is watched less or more closely how the plan works."""

from __future__ import annotations

from enum import StrEnum

from flows.leaving_notes import leave_note
from flows.plan_changing import tell_whoever_changes
from flows.plan_copies import see_that_everybody_has_it
from flows.plan_telling import GoingOut, have_it_explained
from flows.reablement_advocate import HeldUp, Waited, wait_for_an_advocate
from flows.reablement_asking import ask_by_the_plan_in_force, first_while_it_lasts
from flows.reablement_plan_issue import IssueOutcome, reablement_plan_issue
from models.forms.monitoring_change import (
    MonitoringDecided,
    MonitoringExplained,
    MonitoringSettled,
    SaysToIt,
)
from models.forms.reablement_matters import MonitoringToChange, PlanIssue
from models.forms.reablement_signals import IssueFound, IssueKind, PlanHasEnded
from models.notices import Recipient
from models.policy.gaps.reablement import ChangeStep
from models.reablement.edits import MonitoringEdit, PlanEdits
from models.reablement.findings import PlanStands, VersionMade, VersionOutcome
from models.reablement.notices import PlanNotice
from models.reablement.plan import Part
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Verb,
    answered_by,
    closed,
    now,
    open_case,
    procedure,
    role,
    send,
    tell,
    this_case,
)
from tasks.durable.in_force import policy
from tasks.reablement.agreements import note_agreement
from tasks.reablement.coordinating import AskedAboutAPlan, Coordinator, who_coordinates, who_that_is
from tasks.reablement.monitoring import turned, work_out_what_follows
from tasks.reablement.plans import look_up_plan
from tasks.reablement.versions import make_version, propose_change, stop_change


class MonitoringOutcome(StrEnum):
    """How a change of monitoring ended."""

    CHANGED = "changed"
    """The plan says it, and everybody in it has had it explained."""
    STAYS = "stays as it is"
    """With the reasons on record."""
    ENDED = "reablement has ended"
    """Before anything was changed."""


@procedure(
    title="Change of monitoring",
    follows="Monitoring Actions (Reablement), November 2023: monitoring",
    acts_on=(PlanHasEnded,),
)
def reablement_monitoring_change(matter: MonitoringToChange) -> MonitoringOutcome:
    """
    Turn the monitoring of somebody's reablement up or down, at any time, by agreement with them and any carer.

    Whoever coordinates the plan settles it with them and records what each says and why; where they agree the plan is
    changed at once. Where they do not, a manager decides, with regard to what they think and to what it does to the
    person's wellbeing. Everybody in the plan then has it explained. Silence is chased and goes up the line.

    Where the person needs an advocate who is not there yet it waits for that, unless somebody would not be safe.
    """
    worker = Coordinator(matter.plan)
    plan = look_up_plan(matter.plan)
    about_person(plan.person)
    so_far = f"Wanted by {matter.wanted.wanted_by}: {matter.wanted.what}"
    held_up = HeldUp(plan, worker, so_far)
    while not plan.ended and wait_for_an_advocate(held_up) is not Waited.ENDED:  # DUTY-42
        settled, plan = ask_by_the_plan_in_force(
            MonitoringSettled,
            plan,
            so_far,
            of=worker,
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="REA-01 REA-03 REA-04",
        )
        if settled is None:
            break
        by = answered_by(MonitoringSettled)
        if not settled.change:
            keep_reasons(plan, f"Monitoring stays as it is: {settled.reasons}", worker, by)  # REA-03
            return MonitoringOutcome.STAYS
        match wait_for_an_advocate(held_up):  # the need may have come up meanwhile
            case Waited.THERE:
                so_far = f"{so_far}\nSettle it once more, with their advocate. You had settled:{settled.in_words}"
                plan = look_up_plan(matter.plan)
                continue
            case Waited.ENDED:
                break
            case Waited.NOT_AT_ALL | Waited.NOT_NEEDED | Waited.CANNOT_WAIT:
                pass
        proposed = propose_change(matter.plan, edits_of(settled), plan.version)
        tell_whoever_changes(plan, f"It wants: {proposed.in_words}")
        note_what_they_say(plan, settled)
        if not may_be_made(plan, settled, by):
            if stop_change(matter.plan).ended:
                return MonitoringOutcome.ENDED
            tell_whoever_changes(plan, "It is not made.")
            keep_reasons(plan, f"Monitoring stays as it is, not agreed. Wanted: {settled.reasons}", worker, by)
            tell(who_that_is(worker), Verb.READ, "monitoring-stays-as-it-is")
            return MonitoringOutcome.STAYS
        made = make_version(matter.plan)
        match made.outcome:
            case VersionOutcome.MADE | VersionOutcome.NOTHING_TO_CHANGE:
                has_changed(plan, settled, made, worker, by)
                return MonitoringOutcome.CHANGED
            case VersionOutcome.CLASHES:
                so_far = (
                    f"{so_far}\nAnother change has altered monitoring meanwhile. You had settled:{settled.in_words}"
                )
            case VersionOutcome.ENDED:
                pass
        plan = look_up_plan(matter.plan)
    stop_change(matter.plan)
    return MonitoringOutcome.ENDED


def may_be_made(plan: PlanStands, settled: MonitoringSettled, by: str) -> bool:
    """With everybody's agreement; without it as policy says (REA-01, REA-02, GAP-32)."""
    assert settled.person_says is not None
    match work_out_what_follows(settled.person_says, settled.carer_says, settled.has_capacity):
        case ChangeStep.PROCEED:
            return True
        case ChangeStep.STOP:
            return False
        case ChangeStep.SENIOR_DECIDES:
            return senior_decides(plan, settled)
        case ChangeStep.RESOLVE_THEN_SENIOR:
            match talk_it_through(plan, settled, by):
                case IssueOutcome.RESOLVED:
                    return True
                case IssueOutcome.NOT_RESOLVED:
                    return senior_decides(plan, settled)
                case IssueOutcome.ENDED:
                    return False


def senior_decides(plan: PlanStands, settled: MonitoringSettled) -> bool:
    """A manager decides, and records how both were weighed: their views, and the person's wellbeing (REA-02)."""
    decided, _ = ask_by_the_plan_in_force(
        MonitoringDecided,
        plan,
        f"Settled so far:{settled.in_words}",
        of=role(policy().gaps.change_agreement.senior),
        near=plan.team,
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-02 GAP-32",
    )
    if decided is None:
        return False
    by = answered_by(MonitoringDecided)
    keep_reasons(plan, f"Decided on monitoring without agreement:{decided.in_words}", Recipient.staff(by), by)
    return decided.go_ahead


def talk_it_through(plan: PlanStands, settled: MonitoringSettled, by: str) -> IssueOutcome:
    """The objection is talked through first, in a case of its own."""
    issue = IssueFound(kind=IssueKind.OBJECTION, what=settled.what_they_say, found_by=by)
    coordinator = who_coordinates(plan.plan)
    matter = PlanIssue(plan=plan.plan, worker=coordinator.tag, issue=issue, change=this_case())
    ref = open_case(reablement_plan_issue, matter, owner=coordinator, clauses="REA-20 GAP-32")
    match first_while_it_lasts(closed(ref)):
        case PlanHasEnded() as ended:
            send(ref, ended)
            return IssueOutcome.ENDED
        case Closed(outcome=outcome):
            return IssueOutcome(outcome or IssueOutcome.NOT_RESOLVED)


def has_changed(
    before: PlanStands, settled: MonitoringSettled, made: VersionMade, worker: Coordinator, by: str
) -> None:
    """
    Others who change the plan see it, and the reasons are on record (REA-03). It is explained to everybody (REA-05).

    The new copies go out, and the one at home counts until they are there (REA-15, REA-16).
    """
    plan = look_up_plan(before.plan)
    if made.outcome is VersionOutcome.MADE:
        tell_whoever_changes(plan, f"It has made version {made.version}: {' '.join(made.differences)}")
    which_way = turned(before.content.monitoring, plan.content.monitoring)
    what = f"Monitoring has changed ({which_way}): {plan.content.monitoring}.\nReasons: {settled.reasons}"
    keep_reasons(plan, f"{what}\nVersion {made.version} of the plan.", worker, by)
    going = GoingOut(
        stands=plan,
        version=made.version,
        differences=made.differences,
        since=now(),
        form=MonitoringExplained,
        is_made_here=made.outcome is VersionOutcome.MADE,
        is_explained=True,
    )
    have_it_explained(
        going, what, PlanNotice.MONITORING_CHANGED, known_by=settled.explained_to if settled.all_agree else ()
    )
    see_that_everybody_has_it(going)


def note_what_they_say(plan: PlanStands, settled: MonitoringSettled) -> None:
    """So that no other change asks them the same again."""
    speaks = Part.REPRESENTATIVE if settled.has_capacity is False else Part.PERSON
    for part, says in ((speaks, settled.person_says), (Part.CARER, settled.carer_says)):
        if says not in (None, SaysToIt.COULD_NOT_BE_ASKED):
            for one in plan.content.those(part):
                note_agreement(plan.plan, one.id, agrees=says is SaysToIt.AGREES)


def edits_of(settled: MonitoringSettled) -> PlanEdits:
    """What is to be otherwise in the plan."""
    return PlanEdits(monitoring=MonitoringEdit(rhythm=settled.rhythm, how=settled.how))


def keep_reasons(plan: PlanStands, text: str, of: AskedAboutAPlan, by: str) -> None:
    """The reasons come to stand in the person's record (REA-03)."""
    leave_note(
        "Reablement: monitoring", text, about_person=plan.person, of=who_that_is(of), author=by, clauses="REA-03"
    )
