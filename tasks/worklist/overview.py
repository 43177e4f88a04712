"""Cases as lists show them: whose they are, and everything each of them waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.cases import Case, Wait, WorkItem
from models.notices import Recipient
from models.states import WaitKind, WaitState, WorkItemState
from tasks.worklist.rows import RESTRICTED


@dataclass(frozen=True)
class Awaited:
    """One thing that a case waits for."""

    kind: WaitKind
    id: str
    """A work item's id where a person is to decide; else the key of the wait."""
    form: str | None
    of: str | None
    """The role, team or member of staff who is asked; none where nobody is."""
    due: datetime | None

    def as_json(self) -> dict[str, Any]:
        """As `case list --json` has it."""
        return {"kind": str(self.kind), "id": self.id, "form": self.form, "of": self.of, "due": _iso(self.due)}


@dataclass(frozen=True)
class Overview:
    """One case as a list shows it."""

    case: Case
    waiting_for: Sequence[Awaited]
    is_hidden: bool = False
    """It is restricted, and whoever looks sees no more than that it is there."""

    @property
    def procedure(self) -> str:
        """The procedure's name, or the neutral one."""
        return RESTRICTED if self.is_hidden else self.case.procedure

    @property
    def due(self) -> datetime | None:
        """The earliest date among what it waits for."""
        return min((one.due for one in self.waiting_for if one.due is not None), default=None)

    def as_json(self) -> dict[str, Any]:
        """As `case list --json` has it."""
        return {
            "ref": self.case.ref,
            "procedure": self.procedure,
            "status": self.case.status,
            "owner": self.case.owner,
            "opened_at": _iso(self.case.opened_at),
            "due": _iso(self.due),
            "flow_run_id": self.case.flow_run_id,
            "waiting_for": [one.as_json() for one in self.waiting_for],
        }


def overviews(session: Session, wanted: Select[tuple[str]]) -> list[Overview]:
    """The cases whose refs `wanted` selects, in the order in which they were opened, in three queries."""
    waiting: defaultdict[str, list[Awaited]] = defaultdict(list)
    for item in session.scalars(
        select(WorkItem).where(WorkItem.case_ref.in_(wanted), WorkItem.state == WorkItemState.OPEN)
    ):
        of = Recipient.from_tag(item.asked_of).name
        waiting[item.case_ref].append(Awaited(WaitKind.DECISION, item.id, item.form, of, item.due))
    for wait in session.scalars(
        select(Wait).where(
            Wait.case_ref.in_(wanted), Wait.state == WaitState.OPEN, Wait.kind != WaitKind.DECISION
        )  # a decision is there already, as its work item
    ):
        waiting[wait.case_ref].append(Awaited(WaitKind(wait.kind), wait.key, None, None, wait.due))
    cases = session.scalars(select(Case).where(Case.ref.in_(wanted)).order_by(Case.opened_at, Case.ref))
    return [Overview(case, sorted(waiting[case.ref], key=_soonest_first)) for case in cases]


def _soonest_first(one: Awaited) -> tuple[bool, float, str]:
    return one.due is None, one.due.timestamp() if one.due else 0.0, one.id


def _iso(moment: datetime | None) -> str | None:
    """A time as programs read it: ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat()
