"""
Bringing the recording system's extract into the register.

All files are read before the first row is written. Importing the same files again changes nothing. What is
missing from a full extract is kept with an end; what is missing from a partial one says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.register import Absence, Allocation, ExtractKind, Person, RegisterImport, Staff, Team
from models.working_time import LONDON, local_day
from tasks.register.reading import FileRefused, ReadFile, RejectedRow, read_file
from tasks.register.rows import AbsenceRow, AllocationRow, PersonRow, StaffRow


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
    """Allocations, absences or staff missing from a full extract."""
    rejected: list[RejectedRow] = field(default_factory=list)


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
    where not given), and staff who are missing have left. People are never ended. A rejected row stops no
    good one and never counts as missing. Raises `FileRefused`, before anything is written, for a file that
    cannot be read, lacks a column, comes twice, is empty though full, or is older than what was imported
    before.
    """
    extract_date = extract_date or local_day(now)
    read = [read_file(file) for file in files]
    for one, file in zip(read, files, strict=True):
        _check_fits(session, one, file, read, full=full, extract_date=extract_date)
    order = list(ExtractKind)  # staff and people before what refers to them
    reports = []
    for one in sorted(read, key=lambda each: order.index(each.kind)):
        row_count = len(one.rows) + len(one.rejected)
        report = FileReport(one.kind, one.name, row_count, rejected=one.rejected)
        _APPLY[one.kind](_Import(session, one, report, full, extract_date))
        session.add(
            RegisterImport(
                imported_at=now,
                kind=one.kind.value,
                file=one.name,
                rows=row_count,
                rejected=len(one.rejected),
                full=full,
                extract_date=extract_date,
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
    if full and not read.rows:
        raise FileRefused(file, "it has no good row, and a full extract would end everything we hold")
    latest = session.scalar(select(func.max(RegisterImport.extract_date)).where(RegisterImport.kind == read.kind.value))
    if latest is not None and extract_date < latest:
        raise FileRefused(file, f"its extract is of {extract_date}, and one of {latest} was imported before")


@dataclass
class _Import:
    """One file on its way into its table."""

    session: Session
    read: ReadFile
    report: FileReport
    full: bool
    extract_date: date
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
            self.read.reject(line, subject, "the file has this row already, further up", known=True)
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


def _apply_staff(to: _Import) -> None:
    teams = to.held(Team, lambda team: team.id)
    held = to.held(Staff, lambda staff: staff.id)
    named: dict[str, str] = {}
    for line, row in to.read.rows:
        assert isinstance(row, StaffRow)
        if named.setdefault(row.team_id, row.team_name) != row.team_name:
            to.read.reject(line, row.id, "team_name differs from the one further up for the same team_id")
            continue
        team = teams.get(row.team_id)
        if team is None:
            team = teams[row.team_id] = Team(id=row.team_id, name=row.team_name)
            to.session.add(team)
            to.session.flush()
        team.name = row.team_name
        to.take(line, row.id, held, row.id, Staff, **row.model_dump(exclude={"team_name"}))
    for staff in to.missing(held, lambda staff: staff.id):
        if staff.left_on is None or staff.left_on > to.extract_date:
            staff.left_on = to.extract_date
            to.report.ended += 1


def _apply_people(to: _Import) -> None:
    held = to.held(Person, lambda person: person.id)
    record_ids = {person.record_id: person.id for person in held.values()}
    nhs_numbers = {person.nhs_number: person.id for person in held.values() if person.nhs_number}
    for line, row in to.read.rows:
        assert isinstance(row, PersonRow)
        if record_ids.setdefault(row.record_id, row.id) != row.id:
            to.read.reject(line, row.id, "record_id belongs to another person in the register")
        elif row.nhs_number and nhs_numbers.setdefault(row.nhs_number, row.id) != row.id:
            to.read.reject(line, row.id, "nhs_number belongs to another person in the register")
        else:
            to.take(line, row.id, held, row.id, Person, **row.model_dump())


def _apply_allocations(to: _Import) -> None:
    people, staff, teams = (set(to.session.scalars(select(table.id))) for table in (Person, Staff, Team))
    held = to.held(Allocation, lambda one: (one.person_id, one.staff_id, one.team_id, one.responsibility, one.since))
    for line, row in to.read.rows:
        assert isinstance(row, AllocationRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, "person_id is not in the register")
        elif row.team_id not in teams:
            to.read.reject(line, row.person_id, "team_id is not in the register")
        elif row.staff_id is not None and row.staff_id not in staff:
            to.read.reject(line, row.person_id, "staff_id is not in the register")
        else:
            key = (row.person_id, row.staff_id, row.team_id, row.responsibility, row.since)
            to.take(line, row.person_id, held, key, Allocation, **row.model_dump())
    for allocation in to.missing(held, lambda allocation: allocation.person_id):
        if allocation.until is None or allocation.until > to.extract_date:
            allocation.until = max(allocation.since, to.extract_date)
            to.report.ended += 1


def _apply_absences(to: _Import) -> None:
    staff = set(to.session.scalars(select(Staff.id)))
    held = to.held(Absence, lambda absence: (absence.staff_id, absence.starts_at))
    for line, row in to.read.rows:
        assert isinstance(row, AbsenceRow)
        if row.staff_id not in staff:
            to.read.reject(line, row.staff_id, "staff_id is not in the register")
        else:
            to.take(line, row.staff_id, held, (row.staff_id, row.starts_at), Absence, **row.model_dump())
    day_begins = datetime.combine(to.extract_date, time(), tzinfo=LONDON).astimezone(UTC)
    for absence in to.missing(held, lambda absence: absence.staff_id):
        if absence.returns_at is None or absence.returns_at > day_begins:
            absence.returns_at = max(absence.starts_at, day_begins)
            to.report.ended += 1


_APPLY: dict[ExtractKind, Callable[[_Import], None]] = {
    ExtractKind.STAFF: _apply_staff,
    ExtractKind.PEOPLE: _apply_people,
    ExtractKind.ALLOCATIONS: _apply_allocations,
    ExtractKind.ABSENCES: _apply_absences,
}
