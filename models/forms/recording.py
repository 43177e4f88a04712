"""Signals about notes and people that come to cases, and the form and facts of the daily list of differences."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, Signal
from models.recording import NoteEnding


class NoteNews(Signal):
    """What became of a note without anybody's answer: it was written, or sighted, or could not be written."""

    title: ClassVar[str] = "news of a note"
    by_hand: ClassVar[bool] = False

    note: str
    """Our id of the note, R-…."""
    ending: NoteEnding | None = None
    """How it came to stand in the recording system; none: it could not be written, and a person pastes it."""
    note_id: str = ""
    """Its id in the recording system, where it stands there."""


class PersonHasDied(Signal):
    """
    The recording system shows that the person whom the case is about has died. Letters and calls to them stop.

    Whoever owns the case says what follows: who is told, what ends, what goes on for a carer.
    """

    title: ClassVar[str] = "the person has died"
    read_by_owner: ClassVar[bool] = True
    read_urgently: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"died_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "person": "The person",
        "died_on": "The day on which they died",
    }

    person: str
    """Register id of the person."""
    died_on: date


class MorningCame(Signal):
    """A working morning: what was found since yesterday stands on the list."""

    title: ClassVar[str] = "the morning's differences"
    by_hand: ClassVar[bool] = False

    day: date


class DailyDifferences(CaseFacts):
    """Whose list it is."""

    team: str
    """Team id."""


class DifferencesSeen(Form):
    """
    In what the recording system and our open cases differ. See to each line, and say what was done.

    Lines that you leave out stand on tomorrow's list.
    """

    title: ClassVar[str] = "the day's differences"
    may_concern_safety: ClassVar[bool] = False
    chased: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "lines": "The lines that were seen to",
    }

    lines: tuple[int, ...] = ()
    """The numbers of the lines that were seen to; leave out where it is all of them."""
    what_was_done: str = Field(min_length=1)
    """What was done about them, or why nothing need be done."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        if len(set(self.lines)) < len(self.lines) or any(line < 1 for line in self.lines):
            raise ValueError("give each line's number once in lines, as it stands on the list")
        return self
