"""The register of contingency plans, written by the steps of their cases."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import AwareDatetime

from models.contingency.tables import ContingencyPlan
from models.forms.contingency import ContingencyPlanAgreed, PlanReviewed
from models.working_time import LONDON
from tasks.contingency.covering import plans_for_incident
from tasks.durable import RUN, audited, here

ASKED_AT = time(8)


@audited("Entered the plan in the register", clauses="TRN-46")
def enter_plan(agreed: ContingencyPlanAgreed) -> None:
    """From now on it shows where it applies."""
    step = here()
    step.session.add(
        ContingencyPlan(
            case_ref=step.case.ref,
            name=agreed.name,
            interruption=agreed.interruption,
            duty=agreed.duty,
            team_id=agreed.team,
            provider_id=agreed.provider,
            provider_kind=agreed.provider_kind,
            owner=agreed.owner,
            document=agreed.document,
            agreed_on=agreed.agreed_on,
            tested_on=agreed.tested_on,
            next_review_on=agreed.next_review_on,
        )
    )


@audited("Entered what was found", clauses="TRN-46")
def enter_review(reviewed: PlanReviewed) -> str:
    """What changed replaces what stood there; gives who keeps it now."""
    row = _row()
    row.document = reviewed.document or row.document
    row.tested_on = reviewed.tested_on or row.tested_on
    row.owner = reviewed.owner or row.owner
    row.next_review_on = reviewed.next_review_on or row.next_review_on
    return row.owner


@audited("Entered by when it must change", clauses="TRN-46")
def enter_next_review(day: date) -> date:
    """No later than it was; gives the day."""
    row = _row()
    row.next_review_on = min(row.next_review_on, day)
    return row.next_review_on


@audited("Took the plan out of force", clauses="TRN-46")
def end_contingency_plan() -> None:
    """It stays in the register, and applies no more."""
    _row().ended_at = here().now


@audited("Worked out the morning on which it is looked at")
def work_out_review(day: date) -> AwareDatetime:
    """Now, where that is over."""
    return max(here().now, datetime.combine(day, ASKED_AT, LONDON))


@audited("Looked up the contingency plans that apply", clauses="TRN-46", for_cases_past=RUN)
def look_up_plans_that_apply() -> tuple[str, ...]:
    """Refs of the plans that apply to the running incident."""
    step = here()
    return tuple(one.case_ref for one in plans_for_incident(step.session, step.case.ref))


def _row() -> ContingencyPlan:
    step = here()
    return step.session.get_one(ContingencyPlan, step.case.ref)
