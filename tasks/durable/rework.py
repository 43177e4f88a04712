"""
Working due times out anew when the policy has changed, say by a new bank holiday or a shorter rhythm.

What is counted from a moment, or given by a rule of policy, is worked out anew; a fixed moment stays. Each change is
an entry, and a case that is due earlier now is woken. The same look, without effects, shows beforehand what a policy
file would do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import PolicyVersion
from models.cases import Case, Milestone, Wait, WorkItem
from models.due_rules import due_under
from models.entry_kinds import EntryKind
from models.policy import Policy
from models.states import CaseStatus, MilestoneState, WaitState, WorkItemState
from models.working_time import for_people
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.council import Council
from tasks.durable.ledger import Fact


@dataclass(frozen=True)
class DueChange:
    """An open due time that a policy moves."""

    ref: str
    key: str
    """The wait's key; the work item's id for its chasing."""
    old: datetime
    new: datetime
    chases: str = ""
    """What the chasing would do: remind, escalate; empty for the due time itself."""

    @property
    def line(self) -> str:
        """For the case's story."""
        if self.chases:
            return f"To {self.chases} is now due {for_people(self.new)}, by the new policy"
        return f"Due time of {self.key} is now {for_people(self.new)}, by the new policy"


def changes_under(session: Session, policy: Policy) -> Iterator[DueChange]:
    """Every open due time of the council's cases that this policy would move; nothing is changed."""
    refs = session.scalars(select(Case.ref).where(Case.status != CaseStatus.CLOSED).order_by(Case.ref)).all()
    concerned = _concerned(session)
    for ref in refs:
        if ref in concerned:
            yield from (change for change, _ in _changes(session, policy, ref))


def work_due_times_out_anew(council: Council) -> list[str]:
    """Once for each new policy: the refs of cases whose due times changed."""
    version = council.policy.version
    with council.database.read() as session:
        if session.get(PolicyVersion, version) is not None:
            return []
        concerned = _concerned(session)
    changed = [ref for ref in sorted(concerned) if _rework(council, ref)]
    with council.change() as change:
        if change.session.get(PolicyVersion, version) is None:
            text = council.policy.model_dump_json(by_alias=True)
            change.session.add(PolicyVersion(version=version, first_used_at=change.now, text=text))
    return changed


def _concerned(session: Session) -> set[str]:
    """The cases that have a due time which can be worked out anew."""
    waiting = select(Wait.case_ref).where(Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))
    chased = select(Milestone.case_ref).where(Milestone.state == MilestoneState.PENDING)
    return {*session.scalars(waiting.distinct()), *session.scalars(chased.distinct())}


def _rework(council: Council, ref: str) -> bool:
    with council.change() as change:
        pen = change.pen(change.lock(ref))
        found = list(_changes(change.session, change.policy, ref))
        for moved, rows in found:
            pen.enter(Fact(EntryKind.DUE_CHANGED, moved.key, moved.line, "policy", {"due": moved.new.isoformat()}))
            for row in rows:
                row.due = moved.new
        if found:
            raise_wake_no(change, ref)
    return bool(found)


def _changes(
    session: Session, policy: Policy, ref: str
) -> Iterator[tuple[DueChange, list[Wait | WorkItem | Milestone]]]:
    """What moves, and the rows on which it stands."""
    waits = session.scalars(
        select(Wait)
        .where(Wait.case_ref == ref, Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))
        .order_by(Wait.opened_no)
    )
    for wait in waits.all():
        assert wait.counted_from is not None and wait.length is not None  # the one never stands without the other
        new = due_under(policy, wait.counted_from, wait.length)
        asked = select(WorkItem).where(
            WorkItem.case_ref == ref, WorkItem.key == wait.key, WorkItem.state == WorkItemState.OPEN
        )
        rows: list[Wait | WorkItem | Milestone] = [wait] if wait.due is not None else []
        rows += session.scalars(asked).all()
        old = next((row.due for row in rows if row.due is not None), None)
        if old is not None and old != new:
            yield DueChange(ref, wait.key, old, new), rows
    pending = select(Milestone).where(Milestone.case_ref == ref, Milestone.state == MilestoneState.PENDING)
    for step in session.scalars(pending.order_by(Milestone.work_item_id, Milestone.no)).all():
        new = due_under(policy, step.counted_from, step.length)
        if new != step.due:
            yield DueChange(ref, step.work_item_id, step.due, new, step.kind), [step]

