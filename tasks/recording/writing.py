"""
Writing notes into the recording system: outside of any transaction, and at least once with the same id.

Each try is counted before it is made, so that a crash counts, and pushes the next one off, so that several writers do
not try the same note at once. What cannot be written goes to a person: the case that waits for it hears of it and
asks; for one that its case has left, a case of its own is opened.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sqlalchemy import select

from models.cases import Case
from models.forms.recording import NoteNews
from models.recording import CaseNote, NoteEnding, NoteState
from models.register import Person
from models.states import CaseStatus
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Change, Council
from tasks.recording.connected import connected_system
from tasks.recording.interface import NoteRefused, RecordingSystem, SystemAway
from tasks.recording.leaving import have_it_pasted

log = logging.getLogger("pathways")


@dataclass
class WritingReport:
    """What one round of writing did, by our ids of the notes."""

    written: list[str] = field(default_factory=list)
    to_be_tried_again: list[str] = field(default_factory=list)
    given_to_a_person: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Claimed:
    """A note that is tried now, as it is to be written."""

    id: str
    record_id: str | None
    title: str
    text: str
    author: str
    is_last_try: bool


def write_due_notes(council: Council, system: RecordingSystem | None = None, *, limit: int = 100) -> WritingReport:
    """Write up to `limit` notes that are due, and tell their cases. `system` is the connected one if not given."""
    report = WritingReport()
    system = system or connected_system(council)
    for note in _due(council, limit):
        claimed = _claim(council, note)
        if claimed is not None:
            _write(council, system, claimed, report)
    return report


def _due(council: Council, limit: int) -> list[str]:
    query = (
        select(CaseNote.id)
        .where(CaseNote.state == NoteState.WANTED, CaseNote.next_attempt_at <= council.clock.now())
        .order_by(CaseNote.next_attempt_at, CaseNote.id)
        .limit(limit)
    )
    with council.database.read() as session:
        return list(session.scalars(query))


def _claim(council: Council, note: str) -> _Claimed | None:
    """Count a try and push the next one off; None where somebody else was first, or the note is no longer wanted."""
    with council.change() as change:
        session, now, retry = change.session, change.now, change.policy.outbox
        row = session.get_one(CaseNote, note, with_for_update=True)
        if row.state != NoteState.WANTED or row.next_attempt_at is None or row.next_attempt_at > now:
            return None
        is_waited_for = row.asked_of is None
        if is_waited_for and session.get_one(Case, row.case_ref).status == CaseStatus.CLOSED:  # its last step by hand
            row.state, row.next_attempt_at, row.text = NoteState.DROPPED, None, ""
            return None
        row.attempts += 1
        row.next_attempt_at = now + retry.wait_before(row.attempts)
        record_id = session.scalar(select(Person.record_id).where(Person.id == row.person_id))
        is_last_try = row.next_attempt_at >= row.wanted_at + retry.give_up_after
        return _Claimed(row.id, record_id, row.title, row.text, row.author, is_last_try)


def _write(council: Council, system: RecordingSystem | None, note: _Claimed, report: WritingReport) -> None:
    if system is None or note.record_id is None or not system.takes(note.title):
        _give_to_a_person(council, note.id, report)  # what was connected, or known, when it was wanted is not any more
        return
    try:
        note_id = system.write_note(note.id, note.record_id, note.title, note.text, note.author)
    except NoteRefused:
        _give_to_a_person(council, note.id, report)
    except Exception as failed:  # a system may fail in any way; its text may be personal
        if not isinstance(failed, SystemAway):
            log.warning("note %s could not be written (%s)", note.id, type(failed).__name__)
        if note.is_last_try:
            _give_to_a_person(council, note.id, report)
        else:
            report.to_be_tried_again.append(note.id)
    else:
        _enter_written(council, note.id, note_id)
        report.written.append(note.id)


def _enter_written(council: Council, note: str, note_id: str) -> None:
    with council.change() as change:
        row = _locked(change, note)
        if row.state != NoteState.WANTED:
            return  # sighted, or pasted by somebody, while it was being written
        row.state, row.ending, row.note_id = NoteState.KEPT, NoteEnding.WRITTEN, note_id
        row.kept_at, row.next_attempt_at, row.text = change.now, None, ""
        if row.asked_of is None:
            _tell(change, row, NoteNews(note=note, ending=NoteEnding.WRITTEN, note_id=note_id))


def _give_to_a_person(council: Council, note: str, report: WritingReport) -> None:
    with council.change() as change:
        row = _locked(change, note)
        if row.state != NoteState.WANTED or row.next_attempt_at is None:
            return
        row.next_attempt_at = None
        if row.asked_of is not None:
            have_it_pasted(change, row)
        else:
            _tell(change, row, NoteNews(note=note))
    report.given_to_a_person.append(note)


def _locked(change: Change, note: str) -> CaseNote:
    """The note, once its case is locked: a case comes first in every transaction that touches both."""
    change.lock(change.session.scalars(select(CaseNote.case_ref).where(CaseNote.id == note)).one())
    return change.session.get_one(CaseNote, note, with_for_update=True, populate_existing=True)


def _tell(change: Change, row: CaseNote, news: NoteNews) -> None:
    if change.session.get_one(Case, row.case_ref).status != CaseStatus.CLOSED:
        take_in_signal(change, row.case_ref, news, signal_id=f"{row.id}:{row.attempts}:{news.ending}")
