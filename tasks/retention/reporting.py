"""What is kept, for how long, and what was erased: the schedule beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.policy import Policy
from models.retention import CaseErasure
from models.states import CaseStatus
from models.working_time import local_day
from tasks.retention.holds import holds_standing


@dataclass(frozen=True)
class OfProcedure:
    """One procedure's line of the schedule, and its cases."""

    procedure: str
    kept_for: str
    because: str
    open: int
    closed: int
    erased: int
    next_due_after: date | None
    """The last day on which the oldest closed case that was not erased has to be kept; None: there is none."""

    @property
    def next_in_words(self) -> str:
        """For the table."""
        return "" if self.next_due_after is None else self.next_due_after.isoformat()


@dataclass(frozen=True)
class Report:
    """The schedule and what became of it."""

    owner: str
    decided_on: date
    holds: int
    """Legal holds that stand."""
    procedures: Sequence[OfProcedure]
    others: Sequence[tuple[str, str]]
    """What is kept beside cases, and for how long."""

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        listed = [asdict(one) | {"next_due_after": one.next_in_words or None} for one in self.procedures]
        return {
            "owner": self.owner,
            "decided_on": self.decided_on.isoformat(),
            "holds": self.holds,
            "procedures": listed,
            "others": dict(self.others),
        }


def report(session: Session, policy: Policy) -> Report:
    """The schedule in force and the numbers of today."""
    schedule = policy.retention
    return Report(
        owner=policy.role_name(schedule.owner),
        decided_on=schedule.decided_on,
        holds=len(holds_standing(session)),
        procedures=list(_procedures(session, policy)),
        others=(
            ("Mail that opened nothing", str(schedule.ignored_mail)),
            ("Mail that nobody could make out", str(schedule.quarantined_mail)),
            ("Drafts left behind", str(schedule.drafts)),
            ("Sign-in records", str(schedule.sign_in_records)),
            ("Access log", str(schedule.access_log)),
            ("People whom the extract leaves out and no case is about", str(schedule.people_left_out)),
        ),
    )


def _procedures(session: Session, policy: Policy) -> list[OfProcedure]:
    is_kept = (Case.status == CaseStatus.CLOSED) & CaseErasure.case_ref.is_(None)
    rows = session.execute(
        select(
            Case.procedure,
            func.sum(when((Case.status != CaseStatus.CLOSED, 1), else_=0)),
            func.sum(when((Case.status == CaseStatus.CLOSED, 1), else_=0)),
            func.count(CaseErasure.case_ref),
            func.min(when((is_kept, Case.closed_at))),
        )
        .outerjoin(CaseErasure, CaseErasure.case_ref == Case.ref)
        .group_by(Case.procedure)
        .order_by(Case.procedure)
    ).all()
    found = []
    for procedure, still_open, closed, erased, oldest in rows:
        kept = policy.retention.of(procedure)
        last_day = None if oldest is None else kept.kept_for.last_day(local_day(oldest))
        found.append(OfProcedure(procedure, str(kept.kept_for), kept.because, still_open, closed, erased, last_day))
    return found
