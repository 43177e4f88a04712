"""
What a flow recalls of its case when it runs again from the top.

The ledger is read once a leg. A step met again finds its entry by key; entries of the flow's that it has not met yet
tell whether a step without an entry is new work, or new code in a part the case has already passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from models.entry_kinds import ARRIVALS, BY_THE_FLOW, EntryKind
from models.errors import PathwaysError
from tasks.durable.ledger import Recorded

BY_THE_HOUSE = "house:"
"""How the keys of questions begin that the house asks and no flow: it never meets them again."""


class LedgerMismatch(PathwaysError):
    """The code and the ledger disagree about this case; it is parked and nothing is guessed at."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"at {key}: {why}; put the code right or say for_cases_past, then choose retry")
        self.key = key


class Memory:
    """The recalled ledger of one case, and which of its entries the flow has met on this pass."""

    def __init__(self, entries: Sequence[Recorded], retired: Collection[str] = ()) -> None:
        self.opened = entries[0]
        self.last_no = entries[-1].no
        self._retired = frozenset(retired)
        self._made: dict[str, Recorded] = {}
        self._ends: dict[str, Recorded] = {}
        self._signals: defaultdict[str, list[Recorded]] = defaultdict(list)
        self._unmet: set[int] = set()
        for entry in entries:
            self._sort(entry)

    def _sort(self, entry: Recorded) -> None:
        if entry.kind in BY_THE_FLOW and not entry.key.startswith(BY_THE_HOUSE):
            replaced = self._made.get(entry.key)  # by a person, after the code and the ledger had disagreed
            if replaced is not None:
                self._unmet.discard(replaced.no)
            self._made[entry.key] = entry
            if not self._retired or self._retired.isdisjoint(_names(entry.key)):
                self._unmet.add(entry.no)
        elif entry.kind is EntryKind.SIGNALLED:
            self._signals[entry.step].append(entry)
        elif entry.kind in ARRIVALS:
            self._ends[entry.key] = entry

    def recall(self, key: str, kind: EntryKind, step: str) -> Recorded | None:
        """
        The entry under `key`, or None when the step has none.

        Raises `LedgerMismatch` when the key stands for something else in the ledger.
        """
        entry = self._made.get(key)
        if entry is None:
            return None
        if entry.kind is not EntryKind.SKIPPED and (entry.kind, entry.step) != (kind, step):
            raise LedgerMismatch(
                key, f"the ledger has {entry.kind} of {entry.step} here, the code says {kind} of {step}"
            )
        self._unmet.discard(entry.no)
        return entry

    def is_past(self) -> bool:
        """Whether recorded entries lie beyond the point the flow has reached."""
        return bool(self._unmet)

    def left_out(self) -> str | None:
        """The key of the first recorded entry that the flow has not met, if there is one."""
        return next((entry.key for entry in self._made.values() if entry.no in self._unmet), None)

    def unmet_keys(self) -> list[str]:
        """Keys of recorded steps that the flow has not met on this pass, in their order."""
        by_no = {entry.no: entry.key for entry in self._made.values()}
        return [by_no[no] for no in sorted(self._unmet) if no in by_no]

    def add(self, entry: Recorded) -> None:
        """Remember an entry that the flow has just made."""
        self._made[entry.key] = entry
        self.last_no = max(self.last_no, entry.no)

    def is_skipped(self, key: str) -> bool:
        """Whether what stands under `key` was entered as not being for this case."""
        entry = self._made.get(key)
        return entry is not None and entry.kind is EntryKind.SKIPPED

    def end_of(self, key: str) -> Recorded | None:
        """What ended the wait under `key`, if anything has."""
        return self._ends.get(key)

    def signal(self, name: str, already_taken: int) -> Recorded | None:
        """The next signal of that name which the flow has not taken on this pass."""
        received = self._signals[name]
        return received[already_taken] if len(received) > already_taken else None


def _names(key: str) -> set[str]:
    """The names by which a key can be retired: `visit:P-101[3]` by `visit:P-101` and by `visit`."""
    bare = key.partition("[")[0]
    return {bare, bare.partition(":")[0]}
