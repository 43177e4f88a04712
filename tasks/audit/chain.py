"""
One case's chain of entries: whether it holds, and if not, what was done to it.

Nothing here reads a table. A ledger that holds is told by one pass; only one that does not is looked at closely, to
name what happened: which number each entry was written under, and whether it stands elsewhere as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.audit.faults import Fault, FaultKind
from tasks.audit.reading import StoredEntry
from tasks.durable.ledger import first_hash

CLOSE_LOOKS = 50
"""How many broken entries of one case are looked at closely; what was done first is among them."""

Elsewhere = Callable[[StoredEntry], tuple[str, int] | None]
"""Where else in the database an entry's hash stands."""


@dataclass(frozen=True)
class Head:
    """The last entry as the case's own row has it."""

    no: Any
    hash: Any


def chain_faults(ref: str, entries: Sequence[StoredEntry], head: Head | None, elsewhere: Elsewhere) -> list[Fault]:
    """What does not hold in a case's chain; edited entries each, and of what moved entries only the first."""
    if _holds(ref, entries, head):
        return []
    return list(_CloseLook(ref, entries, head, elsewhere).faults())


def _holds(ref: str, entries: Sequence[StoredEntry], head: Head | None) -> bool:
    previous = first_hash(ref)
    for no, entry in enumerate(entries, start=1):
        if entry.no != no or entry.said["previous_hash"] != previous or not entry.holds:
            return False
        previous = entry.hash
    return head is None or (head.no, head.hash) == (len(entries), previous)


