"""
Waiting: for whichever of several things comes first.

A wait is opened once per key. `first_of` looks whether something has come; if nothing has, the leg ends and the case
sleeps. What came first is what the ledger has first, so that a flow run again takes the same way. `asking` and
`awaiting` make the waits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

from models.entry_kinds import EntryKind
from models.states import WaitKind, WaitState
from tasks.durable.ledger import Fact, Recorded
from tasks.durable.leg import Asleep, ForCasesPast, Leg, Step, current_leg
from tasks.durable.memory import LedgerMismatch
from tasks.durable.wait_rows import end_wait
from tasks.durable.work_items import close_item

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
K = TypeVar("K")
T_co = TypeVar("T_co", covariant=True)


class Wait(Generic[T_co]):
    """Something awaited. Made by `decision`, `signal`, `at`, `after`, `day` and `closed`; given to `first_of`."""

    def __init__(
        self,
        kind: WaitKind,
        awaited: str,
        open_row: Callable[[Leg, str], Recorded] | None,
        value: Callable[[str, Recorded], T_co],
        *,
        spec: str = "",
        past: ForCasesPast | None = None,
    ) -> None:
        self.kind = kind
        self.awaited = awaited
        self.key: str | None = None
        self._open_row = open_row
        self._value = value
        self._spec = spec
        self._past = past

    def opened_as(self, name: str) -> Wait[T_co]:
        """This wait under `name`: the same one again while it is open, else the next one of that name."""
        leg = current_leg()
        book = leg.waits
        held: tuple[Wait[T_co], bool] | None = book.current.get(name)
        if held is not None and held[0].key not in book.withdrawn:
            handle, spent = held
            same = handle._spec == self._spec
            if same and (not spent or self.kind is WaitKind.TIMER):
                return handle
            if not spent:
                withdraw(handle)
        assert self._open_row is not None
        self.key = leg.next_key(name)
        book.current[name] = (self, False)
        if leg.recalled(self.key, _entry_kind(self.kind), self.awaited, self._past) is None:
            leg.memory.add(self._open_row(leg, self.key))
        return self

    def heard(self) -> Wait[T_co]:
        """This wait without an entry or a row: whatever comes next of what it awaits."""
        book = current_leg().waits
        book.heard.add(self.awaited)
        self.key = f"hears:{self.awaited}[{book.signals_taken.get(self.awaited, 0) + 1}]"
        return self

    @property
    def is_only_heard(self) -> bool:
        """Whether nothing was entered for it."""
        return self._open_row is None

    def is_skipped(self, leg: Leg) -> bool:
        """Whether it is newer than the case and not for it: then it never comes."""
        return self.key is not None and leg.memory.is_skipped(self.key)

    def arrival(self, leg: Leg) -> Recorded | None:
        """The entry that ended it, if anything has."""
        if self.key is None or self.key in leg.waits.ended or self.is_skipped(leg):
            return None
        if self.kind is WaitKind.SIGNAL:
            return leg.memory.signal(self.awaited, leg.waits.signals_taken.get(self.awaited, 0))
        return leg.memory.end_of(self.key)

    def take(self, leg: Leg, arrival: Recorded) -> T_co:
        """Count it as come on this pass, and give what came."""
        assert self.key is not None
        book = leg.waits
        book.ended.add(self.key)
        if self.kind is WaitKind.SIGNAL:
            book.signals_taken[self.awaited] = book.signals_taken.get(self.awaited, 0) + 1
        for name, (handle, _) in book.current.items():
            if handle is self:
                book.current[name] = (self, True)
        leg.now = arrival.at
        return self._value(self.key, arrival)


@overload
def first_of(one: Wait[A], /) -> A: ...
@overload
def first_of(one: Wait[A], two: Wait[B], /) -> A | B: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], /) -> A | B | C: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], /) -> A | B | C | D: ...
@overload
def first_of(one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], five: Wait[E], /) -> A | B | C | D | E: ...
@overload
def first_of(
    one: Wait[A], two: Wait[B], three: Wait[C], four: Wait[D], five: Wait[E], six: Wait[F], /
) -> A | B | C | D | E | F: ...
@overload
def first_of(*waits: Wait[A]) -> A: ...
def first_of(*waits: Wait[Any]) -> Any:
    """
    What came first of several waits; the leg ends here while nothing has come.

    It looks, and withdraws nothing: the others stay open, and a wait that has come is not given again. The type is
    the union of what can come, so that `match` is checked to be exhaustive. More than six are given as one list,
    `list[Wait[This | That]]`, with the union as its type.
    """
    leg = current_leg()
    came = [(arrival.no, index, arrival) for index, wait in enumerate(waits) if (arrival := wait.arrival(leg))]
    if not came:
        if all(wait.is_skipped(leg) for wait in waits):
            raise LedgerMismatch(str(waits[0].key), "all that is awaited here is newer than the case and not for it")
        raise Asleep
    _, index, arrival = min(came, key=lambda one: one[:2])
    return waits[index].take(leg, arrival)


def which_of(waits: Mapping[K, Wait[A]]) -> tuple[K, A]:
    """
    What came first, and which wait it ended, by its name: for several open questions on the same form.

    A wait that has come does not come again: take it out, or put another in its place.
    """
    over = current_leg().waits.ended.copy()
    came = first_of(*waits.values())
    ended = current_leg().waits.ended - over
    return next(name for name, wait in waits.items() if wait.key in ended), came


def withdraw(wait: Wait[Any]) -> None:
    """End an open wait with an entry; its work item leaves the worklist. What has already come stays as it is."""
    leg = current_leg()
    if wait.key is None or wait.is_only_heard or wait.key in leg.waits.ended or wait.is_skipped(leg):
        return
    key = f"withdraw:{wait.key}"
    # Its entry is looked for first: what came afterwards (a signal, or an answer in that instant) is too late for it.
    if leg.memory.recall(key, EntryKind.WITHDREW, wait.awaited) is None:
        if wait.arrival(leg) is not None:
            return
        leg.recalled(key, EntryKind.WITHDREW, wait.awaited, None)
        enter = functools.partial(_end_row, of=wait.key, kind=wait.kind, awaited=wait.awaited, key=key)
        leg.memory.add(leg.keep_back(EntryKind.WITHDREW, key, wait.awaited, enter))
    leg.waits.ended.add(wait.key)
    leg.waits.withdrawn.add(wait.key)


def take_back(waits: dict[K, Wait[A]], *which: K) -> None:
    """End those of several open waits that are there, by the names under which a flow keeps them, and drop them."""
    for one in which:
        if (wait := waits.pop(one, None)) is not None:
            withdraw(wait)


def _end_row(here: Step, *, of: str, kind: WaitKind, awaited: str, key: str) -> None:
    if not end_wait(here.session, here.case.ref, of, WaitState.WITHDRAWN, no=here.pen.next_no):
        raise Asleep  # it came this very moment: the leg looks again from the top, and finds it
    here.pen.enter(Fact(EntryKind.WITHDREW, key, f"No longer waits: {of}", awaited))
    if kind is WaitKind.DECISION:
        close_item(here, of)


def now() -> datetime:
    """The time of the entry that ended the latest wait; at first, when the case was opened."""
    return current_leg().now


def _entry_kind(kind: WaitKind) -> EntryKind:
    return EntryKind.ASKED if kind is WaitKind.DECISION else EntryKind.AWAITED
