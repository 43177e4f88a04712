"""
A rehearsal: the system as it is, in which things are done that leave nothing behind.

Everything happens in one transaction on a connection of its own, which is rolled back at the end. Legs run as they
always do; a step that would ask another system ends its leg instead, and nobody outside is asked anything. Other
writers wait meanwhile where the database is SQLite, so a rehearsal is for a few legs and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from tasks.database import Database
from tasks.durable.attention import task_name
from tasks.durable.audited import audited_task
from tasks.durable.council import Council
from tasks.durable.running import LegEnd, run_leg

_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '300ms'"
"""Shorter than PostgreSQL waits before it looks for a deadlock: a rehearsal gives way, and no leg ever does for it."""


class CannotRehearse(PathwaysError):
    """What would follow cannot be worked out at this moment; it can be done all the same."""

    def __init__(self) -> None:
        super().__init__("what follows cannot be worked out at this moment: try again, or go on without")


class _AsksOutside(BaseException):
    """A step has come that asks another system. Not an Exception, so that nothing on the way takes it for a failure."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True)
class StopsAt:
    """The leg would go on by what another system answers."""

    says: str
    """The step's own words, such as "Looked into the calendar"."""


@dataclass
class Rehearsal:
    """The system while it is rehearsed."""

    council: Council
    woken: list[str] = field(default_factory=list)
    """Refs of the cases that have something to do now, in the order in which they were woken."""

    def wake(self, ref: str) -> None:
        """Remember that the case has something to do; nobody else hears of it."""
        if ref not in self.woken:
            self.woken.append(ref)

    def run(self, ref: str) -> LegEnd | StopsAt:
        """Run one leg of a case."""
        try:
            return run_leg(self.council, ref, _asks_nobody)
        except _AsksOutside as stopped:
            return StopsAt(stopped.says)


class _PassingDatabase(Database):
    """A database on one connection, whose transactions are parts of one that is never committed."""

    def __init__(self, real: Database, connection: Connection) -> None:
        self.url, self.engine = real.url, real.engine
        self._connection = connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction within the rehearsal."""
        with (
            Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """What has come about so far, the rehearsal's own changes among it."""
        with self.write() as session:
            yield session


@contextmanager
def rehearsing(council: Council) -> Iterator[Rehearsal]:
    """Do what is done inside only for show. Raises `CannotRehearse` where the database cannot give way to it now."""
    try:
        with council.database.engine.connect() as connection:
            transaction = connection.begin()
            try:
                if not council.database.is_sqlite:
                    connection.exec_driver_sql(_LOCK_TIMEOUT)
                found = Rehearsal(council)
                found.council = Council(
                    _PassingDatabase(council.database, connection),
                    council.policy,
                    council.clock,
                    found,
                    council.connections,
                )
                yield found
            finally:
                transaction.rollback()
    except DBAPIError:
        pass
    else:
        return
    raise CannotRehearse


def _asks_nobody(key: str, work: Callable[[], None]) -> None:
    task = audited_task(task_name(key))
    if task is not None and task.reads_outside:
        raise _AsksOutside(task.says)
    work()
