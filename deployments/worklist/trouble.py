"""What somebody sees when a page cannot be shown: what happened, that nothing is lost, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from models.errors import CheckFailed, PathwaysError
from tasks.database import DatabaseUnavailable
from tasks.durable.ledger import UnknownCase
from tasks.durable.worklist import NotTheirs, UnknownWorkItem
from tasks.worklist.scope import NotFound

if TYPE_CHECKING:
    from deployments.worklist.desk import Desk
    from deployments.worklist.visit import Visit


@dataclass(frozen=True)
class _Words:
    status: int
    title: str
    what_to_do: str


class Trouble(Enum):
    """Why a page cannot be shown."""

    NOT_FOUND = _Words(404, "There is no such page", "Check the reference and who is signed in, then try again.")
    NOT_ALLOWED = _Words(403, "That is not among what your role may do", "Ask your manager, or go back to your work.")
    NOT_STAFF = _Words(403, "The register has you no longer as staff", "Ask your manager to have that put right.")
    NOT_OUR_FORM = _Words(
        400, "That form was not accepted", "It was opened before you signed in, or by another page. Open it again here."
    )
    OTHER_SITE = _Words(403, "That was not accepted", "It came from another site than this one. Open the page here.")
    TOO_LARGE = _Words(413, "That is too large", "Nothing was done. Send less at once, or a smaller file.")
    BAD_FORM = _Words(400, "That form could not be read", "Nothing was done. Go back, and send it again.")
    REFUSED = _Words(400, "That could not be done", "Nothing was done. Go back, put it right and try again.")
    GONE = _Words(409, "That is no longer open", "Go back to your work; nothing of yours is lost.")
    AWAY = _Words(503, "The system cannot do that at the moment", "Nothing was half done. Try again in a few minutes.")
    TOO_MANY = _Words(429, "Too many tries", "Wait some minutes, then try again.")
    OURS = _Words(
        500, "Something went wrong here", "Nothing was half done. Try again; if it stays, tell systems staff."
    )


def trouble_of(wrong: PathwaysError) -> Trouble:
    """Which trouble an error of ours is."""
    match wrong:
        case NotFound() | UnknownCase() | UnknownWorkItem():
            return Trouble.NOT_FOUND
        case NotTheirs():
            return Trouble.NOT_ALLOWED
        case DatabaseUnavailable():
            return Trouble.AWAY
        case CheckFailed():
            return Trouble.GONE
        case _:
            return Trouble.REFUSED


def trouble_page(desk: Desk, trouble: Trouble, visit: Visit | None = None, sentence: str = "") -> Response:
    """The page that says so, with the way back."""
    words = trouble.value
    if visit is not None:
        return visit.page(
            "trouble.html", title=words.title, status=words.status, sentence=sentence, what_to_do=words.what_to_do
        )
    written = desk.templates.get_template("outside.html").render(
        title=words.title, sentence=sentence, what_to_do=words.what_to_do, sign_in="/sign-in"
    )
    return HTMLResponse(written, status_code=words.status)
