"""What holds of every case: nothing lost, nothing doubled, and a next time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from models.cases import Case, Lease, Milestone, Wait, WorkItem
from models.entry_kinds import BY_THE_FLOW, EntryKind
from models.notices import Recipient
from models.register import Staff
from models.states import CaseStatus, MilestoneState, WaitState, WorkItemState
from tasks.durable.replay import Way, replay
from tasks.durable.running import Slept, run_leg
from tests.faults.invariants.evidence import Evidence
from tests.faults.load import CANARY


def no_step_is_doubled(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """A case has one entry for each step of its flow, under one key."""
    for ref, entries in evidence.ledgers():
        keys = Counter(entry.key for entry in entries if entry.kind in BY_THE_FLOW)
        for key, times in keys.items():
            if times > 1:
                yield ref, f"{key} stands {times} times"


def no_wait_ends_twice(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What ended a wait (an answer, silence, a moment, a closing) is entered once for each wait."""
    ends = (EntryKind.ANSWERED, EntryKind.LAPSED, EntryKind.FELL_DUE, EntryKind.CASE_CLOSED)
    for ref, entries in evidence.ledgers():
        for key, times in Counter(entry.key for entry in entries if entry.kind in ends).items():
            if times > 1:
                yield ref, f"{key} ended {times} times"


def every_case_takes_its_way_again(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Run again from the top without effects, each case meets every entry of its ledger."""
    with evidence.council.database.read() as session:
        refs = session.scalars(select(Case.ref).order_by(Case.opened_at)).all()
    for ref in refs:
        found = replay(evidence.council, ref)
        if found.way is not Way.SAME:
            yield ref, f"{found.way}: {found.why}"


def every_open_case_sleeps(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """
    It has heard everything that came, has a next time, and nobody holds its lease.

    A leg that found the database busy to its end could not give its lease back: that is held until it expires.
    """
    now = evidence.council.clock.now()
    with evidence.council.database.read() as session:
        leases = {one.case_ref: one for one in session.scalars(select(Lease))}
    for case in evidence.open_cases():
        if case.wake_no != case.asleep_wake_no:
            yield case.ref, f"wake_no is {case.wake_no}, it went to sleep at {case.asleep_wake_no}"
        if case.next_due is None or case.next_due <= now:
            yield case.ref, f"its next time is {case.next_due}"
        lease = leases[case.ref]
        if lease.holder is not None and (lease.expires_at is None or lease.expires_at > now):
            yield case.ref, "its lease is held"


def nothing_is_overdue(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """No timer, lapse or milestone whose time has come stands open."""
    now = evidence.council.clock.now()
    with evidence.council.database.read() as session:
        waits = session.scalars(select(Wait).where(Wait.state == WaitState.OPEN, Wait.due <= now)).all()
        stones = session.scalars(
            select(Milestone).where(Milestone.state == MilestoneState.PENDING, Milestone.due <= now)
        ).all()
    for wait in waits:
        yield wait.case_ref, f"{wait.key} was due"
    for stone in stones:
        yield stone.case_ref, f"{stone.kind} of {stone.work_item_id} was due"


def no_step_is_lost(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """One leg more of an open case finds nothing that it had left undone."""
    for case in evidence.open_cases():
        end = run_leg(evidence.council, case.ref)
        with evidence.council.database.read() as session:
            after = session.get_one(Case, case.ref)
        if not isinstance(end, Slept) or after.head_no != case.head_no:
            yield case.ref, f"{type(end).__name__}, from entry {case.head_no} to {after.head_no}"


def no_case_is_parked(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """No step fails for the sake of what is outside of it, and nobody is asked to mend what has mended itself."""
    for ref, entries in evidence.ledgers():
        for entry in entries:
            if entry.kind in (EntryKind.FAILED, EntryKind.PARKED):
                account = str((entry.data or {}).get("account", "")) if isinstance(entry.data, dict) else ""
                yield ref, f"entry {entry.no}: {entry.kind} {entry.key} {entry.step} {_without_names(account)[-900:]}"


def whoever_waits_for_a_case_hears_of_its_closing(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """No open wait is for a case that is closed."""
    with evidence.council.database.read() as session:
        found = session.execute(
            select(Wait.case_ref, Wait.child_ref)
            .join(Case, Case.ref == Wait.child_ref)
            .where(Wait.state == WaitState.OPEN, Case.status == CaseStatus.CLOSED)
        ).all()
    for ref, child in found:
        yield ref, f"it waits for {child}, which is closed"


def everything_has_an_owner(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Each case belongs to somebody who is there, and each open work item is put to somebody who is there."""
    with evidence.council.database.read() as session:
        staff = list(session.scalars(select(Staff).where(Staff.left_on.is_(None))))
        cases = list(session.scalars(select(Case)))
        items = list(session.scalars(select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)))
    names = {name for one in staff for name in (one.id, one.role, one.team_id)}
    for case in cases:
        if not case.owner or Recipient.from_tag(case.owner).name not in names:
            yield case.ref, f"it belongs to {case.owner!r}"
    for item in items:
        if not item.asked_of or Recipient.from_tag(item.asked_of).name not in names:
            yield item.id, f"it is put to {item.asked_of!r}"


def _without_names(account: str) -> str:
    return account.replace(CANARY, "…")
