"""Which plan somebody has who is in reablement just now, for whatever comes about them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.reablement.tables import ReablementPlan
from models.states import CaseStatus
from tasks.durable import SKIP, audited, here


def open_plans_of(session: Session, person: str) -> list[str]:
    """Refs of the cases that look after a person's reablement, the oldest first; of a closed case none is open."""
    return list(
        session.scalars(
            select(ReablementPlan.case_ref)
            .join(Case, Case.ref == ReablementPlan.case_ref)
            .where(ReablementPlan.person_id == person, ReablementPlan.ended_at.is_(None))
            .where(Case.status != CaseStatus.CLOSED)
            .order_by(Case.opened_at, Case.ref)
        )
    )


@audited("Looked whether they are in reablement", for_cases_past=SKIP)
def look_up_open_plans(person: str) -> tuple[str, ...]:
    """Refs of the cases that look after their reablement. None for a case that is past it."""
    return tuple(open_plans_of(here().session, person))
