"""
The database: one engine, transactions that begin as writers, and sessions that never refresh behind one's back.

SQLite in WAL mode is the embedded default; PostgreSQL serves more than one machine. Writers on SQLite begin
IMMEDIATE, so that two never read the same state and then both write. Every commit is on the disk when it returns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.orm import Session, sessionmaker

from models.errors import PathwaysError
from tasks.open_writes import note_writes

BUSY_TIMEOUT_SECONDS = 30
"""How long a writer waits for its turn on SQLite, and on PostgreSQL for a row that another holds."""
IDLE_SECONDS = 120
"""
How long a transaction on PostgreSQL may say nothing before the server ends it, so that what hangs lets go of its case.
Ours work without a pause of more than a few seconds; one that may pause for longer says so by `may_pause`.
"""
_AWAY = ("08", "25006", "25P03", "25P04", "40", "53", "55P03", "57", "58")
"""
What PostgreSQL says where it cannot be used now, by the beginning of its SQLSTATE: no connection, only reading, idle
for too long, two that waited for each other, no room, locked, being stopped, its files. All else is the statement's.
"""


class DatabaseUnavailable(PathwaysError):
    """The database cannot be used now; the message says what is wrong in general words and what to do."""


class Database:
    """
    One council's database.

    `write()` and `read()` give a session within one transaction; leaving the block commits, an exception rolls back.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(_with_driver(url))
        except ArgumentError:
            raise DatabaseUnavailable(
                "PATHWAYS_DATABASE_URL is not a database's address: write sqlite:///FILE or postgresql://..."
            ) from None
        self.engine = _engine(str(self.url.render_as_string(hide_password=False)))
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        note_writes(self._sessions)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write. Raises `DatabaseUnavailable` when it cannot begin or commit."""
        with _in_plain_words(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads, and on SQLite waits for no writer."""
        with (
            _in_plain_words(),
            self._sessions(bind=self.engine.execution_options(only_reads=True)) as session,
        ):
            yield session

    def refuse_writes(self) -> None:
        """From now on every transaction only reads: the database itself refuses anything else."""
        event.listen(self.engine, "begin", _only_read)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _with_driver(url: str) -> str:
    """The URL with our driver named, as people write `postgresql://` plainly."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"), pool_size=10)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a receipt for a letter means that it is on the disk
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased or written over leaves the file
    cursor.execute("PRAGMA recursive_triggers = ON")  # REPLACE must not get past the delete triggers
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_SECONDS}s'")
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
    connection.commit()


def may_pause(connection: Connection) -> None:
    """
    Let this transaction wait without bound, for locks and between its statements.

    For a migration, which another may be making, and for one that only reads while its reader takes it in.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _begin_immediate(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _only_read(connection: Connection) -> None:
    only_read = "PRAGMA query_only = ON" if connection.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"
    connection.exec_driver_sql(only_read)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except DatabaseError as failed:
        if not is_out_of_order(failed):
            raise
        sentence = _sentence(failed)
    else:
        return
    raise DatabaseUnavailable(sentence)


def is_out_of_order(failed: BaseException) -> bool:
    """Whether the database itself cannot be used now, and it is not a statement that is at fault."""
    if not isinstance(failed, DatabaseError) or isinstance(failed, IntegrityError | ProgrammingError | DataError):
        return False
    said = failed.orig
    if isinstance(said, psycopg.Error):
        return said.sqlstate is None or said.sqlstate.startswith(_AWAY)
    # SQLite says of a statement that is wrong what it says of a file that cannot be used; its code tells which.
    code = getattr(said, "sqlite_errorcode", None)
    return code != sqlite3.SQLITE_ERROR or "no such table" in str(said).lower()


def _sentence(failed: DBAPIError) -> str:
    """What is wrong, from the driver's words, which can hold no parameters here."""
    words = str(failed.orig).lower()
    if "full" in words or "no space" in words:
        return "the disk that holds the database is full: free some space and try again; nothing was half done"
    if "locked" in words or "busy" in words or "lock timeout" in words:
        return "the database is busy with another writer: try again in a moment; nothing was half done"
    if "malformed" in words or "not a database" in words:
        return "the database file is damaged: stop the system, keep the file, and restore the last good copy"
    if "no such table" in words:
        return "the database has no tables of ours yet: run `pathways up` or `pathways migrate` first"
    if "readonly" in words or "read-only" in words:
        return "the database file cannot be written: look at the rights of the PATHWAYS_HOME folder"
    if "unable to open" in words:
        return "the database file cannot be opened: look at PATHWAYS_HOME and PATHWAYS_DATABASE_URL"
    if "idle-in-transaction" in words:
        return "the database ended a transaction that stood still for too long: try again; nothing was half done"
    return (
        f"the database cannot be used now ({type(failed.orig).__name__}): see that PATHWAYS_DATABASE_URL is right "
        "and that its server runs, then try again; nothing was half done"
    )
