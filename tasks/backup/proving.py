"""Proving a copy of the database: it opens, its file is whole, every chain in it holds, and it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models.audit import Seal
from models.cases import Case, Entry
from models.mail import InboundMail
from models.states import CaseStatus
from tasks.audit.verifying import find_faults
from tasks.backup.manifest import Counts
from tasks.database import Database, DatabaseUnavailable

MOST_FAULTS = 20
"""So many are named; the first is enough to know that it does not hold."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Proof:
    """What was found in a copy."""

    revision: str
    counts: Counts
    faults: tuple[str, ...]
    """What does not hold, as `pathways audit verify` names it; nothing where all is well."""


def prove(url: str, witness: Path | None, progress: Progress | None = None) -> Proof:
    """
    Open a copy of the database and check all of it.

    `witness` is the copy of the seals' witness that goes with it, made before it. Raises `DatabaseUnavailable`.
    """
    database = Database(url)
    try:
        with database.read() as session:
            faults = tuple(str(one) for one in islice(find_faults(session, None, witness, progress), MOST_FAULTS))
        return Proof(revision_of(database), count(database), faults)
    except DBAPIError as damaged:
        kind = type(damaged.orig).__name__
        raise DatabaseUnavailable(f"the copy of the database cannot be read ({kind}): take another backup") from None
    finally:
        database.dispose()


def count(database: Database) -> Counts:
    """How much is in a database."""
    with database.read() as session:
        cases = session.scalar(select(func.count()).select_from(Case)) or 0
        closed = session.scalar(select(func.count()).where(Case.status == CaseStatus.CLOSED)) or 0
        numbers = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Entry, Seal, InboundMail)]
    return Counts(cases=cases, open_cases=cases - closed, entries=numbers[0], seals=numbers[1], messages=numbers[2])


def revision_of(database: Database) -> str:
    """Which revision a database's tables have."""
    with database.read() as session:
        return str(session.scalar(text("SELECT version_num FROM alembic_version")))
