"""What we ask of a council's recording system, whichever it is."""

from __future__ import annotations

from typing import Protocol

from models.errors import PathwaysError


class NoteRefused(PathwaysError):
    """The system will not take this note, now or later; a person pastes it. Carries references only."""


class SystemAway(PathwaysError):
    """The system could not be asked, or did not answer; the same note is tried again. Carries references only."""


class RecordingSystem(Protocol):
    """
    A system of record that takes notes through an interface.

    Another one is added by a class with these two methods, a kind in `models/connections.py` and a line in
    `connected`. What comes from it (its notes, admissions and so on) comes by its extract, not by this.
    """

    def takes(self, title: str) -> bool:
        """Whether notes of that title are written through the interface; answered without asking the system."""

    def write_note(self, our_id: str, record_id: str, title: str, text: str, author: str) -> str:
        """
        Write a note into a person's record and give its id there.

        The same `our_id` again writes nothing and gives the same id: it is called at least once for each note.
        Raises `NoteRefused`, `SystemAway`.
        """
