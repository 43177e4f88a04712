"""How each kind of file comes into its table: row by row, and what a full extract no longer has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time

from sqlalchemy import exists, select

from models.recording import Admission, ExtractNote, ReviewDate
from models.register import Absence, Allocation, ExtractKind, Person, RegisterImport, Staff, Team
from models.working_time import LONDON
from tasks.register.one_file import NO_PERSON, NO_STAFF, NO_TEAM, Import
from tasks.register.people import apply_people
from tasks.register.providers import apply_packages, apply_providers
from tasks.register.rows import (
    AbsenceRow,
    AdmissionRow,
    AllocationRow,
    NoteRow,
    ReviewRow,
    StaffRow,
    TeamRow,
)
from tasks.register.waiting import apply_waiting


def _apply_staff(to: Import) -> None:
    """Where there are extracts of teams, these say how teams are called; else staff do."""
    teams = to.held(Team, lambda team: team.id)
    held = to.held(Staff, lambda staff: staff.id)
    named: dict[str, str] = {}
    named_by_teams = to.session.scalar(select(exists().where(RegisterImport.kind == ExtractKind.TEAMS)))
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
        if not named_by_teams:
            team.name = row.team_name
        to.take(line, row.id, held, row.id, Staff, **row.model_dump(exclude={"team_name"}))
    for staff in to.missing(held, lambda staff: staff.id):
        if staff.left_on is None or staff.left_on > to.extract_date:
            staff.left_on = to.extract_date
            to.report.ended += 1


def _apply_allocations(to: Import) -> None:
    people, staff, teams = (set(to.session.scalars(select(table.id))) for table in (Person, Staff, Team))
    held = to.held(Allocation, lambda one: (one.person_id, one.staff_id, one.team_id, one.responsibility, one.since))
    for line, row in to.read.rows:
        assert isinstance(row, AllocationRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, NO_PERSON)
        elif row.team_id not in teams:
            to.read.reject(line, row.person_id, NO_TEAM)
        elif row.staff_id is not None and row.staff_id not in staff:
            to.read.reject(line, row.person_id, NO_STAFF)
        else:
            key = (row.person_id, row.staff_id, row.team_id, row.responsibility, row.since)
            to.take(line, row.person_id, held, key, Allocation, **row.model_dump())
    for allocation in to.missing(held, lambda allocation: allocation.person_id):
        ends = max(allocation.since, to.extract_date)
        if allocation.until is None or allocation.until > ends:
            allocation.until = ends
            to.report.ended += 1


def _apply_absences(to: Import) -> None:
    staff = set(to.session.scalars(select(Staff.id)))
    held = to.held(Absence, lambda absence: (absence.staff_id, absence.starts_at))
    for line, row in to.read.rows:
        assert isinstance(row, AbsenceRow)
        if row.staff_id not in staff:
            to.read.reject(line, row.staff_id, NO_STAFF)
        else:
            to.take(line, row.staff_id, held, (row.staff_id, row.starts_at), Absence, **row.model_dump())
    day_begins = datetime.combine(to.extract_date, time(), tzinfo=LONDON).astimezone(UTC)
    for absence in to.missing(held, lambda absence: absence.staff_id):
        ends = max(absence.starts_at, day_begins)
        if absence.returns_at is None or absence.returns_at > ends:
            absence.returns_at = ends
            to.report.ended += 1


def _apply_teams(to: Import) -> None:
    """Teams are closed only where the file says so: one that is missing from it is still a team."""
    held = to.held(Team, lambda team: team.id)
    known = set(held) | {row.id for _, row in to.read.rows}
    for line, row in to.read.rows:
        assert isinstance(row, TeamRow)
        if row.work_goes_to is not None and row.work_goes_to not in known:
            to.read.reject(line, row.id, "work_goes_to is not a team of the register")
        else:
            to.take(line, row.id, held, row.id, Team, **row.model_dump(exclude_unset=True))


def _apply_admissions(to: Import) -> None:
    people = set(to.session.scalars(select(Person.id)))
    held = to.held(Admission, lambda one: (one.person_id, one.admitted_on))
    for line, row in to.read.rows:
        assert isinstance(row, AdmissionRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, NO_PERSON)
        else:
            to.take(line, row.person_id, held, (row.person_id, row.admitted_on), Admission, **row.model_dump())
    for stay in to.missing(held, lambda stay: stay.person_id):
        ends = max(stay.admitted_on, to.extract_date)
        if stay.discharged_on is None or stay.discharged_on > ends:
            stay.discharged_on = ends
            to.report.ended += 1


def _apply_notes(to: Import) -> None:
    """A note stays known however short the extract's reach into the past."""
    people = set(to.session.scalars(select(Person.id)))
    held = to.held(ExtractNote, lambda note: note.note_id)
    for line, row in to.read.rows:
        assert isinstance(row, NoteRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, NO_PERSON)
            continue
        known = held.get(row.note_id)
        first_seen_at = to.now if known is None else known.first_seen_at
        values = row.model_dump(exclude_unset=True) | {"first_seen_at": first_seen_at}
        to.take(line, row.person_id, held, row.note_id, ExtractNote, **values)


def _apply_reviews(to: Import) -> None:
    people = set(to.session.scalars(select(Person.id)))
    held = to.held(ReviewDate, lambda one: (one.person_id, one.kind))
    for line, row in to.read.rows:
        assert isinstance(row, ReviewRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, NO_PERSON)
        else:
            to.take(line, row.person_id, held, (row.person_id, row.kind), ReviewDate, **row.model_dump())
    for review in list(to.missing(held, lambda review: review.person_id)):
        to.session.delete(review)  # a date that no longer holds is no date
        to.report.ended += 1


def apply(to: Import) -> None:
    """Bring one file into its table."""
    _APPLY[to.read.kind](to)


_APPLY: dict[ExtractKind, Callable[[Import], None]] = {
    ExtractKind.STAFF: _apply_staff,
    ExtractKind.PEOPLE: apply_people,
    ExtractKind.ALLOCATIONS: _apply_allocations,
    ExtractKind.ABSENCES: _apply_absences,
    ExtractKind.TEAMS: _apply_teams,
    ExtractKind.ADMISSIONS: _apply_admissions,
    ExtractKind.NOTES: _apply_notes,
    ExtractKind.REVIEWS: _apply_reviews,
    ExtractKind.WAITING: apply_waiting,
    ExtractKind.PROVIDERS: apply_providers,
    ExtractKind.PACKAGES: apply_packages,
}
