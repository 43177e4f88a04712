"""
Bringing the recording system's extract into the register.

All files are read before the first row is written. Importing the same files again changes nothing. What is
missing from a full extract is kept with an end; what is missing from a partial one says nothing. `applying` says how
each kind of file comes into its table, `following` what follows for cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.register import ExtractKind, RegisterImport
from models.working_time import local_day
from tasks.register.applying import apply
from tasks.register.one_file import FileReport, Import
from tasks.register.reading import FileRefused, ReadFile, RejectedRow, read_file


@dataclass(frozen=True)
class ImportReport:
    """What an import did, file by file, in the order in which they were taken."""

    extract_date: date
    full: bool
    files: tuple[FileReport, ...]

    @property
    def rejected(self) -> list[RejectedRow]:
        """Every row that was not taken, from all files."""
        return [row for file in self.files for row in file.rejected]


_FIRST = (ExtractKind.STAFF, ExtractKind.TEAMS, ExtractKind.PEOPLE, ExtractKind.PROVIDERS)
_ORDER = [*_FIRST, *(kind for kind in ExtractKind if kind not in _FIRST)]
"""Staff with their teams, then teams, which may name one another and those; people, providers; then what names them."""
_MAY_BE_EMPTY = (ExtractKind.ADMISSIONS, ExtractKind.ABSENCES, ExtractKind.WAITING)
"""Nobody may be in hospital, nobody away and nobody waiting: a full extract without a row says so."""


def import_register(
    session: Session,
    files: Sequence[Path],
    now: datetime,
    *,
    full: bool = False,
    extract_date: date | None = None,
) -> ImportReport:
    """
    Import CSV files called by their kind (`people.csv`, `staff-2026-11-30.csv` …) in the session's
    transaction.

    `full` says that the files hold everything: what is missing then ends on `extract_date` (today in England
    where not given), and staff who are missing have left. People, teams, notes and providers are never ended. A
    rejected row stops no good one and never counts as missing. Raises `FileRefused`, before anything is written, for
    a file that cannot be read, lacks a column, comes twice, is older than what was imported before, or is full and has
    no good row; but full extracts of admissions, absences and people waiting may have none at all.
    """
    extract_date = extract_date or local_day(now)
    read = [read_file(file) for file in files]
    for one, file in zip(read, files, strict=True):
        _check_fits(session, one, file, read, full=full, extract_date=extract_date)
    reports = []
    for one in sorted(read, key=lambda each: _ORDER.index(each.kind)):
        row_count = len(one.rows) + len(one.rejected)
        report = FileReport(one.kind, one.name, row_count, rejected=one.rejected)
        apply(Import(session, one, report, full, extract_date, now))
        session.add(
            RegisterImport(
                imported_at=now,
                kind=one.kind.value,
                file=one.name,
                rows=row_count,
                rejected=len(one.rejected),
                full=full,
                extract_date=extract_date,
                optional_columns=" ".join(one.optional_columns),
            )
        )
        session.flush()
        reports.append(report)
    return ImportReport(extract_date, full, tuple(reports))


def _check_fits(
    session: Session, read: ReadFile, file: Path, others: list[ReadFile], *, full: bool, extract_date: date
) -> None:
    if sum(other.kind is read.kind for other in others) > 1:
        raise FileRefused(file, f"more than one file of {read.kind} was given")
    says_there_are_none = read.kind in _MAY_BE_EMPTY and not read.rejected
    if full and not read.rows and not says_there_are_none:
        raise FileRefused(file, "it has no good row, and a full extract would end everything we hold")
    latest = session.scalar(select(func.max(RegisterImport.extract_date)).where(RegisterImport.kind == read.kind.value))
    if latest is not None and extract_date < latest:
        raise FileRefused(file, f"its extract is of {extract_date}, and one of {latest} was imported before")
