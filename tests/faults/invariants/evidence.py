"""What the invariants are held against: the record, and what those outside have heard and taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from models.cases import Case
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded, recall
from tests.faults.journal import Journal
from tests.faults.outside import Taken


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold: of what, and how."""

    invariant: str
    of: str
    how: str


@dataclass(frozen=True)
class Evidence:
    """Everything that the invariants are held against."""

    council: Council
    journal: Journal
    taken: list[Taken]
    """What services outside took."""
    folder: Path
    """Where the witness of the seals and the log are."""
    rested_from: datetime
    """Since then nothing came in and everything worked, for a day and until after a digest."""

    def ledgers(self) -> Iterator[tuple[str, list[Recorded]]]:
        """Each case's ref and entries, in the order in which they were opened."""
        with self.council.database.read() as session:
            for ref in session.scalars(select(Case.ref).order_by(Case.opened_at, Case.ref)).all():
                yield ref, recall(session, ref)

    def open_cases(self) -> list[Case]:
        """The cases that are not closed."""
        wanted = select(Case).where(Case.status != CaseStatus.CLOSED).order_by(Case.opened_at, Case.ref)
        with self.council.database.read() as session:
            return list(session.scalars(wanted))


Invariant = Callable[[Evidence], Iterator[tuple[str, str]]]
"""Gives of what it does not hold, and how."""
