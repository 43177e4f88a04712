"""Leaving a note for the council's recording system without waiting for it: a word that any procedure can use."""

from __future__ import annotations

from datetime import datetime

from tasks.durable import Asked, recipient
from tasks.recording.leaving import leave


def leave_note(
    title: str,
    text: str,
    *,
    about_person: str | None,
    of: Asked,
    author: str,
    clauses: str = "",
    already_there: str = "",
    wanted_by: datetime | None = None,
) -> None:
    """
    See that a note comes to stand in the recording system, under its literal title; the case goes on at once (GAP-55).

    A machine writes it where the system takes such notes and policy allows it. Where it does not, or where writing does
    not succeed, `of` is asked to paste it, in a case of its own. `author` is the staff id of whoever answers for it.
    `already_there` is the note's id where the worker says that they wrote it themselves: then nobody is asked, unless
    policy wants an extract to show it and none does. `wanted_by` is by when it is to stand there, where the procedure
    says so. Where the case must not go on before the note stands there, it is
    `keep_note` (flows/recording.py).
    """
    leave(
        title,
        text,
        about_person=about_person,
        of=recipient(of),
        author=author,
        clauses=clauses,
        already_there=already_there.strip(),
        wanted_by=wanted_by,
    )
