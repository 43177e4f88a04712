"""A contingency plan: kept by name, looked at on its day, and asked about after every incident it applies to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from models.contingency.clocks import looked_at_after_incident_by, reviewed_by
from models.contingency.kinds import PlanOutcome
from models.forms.contingency import (
    ContingencyPlanAgreed,
    IncidentHasEnded,
    PlanAfterIncident,
    PlanReviewed,
    PlanToBeReviewed,
)
from models.roles import Role
from tasks.contingency.keeping import end_contingency_plan, enter_next_review, enter_plan, enter_review, work_out_review
from tasks.durable import (
    Due,
    Verb,
    Wait,
    at,
    decision,
    hears,
    now,
    procedure,
    staff,
    take_back,
    tell,
    which_of,
)


class Asked(StrEnum):
    """What may be open about a plan."""

    REVIEW_DAY = "review day"
    REVIEWED = "reviewed"
    LATE = "late"
    REVIEW_NOW = "review now"
    INCIDENT = "incident"


Came = PlanReviewed | PlanAfterIncident | IncidentHasEnded | PlanToBeReviewed | Due


@dataclass
class Plan:
    """A plan, as the ledger tells it so far."""

    agreed: ContingencyPlanAgreed
    owner: str
    """Staff id."""
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    incidents: int = 0
    """How many to which it applied have ended."""
    so_far: list[str] = field(default_factory=list)


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): contingency",
    by_hand=True,
    somebody_waits=False,
)
def contingency_plan(agreed: ContingencyPlanAgreed) -> PlanOutcome:
    """
    Keep a plan for an interruption: of one of our own duties, or of care that somebody else gives (TRN-46).

    Whoever keeps it looks at it on its day; silence is chased, and a strategic manager hears of it. After every
    incident to which it applies it is asked whether it worked and must change. It ends only when somebody says what
    takes its place.
    """
    enter_plan(agreed)
    plan = Plan(agreed, agreed.owner)
    plan.open |= {
        Asked.REVIEW_DAY: at("plan-looked-at", work_out_review(agreed.next_review_on)),
        Asked.INCIDENT: hears(IncidentHasEnded),
        Asked.REVIEW_NOW: hears(PlanToBeReviewed),
    }
    while True:
        match which_of(plan.open):
            case Asked.LATE, Due():
                del plan.open[Asked.LATE]
                tell(Role.STRATEGIC_MANAGER, Verb.CHECK, "a-contingency-plan-is-not-looked-at", clauses="TRN-46")
            case asked, Due():
                del plan.open[asked]
                ask_to_review(plan, "It is due to be looked at.")
            case asked, PlanToBeReviewed(why=why):
                plan.open[asked] = hears(PlanToBeReviewed)
                ask_to_review(plan, why)
            case asked, PlanReviewed() as reviewed:
                take_back(plan.open, Asked.REVIEWED, Asked.LATE)
                if not reviewed.still_needed:
                    end_contingency_plan()
                    return PlanOutcome.NO_LONGER_NEEDED
                was_reviewed(plan, reviewed)
            case asked, IncidentHasEnded(incident=incident):
                plan.open[asked] = hears(IncidentHasEnded)
                ask_whether_it_worked(plan, incident)
            case asked, PlanAfterIncident() as said:
                del plan.open[asked]
                after_an_incident(plan, said)


def ask_to_review(plan: Plan, why: str) -> None:
    """Whoever keeps it; a strategic manager hears of silence."""
    plan.so_far.append(why)
    take_back(plan.open, Asked.REVIEW_DAY, Asked.REVIEWED, Asked.LATE)
    by = reviewed_by(now())
    plan.open[Asked.REVIEWED] = decision(
        PlanReviewed, of=staff(plan.owner), about=to_read(plan), wanted_within=by, clauses="TRN-46"
    )
    plan.open[Asked.LATE] = at("plan-not-looked-at", by)


def was_reviewed(plan: Plan, reviewed: PlanReviewed) -> None:
    """It holds, as it stands now, until its next day."""
    assert reviewed.next_review_on is not None
    plan.owner = enter_review(reviewed)
    plan.so_far.append(f"Looked at: {reviewed.found}")
    plan.open[Asked.REVIEW_DAY] = at("plan-looked-at", work_out_review(reviewed.next_review_on))


def ask_whether_it_worked(plan: Plan, incident: str) -> None:
    """Each incident by itself."""
    plan.incidents += 1
    plan.open[f"after {incident}"] = decision(
        PlanAfterIncident,
        of=staff(plan.owner),
        about=to_read(plan, f"Incident {incident} has ended."),
        key=f"plan-after-incident-{plan.incidents}",
        wanted_within=looked_at_after_incident_by(now()),
        clauses="TRN-46",
    )


def after_an_incident(plan: Plan, said: PlanAfterIncident) -> None:
    """What must change is looked at on the day by which it must."""
    plan.so_far.append(f"After an incident: {said.what}. {said.change}".strip())
    if said.must_change and said.changed_by is not None and Asked.REVIEW_DAY in plan.open:
        take_back(plan.open, Asked.REVIEW_DAY)
        plan.open[Asked.REVIEW_DAY] = at("plan-looked-at", work_out_review(enter_next_review(said.changed_by)))


def to_read(plan: Plan, *more: str) -> str:
    """What whoever keeps it must know."""
    agreed = plan.agreed
    scope = agreed.duty or agreed.provider or agreed.provider_kind or "every provider"
    lines = (
        *more,
        f"Plan: {agreed.name}",
        f"For: {agreed.interruption.replace('-', ' ')}, {scope.replace('-', ' ')}",
        f"Document: {agreed.document}",
        *plan.so_far,
    )
    return "\n".join(lines)
