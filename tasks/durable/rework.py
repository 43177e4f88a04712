"""
Working due times out anew when the policy has changed, say by a new bank holiday; each change is an entry.

Only what is counted from a moment is worked out anew; a fixed moment stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.audit import PolicyVersion
from models.cases import Milestone, Wait, WorkItem
from models.durations import parse_deadline
from models.entry_kinds import EntryKind
from models.states import MilestoneState, WaitState
from models.working_time import for_people
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact


def work_due_times_out_anew(council: Council) -> list[str]:
    """Once for each new policy: the refs of cases whose due times changed."""
    version = council.policy.version
    with council.database.read() as session:
        if session.get(PolicyVersion, version) is not None:
            return []
        waiting = session.scalars(
            select(Wait.case_ref).where(Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))
        ).all()
        chased = session.scalars(
            select(Milestone.case_ref).where(Milestone.state == MilestoneState.PENDING).distinct()
        ).all()
    changed = [ref for ref in sorted({*waiting, *chased}) if _rework(council, ref)]
    with council.change() as change:
        if change.session.get(PolicyVersion, version) is None:
            text = council.policy.model_dump_json(by_alias=True)
            change.session.add(PolicyVersion(version=version, first_used_at=change.now, text=text))
    return changed


def _rework(council: Council, ref: str) -> bool:
    with council.change() as change:
        pen = change.pen(change.lock(ref))
        lines = [*_waits(change, ref), *_milestones(change, ref)]
        for key, line, due in lines:
            pen.enter(Fact(EntryKind.DUE_CHANGED, key, line, "policy", {"due": due.isoformat()}))
        if lines:
            raise_wake_no(change, ref)
    return bool(lines)


def _waits(change: Change, ref: str) -> list[tuple[str, str, datetime]]:
    calendar, lines = change.policy.working_calendar(), []
    for wait in change.session.scalars(
        select(Wait).where(Wait.case_ref == ref, Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))
    ):
        assert wait.counted_from is not None  # the query asked for it
        due = calendar.due(wait.counted_from, parse_deadline(wait.length))
        if due != wait.due:
            lines.append((wait.key, f"Due time of {wait.key} is now {for_people(due)}, by the new policy", due))
            wait.due = due
            item = change.session.scalars(
                select(WorkItem).where(WorkItem.case_ref == ref, WorkItem.key == wait.key)
            ).first()
            if item is not None:
                item.due = due
    return lines


def _milestones(change: Change, ref: str) -> list[tuple[str, str, datetime]]:
    calendar, lines = change.policy.working_calendar(), []
    for step in change.session.scalars(
        select(Milestone).where(Milestone.case_ref == ref, Milestone.state == MilestoneState.PENDING)
    ):
        due = calendar.due(step.counted_from, parse_deadline(step.length))
        if due != step.due:
            lines.append((step.work_item_id, f"To {step.kind} is now due {for_people(due)}, by the new policy", due))
            step.due = due
    return lines
