"""Why Prefect's server cannot start, in words of our own: the texts of errors are never logged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

from alembic.util.exc import CommandError

ASIDE = "put it aside with the files beside it, and every open case gets a new run from our own database"
_DAMAGED = f"its database file is damaged, or is no database: {ASIDE}"
_LATER = (
    "its database was made by another version of Prefect, most likely a later one: install that version again, or "
    f"with SQLite {ASIDE}"
)
_NOT_WRITTEN = "its database file may not be written: look at the rights of the file and of its folder"
_LOCKED = "its database file is locked by another process: end what has it open"
_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: "its database file cannot be opened: see that its folder is there and can be written",
    sqlite3.SQLITE_READONLY: _NOT_WRITTEN,
    sqlite3.SQLITE_PERM: _NOT_WRITTEN,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: "the disk that holds its database is full: free some space",
    sqlite3.SQLITE_IOERR: "its database file cannot be read or written: look at the disk",
}
"""By the first byte of SQLite's code."""


def why_not(error: BaseException) -> str:
    """The cause and what to do; of an error that is not well known its type alone."""
    known = (words for one in _chain(error) if (words := _in_words(one)))
    return next(known, type(error).__name__)


def _in_words(error: BaseException) -> str:
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    if isinstance(error, CommandError):
        return _LATER
    if isinstance(error, ConnectionError) and error.errno is not None:
        return f"its database's server cannot be reached ({os.strerror(error.errno)}): start it, or correct its address"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__} ({os.strerror(error.errno)})"
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it wraps, and what was behind it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        wrapped = getattr(error, "orig", None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__
