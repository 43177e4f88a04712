"""
The rows beside a ledger: the case's own, its waits and work items. They tell the same story, or somebody changed one.

Only asked where the chain holds, for it is the chain that is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.entry_kinds import ARRIVALS, BY_THE_FLOW, EntryKind
from models.states import CaseStatus, WaitState, WorkItemState
from tasks.audit.faults import Fault, FaultKind, number
from tasks.audit.reading import StoredEntry, moment

ENDINGS = ARRIVALS | {EntryKind.WITHDREW, EntryKind.CLOSED}
ONCE = BY_THE_FLOW | ENDINGS - {EntryKind.SIGNALLED} | {EntryKind.OPENED}
"""Kinds of which a case has one entry under a key, or none."""


@dataclass(frozen=True)
class CaseRow:
    """What the case's own row says."""

    ref: str
    procedure: Any
    status: Any
    owner: Any
    opened_at: Any
    closed_at: Any
    head_no: Any
    head_hash: Any


@dataclass(frozen=True)
class WaitRow:
    """What a wait's row says."""

    key: Any
    state: Any
    awaited: Any
    opened_no: Any
    ended_no: Any
    due: Any = None


@dataclass(frozen=True)
class ItemRow:
    """What a work item's row says."""

    id: Any
    key: Any
    form: Any
    state: Any
    opened_at: Any
    answered_by: Any
    answered_at: Any
    asked_of: Any = None
    due: Any = None


@dataclass(frozen=True)
class Beside:
    """Everything beside one ledger."""

    case: CaseRow
    waits: Sequence[WaitRow] = ()
    items: Sequence[ItemRow] = ()
    known: Sequence[tuple[str, Any]] = ()
    """Numbers of entries that other rows know of, each with the name of their table."""
    strays: Sequence[Any] = ()
    """Numbers of payloads that have no entry."""


def beside_faults(entries: Sequence[StoredEntry], beside: Beside) -> Iterator[Fault]:
    """Where the rows beside a ledger that holds disagree with it."""
    last = entries[-1].no
    known = [*beside.known, *(("entry_payload", no) for no in beside.strays)]
    beyond = [(table, no) for table, no in known if isinstance(no, int) and no > last]
    if beyond:
        table, no = max(beyond, key=lambda one: one[1])
        reason = f"the ledger ends before it; {table} knows of entry {no}"
        yield Fault(beside.case.ref, last + 1, FaultKind.TRUNCATED, reason)
        return
    look = _Look(entries, beside)
    for no in beside.strays:
        yield Fault(beside.case.ref, number(no), FaultKind.INSERTED, "a text stands here that belongs to no entry")
    yield from look.twice()
    yield from look.case()
    yield from look.waits()
    yield from look.items()


