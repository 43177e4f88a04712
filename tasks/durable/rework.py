"""
Working due times out anew when another policy comes into force, say with a new bank holiday or a shorter rhythm.

What is counted from a moment, or given by a rule of policy, is worked out anew; a fixed moment stays. Each change is
an entry, and a case whose due time moves is woken, so that what is due earlier is acted on at once. The same look,
without effects, shows beforehand what a policy file would do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.audit import PolicyActivation, PolicyVersion
from models.cases import Entry, Milestone, Wait, WorkItem
from models.due_rules import due_under
from models.entry_kinds import EntryKind
from models.notices import Notice, Recipient, Verb, Where
from models.policy import Policy
from models.roles import Role
from models.states import MilestoneState, WaitState, WorkItemState
from models.working_time import for_people
from tasks.audit.chaining import take_turns
from tasks.database import DatabaseUnavailable
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact
from tasks.telling.queueing import queue

log = logging.getLogger("pathways")

SETTLES_IN = timedelta(minutes=10)
"""So long a policy is in force before an earlier one may come back: two machines do not pull cases to and fro."""
STEP, CANNOT_STEP = "policy", "policy-not-understood"


Rows = list[Wait | WorkItem | Milestone]
"""On which rows a due time stands: a question's on its wait and its work item."""


@dataclass(frozen=True)
class DueChange:
    """An open due time that a policy moves."""

    ref: str
    key: str
    """The wait's key; the work item's id for its chasing."""
    old: datetime
    new: datetime
    chases: str = ""
    """What the chasing would do: acknowledge, remind, escalate; empty for the due time itself."""

    @property
    def line(self) -> str:
        """For the case's story."""
        if self.chases:
            return f"To {self.chases} is now due {for_people(self.new)}, by the new policy"
        return f"Due time of {self.key} is now {for_people(self.new)}, by the new policy"


@dataclass(frozen=True)
class DueUnknown:
    """An open due time that stands under a rule which this version does not know; it stays as it is."""

    ref: str
    key: str
    due: datetime

    @property
    def line(self) -> str:
        """For the case's story."""
        return f"Due time of {self.key} stays {for_people(self.due)}: no rule of this version gives it"


def changes_under(session: Session, policy: Policy) -> Iterator[DueChange]:
    """Every open due time of the council's cases that this policy would move; nothing is changed."""
    for found, _ in _look(session, policy):
        if isinstance(found, DueChange):
            yield found


def unknown_under(session: Session, policy: Policy) -> Iterator[DueUnknown]:
    """Every open due time that this version could not work out by that policy, and would leave as it is."""
    for found, _ in _look(session, policy):
        if isinstance(found, DueUnknown):
            yield found


def policy_in_force(session: Session) -> PolicyVersion | None:
    """The policy by which due times were last worked out; None in a new installation."""
    return session.scalars(
        select(PolicyVersion)
        .join(PolicyActivation, PolicyActivation.version == PolicyVersion.version, isouter=True)
        .order_by(PolicyActivation.no.desc().nulls_last(), PolicyVersion.first_used_at.desc())
        .limit(1)
    ).first()


def work_due_times_out_anew(council: Council, *, settles_in: timedelta = SETTLES_IN) -> list[str]:
    """
    Once for each policy that comes into force: the refs of cases whose due times changed.

    What cannot be worked out stays as it is, is entered, and is told to those who keep the system running. A case that
    cannot be changed now keeps none of the others back, and is tried again in the next round.
    """
    with council.database.read() as session:
        if not _comes_into_force(session, council.policy.version, council.clock.now() - settles_in):
            return []
        concerned = list(dict.fromkeys(found.ref for found, _ in _look(session, council.policy)))
    changed, again = [], []
    for ref in concerned:
        try:
            if _rework(council, ref):
                changed.append(ref)
        except DatabaseUnavailable:
            raise
        except Exception as failed:  # whatever it is; its text may be personal
            log.error("due times of case %s could not be worked out anew (%s)", ref, type(failed).__name__)
            again.append(ref)
    if not again:
        _bring_into_force(council)
    return changed


