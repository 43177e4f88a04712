"""
Looking for differences: after each import, and each working morning.

What a case knew of its people stands beside it (`case_person`), so that each change is found once, whenever it came.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.recording import CaseNote, NoteEnding, NoteState
from models.register import ExtractKind, Staff, Team
from models.states import CaseStatus
from models.working_time import local_day
from tasks.case_people import Standing, standing_of
from tasks.differences import note_difference
from tasks.durable.council import Change, Council
from tasks.register.importing import ImportReport
from tasks.register.lookups import extract_dates, person, too_old


def find_differences(council: Council) -> int:
    """Put on the teams' lists what differs now and is not there yet; how many lines that gave."""
    with council.change() as change:
        found = note_old_extracts(change) + note_notes_not_shown(change)
    with council.database.read() as session:
        pairs = _changed(session, council)
    for ref, person_id in pairs:
        with council.change() as change:
            found += note_changes(change, ref, person_id)
    return found


def note_rejected_rows(change: Change, report: ImportReport) -> int:
    """The rows of an import that were not taken, for the team of whomever they are about."""
    found = 0
    for file in report.files:
        for row in file.rejected:
            who = row.reference or f"line {row.line}"
            text = f"{file.kind}.csv, {who}: not taken, {row.problem}"
            about = f"rejected:{file.kind}:{who}:{row.problem}"
            found += note_difference(
                change,
                about,
                text,
                person_id=_person(change.session, row.reference),
                team_id=_team(change.session, file.kind, row.reference),
            )
    return found


def note_old_extracts(change: Change) -> int:
    """The kinds of extract that are older than policy trusts; a person checks what they say meanwhile."""
    old = too_old(change.session, change.now, change.policy.register_trusted_for)
    return sum(
        note_difference(
            change,
            f"stale:{kind}:{day or 'never'}",
            f"The extract of {kind} is of {day}, older than is trusted: check in the recording system"
            if day
            else f"No extract of {kind} was ever imported: check in the recording system",
        )
        for kind, day in old.items()
    )


def note_notes_not_shown(change: Change) -> int:
    """Notes that are said to stand in the recording system and that no extract shows after policy's time."""
    shown_on = extract_dates(change.session).get(ExtractKind.NOTES)
    if shown_on is None:
        return 0
    calendar, length = change.policy.working_calendar(), change.policy.gaps.record_ends.shown_within
    rows = change.session.execute(
        select(CaseNote, Case)
        .join(Case, Case.ref == CaseNote.case_ref)
        .where(CaseNote.state == NoteState.KEPT, CaseNote.sighted_on.is_(None))
        .order_by(CaseNote.kept_at, CaseNote.id)
    )
    found = 0
    for note, case in rows:
        assert note.kept_at is not None  # kept notes have a time
        if shown_on < local_day(calendar.add(note.kept_at, length)):
            continue  # no extract yet that should show it
        how = "written" if note.ending == NoteEnding.WRITTEN else "pasted"
        text = f"Note {note.id} of case {case.ref} was {how}, and the extract of {shown_on} does not show it"
        found += note_difference(change, f"not-shown:{note.id}", text, person_id=note.person_id, case=case)
    return found


def note_changes(change: Change, ref: str, person_id: str) -> int:
    """What is said otherwise of a person than when it was last compared with an open case about them."""
    change.lock(ref)
    session, today = change.session, local_day(change.now)
    row = session.get_one(CasePerson, (ref, person_id), populate_existing=True)
    case, stands = session.get_one(Case, ref), standing_of(session, person_id, today)
    if case.status == CaseStatus.CLOSED:
        return 0
    before = _as_compared(row)
    row.team_id, row.staff_id, row.in_hospital_since = stands.team_id, stands.staff_id, stands.in_hospital_since
    found = 0
    for kind, value, text in _said_otherwise(before, stands):
        # Each change is a line of its own, also where one is taken back within the day: the last says how it stands.
        about = f"{kind}:{person_id}:{ref}:{change.now.isoformat()}:{value}"
        line = f"{person_id} {text}; case {ref} is open"
        found += note_difference(change, about, line, person_id=person_id, case=case)
    return found


def _said_otherwise(before: Standing, now: Standing) -> Iterable[tuple[str, str, str]]:
    """Kind, new value and sentence of each change."""
    if (before.team_id, before.staff_id) != (now.team_id, now.staff_id):
        with_whom = f"is now with {_responsible(now)}, before with {_responsible(before)}"
        yield "allocation", f"{now.team_id}/{now.staff_id}", with_whom
    if now.in_hospital_since is not None and now.in_hospital_since != before.in_hospital_since:
        yield "admitted", f"{now.in_hospital_since}", f"is in hospital since {now.in_hospital_since}"
    if now.in_hospital_since is None and before.in_hospital_since is not None:
        since = f"{before.in_hospital_since}"
        yield "discharged", since, f"has left hospital, where they were since {since}"


def _responsible(stands: Standing) -> str:
    team = f"the {stands.team_id} team" if stands.team_id else "no team"
    return f"{stands.staff_id} of {team}" if stands.staff_id else team


def _changed(session: Session, council: Council) -> list[tuple[str, str]]:
    """The open cases whose people are spoken of otherwise now, each with its person."""
    today = local_day(council.clock.now())
    rows = session.scalars(
        select(CasePerson)
        .join(Case, Case.ref == CasePerson.case_ref)
        .where(Case.status != CaseStatus.CLOSED)
        .order_by(CasePerson.case_ref, CasePerson.person_id)
    )
    known: dict[str, Standing] = {}
    changed = []
    for row in rows:
        if row.person_id not in known:
            known[row.person_id] = standing_of(session, row.person_id, today)
        if _as_compared(row) != known[row.person_id]:
            changed.append((row.case_ref, row.person_id))
    return changed


def _as_compared(row: CasePerson) -> Standing:
    return Standing(row.team_id, row.staff_id, row.in_hospital_since)


def _person(session: Session, reference: str) -> str | None:
    found = person(session, reference) if reference else None
    return found.id if found else None


def _team(session: Session, kind: ExtractKind, reference: str) -> str | None:
    """The team of the member of staff whom a rejected row is about, or the team itself."""
    if kind is ExtractKind.TEAMS:
        team = session.get(Team, reference)
        return team.id if team else None
    member = session.get(Staff, reference) if kind in (ExtractKind.STAFF, ExtractKind.ABSENCES) else None
    return member.team_id if member else None
