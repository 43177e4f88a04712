"""
A leg: the stretch a flow runs between two sleeps.

The flow always runs from the top. What is recorded returns at once; what is new is done in one transaction with its
entry; where nothing has come, the leg ends by raising `Asleep`.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.policy import Policy
from tasks.database import is_out_of_order
from tasks.durable import lease
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM, Fact, LockedCase, Pen, Recorded
from tasks.durable.memory import LedgerMismatch, Memory


class ForCasesPast(Enum):
    """What a step that is newer than a case means for cases already past it."""

    RUN = "run"
    """Do it now."""
    SKIP = "skip"
    """It is not for them; it returns None."""


class Asleep(BaseException):
    """Nothing has come: the leg ends here and the case sleeps. Not an Exception, so that no flow catches it."""


class WordFailed(PathwaysError):
    """What a flow had said (a question, a notice, a wait) could not be entered. Carries references only."""

    def __init__(self, error: str) -> None:
        super().__init__(f"what the flow said was not entered ({error}); it is tried again, then somebody is asked")
        self.error = error
        self.private_account = ""
        """The whole account with its texts, for the ledger's payload and for nowhere else."""


class OutsideACase(PathwaysError):
    """That can only be done inside a procedure: call it from a flow, or open a case first."""

    def __init__(self) -> None:
        super().__init__("this can only be done inside a procedure: call it from a flow that runs for a case")


class NotInsideAStep(PathwaysError):
    """A step is one transaction; that belongs into the flow, before or after the step."""

    def __init__(self) -> None:
        super().__init__(
            "a step cannot carry out another step, ask or wait: do it in the flow, before or after the step"
        )


@dataclass(frozen=True)
class Step:
    """What the body of an audited task works with: its transaction's session, the time, the policy, the case."""

    session: Session
    now: datetime
    policy: Policy
    case: LockedCase
    pen: Pen
    change: Change


def step_in(change: Change, case: LockedCase) -> Step:
    """A step's world in a transaction, for a case locked in it."""
    return Step(change.session, change.now, change.policy, case, change.pen(case), change)


@dataclass
class Waits:
    """Which waits this pass opened (and whether they have come), which ended, which signals it hears of and took."""

    current: dict[str, tuple[Any, bool]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    signals_taken: dict[str, int] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)


