"""
The replay check: run open cases' ledgers against this version of the code, without effects.

A case whose recorded steps the code no longer meets, or meets under another kind, would take another way: it is named
before the code is installed, not afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NoReturn

from sqlalchemy import select

from models.cases import Case
from models.entry_kinds import EntryKind
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.lease import HeldLease
from tasks.durable.ledger import UnknownCase, recall
from tasks.durable.leg import Asleep, Leg, Step, running
from tasks.durable.memory import LedgerMismatch, Memory
from tasks.durable.procedure import UnknownProcedure, procedure_named


class Way(StrEnum):
    """Which way a case would take under this code."""

    SAME = "same"
    """It meets every recorded step, and then waits or works on as it would have."""
    OTHER = "other"
    """It no longer meets a recorded step, or meets it under another kind: it would be parked."""
    FAILS = "fails"
    """The code fails on what is recorded."""
    UNKNOWN = "unknown"
    """This version has no such procedure."""


@dataclass(frozen=True)
class Replayed:
    """What the check found for one case; `why` names steps only."""

    ref: str
    way: Way
    why: str = ""
    hears: frozenset[str] = field(default=frozenset(), compare=False)
    """Names of the signals that the flow listens for at any time, as far as it has come."""


class _NewWork(BaseException):
    """The flow has come to something that is not recorded: the replay ends here, and nothing is done."""


class _LegWithoutEffects(Leg):
    """A leg that recalls and never writes."""

    def transaction(self, *, other: str | None = None) -> NoReturn:
        """Whatever would be written ends the replay."""
        raise _NewWork

    def keep_back(self, kind: EntryKind, key: str, step: str, enter: Callable[[Step], object]) -> NoReturn:
        """So does what would be written later."""
        raise _NewWork


def replay_all(council: Council) -> Iterator[Replayed]:
    """The check for every open case, in the order they were opened."""
    with council.database.read() as session:
        refs = session.scalars(
            select(Case.ref).where(Case.status != CaseStatus.CLOSED).order_by(Case.opened_at, Case.ref)
        ).all()
    for ref in refs:
        yield replay(council, ref)


def replay(council: Council, ref: str) -> Replayed:
    """The check for one case. Raises `UnknownCase`."""
    with council.database.read() as session:
        case = session.get(Case, ref)
        if case is None:
            raise UnknownCase(ref)
        entries = recall(session, ref)
    try:
        procedure = procedure_named(case.procedure)
    except UnknownProcedure as unknown:
        return Replayed(ref, Way.UNKNOWN, str(unknown))
    memory = Memory(entries, procedure.retired)
    leg = _LegWithoutEffects(council, HeldLease(ref, -1, "replay"), memory, lambda _name, work: work())
    found = _way_of(ref, leg, lambda: procedure.run(procedure.facts.model_validate(memory.opened.data)))
    return replace(found, hears=frozenset(leg.waits.heard))


def _way_of(ref: str, leg: Leg, run: Callable[[], object]) -> Replayed:
    try:
        with running(leg):
            run()
    except _NewWork:
        return Replayed(ref, Way.SAME)  # new work at the end, or a new step that says what it means for cases past it
    except Asleep:
        pass
    except LedgerMismatch as mismatch:
        return Replayed(ref, Way.OTHER, str(mismatch))
    except Exception as failed:  # its text may be personal
        return Replayed(ref, Way.FAILS, type(failed).__name__)
    missed = leg.memory.unmet_keys()
    if missed:
        return Replayed(ref, Way.OTHER, f"no longer meets {', '.join(missed)}")
    return Replayed(ref, Way.SAME)
