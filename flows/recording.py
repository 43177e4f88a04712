"""Keeping a note in the council's recording system: how every `record:` clause of a procedure ends (GAP-55)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from models.forms.paperwork import RecordMade
from models.forms.recording import NoteNews
from models.recording import NoteEnding
from tasks.durable import Asked, after, decision, first_of, recipient, signal, withdraw
from tasks.durable.in_force import policy
from tasks.durable.work_items import ByWhen
from tasks.recording.keeping import WantedNote, enter_given_id, enter_note, look_up_whether_it_is_written, want_note

R = TypeVar("R", bound=RecordMade)


@dataclass(frozen=True)
class KeptNote(Generic[R]):
    """A note that stands in the recording system."""

    id: str
    """Our id, R-…."""
    note_id: str
    """Its id in the recording system."""
    ending: NoteEnding
    answer: R | None
    """What somebody answered who pasted it; None where a machine wrote it or the extract showed it first."""


def keep_note(
    title: str,
    text: str,
    *,
    about_person: str | None,
    of: Asked,
    form: type[R],
    wanted_within: ByWhen,
    clauses: str = "",
    author: str | None = None,
    key: str | None = None,
) -> KeptNote[R]:
    """
    See that a note comes to stand in the recording system, under its literal title; goes on once it does.

    A machine writes it where the system takes such notes and policy allows it. Else, or where writing does not
    succeed, `of` is asked on `form` to paste it and give its id; if the extract shows it first, they need not answer.
    """
    question = key or form.slug()
    taken = look_up_whether_it_is_written(title)
    wanted = want_note(title, text, about_person, author or recipient(of).tag, question, taken)
    if wanted.is_written:
        news = wait_for_news(wanted)
        if news.ending is not None:
            return kept(wanted, news.note_id, news.ending)
        return have_it_pasted(wanted, "It could not be written by itself.", of, form, wanted_within, clauses, question)
    return have_it_pasted(wanted, "", of, form, wanted_within, clauses, question)


def have_it_pasted(
    wanted: WantedNote, why: str, of: Asked, form: type[R], wanted_within: ByWhen, clauses: str, key: str
) -> KeptNote[R]:
    """Somebody pastes it and says so, or the extract shows it; whichever comes first."""
    look_first = f"{why} Look first whether {wanted.id} stands there already." if why else ""
    asked = decision(
        form,
        of=of,
        about=f"{look_first}\n\n{wanted.ready_to_paste}".strip(),
        key=key,
        wanted_within=wanted_within,
        clauses=clauses,
    )
    while isinstance(came := first_of(asked, signal(NoteNews)), NoteNews):
        if came.note == wanted.id and came.ending is not None:
            withdraw(asked)
            return kept(wanted, came.note_id, came.ending)
    if wanted.answer_is_enough:
        withdraw(signal(NoteNews))
        return kept(wanted, came.note_id, NoteEnding.PASTED, came)
    enter_given_id(wanted.id, came.note_id)
    news = wait_until_it_is_shown(wanted)
    if news is not None and news.ending is not None:
        return kept(wanted, news.note_id, news.ending, came)
    return have_it_pasted(wanted, "No extract has shown it.", of, form, wanted_within, clauses, key)


def wait_for_news(wanted: WantedNote) -> NoteNews:
    """What becomes of the note without anybody's answer."""
    while (news := first_of(signal(NoteNews))).note != wanted.id:
        pass  # about an earlier note, whose answer came first
    return news


def wait_until_it_is_shown(wanted: WantedNote) -> NoteNews | None:
    """The extract shows it; None where it has not for as long as policy lets that take."""
    too_late = after("note-is-shown", policy().gaps.record_ends.shown_within)
    while isinstance(came := first_of(signal(NoteNews), too_late), NoteNews):
        if came.note == wanted.id:
            withdraw(too_late)
            return came
    return None


def kept(wanted: WantedNote, note_id: str, ending: NoteEnding, answer: R | None = None) -> KeptNote[R]:
    """Enter where it stands."""
    place = enter_note(wanted.id, note_id, ending)
    return KeptNote(wanted.id, place.note_id, place.ending, answer)
