"""The steps by which a case wants a note in the recording system, and enters that it stands there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.policy import Policy
from models.policy.gaps.everywhere import RecordEnding
from models.recording import CaseNote, NoteEnding, NoteState
from models.refs import ALPHABET
from models.register import ExtractKind, Person, RegisterImport
from tasks.durable import RUN, audited, here, outside
from tasks.recording.connected import connected_system
from tasks.register.lookups import person


class WantedNote(BaseModel):
    """A note that a case wants, and the ways in which it can come to stand in the recording system."""

    model_config = ConfigDict(frozen=True)

    id: str
    """R-…, which stands in the note."""
    ready_to_paste: str
    """What whoever pastes it reads: the literal title, the text and our id. Personal data."""
    is_written: bool
    """A machine writes it."""
    answer_is_enough: bool
    """It counts as kept once somebody says that it stands there; else the extract has to show it."""

    @property
    def in_words(self) -> str:
        """For the story: its id, and who brings it there."""
        return f"{self.id}, to be {'written' if self.is_written else 'pasted'}"


class NotePlace(BaseModel):
    """Where a note stands, and how it came to."""

    model_config = ConfigDict(frozen=True)

    note_id: str
    ending: NoteEnding

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"{self.note_id}, {self.ending}"


@audited("Looked whether the recording system takes the note", for_cases_past=RUN, reads_outside=True)
def look_up_whether_it_is_written(title: str) -> bool:
    """Whether a recording system is connected that takes notes of that title through its interface."""
    system = connected_system(outside().council)
    return system is not None and system.takes(title)


@audited("Wants a note in the recording system", for_cases_past=RUN)
def want_note(
    title: str, text: str, about_person: str | None, author: str, question: str, taken_by_the_system: bool
) -> WantedNote:
    """
    Put down the note that is wanted; where a machine may write it, that happens after this step, and at least once.

    Policy says which ways are allowed (GAP-55). Where no extract of notes was ever imported, none can show it, and
    the answer of whoever pasted it is enough. `question` is the key of the question that asks somebody to paste it.
    """
    step = here()
    known = person(step.session, about_person) if about_person else None
    ways = ways_of(step.session, step.policy, is_known=known is not None, taken_by_the_system=taken_by_the_system)
    note_id = new_note_id()
    step.session.add(
        CaseNote(
            id=note_id,
            case_ref=step.case.ref,
            key=question,
            asked_of=None,
            asked_in=None,
            person_id=known.id if known else None,
            title=title,
            text=text,
            author=author,
            state=NoteState.WANTED,
            ending=None,
            note_id=None,
            wanted_at=step.now,
            kept_at=None,
            sighted_on=None,
            next_attempt_at=step.now if ways.is_written else None,
            attempts=0,
        )
    )
    return WantedNote(
        id=note_id,
        ready_to_paste=ready_to_paste(note_id, title, text, known),
        is_written=ways.is_written,
        answer_is_enough=ways.answer_is_enough,
    )


@audited("Noted where the note is said to stand", for_cases_past=RUN)
def enter_given_id(note: str, note_id: str) -> str:
    """Keep the id that somebody gave until an extract shows the note, which may be known by nothing else."""
    wanted = here().session.get_one(CaseNote, note, with_for_update=True)
    if wanted.state == NoteState.WANTED:
        wanted.note_id = note_id
    return note_id


@audited("The note stands in the recording system", for_cases_past=RUN)
def enter_note(note: str, note_id: str, ending: NoteEnding) -> NotePlace:
    """Enter where the note stands; what the system's extract or interface has said meanwhile goes first."""
    step = here()
    wanted = step.session.get_one(CaseNote, note, with_for_update=True)
    if wanted.state == NoteState.WANTED:
        wanted.state, wanted.ending, wanted.note_id = NoteState.KEPT, ending, note_id
        wanted.kept_at, wanted.next_attempt_at, wanted.text = step.now, None, ""
    return NotePlace(note_id=wanted.note_id or note_id, ending=NoteEnding(wanted.ending or ending))


@dataclass(frozen=True)
class Ways:
    """The ways in which a note can come to stand in the recording system."""

    is_written: bool
    """A machine writes it."""
    answer_is_enough: bool
    """It counts as kept once somebody says that it stands there."""


def ways_of(session: Session, policy: Policy, *, is_known: bool, taken_by_the_system: bool) -> Ways:
    """The ways that policy allows (GAP-55), for somebody whom the register knows or does not."""
    endings = policy.gaps.record_ends.endings
    is_sighted = RecordEnding.SIGHTED in endings and session.scalar(
        select(exists().where(RegisterImport.kind == ExtractKind.NOTES))
    )
    return Ways(
        is_written=taken_by_the_system and is_known and RecordEnding.WRITTEN in endings,
        answer_is_enough=RecordEnding.PASTED in endings or not is_sighted,
    )


def new_note_id() -> str:
    """An id of ours for a note, which nobody can guess."""
    return "R-" + "".join(secrets.choice(ALPHABET) for _ in range(10))


def ready_to_paste(note: str, title: str, text: str, about: Person | None) -> str:
    """The note as a person pastes it, and into whose record; the id lets the extract show that it is this one."""
    whose = f"Into the record of {about.name} ({about.record_id}, {about.id}).\n\n" if about is not None else ""
    return f"{whose}Title: {title}\n\n{text}\n\nKept for Safe Pathways as {note}"
