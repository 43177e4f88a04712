"""Doing something in one process at a time, on however many machines they run."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tasks.database import Database


@contextmanager
def only_one(database: Database, what: str) -> Iterator[bool]:
    """
    Whether this process may do `what` now; no other may until the block is left, or this process has died.

    PostgreSQL holds it, for as long as our connection lasts. With SQLite everybody may: all is on one machine then,
    and what is guarded here is wasteful twice, never wrong.
    """
    if database.is_sqlite:
        yield True
        return
    number = {"number": zlib.crc32(f"pathways only one: {what}".encode())}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), number))
        try:
            yield is_ours
        finally:
            if is_ours:
                with suppress(DBAPIError):  # the connection is gone, and what it held with it
                    connection.execute(text("SELECT pg_advisory_unlock(:number)"), number)
