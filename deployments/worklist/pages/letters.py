"""The letters of a case: read here as plain text, taken out as files that no browser opens as a page of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from deployments.worklist.downloads import download
from deployments.worklist.pages.case import found, heading
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.cases import Case
from models.errors import PathwaysError
from models.permissions import Action
from tasks.worklist.letters import (
    CannotBeScanned,
    FileIsInfected,
    TakenOut,
    TooManyAtOnce,
    belongs_to,
    open_letter,
    take_enclosure,
    take_original,
)
from tasks.worklist.scope import NotFound

pages = Pages()


@pages.add("/cases/{ref}/letters/{mail_id}", Action.READ_CASE)
def letter_page(visit: Visit, ref: str, mail_id: str) -> Response:
    """A letter as it was read, with what came in it."""
    ref = _looked_at(visit, ref, mail_id, "read-mail")
    try:
        letter = open_letter(visit.council, ref, mail_id)
    except TooManyAtOnce as busy:
        return not_given(visit, ref, f"/cases/{ref}", busy)
    shown = _heading(visit, ref, f"Letter {mail_id}")
    return visit.page("letter.html", **shown, letter=letter, is_scanned=bool(visit.desk.settings.scanner))


@pages.add("/cases/{ref}/letters/{mail_id}/original", Action.READ_CASE)
def original(visit: Visit, ref: str, mail_id: str) -> Response:
    """The letter's bytes as they came, to be kept as a file."""
    ref = _looked_at(visit, ref, mail_id, "take-original")
    return _taken(visit, ref, mail_id, lambda: take_original(visit.council, ref, mail_id))


@pages.add("/cases/{ref}/letters/{mail_id}/attachments/{number}", Action.READ_CASE)
def enclosure(visit: Visit, ref: str, mail_id: str, number: str) -> Response:
    """A file that was enclosed, to be kept as a file."""
    ref = _looked_at(visit, ref, mail_id, "take-enclosure")
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        raise NotFound("enclosure")
    return _taken(visit, ref, mail_id, lambda: take_enclosure(visit.council, ref, mail_id, int(number)))


def not_given(visit: Visit, ref: str, back: str, why: PathwaysError) -> Response:
    """The page that says why a letter or a file is not given now."""
    status = 409 if isinstance(why, FileIsInfected) else 503
    shown = _heading(visit, ref, "This file is not given out")
    return visit.page("letter_not_given.html", status=status, **shown, sentence=str(why), back=back)


def _taken(visit: Visit, ref: str, mail_id: str, take: Callable[[], TakenOut]) -> Response:
    try:
        taken = take()
    except (FileIsInfected, CannotBeScanned, TooManyAtOnce) as why:
        return not_given(visit, ref, f"/cases/{ref}/letters/{mail_id}", why)
    return download(taken.name, taken.content, taken.content_type)


def _looked_at(visit: Visit, ref: str, mail_id: str, what: str) -> str:
    """The ref of the case, once it is noted that they look at a letter of it. Raises `NotFound`."""
    ref = found(visit, ref, Action.READ_CASE)
    with visit.council.database.read() as session:
        if not belongs_to(session, ref, mail_id):
            raise NotFound("letter")
    visit.note_look(what, mail_id)
    return ref


def _heading(visit: Visit, ref: str, title: str) -> dict[str, Any]:
    with visit.council.database.read() as session:
        whole = heading(visit, session, session.get_one(Case, ref), "letters")
    return whole | {"title": f"{title}, case {ref}", "heading": title}
