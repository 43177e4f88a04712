"""One file of an extract on its way into its table: what is held, what is taken, what is no longer there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.register import ExtractKind
from tasks.register.reading import ReadFile, RejectedRow

NO_PERSON, NO_RECORD, NO_TEAM, NO_STAFF, NO_PROVIDER = (
    f"{name} is not in the register" for name in ("person_id", "record_id", "team_id", "staff_id", "provider_id")
)
ALREADY = "the file has this row already, further up"


@dataclass
class FileReport:
    """What became of one file's rows."""

    kind: ExtractKind
    file: str
    rows: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    """Allocations, absences, stays, reviews, staff or people waiting that are missing from a full extract."""
    rejected: list[RejectedRow] = field(default_factory=list)


@dataclass
class Import:
    """One file on its way into its table."""

    session: Session
    read: ReadFile
    report: FileReport
    full: bool
    extract_date: date
    now: datetime
    seen: set[Hashable] = field(default_factory=set)

    def held(self, table: type[Any], key: Callable[[Any], Hashable]) -> dict[Hashable, Any]:
        """All rows of a table by their key."""
        return {key(row): row for row in self.session.scalars(select(table))}

    def take(
        self,
        line: int,
        subject: str,
        held: dict[Hashable, Any],
        key: Hashable,
        table: type[Any],
        **values: Any,
    ) -> None:
        """Add the row under `key`, or change what differs in it; the same key twice in a file is rejected."""
        if key in self.seen:
            self.read.reject(line, subject, ALREADY, known=True)
            return
        self.seen.add(key)
        row = held.get(key)
        if row is None:
            row = held[key] = table(**values)
            self.session.add(row)
            self.report.added += 1
            return
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        if differing:
            self.report.changed += 1
        else:
            self.report.unchanged += 1

    def missing(self, held: dict[Hashable, Any], subject: Callable[[Any], str]) -> Iterable[Any]:
        """What a full extract no longer has, apart from those a rejected row is about."""
        if not self.full or self.read.about_nobody_known:
            return
        for key, row in held.items():
            if key not in self.seen and subject(row) not in self.read.spoken_of:
                yield row
