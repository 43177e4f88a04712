"""
The example council's recording system: small, and another system all the same.

It has a database file of its own, knows people by their record ids, and is reached by its interface, by hand (the
command `pathways recording-system`) and by its extract, so that all three ways of a note can be seen on one machine.
"""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.errors import PathwaysError
from tasks.recording.interface import NoteRefused, SystemAway

EXTRACT_COLUMNS = ("note_id", "person_id", "title", "written_on", "our_id")
_OUR_ID = re.compile(r"(?<![A-Z0-9-])R-[0-9A-Z]{10}(?![A-Z0-9-])")
_TABLES = """
CREATE TABLE IF NOT EXISTS record (record_id TEXT PRIMARY KEY, person_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS note (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    our_id TEXT UNIQUE,
    record_id TEXT NOT NULL REFERENCES record (record_id),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    written_on TEXT NOT NULL
);
"""


class UnknownRecord(PathwaysError):
    """The recording system has no record of that id: look it up in its list of records."""


@dataclass(frozen=True)
class StoredNote:
    """A note as it stands in the recording system. Personal data in its text."""

    note_id: str
    record_id: str
    title: str
    text: str
    author: str
    written_on: date


class EmbeddedSystem:
    """The example council's recording system, in one file."""

    def __init__(self, file: Path, today: Callable[[], date], titles: Sequence[str] = ()) -> None:
        self._file = file
        self._today = today
        self._titles = frozenset(titles)

    # ------------------------------------------------------------------ its interface

    def takes(self, title: str) -> bool:
        """Whether it takes notes of that title through its interface."""
        return "*" in self._titles or title in self._titles

    def write_note(self, our_id: str, record_id: str, title: str, text: str, author: str) -> str:
        """Write a note once for each of our ids. Raises `NoteRefused`, `SystemAway`."""
        if not self.takes(title):
            raise NoteRefused(f"note {our_id}: the recording system takes no note of that title from outside")
        try:
            with self._opened() as base:
                return self._add(base, our_id, record_id, title, text, author)
        except UnknownRecord:
            raise NoteRefused(f"note {our_id}: the recording system has no record of that person") from None

    # ------------------------------------------------------------------ by hand

    def paste(self, record_id: str, title: str, text: str, author: str) -> str:
        """Write a note as a person would; gives its id. Raises `UnknownRecord`, `SystemAway`."""
        with self._opened() as base:
            return self._add(base, None, record_id, title, text, author)

    def notes(self, record_id: str | None = None) -> list[StoredNote]:
        """The notes of one record, or all of them, oldest first. Raises `SystemAway`."""
        query = "SELECT number, record_id, title, text, author, written_on FROM note"
        with self._opened() as base:
            rows = base.execute(
                f"{query} WHERE ? IS NULL OR record_id = ? ORDER BY number", (record_id, record_id)
            ).fetchall()
        return [
            StoredNote(_note_id(number), of, title, text, author, date.fromisoformat(day))
            for number, of, title, text, author, day in rows
        ]

    # ------------------------------------------------------------------ its extract, and its records

    def open_records(self, records: Mapping[str, str]) -> None:
        """Open records: by record id, the id under which the extract names the person. What is there stays."""
        with self._opened() as base:
            base.executemany("INSERT OR IGNORE INTO record VALUES (?, ?)", sorted(records.items()))

    def records(self) -> list[tuple[str, str]]:
        """Record ids, each with the id under which the extract names the person. Raises `SystemAway`."""
        with self._opened() as base:
            return [(of, who) for of, who in base.execute("SELECT record_id, person_id FROM record ORDER BY record_id")]

    def extract(self, folder: Path) -> Path:
        """Write `notes.csv` as the system's nightly extract would: every note, by id and title, without its text."""
        with self._opened() as base:
            rows = base.execute(
                "SELECT number, person_id, title, written_on, our_id, text FROM note JOIN record USING (record_id)"
                " ORDER BY number"
            ).fetchall()
        file = folder / "notes.csv"
        try:
            with file.open("w", encoding="utf-8", newline="") as opened:
                writer = csv.writer(opened)
                writer.writerow(EXTRACT_COLUMNS)
                for number, person_id, title, written_on, our_id, text in rows:
                    writer.writerow((_note_id(number), person_id, title, written_on, our_id or _id_in(text)))
        except OSError as failed:
            raise SystemAway(f"the extract cannot be written there ({failed.strerror}): name another folder") from None
        return file

    # ------------------------------------------------------------------ inside

    def _add(
        self, base: sqlite3.Connection, our_id: str | None, record_id: str, title: str, text: str, author: str
    ) -> str:
        if base.execute("SELECT 1 FROM record WHERE record_id = ?", (record_id,)).fetchone() is None:
            raise UnknownRecord(
                "the recording system has no record of that id: see `pathways recording-system records`"
            )
        base.execute(
            "INSERT OR IGNORE INTO note (our_id, record_id, title, text, author, written_on) VALUES (?, ?, ?, ?, ?, ?)",
            (our_id, record_id, title, text, author, self._today().isoformat()),
        )
        where, of = ("our_id = ?", (our_id,)) if our_id else ("number = last_insert_rowid()", ())
        return _note_id(base.execute(f"SELECT number FROM note WHERE {where}", of).fetchone()[0])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The file, in one transaction. Raises `SystemAway`."""
        try:
            self._file.touch(mode=0o600)
            with closing(sqlite3.connect(self._file, timeout=5)) as base:
                base.executescript(_TABLES)
                with base:
                    base.execute("PRAGMA foreign_keys = ON")
                    yield base
        except (sqlite3.Error, OSError) as failed:
            raise SystemAway(f"the recording system cannot be used now ({type(failed).__name__})") from None


def _note_id(number: int) -> str:
    return f"N-{number:05}"


def _id_in(text: str) -> str:
    """Our id where it stands in a note that a person pasted."""
    found = _OUR_ID.search(text)
    return found.group(0) if found else ""
