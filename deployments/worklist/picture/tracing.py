"""
Where in its source a case's flow has made each entry, and where it waits now.

The flow is run again over the case's ledger, as at the beginning of every leg, and stopped before anything new would be
done: nothing is written, sent or asked of another system.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType
from typing import Any, NoReturn

from deployments.worklist.picture.nodes import Line
from models.entry_kinds import EntryKind
from tasks.durable.council import Council
from tasks.durable.lease import HeldLease
from tasks.durable.ledger import Recorded
from tasks.durable.leg import Asleep, Leg, Step, running
from tasks.durable.memory import Memory
from tasks.durable.procedure import Procedure

Calls = tuple[Line, ...]
"""The lines of the procedures that were being carried out, the outermost first."""


@dataclass
class Trace:
    """Where each key of the ledger was met, and where the flow waits."""

    met: dict[str, Calls] = field(default_factory=dict)
    looked: set[Calls] = field(default_factory=set)
    """Where the flow has looked whether something had come."""
    waits_at: Calls = ()


class _NewWork(BaseException):
    """The flow has come to something that is not in the ledger: here the looking ends."""


class _LookingLeg(Leg):
    """A leg that recalls, notes where it was asked from, and never writes."""

    trace: Trace
    home: str

    def next_key(self, name: str) -> str:
        """The next key of that name, noted with the lines that asked for it."""
        key = super().next_key(name)
        self.trace.met[key] = _calls(sys._getframe(1), self.home)
        return key

    def transaction(self, *, other: str | None = None) -> NoReturn:
        """Whatever would be written ends the looking."""
        raise _NewWork

    def keep_back(self, kind: EntryKind, key: str, step: str, enter: Callable[[Step], object]) -> NoReturn:
        """So does what would be written later."""
        raise _NewWork


class _LookingMemory(Memory):
    """A memory that notes where the flow looked whether something had come."""

    trace: Trace
    home: str

    def end_of(self, key: str) -> Recorded | None:
        """What ended the wait under `key`."""
        self.trace.looked.add(_calls(sys._getframe(1), self.home))
        return super().end_of(key)

    def signal(self, name: str, already_taken: int) -> Recorded | None:
        """The next signal of that name."""
        self.trace.looked.add(_calls(sys._getframe(1), self.home))
        return super().signal(name, already_taken)


def trace(council: Council, ref: str, procedure: Procedure, entries: Sequence[Recorded]) -> Trace:
    """
    Run the procedure over the ledger of a case and note where it meets each entry.

    Where the code has changed since, it ends at the first entry that is no longer met; what was noted until then holds.
    """
    memory = _LookingMemory(entries, procedure.retired)
    leg = _LookingLeg(council, HeldLease(ref, -1, "picture"), memory, _nothing_new)
    leg.trace, leg.home = Trace(), procedure.run.__module__
    memory.trace, memory.home = leg.trace, leg.home
    try:
        with running(leg):
            procedure.run(procedure.facts.model_validate(leg.memory.opened.data))
    except Asleep as asleep:
        leg.trace.waits_at = _calls_of(asleep.__traceback__, leg.home)
    except _NewWork:
        pass
    except Exception:  # the case is parked, or will be: whoever looks at its picture is not to be stopped by that
        pass
    return leg.trace


def _nothing_new(_key: str, _work: Callable[[], None]) -> NoReturn:
    """A step without an entry is not carried out."""
    raise _NewWork


def _calls(frame: FrameType | None, home: str) -> Calls:
    found: list[tuple[CodeType, Line]] = []
    while frame is not None and frame.f_code is not trace.__code__:
        module = _module(frame.f_globals, home)
        if module is not None:
            found.append((frame.f_code, _line(module, frame.f_code, frame.f_lasti, frame.f_lineno)))
        frame = frame.f_back
    return _without_repeats(found[::-1])


def _calls_of(traceback: TracebackType | None, home: str) -> Calls:
    found: list[tuple[CodeType, Line]] = []
    while traceback is not None:
        module = _module(traceback.tb_frame.f_globals, home)
        if module is not None:
            code = traceback.tb_frame.f_code
            found.append((code, _line(module, code, traceback.tb_lasti, traceback.tb_lineno)))
        traceback = traceback.tb_next
    return _without_repeats(found)


def _line(module: str, code: CodeType, instruction: int, line: int) -> Line:
    """The call that is being carried out. Where Python keeps no columns, its line alone."""
    begins, _, column, _ = next(itertools.islice(code.co_positions(), instruction // 2, None), (None, None, None, None))
    if begins is None or column is None:
        return Line(module, line, -1)
    return Line(module, begins, column)


def _module(names: dict[str, Any], home: str) -> str | None:
    name = str(names.get("__name__", ""))
    return name if name.startswith("flows.") or name == home else None


def _without_repeats(found: list[tuple[CodeType, Line]]) -> Calls:
    """One line for each function: a comprehension is a frame of its own, and the one around it says no more."""
    inner = [code.co_name for code, _ in found[1:]]
    return tuple(
        line for number, (_, line) in enumerate(found) if number == len(inner) or not inner[number].startswith("<")
    )