def _comes_into_force(session: Session, version: str, settled_before: datetime) -> bool:
    """Whether that policy is another than the one in force; one that was in force before waits until that settled."""
    present = policy_in_force(session)
    if present is None or present.version == version:
        return present is None
    if session.get(PolicyVersion, version) is None:
        return True
    since = session.scalar(select(PolicyActivation.at).order_by(PolicyActivation.no.desc()).limit(1))
    return (since or present.first_used_at) <= settled_before


def _bring_into_force(council: Council) -> None:
    policy = council.policy
    with council.change() as change:
        session = change.session
        take_turns(session, "policy in force")
        if not _comes_into_force(session, policy.version, change.now):
            return  # another process was first
        if session.get(PolicyVersion, policy.version) is None:
            text = policy.model_dump_json(by_alias=True)
            session.add(PolicyVersion(version=policy.version, first_used_at=change.now, text=text))
            session.flush()
        session.add(PolicyActivation(version=policy.version, at=change.now))
        unknown = len(list(unknown_under(session, policy)))
        if unknown:
            notice = Notice(
                verb=Verb.CHECK, what="due-times-by-a-rule-nobody-knows", where=Where.POLICY, how_many=unknown
            )
            queue(session, notice, [Recipient.role(Role.SYSTEMS)], None, None, change.now)


def _rework(council: Council, ref: str) -> bool:
    """Move the due times of one case; whether any moved."""
    with council.change() as change:
        pen = change.pen(change.lock(ref))
        moved = False
        for found, rows in _look(change.session, change.policy, ref):
            if isinstance(found, DueUnknown):
                if not _is_entered(change, found):
                    due = {"due": found.due.isoformat()}
                    pen.enter(Fact(EntryKind.DUE_CHANGED, found.key, found.line, CANNOT_STEP, due))
                continue
            pen.enter(Fact(EntryKind.DUE_CHANGED, found.key, found.line, STEP, {"due": found.new.isoformat()}))
            for row in rows:
                row.due = found.new
            moved = True
        if moved:
            raise_wake_no(change, ref)
    return moved


def _is_entered(change: Change, found: DueUnknown) -> bool:
    """Whether that was entered under this policy already, by a round that was cut off."""
    entered = exists().where(
        Entry.case_ref == found.ref,
        Entry.kind == EntryKind.DUE_CHANGED,
        Entry.key == found.key,
        Entry.step == CANNOT_STEP,
        Entry.policy == change.policy.version,
    )
    return bool(change.session.scalar(select(entered)))


def _look(session: Session, policy: Policy, ref: str | None = None) -> Iterator[tuple[DueChange | DueUnknown, Rows]]:
    """What moves and what cannot be worked out, of one case or of all, and the rows on which it stands."""
    for (case, key, chases), counted_from, setting, rows in _open_times(session, ref):
        old = next((row.due for row in rows if row.due is not None), None)
        if old is None:
            continue
        try:
            new = due_under(policy, counted_from, setting)
        except Exception:  # a rule, a word or a length that this version does not know, or that policy no longer has
            yield DueUnknown(case, key, old), rows
            continue
        if new != old:
            yield DueChange(case, key, old, new, chases), rows


def _open_times(session: Session, ref: str | None) -> Iterator[tuple[tuple[str, str, str], datetime, str, Rows]]:
    """Every open due time that is counted: case, key and what it chases; from when; by what; the rows it stands on."""
    waits = (
        select(Wait, WorkItem)
        .join(
            WorkItem,
            (WorkItem.case_ref == Wait.case_ref) & (WorkItem.key == Wait.key) & (WorkItem.state == WorkItemState.OPEN),
            isouter=True,
        )
        .where(Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))
        .order_by(Wait.case_ref, Wait.opened_no)
    )
    chasing = (
        select(Milestone)
        .where(Milestone.state == MilestoneState.PENDING)
        .order_by(Milestone.case_ref, Milestone.work_item_id, Milestone.no)
    )
    if ref is not None:
        waits, chasing = waits.where(Wait.case_ref == ref), chasing.where(Milestone.case_ref == ref)
    for wait, item in session.execute(waits).tuples():
        assert wait.counted_from is not None and wait.length is not None  # the one never stands without the other
        rows: Rows = [row for row in (wait, item) if row is not None and row.due is not None]
        yield (wait.case_ref, wait.key, ""), wait.counted_from, wait.length, rows
    for step in session.scalars(chasing):
        yield (step.case_ref, step.work_item_id, step.kind), step.counted_from, step.length, [step]