class _CloseLook:
    def __init__(self, ref: str, entries: Sequence[StoredEntry], head: Head | None, elsewhere: Elsewhere) -> None:
        self.ref = ref
        self.entries = entries
        self.last = entries[-1]
        self.head = Head(self.last.no, self.last.hash) if head is None else head
        self.by_no = {entry.no: entry for entry in entries}
        row_is_believed = isinstance(self.head.no, int) and self.head.hash != self.last.hash
        self.end = self.head.no if row_is_believed else self.last.no
        self.elsewhere = elsewhere
        self.written = dict(self._written())
        """Under which number each entry was written; none where its hash fits no number of this case."""

    def _written(self) -> Iterator[tuple[int, int | None]]:
        looks = 0
        candidates = sorted({*self.by_no, *range(1, len(self.entries) + 3)})
        for entry in self.entries:
            if entry.holds:
                yield entry.no, entry.no
                continue
            looks += 1
            fits = (no for no in candidates if looks <= CLOSE_LOOKS and entry.hash_as(no) == entry.hash)
            yield entry.no, next(fits, None) if entry.said["case_ref"] == self.ref else None

    def faults(self) -> Iterator[Fault]:
        suspected = False
        for expected, entry in enumerate(self.entries, start=1):
            if entry.no != expected:
                yield self._out_of_count(expected, entry)
                return
            moved = self._moved(entry)
            if moved is not None:
                yield moved
                return
            if self.written[entry.no] is None:
                yield self._fault(entry.no, FaultKind.EDITED, "it is not what was written: its hash does not fit it")
                suspected = True
            elif not suspected and (broken := self._link(entry)) is not None:
                yield broken
                suspected = True
            else:
                suspected = False
        yield from self._end(suspected)

    def _out_of_count(self, expected: int, entry: StoredEntry) -> Fault:
        """An entry stands where another number was to come."""
        if entry.no < expected:
            return self._fault(entry.no, FaultKind.INSERTED, "it stands under a number that no entry is given")
        if expected in self.written.values():
            place = next(no for no, written in self.written.items() if written == expected)
            return self._fault(expected, FaultKind.REORDERED, f"it stands under number {place} now")
        if expected > self.end:
            return self._fault(entry.no, FaultKind.INSERTED, "it stands beyond the end of the ledger")
        return self._fault(expected, FaultKind.DELETED, f"it is gone; the next one is number {entry.no}")

    def _moved(self, entry: StoredEntry) -> Fault | None:
        """Why an entry is not the one that was written in its place, where it was moved, copied or added."""
        written = self.written[entry.no]
        beyond = entry.no > self.end
        if written is None:
            copy_of = self._copied_from(entry)
            if copy_of is not None:
                return self._fault(entry.no, FaultKind.REPLAYED, f"it is a copy of {copy_of}")
            if beyond or entry.no in (no for place, no in self.written.items() if place != entry.no):
                return self._fault(entry.no, FaultKind.INSERTED, "it was never added to this ledger in its turn")
            return None
        if written == entry.no:
            if beyond:
                return self._fault(entry.no, FaultKind.INSERTED, "it stands beyond the end of the ledger")
            return None
        if self.written.get(written) == written:
            if self.by_no[written].hash == entry.hash:
                return self._fault(entry.no, FaultKind.REPLAYED, f"it is a copy of entry {written}")
            return self._fault(min(written, entry.no), FaultKind.INSERTED, "entries were moved up to make room for it")
        if entry.no in self.written.values() or written < entry.no:
            return self._fault(entry.no, FaultKind.REORDERED, f"what stands here was written as entry {written}")
        return self._fault(entry.no, FaultKind.DELETED, "it is gone, and later entries were moved into its place")

    def _copied_from(self, entry: StoredEntry) -> str | None:
        for other in self.entries:
            if other.no != entry.no and other.hash == entry.hash:
                return f"entry {other.no}"
        found = self.elsewhere(entry)
        return None if found is None else f"entry {found[1]} of case {found[0]}"

    def _link(self, entry: StoredEntry) -> Fault | None:
        """Which of two neighbours is wrong, where each holds in itself and the second is not chained to the first."""
        before = self.by_no.get(entry.no - 1)
        if entry.said["previous_hash"] == (first_hash(self.ref) if before is None else before.hash):
            return None
        after = self.by_no.get(entry.no + 1)
        confirmed = self.head.hash if after is None else after.said["previous_hash"]
        if before is None or confirmed != entry.hash:
            return self._fault(entry.no, FaultKind.EDITED, "it is chained to another entry than the one before it")
        return self._fault(before.no, FaultKind.EDITED, "it is not the entry that the next one was chained to")

    def _end(self, suspected: bool) -> Iterator[Fault]:
        last = self.last
        if (self.head.no, self.head.hash) == (last.no, last.hash) or (suspected and self.head.no == last.no):
            return
        if self.head.no == last.no:
            reason = "it and the case's row disagree about its hash, so one of them is not as it was written"
            yield self._fault(last.no, FaultKind.EDITED, reason)
        elif isinstance(self.head.no, int) and self.head.no > last.no and self.head.hash != last.hash:
            yield self._fault(
                last.no + 1, FaultKind.TRUNCATED, f"the ledger ends before it; it had {self.head.no} entries"
            )
        else:
            yield self._fault(last.no, FaultKind.CASE, "the case's row says that its ledger ends elsewhere")

    def _fault(self, no: int, kind: FaultKind, reason: str) -> Fault:
        return Fault(self.ref, no, kind, reason)


def payload_faults(ref: str, entries: Sequence[StoredEntry], erased: Collection[int]) -> Iterator[Fault]:
    """What does not hold in what the entries say. `erased`: of which numbers an entry says that they were erased."""
    salted: dict[Any, int] = {}
    for entry in entries:
        digest = entry.said["payload_digest"]
        first = salted.setdefault(digest, entry.no)
        if first != entry.no:
            yield Fault(ref, entry.no, FaultKind.REPLAYED, f"it says, salt and all, what entry {first} says")
        elif entry.payload_key == (None, None):
            yield Fault(ref, entry.no, FaultKind.DELETED, "what it says is gone, row and all; the entry itself stands")
        elif entry.is_erased:
            if entry.no not in erased:
                yield Fault(ref, entry.no, FaultKind.PAYLOAD, "what it says was erased, and no entry records that")
        elif not entry.payload_holds:
            yield Fault(
                ref, entry.no, FaultKind.EDITED, "what it says is not what was written: the digest does not fit"
            )
