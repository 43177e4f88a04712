"""
The points at which a process of a trial stops and asks the conductor how it goes on.

They lie around every transaction that writes (before it begins, at its statements, before and after its commit) and at
each turn of a process. What is said to the outside lies between two of them: after the commit of the claim, and before
the transaction that records what became of it. At a point a process can be told to go on, to die, to lose its
connection, or to find the disk full.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sqlite3
import struct
import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event

from tasks.database import Database

BUSY_MILLISECONDS = 20
"""How long a process of a trial waits for SQLite's lock. The product's half a minute would only make trials long."""
NO_LIMIT = resource.RLIM_INFINITY


class Point(StrEnum):
    """Where a process stands."""

    TURN = "turn"
    """Between two things to do; it has done something."""
    IDLE = "idle"
    """Between two things to do; there was nothing to do."""
    BEGINS = "begins"
    """About to begin a transaction that may write."""
    STATEMENT = "statement"
    """Within one; only on PostgreSQL, where others can act meanwhile."""
    COMMITS = "commits"
    """About to commit it."""
    COMMITTED = "committed"
    """It is committed, and nobody has been told."""
    GAVE_UP = "gave-up"
    """It was rolled back."""


class Order(StrEnum):
    """What the conductor can say; some orders carry a number."""

    GO = "go"
    DIE = "die"
    """Kill yourself with SIGKILL; with a number: at that statement of the transaction that begins."""
    CUT = "cut"
    """Lose the connection to the database; with a number: at that statement."""
    CUT_AFTER = "cut-after"
    """Commit, and lose the connection before the server's answer is heard."""
    FULL = "full"
    """From now on the disk is full: files grow by no more than the number of bytes."""
    ROOM = "room"
    """The disk has room again."""
    LEAVE = "leave"
    """Come to an end in good order."""


class Line:
    """A process's line to the conductor."""

    def __init__(self, end: socket.socket, folder: Path) -> None:
        self._end = end
        self._folder = folder
        self.leaves = False
        self.last_order, self.number = Order.GO, 0
        self._lock = threading.Lock()

    def at(self, point: Point) -> Order:
        """Say where this process stands, wait, and do what it is told. Ends the process where nobody listens."""
        with self._lock:  # a door has threads of its own: one of them stands at a point at a time
            return self._at(point)

    def _at(self, point: Point) -> Order:
        try:
            self._end.sendall(point.encode() + b"\n")
            told = self._end.recv(64)
        except OSError:
            told = b""
        if not told:
            os._exit(1)
        order, _, number = told.decode().strip().partition(" ")
        self.last_order, self.number = Order(order), int(number or 0)
        match self.last_order:
            case Order.DIE if not self.number:
                die()
            case Order.FULL:
                self._fill_the_disk(self.number)
            case Order.ROOM:
                resource.setrlimit(resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))
            case Order.LEAVE:
                self.leaves = True
            case _:  # whoever asked does the rest
                pass
        return self.last_order

    def _fill_the_disk(self, spare: int) -> None:
        files = [*self._folder.glob("pathways.db*")]
        largest = max((file.stat().st_size for file in files), default=0)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + spare, hard))


def die() -> None:
    """kill -9, by one's own hand at exactly this instant."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


class Watch:
    """Puts points around the transactions of one database in this process."""

    def __init__(self, database: Database, line: Line) -> None:
        self._line = line
        self._is_sqlite = database.is_sqlite
        self._writing: dict[int, int] = {}
        """By connection: how many statements its transaction still has before what was ordered happens to it."""
        self._order = Order.GO
        self.deadlocks = 0
        engine = database.engine
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "handle_error", self._note_deadlock)
        dialect = engine.dialect
        self._commit, self._rollback = dialect.do_commit, dialect.do_rollback
        dialect.do_commit = self._commits  # type: ignore[method-assign,assignment]
        dialect.do_rollback = self._rolls_back  # type: ignore[method-assign,assignment]

    def _prepare(self, connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            # Processes are killed here, not machines: what was written lives on in the kernel.
            connection.executescript(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}; PRAGMA synchronous = OFF")

    def _begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("only_reads", False):
            self._writing.pop(id(connection.connection.dbapi_connection), None)  # of one that could not begin
        elif not self._is_sqlite:
            self._begins(connection)

    def _begins(self, connection: Connection) -> None:
        self._order = self._line.at(Point.BEGINS)
        left = self._line.number if self._order in (Order.DIE, Order.CUT) else 0
        self._writing[id(connection.connection.dbapi_connection)] = left

    def _statement(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":  # the product says it as the transaction begins, before we are told
            self._begins(connection)
            return
        inner: Any = connection.connection.dbapi_connection
        left = self._writing.get(id(inner))
        if left is None:
            return
        if left == 1:
            if self._order is Order.DIE:
                die()
            _cut(inner)
        self._writing[id(inner)] = max(left - 1, 0)
        if not self._is_sqlite and self._line.at(Point.STATEMENT) is Order.CUT:
            _cut(inner)

    def _commits(self, connection: Any) -> None:
        inner = connection.dbapi_connection
        if id(inner) not in self._writing:
            self._commit(connection)
            return
        order = self._line.at(Point.COMMITS)
        if order is Order.CUT:
            _cut(inner)
        self._commit(connection)
        del self._writing[id(inner)]
        if order is Order.CUT_AFTER:
            _cut(inner)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        self._line.at(Point.COMMITTED)

    def _rolls_back(self, connection: Any) -> None:
        was_writing = self._writing.pop(id(connection.dbapi_connection), None) is not None
        try:
            self._rollback(connection)
        finally:
            if was_writing:
                self._line.at(Point.GAVE_UP)

    def _note_deadlock(self, context: Any) -> None:
        if isinstance(context.original_exception, psycopg.errors.DeadlockDetected):
            self.deadlocks += 1


def _cut(connection: Any) -> None:
    """Break a connection to PostgreSQL as a network does: the server hears of it, this side when it next speaks."""
    if isinstance(connection, psycopg.Connection):
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.shutdown(socket.SHUT_RDWR)