class _Look:
    def __init__(self, entries: Sequence[StoredEntry], beside: Beside) -> None:
        self.entries = entries
        self.beside = beside
        self.by_no = {entry.no: entry for entry in entries}
        self.ends = {entry.said["key"]: entry for entry in self._of(*ARRIVALS - {EntryKind.SIGNALLED})}

    def _of(self, *kinds: EntryKind) -> list[StoredEntry]:
        return [entry for entry in self.entries if entry.said["kind"] in kinds]

    def _fault(self, no: int, kind: FaultKind, reason: str) -> Fault:
        return Fault(self.beside.case.ref, no, kind, reason)

    def twice(self) -> Iterator[Fault]:
        """What happens once in a case and was entered again."""
        seen: dict[tuple[str, str], int] = {}
        for entry in self.entries:
            kind, key = entry.said["kind"], entry.said["key"]
            first = seen.setdefault((kind, key), entry.no)
            if kind in ONCE and first != entry.no:
                yield self._fault(entry.no, FaultKind.REPLAYED, f"entry {first} has recorded that already")

    def case(self) -> Iterator[Fault]:
        """The case's row against its opening, closing, parking and changes of owner."""
        case, opened, closed = self.beside.case, self.entries[0], self._of(EntryKind.CLOSED)
        begun = (opened.said["kind"], opened.said["step"], opened.said["at"])
        if begun != (EntryKind.OPENED, case.procedure, moment(case.opened_at)):
            yield self._fault(1, FaultKind.CASE, "the case's row was opened otherwise than the ledger says")
        if closed and (case.status, moment(case.closed_at)) != (CaseStatus.CLOSED, closed[-1].said["at"]):
            yield self._fault(
                closed[-1].no, FaultKind.CASE, "the ledger says here that the case was closed, its row does not"
            )
        if not closed and (case.status == CaseStatus.CLOSED or case.closed_at is not None):
            yield self._fault(self.entries[-1].no, FaultKind.CASE, "the case's row is closed, and no entry says so")
        parked = self._of(EntryKind.PARKED, EntryKind.RESUMED)[-1:]
        needs_attention = bool(parked) and parked[0].said["kind"] == EntryKind.PARKED
        if not closed and needs_attention != (case.status == CaseStatus.NEEDS_ATTENTION):
            no = parked[0].no if parked else self.entries[-1].no
            yield self._fault(no, FaultKind.CASE, "the ledger and the case's row disagree whether it needs attention")
        owners = self._of(EntryKind.OWNER_CHANGED)[-1:]
        no, owner = (owners[0].no, owners[0].said["step"]) if owners else (1, opened.said["key"])
        if owner != case.owner:
            yield self._fault(no, FaultKind.CASE, "the case's row names another owner")

    def waits(self) -> Iterator[Fault]:
        """Every wait was opened and ended by entries, and every opening has its wait."""
        waiting = {wait.key: wait for wait in self.beside.waits}
        for wait in self.beside.waits:
            opened = self.by_no.get(wait.opened_no)
            put = opened and (opened.said["key"], opened.said["step"]) == (wait.key, wait.awaited)
            if opened is None or not put or opened.said["kind"] not in BY_THE_FLOW:
                yield self._fault(number(wait.opened_no), FaultKind.ROWS, "a wait says that this entry opened it")
            ended = self.by_no.get(wait.ended_no)
            if wait.state != WaitState.OPEN and (ended is None or ended.said["kind"] not in ENDINGS):
                yield self._fault(number(wait.ended_no), FaultKind.ROWS, "a wait says that this entry ended it")
            if wait.state == WaitState.OPEN and opened and not self._is_due(opened, wait.due):
                yield self._fault(opened.no, FaultKind.ROWS, "a wait's due time is not the one that was entered")
            if wait.state == WaitState.OPEN and wait.key in self.ends:
                yield self._fault(self.ends[wait.key].no, FaultKind.ROWS, "what it ended is still shown as open")
        for entry in self._of(EntryKind.AWAITED):
            if entry.said["key"] not in waiting:
                yield self._fault(entry.no, FaultKind.ROWS, "the wait that it opened is gone")

    def _is_due(self, opened: StoredEntry, due: Any) -> bool:
        """Whether a due time is the one that was entered last: when it was opened, or when policy changed."""
        changed = [entry for entry in self._of(EntryKind.DUE_CHANGED) if entry.said["key"] == opened.said["key"]]
        entered = _data_of((changed or [opened])[-1])
        if entered is None or "due" not in entered:
            return True  # erased, or a signal's, which has none
        if opened.said["kind"] == EntryKind.ASKED and due is None:
            return True  # a question that does not lapse: its time stands with the work item
        wanted = entered["due"]
        return bool(moment(due) == (None if wanted is None else datetime.fromisoformat(wanted).astimezone(UTC)))

    def _stands(self, question: StoredEntry, item: ItemRow) -> bool:
        """Whether an open work item is asked of whom, and for when, the ledger says."""
        entered = _data_of(question)
        if entered is None or "of" not in entered:
            return True
        given_on = [_data_of(entry) for entry in self._of(EntryKind.REASSIGNED) if entry.said["key"] == item.key]
        of = [entered["of"], *(data["of"] for data in given_on if data is not None and "of" in data)][-1]
        return bool(of == item.asked_of) and (
            (item.due is None and entered["due"] is None) or (self._is_due(question, item.due) and item.due is not None)
        )

    def items(self) -> Iterator[Fault]:
        """Every work item was asked, and answered by the person and at the time that the ledger says."""
        items = {item.key: item for item in self.beside.items}
        asked = {entry.said["key"]: entry for entry in self._of(EntryKind.ASKED)}
        for item in self.beside.items:
            question = asked.get(item.key)
            put = question and (question.said["step"], question.said["at"]) == (item.form, moment(item.opened_at))
            if not put:
                no = question.no if question else 0
                yield self._fault(no, FaultKind.ROWS, f"work item {item.id} was not asked so")
            if item.state == WorkItemState.OPEN and question and not self._stands(question, item):
                reason = f"work item {item.id} is asked of somebody else, or for another time, than was entered"
                yield self._fault(question.no, FaultKind.ROWS, reason)
            end = self.ends.get(item.key)
            answer = end if end is not None and end.said["kind"] == EntryKind.ANSWERED else None
            if (item.state == WorkItemState.ANSWERED) != (answer is not None):
                reason = f"work item {item.id} and the ledger disagree whether it was answered"
                yield self._fault(answer.no if answer else question.no if question else 0, FaultKind.ROWS, reason)
            elif answer and (answer.said["by"], answer.said["at"]) != (item.answered_by, moment(item.answered_at)):
                reason = f"work item {item.id} names another person or time for this answer"
                yield self._fault(answer.no, FaultKind.ROWS, reason)
            elif item.state == WorkItemState.OPEN and end is not None:
                yield self._fault(end.no, FaultKind.ROWS, f"work item {item.id} is still shown as open")
        for key, entry in asked.items():
            if key not in items:
                yield self._fault(entry.no, FaultKind.ROWS, "the work item that it opened is gone")
        for entry in self._of(EntryKind.ANSWERED):
            if entry.said["key"] not in items:
                yield self._fault(entry.no, FaultKind.ROWS, "the work item that it answered is gone")


def _data_of(entry: StoredEntry) -> dict[str, Any] | None:
    """What an entry's payload holds as data; None where it was erased or does not hold."""
    if not entry.payload_holds or entry.content is None:
        return None
    data = json.loads(entry.content)["data"]
    return data if isinstance(data, dict) else None


def erased_numbers(entries: Sequence[StoredEntry]) -> set[int]:
    """The numbers whose text was erased, as entries say that still hold."""
    records = (entry for entry in entries if entry.said["kind"] == EntryKind.ERASED and entry.payload_holds)
    return {no for record in records for no in json.loads(record.content)["data"]["erased"]}


def children(entries: Sequence[StoredEntry]) -> dict[str, int]:
    """The cases that a ledger says were opened from it, each with the entry's number."""
    opened = (entry for entry in entries if entry.said["kind"] == EntryKind.CASE_OPENED and entry.payload_holds)
    return {str(json.loads(entry.content)["data"]): entry.no for entry in opened}
