"""What a case is opened with that brings a note into the recording system by hand."""

from __future__ import annotations

from pydantic import AwareDatetime

from models.forms.base import CaseFacts


class NoteToKeep(CaseFacts):
    """A note that another case left, and that no machine writes."""

    note: str
    """Our id of it, R-…."""
    title: str
    """Its literal title."""
    text: str
    about_person: str | None
    """Register id of the person it is about, where they are known."""
    author: str
    """Staff id or tag of whoever answers for it."""
    of: str
    """Tag of whoever is asked to paste it."""
    clauses: str = ""
    tried: bool = False
    """A machine has tried to write it, so that it may stand there already."""
    said_to_be: str = ""
    """The id under which the worker says that it stands there, where an extract has to show it."""
    wanted_by: AwareDatetime | None = None
    """By when it is to stand there; none: as soon as policy says for everything that is asked."""
