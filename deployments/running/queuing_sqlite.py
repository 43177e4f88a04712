"""
Prefect's database on SQLite, in one process: whoever writes waits in a queue of ours, and never inside SQLite.

Whoever waits for the write lock inside SQLite holds the mutex of his connection meanwhile. A statement that SQLite has
refused takes that mutex when Python clears it away, and Python may do so in the event loop's thread, by its collector.
Then the loop waits for the mutex, the mutex for the write lock, and the lock for its owner, who needs the loop: the
whole server stands still until SQLite's patience ends. Three rules, of which each alone prevents it:

1. Whoever writes takes a turn first, in the order in which they came: a transaction before it begins, and it begins as
   a writer; a statement outside any transaction (Prefect's recorder of steps and its keeper of events write so) for
   itself alone. Reads wait for nobody.
2. A refused statement is let go of at once, in the thread of its own connection.
3. SQLite's own patience, which is then for other processes alone, is short.

A turn is its task's: a task that is born within a turn waits for one of its own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy import event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, AsyncSessionTransaction
from sqlalchemy.util import await_only

TURN_PATIENCE_SECONDS = 30
"""How long anybody waits for a turn: longer than any queue is, shorter than clients wait for an answer."""

LOCK_PATIENCE_SECONDS = 5
"""How long SQLite waits for another process; whatever stands still with it stands no longer than this."""

_READS = ("SELECT", "WITH", "VALUES", "PRAGMA", "EXPLAIN", "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE")
"""How statements begin that write nothing by themselves; WITH may, and SQLAlchemy knows."""


class Queue:
    """Those of one event loop who want to write; one of them has the turn."""

    def __init__(self, patience_seconds: float = TURN_PATIENCE_SECONDS) -> None:
        self._turn = asyncio.Lock()
        self._whose: asyncio.Task[Any] | None = None
        self._patience_seconds = patience_seconds

    @property
    def is_mine(self) -> bool:
        """Whether the task that asks has the turn."""
        return self._whose is not None and self._whose is asyncio.current_task()

    async def take(self) -> None:
        """
        Return when it is our turn.

        Raises OperationalError, of the kind after which Prefect tells its clients to try again, where that takes too
        long: as where one who has the turn waits for a task that wants one.
        """
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise OperationalError(None, None, sqlite3.OperationalError("database is locked")) from None
        self._whose = asyncio.current_task()

    def pass_on(self) -> None:
        """Our turn is over."""
        self._whose = None
        self._turn.release()


_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue] = WeakKeyDictionary()


def queue() -> Queue:
    """The queue of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _queues:
        _queues[loop] = Queue()
    return _queues[loop]


class QueuingSqlite(AioSqliteConfiguration):
    """SQLite whose writers queue, and whose transactions take the write lock when they begin."""

    async def engine(self) -> AsyncEngine:
        """As Prefect's, with the queue before each statement and our own cursors behind it."""
        engine = await super().engine()
        if not event.contains(engine.sync_engine, "do_execute", _in_turn):
            event.listen(engine.sync_engine, "do_connect", _with_own_cursors)
            event.listen(engine.sync_engine, "do_execute", _in_turn)
            event.listen(engine.sync_engine, "do_executemany", _many_in_turn)
        return engine

    @asynccontextmanager
    async def begin_transaction(
        self, session: AsyncSession, with_for_update: bool = False
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """
        Begin as a writer when it is our turn.

        A transaction of a second session, within our own turn, does not wait for it. It may read, and finds the lock
        taken if it writes, as with Prefect's own.
        """
        if queue().is_mine:
            mode = "IMMEDIATE" if with_for_update else "DEFERRED"
            async with self._begun(session, mode) as transaction:
                yield transaction
            return
        await queue().take()
        try:
            async with self._begun(session, "IMMEDIATE") as transaction:
                yield transaction
        finally:
            queue().pass_on()

    @asynccontextmanager
    async def _begun(self, session: AsyncSession, mode: str) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin at once: by a context variable, as Prefect has it, whatever the transaction starts would begin too."""
        async with session.begin() as transaction:
            connection = await session.connection()
            await connection.exec_driver_sql(f"BEGIN {mode}")
            yield transaction

    def setup_sqlite(self, conn: Any, record: Any) -> None:
        """As Prefect does, with a shorter patience."""
        super().setup_sqlite(conn, record)
        cursor = conn.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE_SECONDS * 1000}")
        cursor.close()


def _in_turn(cursor: Any, statement: str, parameters: Any, context: DefaultExecutionContext) -> bool:
    """Execute a statement; one that writes by itself waits for its turn. Returns whether it was executed."""
    if not _writes_by_itself(statement, context) or queue().is_mine:
        return False
    await_only(queue().take())
    try:
        cursor.execute(statement, parameters)
    finally:
        queue().pass_on()
    return True


def _many_in_turn(cursor: Any, statement: str, parameters: Any, context: DefaultExecutionContext) -> bool:
    """The same for a statement with many sets of parameters, each of which commits by itself."""
    if not _writes_by_itself(statement, context) or queue().is_mine:
        return False
    await_only(queue().take())
    try:
        cursor.executemany(statement, parameters)
    finally:
        queue().pass_on()
    return True


def _writes_by_itself(statement: str, context: DefaultExecutionContext) -> bool:
    """Whether it writes, and no transaction has been begun for it on its connection."""
    if statement.lstrip().upper().startswith(_READS) and not context.is_crud:
        return False
    connection: Any = context.root_connection.connection.driver_connection
    return not connection.in_transaction


def _with_own_cursors(_dialect: Any, _record: Any, _arguments: Any, settings: dict[str, Any]) -> None:
    settings["factory"] = _Connection


class _Connection(sqlite3.Connection):
    """A connection with our cursors."""

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)


class _Cursor(sqlite3.Cursor):
    """A cursor that lets go of a refused statement here and now, in the thread that asked."""

    def execute(self, *asked: Any) -> Any:
        try:
            return super().execute(*asked)
        except BaseException:
            self.close()
            raise

    def executemany(self, *asked: Any) -> Any:
        try:
            return super().executemany(*asked)
        except BaseException:
            self.close()
            raise
