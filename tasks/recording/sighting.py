"""
Sighting: the recording system's extract shows a note, and nobody need say so.

A note is known by our id in it; one that somebody says was pasted also by the note's id that they gave; and one that
is still wanted by person, title and day together, where the extract had not shown it before it was wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.forms.recording import NoteNews
from models.policy.gaps.everywhere import RecordEnding
from models.recording import CaseNote, ExtractNote, NoteEnding, NoteState
from models.register import ExtractKind
from models.states import CaseStatus
from models.working_time import local_day
from tasks.differences import note_difference
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Change, Council
from tasks.register.lookups import extract_dates


def sight_notes(council: Council) -> list[str]:
    """Find every note that the extract shows; gives our ids of those that were not sighted before."""
    with council.database.read() as session:
        perhaps = {row for query in _perhaps_shown() for row in session.execute(query).tuples()}
    return [note for _, note, ref in sorted(perhaps) if _sight(council, note, ref)]


def _perhaps_shown() -> list[Select[tuple[datetime, str, str]]]:
    """The notes not sighted yet that the extract may show, by each of the ways in which one is known."""
    unseen = select(CaseNote.wanted_at, CaseNote.id, CaseNote.case_ref).where(
        CaseNote.state != NoteState.DROPPED, CaseNote.sighted_on.is_(None)
    )
    return [
        unseen.join(ExtractNote, ExtractNote.our_id == CaseNote.id),
        unseen.join(ExtractNote, ExtractNote.note_id == CaseNote.note_id),
        unseen.join(ExtractNote, ExtractNote.person_id == CaseNote.person_id).where(CaseNote.state == NoteState.WANTED),
    ]


def _sight(council: Council, note: str, ref: str) -> bool:
    with council.change() as change:
        change.lock(ref)
        session = change.session
        asked_in = session.scalar(select(CaseNote.asked_in).where(CaseNote.id == note))
        if asked_in is not None:
            change.lock(asked_in)
        row = session.get_one(CaseNote, note, with_for_update=True, populate_existing=True)
        case = session.get_one(Case, ref)
        for found in _shown_as(session, row):
            if row.person_id not in (None, found.person_id):
                text = f"Note {row.id} stands in the record of {found.person_id}; the case is about {row.person_id}"
                note_difference(change, f"wrong-record:{row.id}", text, person_id=row.person_id, case=case)
                continue
            if row.state == NoteState.WANTED and RecordEnding.SIGHTED not in change.policy.gaps.record_ends.endings:
                continue
            _enter(change, row, case, found)
            return True
    return False


def _enter(change: Change, row: CaseNote, case: Case, found: ExtractNote) -> None:
    row.sighted_on = extract_dates(change.session).get(ExtractKind.NOTES, local_day(change.now))
    if row.state == NoteState.KEPT:
        if row.note_id != found.note_id:
            text = f"Note {row.id} stands there as {found.note_id}, and not under the id that was given"
            note_difference(change, f"note-id:{row.id}", text, person_id=row.person_id, case=case)
        return
    row.state, row.ending, row.note_id = NoteState.KEPT, NoteEnding.SIGHTED, found.note_id
    row.kept_at, row.next_attempt_at, row.text = change.now, None, ""
    waiting = _who_waits(change.session, row)
    if waiting is not None and waiting.status != CaseStatus.CLOSED:
        news = NoteNews(note=row.id, ending=NoteEnding.SIGHTED, note_id=found.note_id)
        take_in_signal(change, waiting.ref, news, signal_id=f"{row.id}:sighted")


def _who_waits(session: Session, row: CaseNote) -> Case | None:
    """The case that waits for the note: its own, or the one that asks for it where its own has left it."""
    ref = row.case_ref if row.asked_of is None else row.asked_in
    return None if ref is None else session.get_one(Case, ref)


def _shown_as(session: Session, row: CaseNote) -> Iterator[ExtractNote]:
    """The notes of the extract that may be this one, the surest first."""
    ours = ExtractNote.our_id == row.id
    given = (ExtractNote.note_id == row.note_id) & ExtractNote.our_id.is_(None)
    sure = select(ExtractNote).where(or_(ours, given)).order_by(ExtractNote.our_id.is_(None), ExtractNote.note_id)
    yield from session.scalars(sure)
    if row.state != NoteState.WANTED or row.next_attempt_at is not None or row.person_id is None:
        return
    taken = select(CaseNote.note_id).where(CaseNote.note_id.is_not(None))
    alike = session.scalars(
        select(ExtractNote)
        .where(
            ExtractNote.person_id == row.person_id,
            ExtractNote.written_on == local_day(row.wanted_at),
            ExtractNote.our_id.is_(None),
            ExtractNote.first_seen_at >= row.wanted_at,
            ExtractNote.note_id.not_in(taken),
        )
        .order_by(ExtractNote.note_id)
    )
    yield from (note for note in alike if _bare(note.title) == _bare(row.title))


def _bare(title: str) -> str:
    """A title without what people change in typing: spaces and capitals."""
    return " ".join(title.split()).casefold()
