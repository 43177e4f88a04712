"""
Which threads of this process are inside a transaction that writes.

A thread that hangs there holds what it has locked until its process ends: on SQLite that is every other writer.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker


@dataclass(frozen=True, eq=False)
class OpenWrite:
    """A transaction that writes and has begun; the one that still waits for its turn is none."""

    thread: int
    """The thread's `threading.get_ident()`."""
    begun_at: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has been open."""
        return time.monotonic() - self.begun_at


_open: dict[int, OpenWrite] = {}
"""By the id of its session, which lives for as long as it stands here."""


def open_writes() -> list[OpenWrite]:
    """All there are in this process at this moment, over all databases."""
    return list(_open.values())


def note_writes(sessions: sessionmaker[Session]) -> None:
    """From now on the transactions of these sessions are noted while they are open, but for those that only read."""
    event.listen(sessions, "after_begin", _begun)
    event.listen(sessions, "after_transaction_end", _ended)


def _begun(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if not connection.get_execution_options().get("only_reads", False):
        _open.setdefault(id(session), OpenWrite(threading.get_ident()))


def _ended(session: Session, transaction: SessionTransaction) -> Any:
    if transaction.parent is None:
        _open.pop(id(session), None)
