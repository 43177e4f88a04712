"""
The replay check: run open cases' ledgers against this version of the code, without effects.

A case whose recorded steps the code no longer meets, or meets under another kind, would take another way: it is named
before the code is installed, not afterwards. Nothing is written and no other system is asked; of the database only
cases and their ledgers are read, many at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from sqlalchemy import select

from models.cases import Case
from models.entry_kinds import EntryKind
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.lease import HeldLease
from tasks.durable.ledger import SYSTEM, Recorded, UnknownCase, recall, recall_each
from tasks.durable.leg import Asleep, ForCasesPast, Leg, Step, running
from tasks.durable.memory import LedgerMismatch, Memory
from tasks.durable.procedure import Procedure, UnknownProcedure, procedure_named

AT_A_TIME = 200
"""So many cases' ledgers are read with one query, and held at once."""


class Way(StrEnum):
    """Which way a case would take under this code."""

    SAME = "same"
    """It meets every recorded step, and then waits or works on as it would have."""
    DECLARED = "declared"
    """It goes on, and does what is newer than it as the code says of cases past it (`for_cases_past`)."""
    OTHER = "other"
    """It no longer meets a recorded step, or meets it under another kind: it would be parked."""
    FAILS = "fails"
    """The code fails on what is recorded."""
    UNKNOWN = "unknown"
    """This version has no such procedure."""

    @property
    def goes_on(self) -> bool:
        """Whether the case would go on, and nobody need look at it before the code is installed."""
        return self in (Way.SAME, Way.DECLARED)


@dataclass(frozen=True)
class Replayed:
    """What the check found for one case; `why` names steps only."""

    ref: str
    procedure: str
    way: Way
    why: str = ""
    restricted: bool = False
    """Whether even the case's procedure is for few to know."""
    hears: frozenset[str] = field(default=frozenset(), compare=False)
    """Names of the signals that the flow listens for at any time, as far as it has come."""


@dataclass(frozen=True)
class OpenCase:
    """An open case, as far as the check needs to know it."""

    ref: str
    procedure: str
    restricted: bool


def open_cases(council: Council) -> list[OpenCase]:
    """Every open case, in the order they were opened."""
    wanted = select(Case.ref, Case.procedure, Case.restricted).where(Case.status != CaseStatus.CLOSED)
    with council.database.read() as session:
        return [OpenCase(*row) for row in session.execute(wanted.order_by(Case.opened_at, Case.ref)).tuples()]


def replay_each(council: Council, cases: Sequence[OpenCase]) -> Iterator[Replayed]:
    """The check for each of these cases, in their order, one query for some hundreds of them."""
    for start in range(0, len(cases), AT_A_TIME):
        some = cases[start : start + AT_A_TIME]
        with council.database.read() as session:
            ledgers = recall_each(session, [case.ref for case in some])
        for case in some:
            yield replay_ledger(council, case, ledgers.pop(case.ref))


def replay(council: Council, ref: str) -> Replayed:
    """The check for one case. Raises `UnknownCase`."""
    with council.database.read() as session:
        case = session.execute(select(Case.ref, Case.procedure, Case.restricted).where(Case.ref == ref)).first()
        if case is None:
            raise UnknownCase(ref)
        entries = recall(session, ref)
    return replay_ledger(council, OpenCase(*case), entries)


def replay_ledger(council: Council, case: OpenCase, entries: Sequence[Recorded]) -> Replayed:
    """The check for a case whose ledger was read before, whole or up to any of its entries but the first."""
    try:
        procedure = procedure_named(case.procedure)
    except UnknownProcedure as unknown:
        return Replayed(case.ref, case.procedure, Way.UNKNOWN, str(unknown), case.restricted)
    if not entries:
        return Replayed(case.ref, case.procedure, Way.FAILS, "its ledger is empty", case.restricted)
    leg = _LegWithoutEffects(
        council, HeldLease(case.ref, -1, "replay"), Memory(entries, procedure.retired), _nothing_is_done
    )
    way, why = _way_of(leg, procedure)
    return Replayed(case.ref, case.procedure, way, why, case.restricted, frozenset(leg.waits.heard))


class _NewWork(BaseException):
    """The flow has come to something that is not recorded: the replay ends here, and nothing is done."""


def _nothing_is_done(_name: str, _work: Callable[[], None]) -> NoReturn:
    raise _NewWork


@dataclass
class _LegWithoutEffects(Leg):
    """A leg that recalls, and neither writes nor asks another system."""

    declared: list[str] = field(default_factory=list)
    """Keys of what is newer than the case and says what it means for cases past it."""

    def recalled(self, key: str, kind: EntryKind, step: str, past: ForCasesPast | None) -> Recorded | None:
        """
        The entry under `key`; of what is declared for cases past it, an entry as it would be.

        New work ends the replay, and so does a declared step whose outcome cannot be known beforehand.
        """
        entry = self.memory.recall(key, kind, step)
        if entry is not None:
            return entry
        if not self.memory.is_past():
            raise _NewWork
        if past is None:
            return super().recalled(key, kind, step, past)
        self.declared.append(key)
        if past is ForCasesPast.RUN and kind in (EntryKind.DONE, EntryKind.CASE_OPENED):
            raise _NewWork
        entered = EntryKind.SKIPPED if past is ForCasesPast.SKIP else kind
        entry = Recorded(0, self.now, entered, key, step, SYSTEM, None)
        self.memory.add(entry)
        return entry

    def transaction(self, *, other: str | None = None) -> NoReturn:
        """Whatever would be written ends the replay."""
        raise _NewWork

    def keep_back(self, kind: EntryKind, key: str, step: str, enter: Callable[[Step], object]) -> NoReturn:
        """So does what would be written later."""
        raise _NewWork


def _way_of(leg: _LegWithoutEffects, procedure: Procedure) -> tuple[Way, str]:
    try:
        with running(leg):
            procedure.run(procedure.facts.model_validate(leg.memory.opened.data))
        missed = leg.memory.unmet_keys()
    except _NewWork:
        missed = []  # it does something, as far ahead of what is recorded, or as declared
    except Asleep:
        missed = [] if leg.declared else leg.memory.unmet_keys()  # declared, it may sleep before what it meets later
    except LedgerMismatch as mismatch:
        return Way.OTHER, str(mismatch)
    except Exception as failed:  # its text may be personal
        return Way.FAILS, type(failed).__name__
    if missed:
        return Way.OTHER, f"no longer meets {', '.join(missed)}"
    if leg.declared:
        return Way.DECLARED, f"newer than the case, as declared: {', '.join(leg.declared)}"
    return Way.SAME, ""
