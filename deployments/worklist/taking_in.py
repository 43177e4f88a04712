"""
A file that belongs to a form: its own button sends it, with all that was typed, and it is kept with the case at once.

It goes to a path of its own, as only there files may be sent; the form itself stays one that anybody's browser sends.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from deployments.worklist.forms import Pairs, Problem, is_file_of
from deployments.worklist.forms.posted import CHOSEN_FILE
from deployments.worklist.visit import Visit
from tasks.worklist.photographs import keep_photograph, problem_with_photograph
from tasks.worklist.scope import NotFound

FILE = "_file"
"""The button that takes in a file; its value is the field with the file's id."""
FILES = "/files"
"""Behind a form's own path: where its files are sent."""


def at_its_form(visit: Visit) -> Visit:
    """The visit as if it were to the form itself, where what was typed is kept and shown again."""
    return replace(visit, stands_at=visit.path.removesuffix(FILES))


def without_files(pairs: Pairs) -> list[tuple[str, str]]:
    """What was typed, without the button that takes in a file."""
    return [pair for pair in pairs if pair[0] != FILE]


def taken_in(visit: Visit, model: type[BaseModel], ref: str, typed: Pairs) -> tuple[Pairs, Problem | None]:
    """
    The file that was sent, kept with the case of that ref, and its id in what was typed; or what is wrong with it.

    Raises `NotFound`: the form has no such field.
    """
    name = visit.sent(FILE)
    if not is_file_of(model, name):
        raise NotFound("field")
    rest = [pair for pair in typed if pair[0] not in (name, name + CHOSEN_FILE)]
    sent = visit.files.get(name + CHOSEN_FILE)
    if (wrong := problem_with_photograph(visit.council, sent.content if sent else b"")) is not None or sent is None:
        return rest, Problem(name, wrong or "")
    visit.note_look("take-in-photograph", ref)
    kept = keep_photograph(visit.council, ref, sent.content, sent.name, by=visit.member.id)
    return [*rest, (name, kept)], None
