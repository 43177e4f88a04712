"""
Reading the tables as they really stand, for a check that must not be misled.

On SQLite a text may hold bytes that are no text, a number may be a text, and an index may say something else than
its table: all of that is handed on as it is, so that the check can name the entry. Rows come in batches of cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tasks.durable.ledger import HASHED, entry_hash, payload_digest

ROWS_AT_ONCE = 2000
SQLITE_CORRUPT, SQLITE_NOT_A_DATABASE = 11, 26
POSTGRES_CORRUPT = ("XX001", "XX002")


@dataclass(slots=True)
class StoredEntry:
    """An entry as it stands in its table, sound or not."""

    ref: str
    no: int
    said: dict[str, Any]
    """The hashed columns; `at` as a datetime, or as it was found where it is none."""
    hash: Any
    payload_key: tuple[Any, Any]
    """Which entry its payload's row says it belongs to; (None, None) where there is no such row."""
    salt: Any
    content: Any

    @property
    def holds(self) -> bool:
        """Whether it is, by its own hash, what was written under its number."""
        return bool(self.hash_as(self.no) == self.hash)

    @property
    def is_filed_right(self) -> bool:
        """Whether table and index agree which entry it is; only bytes changed in the file make them differ."""
        return bool(self.said["case_ref"] == self.ref and self.said["no"] == self.no and isinstance(self.no, int))

    @property
    def is_erased(self) -> bool:
        """Whether its payload's row is there and empty."""
        return self.payload_key != (None, None) and self.content is None and self.salt is None

    @property
    def payload_holds(self) -> bool:
        """Whether its payload is the one that was written with it."""
        try:
            return (
                self.payload_key == (self.ref, self.no)
                and isinstance(self.salt, str)
                and isinstance(self.content, str)
                and payload_digest(self.salt, self.content) == self.said["payload_digest"]
            )
        except UnicodeEncodeError:
            return False

    def hash_as(self, no: int) -> str | None:
        """The hash it would have under the number `no`; None where its columns could never have been written so."""
        said = self.said
        sound = all(isinstance(said[name], datetime if name == "at" else str) for name in HASHED if name != "no")
        try:
            return entry_hash(said if said["no"] == no else {**said, "no": no}) if sound else None
        except UnicodeEncodeError:
            return None


def moment(raw: Any) -> Any:
    """A stored time as an aware datetime; anything that our code would not have stored so, as it was found."""
    if isinstance(raw, datetime):
        return raw.astimezone(UTC)
    try:
        read = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        return raw
    canonical = read.tzinfo is None and read.isoformat(" ", "microseconds") == raw
    return read.replace(tzinfo=UTC) if canonical else raw


@contextmanager
def one_moment(session: Session) -> Iterator[None]:
    """Everything read within is of one moment, and no stored byte makes reading fail. The session must be fresh."""
    if not is_sqlite(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    usual, driver.text_factory = driver.text_factory, lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual


def is_sqlite(session: Session) -> bool:
    """Whether the session reads the embedded database."""
    return session.get_bind().dialect.name == "sqlite"


def is_damage(error: DBAPIError) -> bool:
    """Whether the database itself says that its file is damaged."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    state: str = getattr(error.orig, "sqlstate", None) or ""
    return code in (SQLITE_CORRUPT, SQLITE_NOT_A_DATABASE) or state in POSTGRES_CORRUPT


def rows(session: Session, statement: str, **given: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, streamed. A list among `given` fills an `IN :name`."""
    lists: list[BindParameter[Any]] = [
        bindparam(name, type_=Text(), expanding=True) for name, value in given.items() if isinstance(value, list)
    ]
    streamed = {"yield_per": ROWS_AT_ONCE}
    with session.execute(text(statement).bindparams(*lists), given, execution_options=streamed) as result:
        for row in result:
            yield tuple(row)


def by_case(session: Session, statement: str, refs: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a statement whose first column is the case and which selects `IN :refs`, for each case."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows(session, statement, refs=list(refs)):
        found.setdefault(row[0], []).append(row[1:])
    return found


_SAID = ", ".join(f'e."{name}"' for name in HASHED)
# The key comes from the index and all else from the table, which SQLite would otherwise take for one and the same.
_FROM_SQLITE = (
    f"SELECT k.case_ref, k.no, {_SAID}, e.hash, q.case_ref, q.no, q.salt, q.content FROM entry k "
    "CROSS JOIN entry e ON e.rowid = k.rowid "
    "LEFT JOIN entry_payload p ON p.case_ref = k.case_ref AND p.no = k.no "
    "LEFT JOIN entry_payload q ON q.rowid = p.rowid "
    "WHERE k.case_ref IN :refs ORDER BY k.case_ref, k.no"
)
_FROM_POSTGRES = (
    f"SELECT e.case_ref, e.no, {_SAID}, e.hash, q.case_ref, q.no, q.salt, q.content FROM entry e "
    "LEFT JOIN entry_payload q ON q.case_ref = e.case_ref AND q.no = e.no "
    "WHERE e.case_ref IN :refs ORDER BY e.case_ref, e.no"
)


def ledgers(session: Session, refs: Sequence[str]) -> Iterator[tuple[str, list[StoredEntry]]]:
    """The ledgers of those cases that have one, each whole and in order."""
    statement = _FROM_SQLITE if is_sqlite(session) else _FROM_POSTGRES
    for ref, found in groupby(rows(session, statement, refs=list(refs)), key=lambda row: row[0]):
        yield str(ref), [_stored(row) for row in found]


def _stored(row: tuple[Any, ...]) -> StoredEntry:
    ref, no, *rest = row
    said = dict(zip(HASHED, rest, strict=False))
    said["at"] = moment(said["at"])
    stored_hash, payload_ref, payload_no, salt, content = rest[len(HASHED) :]
    return StoredEntry(ref, no, said, stored_hash, (payload_ref, payload_no), salt, content)
