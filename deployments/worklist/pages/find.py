"""Finding somebody, or a case. What is looked for stands in no address and in no log."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.drafts import draft_of, drop_draft
from deployments.worklist.recording import record_of
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.register.finding import MOST_FOUND
from tasks.worklist.finding import find

pages = Pages()
PATH = "/find"
LONGEST = 200
"""Characters that are looked for; no name is longer."""


@pages.add(PATH, Action.FIND_PERSON, methods=("GET", "POST"))
def find_page(visit: Visit) -> Response:
    """The form, and once it was sent everybody whom it fits. How many that are is noted, never the words."""
    if not visit.is_post:
        return _form(visit, _kept(visit))
    words = visit.sent("words")[:LONGEST]
    if not words:
        return _form(visit, "", "Enter a name, a reference or a number")
    with visit.council.database.read() as session:
        found = find(session, visit.member, words, visit.today)
    visit.note_look("find-person", f"{found.number} found")
    return visit.page(
        "find.html",
        title="Find somebody",
        words=words,
        problem="",
        found=found,
        most=MOST_FOUND,
        record_of=record_of(visit.desk),
    )


def _form(visit: Visit, words: str, problem: str = "") -> Response:
    status = 400 if problem else 200
    return visit.page("find.html", title="Find somebody", status=status, words=words, problem=problem, found=None)


def _kept(visit: Visit) -> str:
    """What they were about to look for when their session ended; it is kept no longer than that."""
    with visit.council.database.read() as session:
        kept = draft_of(session, visit.member.id, PATH)
    if kept is None:
        return ""
    with visit.council.database.write() as session:
        drop_draft(session, visit.member.id, PATH)
    return dict(kept.pairs).get("words", "")
