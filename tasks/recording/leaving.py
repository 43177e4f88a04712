"""
Leaving a note for the recording system: its case goes on at once, and nothing that becomes of the note wakes it.

One entry and one transaction for each note. A machine writes it where the system takes such notes; otherwise a case of
its own is opened, in the same transaction or once writing has failed, in which somebody is asked to paste it.
"""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import select

from models.cases import Case, Entry, EntryPayload
from models.entry_kinds import EntryKind
from models.forms.note_to_keep import NoteToKeep
from models.notices import Recipient
from models.recording import CaseNote, NoteEnding, NoteState
from tasks.durable import RUN, audited, here
from tasks.durable.cases import open_in
from tasks.durable.council import Change
from tasks.durable.ledger import Fact
from tasks.durable.leg import current_leg
from tasks.recording.connected import connected_system
from tasks.recording.keeping import WantedNote, new_note_id, ready_to_paste, ways_of
from tasks.register.lookups import person

STEP = "leave-note"
PROCEDURE = "note-to-keep"


class LeftNote(BaseModel):
    """A note as it was left. Personal data."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    text: str
    said_to_be: str
    """The id under which the worker says that it stands there; empty: it is to be brought there."""
    asked_in: str | None
    """The case in which somebody is asked; None where nobody need be."""
    wanted_by: AwareDatetime | None = None
    """By when it is to stand there, where the procedure says so."""


def leave(
    title: str,
    text: str,
    *,
    about_person: str | None,
    of: Recipient,
    author: str,
    clauses: str,
    already_there: str,
    wanted_by: datetime | None = None,
) -> None:
    """Leave a note; flows use the word `leave_note` (flows/leaving_notes.py), which says what the parts are."""
    leg = current_leg()
    key = leg.next_key(STEP)
    if leg.recalled(key, EntryKind.DONE, STEP, RUN) is not None:
        return
    system = connected_system(leg.council)
    taken = system is not None and system.takes(title)  # known here, without asking the system
    with leg.transaction() as step:
        known = person(step.session, about_person) if about_person else None
        ways = ways_of(step.session, step.policy, is_known=known is not None, taken_by_the_system=taken)
        stands_there = bool(already_there) and ways.answer_is_enough
        is_written = ways.is_written and not already_there
        note = _row(step.case.ref, key, title, text, known.id if known else None, author, of, step.now)
        asked_in = None
        if stands_there:
            note.state, note.ending, note.note_id = NoteState.KEPT, NoteEnding.PASTED, already_there
            note.kept_at, note.text = step.now, ""
        elif is_written:
            note.next_attempt_at = step.now
        else:
            asked_in = _ask(
                step.change, note, step.case.restricted, clauses=clauses, said_to_be=already_there, wanted_by=wanted_by
            )
        step.session.add(note)
        left = LeftNote(
            id=note.id, title=title, text=text, said_to_be=already_there, asked_in=asked_in, wanted_by=wanted_by
        )
        data = left.model_dump(mode="json")
        line = f"Left a note for the recording system: {note.id}, {_in_words(left)}"
        entry = step.pen.enter(Fact(EntryKind.DONE, key, line, STEP, data, clauses=tuple(clauses.split())))
    leg.memory.add(entry)


def have_it_pasted(change: Change, note: CaseNote) -> None:
    """A note that was left could not be written: a case is opened in which somebody is asked to paste it."""
    entry = change.session.execute(
        select(Entry.clauses, EntryPayload.content)
        .outerjoin(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no))
        .where(Entry.case_ref == note.case_ref, Entry.key == note.key, Entry.kind == EntryKind.DONE, Entry.step == STEP)
    ).one_or_none()
    clauses, content = entry if entry is not None else ("", None)
    wanted_by = LeftNote.model_validate(json.loads(content)["data"]).wanted_by if content else None
    case = change.session.get_one(Case, note.case_ref)
    _ask(change, note, case.restricted, clauses=clauses, tried=True, wanted_by=wanted_by)


@audited("Looked up how the note can come to stand there", for_cases_past=RUN)
def look_up_note(left: NoteToKeep) -> WantedNote:
    """The note that this case is about, as it is pasted; whether an answer is enough is as policy says now."""
    step = here()
    ways = ways_of(step.session, step.policy, is_known=False, taken_by_the_system=False)
    about = person(step.session, left.about_person) if left.about_person else None
    return WantedNote(
        id=left.note,
        ready_to_paste=ready_to_paste(left.note, left.title, left.text, about),
        is_written=False,
        answer_is_enough=ways.answer_is_enough,
    )


def _row(
    case: str, key: str, title: str, text: str, person_id: str | None, author: str, of: Recipient, now: datetime
) -> CaseNote:
    return CaseNote(
        id=new_note_id(),
        case_ref=case,
        key=key,
        asked_of=of.tag,
        asked_in=None,
        person_id=person_id,
        title=title,
        text=text,
        author=author,
        state=NoteState.WANTED,
        ending=None,
        note_id=None,
        wanted_at=now,
        kept_at=None,
        sighted_on=None,
        next_attempt_at=None,
        attempts=0,
    )


def _ask(
    change: Change,
    note: CaseNote,
    restricted: bool,
    *,
    clauses: str,
    said_to_be: str = "",
    tried: bool = False,
    wanted_by: datetime | None = None,
) -> str:
    assert note.asked_of is not None  # it was left
    facts = NoteToKeep(
        note=note.id,
        title=note.title,
        text=note.text,
        about_person=note.person_id,
        author=note.author,
        of=note.asked_of,
        clauses=clauses,
        tried=tried,
        said_to_be=said_to_be,
        wanted_by=wanted_by,
    )
    owner = Recipient.from_tag(note.asked_of)
    note.asked_in = open_in(change, PROCEDURE, facts, owner=owner, parent_ref=note.case_ref, restricted=restricted)
    return note.asked_in


def _in_words(left: LeftNote) -> str:
    if left.asked_in is not None:
        return f"to be pasted (case {left.asked_in})" if not left.said_to_be else f"to be shown as {left.said_to_be}"
    return f"which stands there as {left.said_to_be}" if left.said_to_be else "to be written"
