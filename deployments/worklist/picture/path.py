"""How far a case has come in its procedure: what was done, asked and awaited, and what is open now. No texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.worklist.picture.nodes import Kind
from deployments.worklist.picture.tracing import Calls, Trace, trace
from models.cases import Case, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.notices import Recipient
from models.states import CaseStatus, WaitKind, WaitState, WorkItemState
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded, UnknownCase, recall
from tasks.durable.memory import BY_THE_HOUSE
from tasks.durable.procedure import UnknownProcedure, procedure_named

_KINDS = {
    EntryKind.DONE: Kind.STEP,
    EntryKind.TOLD: Kind.NOTICE,
    EntryKind.CASE_OPENED: Kind.CASE,
    EntryKind.ASKED: Kind.QUESTION,
}
_WAITS = {WaitKind.SIGNAL: Kind.NEWS, WaitKind.TIMER: Kind.TIME, WaitKind.CASE: Kind.CLOSING}


@dataclass(frozen=True)
class Passed:
    """One thing that the case has come to, as its ledger shows."""

    kind: Kind
    name: str
    """The step's, form's, signal's, timer's or procedure's name."""
    calls: Calls
    """The lines of the source that made it, outermost first; empty where the code has changed since."""
    since: datetime
    """When it was done, asked or awaited."""
    state: WaitState = WaitState.CAME
    ended: datetime | None = None
    """When it came, lapsed or was withdrawn; None while it is open, and for what no wait belongs to."""
    due: datetime | None = None
    of: str = ""
    """Who is asked now, in words."""

    @property
    def is_open(self) -> bool:
        """Whether it is waited for now."""
        return self.state is WaitState.OPEN


@dataclass(frozen=True)
class PathSoFar:
    """How far a case has come. Names and times only; an outcome is shown where the source has it in these words."""

    passed: tuple[Passed, ...] = ()
    looked: frozenset[Calls] = frozenset()
    """Where the flow has looked whether something had come."""
    waits_at: Calls = ()
    """Where the flow waits now."""
    besides: tuple[str, ...] = ()
    """What the house asks besides, and no procedure: titles of forms."""
    status: CaseStatus = CaseStatus.OPEN
    outcome: str | None = None
    closed_at: datetime | None = None


NO_PATH = PathSoFar()
"""For the picture of a procedure without a case."""


def path_of(session: Session, ref: str, council: Council | None = None) -> PathSoFar:
    """
    How far a case has come, by its ledger.

    With `council` each entry is placed by the very line that made it, so that a step which stands at several places is
    marked only where the case has been. Without it, and where the code has changed since, it is placed by its name.
    Who may see the case is for the caller to say. Raises `UnknownCase`.
    """
    case = session.get(Case, ref)
    if case is None:
        raise UnknownCase(ref)
    entries = recall(session, ref)
    closed = next((entry for entry in reversed(entries) if entry.kind is EntryKind.CLOSED), None)
    seen = _traced(council, case, entries)
    waits = {wait.key: wait for wait in session.scalars(select(Wait).where(Wait.case_ref == ref))}
    open_items = session.scalars(
        select(WorkItem).where(WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN).order_by(WorkItem.key)
    ).all()
    items = {item.key: item for item in open_items}
    times = {entry.no: entry.at for entry in entries}
    return PathSoFar(
        tuple(one for entry in entries if (one := _passed(entry, seen, waits, items, times)) is not None),
        frozenset(seen.looked),
        seen.waits_at,
        tuple(Form.words_for(item.form)[0] for item in open_items if item.key.startswith(BY_THE_HOUSE)),
        CaseStatus(case.status),
        str(closed.data) if closed is not None and closed.data is not None else None,
        case.closed_at,
    )


def _traced(council: Council | None, case: Case, entries: list[Recorded]) -> Trace:
    if council is None:
        return Trace()
    try:
        return trace(council, case.ref, procedure_named(case.procedure), entries)
    except UnknownProcedure:
        return Trace()


def _passed(
    entry: Recorded, seen: Trace, waits: dict[str, Wait], items: dict[str, WorkItem], times: dict[int, datetime]
) -> Passed | None:
    calls = seen.met.get(entry.key, ())
    if entry.key.startswith(BY_THE_HOUSE):
        return None
    if entry.kind is EntryKind.SIGNALLED:
        return Passed(Kind.HEARD, entry.step, (), entry.at)
    if entry.kind is EntryKind.DONE and entry.key.startswith("send:"):
        return Passed(Kind.SENT, entry.step, calls, entry.at)
    wait = waits.get(entry.key)
    if entry.kind in (EntryKind.ASKED, EntryKind.AWAITED) and wait is not None:
        item = items.get(entry.key)
        return Passed(
            _KINDS[EntryKind.ASKED] if entry.kind is EntryKind.ASKED else _WAITS[WaitKind(wait.kind)],
            entry.key.partition("[")[0] if wait.kind == WaitKind.TIMER else entry.step,
            calls,
            entry.at,
            WaitState(wait.state),
            times.get(wait.ended_no) if wait.ended_no is not None else None,
            (item.due if item is not None else None) or wait.due,
            Recipient.from_tag(item.asked_of).words if item is not None else "",
        )
    kind = _KINDS.get(entry.kind)
    return None if kind is None else Passed(kind, entry.step, calls, entry.at)
