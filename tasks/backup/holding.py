"""
Holding the database that a restore is to replace: nobody writes into it from the first look to the switch.

What somebody accepted in that minute would otherwise be kept aside with the old database, and nobody would know. A
writer waits and is told that the database is busy, so that a mail server, say, delivers again later.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, StaticPool, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from models.cases import Case
from models.errors import PathwaysError
from models.retention import LegalHold

_IN_USE = "the database is in use: stop every part of the system first, then restore"


class InUse(PathwaysError):
    """Something runs on what the backup is to replace; stop it first."""


class Held:
    """A database that nobody but us can write into; one that cannot be opened at all is held by nobody."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    @property
    def is_held(self) -> bool:
        """Whether it is held: a file that is not one of a database, or is not there, cannot be."""
        return self._connection is not None

    def count_cases(self) -> int | None:
        """How many cases it has: 0 where it has no tables of ours, None where it cannot be read."""
        if self._connection is None:
            return None
        try:
            with _session(self._connection) as session:
                return session.scalar(select(func.count()).select_from(Case)) or 0
        except (OperationalError, ProgrammingError) as failed:
            is_empty = "no such table" in str(failed.orig) or "does not exist" in str(failed.orig)
            return 0 if is_empty else None
        except DBAPIError:
            return None

    def standing_holds(self) -> list[LegalHold] | None:
        """The legal holds that stand in it; None where they cannot be read."""
        if self._connection is None:
            return None
        try:
            with _session(self._connection) as session:
                return list(session.scalars(select(LegalHold).where(LegalHold.lifted_at.is_(None))))
        except SQLAlchemyError:
            return None

    def let_go(self) -> None:
        """Close our connection to it."""
        if self._connection is not None:
            self._connection.close()
            self._connection.engine.dispose()


def _session(connection: Connection) -> Session:
    """One whose end leaves the transaction, and with it what is held, as it is."""
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@contextmanager
def sqlite_held(file: Path) -> Iterator[Held]:
    """
    Hold a database file, also while it is renamed. Raises `InUse` where another process has it open.

    What its log still holds is written into it. Whoever opens it meanwhile waits in vain: a connection to a file that
    was moved away is not let write by SQLite, once there is no log beside it.
    """
    try:
        connection = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        yield Held(None)
        return
    with closing(connection):
        if not _is_ours_alone(connection):
            yield Held(None)
            return
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True)
        with engine.connect() as held:
            yield Held(held)


def _is_ours_alone(connection: sqlite3.Connection) -> bool:
    """Take the file for us alone, until the connection is closed. False where it cannot be read at all."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE")  # only whoever is alone with it may change that
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # kept over the end of each transaction
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as failed:
        if "locked" not in str(failed) and "busy" not in str(failed):
            return False  # it cannot be opened, which may be why it is restored
        in_use = True
    except sqlite3.DatabaseError:
        return False  # damaged: it is kept as it is
    else:
        in_use = False
    if in_use:
        raise InUse(_IN_USE)
    return True


@contextmanager
def postgres_held(url: URL) -> Iterator[Held]:
    """
    Hold every table of a PostgreSQL database against writers, until it is let go or the block ends.

    It is to be let go just before it is renamed, which the server refuses while anybody else is connected. Raises
    `InUse` where somebody writes now.
    """
    engine = create_engine(url, poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SET lock_timeout = '2s'"))
            connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
            tables = text("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
            names = list(connection.scalars(tables))
            writes_now = False
            try:
                if names:
                    connection.execute(text(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE"))
            except OperationalError:
                writes_now = True
            if writes_now:
                raise InUse(_IN_USE)
            yield Held(connection)
    finally:
        engine.dispose()