@dataclass
class Leg:
    """One pass of a flow over its case."""

    council: Council
    held: lease.HeldLease
    memory: Memory
    as_task: Callable[[str, Callable[[], None]], None]
    """Runs a step's work; under Prefect as a task run of that name, so that managers see it."""
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    waits: Waits = field(default_factory=Waits)
    kept_back: list[Callable[[Step], object]] = field(default_factory=list)
    """What the flow has said and no transaction has entered yet, in its order."""
    now: datetime = field(init=False)
    """The time of the entry that ended the latest wait."""

    def __post_init__(self) -> None:
        self.now = self.memory.opened.at

    @property
    def ref(self) -> str:
        """The case's reference."""
        return self.held.ref

    def next_key(self, name: str) -> str:
        """`name` the first time on this pass, then `name[2]`, `name[3]` … Raises `NotInsideAStep`."""
        if _step.get(None) is not None or _outside.get(None) is not None:
            raise NotInsideAStep
        self.counts[name] += 1
        return name if self.counts[name] == 1 else f"{name}[{self.counts[name]}]"

    def recalled(self, key: str, kind: EntryKind, step: str, past: ForCasesPast | None) -> Recorded | None:
        """
        The entry under `key`, or None when the step is to be done now.

        A step without an entry, met while recorded ones lie beyond it, must say what it means for this case: without
        `past` it raises `LedgerMismatch`, with SKIP it is entered as skipped.
        """
        entry = self.memory.recall(key, kind, step)
        if entry is not None or not self.memory.is_past():
            return entry
        if past is None:
            raise LedgerMismatch(key, "this step is newer than the case, which has already passed it")
        if past is ForCasesPast.RUN:
            return None
        skipped = Fact(EntryKind.SKIPPED, key, f"{key}: newer than this case, not for it", step)
        entry = self.keep_back(skipped.kind, key, step, lambda here: here.pen.enter(skipped))
        self.memory.add(entry)
        return entry

    def keep_back(self, kind: EntryKind, key: str, step: str, enter: Callable[[Step], object]) -> Recorded:
        """
        Let `enter` make its entry with the leg's next transaction; gives what is remembered of it until then.

        For bookkeeping: what the flow says without hearing an answer, and what no other system is asked for. Nothing
        is locked meanwhile, and where the process is killed the next leg says it again. `enter` may be called more
        than once, and must not hold on to what the flow may change afterwards.
        """
        self.kept_back.append(enter)
        return Recorded(0, self.now, kind, key, step, SYSTEM, None)

    def settle(self) -> None:
        """Enter what is kept back, before another system is asked or another case locked."""
        if self.kept_back:
            with self.transaction():
                pass

    @contextmanager
    def transaction(self, *, other: str | None = None) -> Iterator[Step]:
        """
        One transaction of this leg: the case locked, the fence checked, the lease kept alive, what was kept back
        entered.

        `other` is a case to be locked as well. It comes first, as where it closes and tells those who wait for it, so
        that the two never wait for each other. Where the transaction fails, what was kept back is kept for the next.
        Raises `LeaseLost`; of what was kept back, `Asleep` and `WordFailed`.
        """
        if other is not None:
            self.settle()
        with self.council.change() as change:
            if other is not None:
                change.lock(other)
            case = change.lock(self.ref)
            lease.check(case, self.held)
            lease.renew(change.session, case, change.now, change.policy.lease.lasts)
            here = step_in(change, case)
            self._enter_what_was_kept_back(here)
            yield here
        self.kept_back.clear()

    def _enter_what_was_kept_back(self, here: Step) -> None:
        """One that cannot be entered is dropped with those after it: the flow says them again."""
        for number, enter in enumerate(self.kept_back):
            try:
                enter(here)
            except BaseException as stopped:
                del self.kept_back[number:]
                if not isinstance(stopped, Exception) or is_out_of_order(stopped):
                    raise
                failed = WordFailed(type(stopped).__name__)
                failed.private_account = "".join(traceback.format_exception(stopped))
            else:
                continue
            raise failed


@dataclass(frozen=True)
class Outside:
    """What a step works with that reads from outside before its transaction begins: nothing is locked meanwhile."""

    council: Council
    now: datetime
    ref: str

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.council.policy


_leg: ContextVar[Leg] = ContextVar("leg")
_step: ContextVar[Step] = ContextVar("step")
_outside: ContextVar[Outside] = ContextVar("outside")


def current_leg() -> Leg:
    """The leg that is running. Raises `OutsideACase`."""
    try:
        return _leg.get()
    except LookupError:
        raise OutsideACase from None


def this_case() -> str:
    """The ref of the case whose flow is running, for what it opens or sends. Raises `OutsideACase`."""
    return current_leg().ref


def current_step() -> Step:
    """The audited task that is being carried out: its session, time and policy. Raises `OutsideACase`."""
    try:
        return _step.get()
    except LookupError:
        raise OutsideACase from None


def current_outside() -> Outside:
    """Inside a step that reads from outside: the council, the time and the case. Raises `OutsideACase`."""
    try:
        return _outside.get()
    except LookupError:
        raise OutsideACase from None


@contextmanager
def running(leg: Leg) -> Iterator[None]:
    """Make `leg` the current one."""
    token = _leg.set(leg)
    try:
        yield
    finally:
        _leg.reset(token)


@contextmanager
def carrying_out(step: Step) -> Iterator[None]:
    """Make `step` the current one."""
    token = _step.set(step)
    try:
        yield
    finally:
        _step.reset(token)


@contextmanager
def reading_outside(outside: Outside) -> Iterator[None]:
    """Make `outside` the current one."""
    token = _outside.set(outside)
    try:
        yield
    finally:
        _outside.reset(token)
