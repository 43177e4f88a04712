"""
How a page comes to be served: each says what one may do to open it, and none can be added without.

In this order: who is it, are they still signed in, may they open it at all, was the form made by us. Which cases they
may see is looked at where the case is (`tasks/worklist/scope.py`).
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from deployments.worklist.desk import Desk
from deployments.worklist.drafts import is_path_of_form, keep_draft
from deployments.worklist.protecting import where
from deployments.worklist.sessions import SignedIn, end_session, note_seen, session_of, whose_form
from deployments.worklist.sign_on.paths import path_they_came_from
from deployments.worklist.trouble import Trouble, trouble_of, trouble_page
from deployments.worklist.visit import Upload, Visit, whole_number
from models.errors import PathwaysError
from models.permissions import Action
from tasks.worklist.members import Member, member_of

log = logging.getLogger("pathways")
FORM_TOKEN = "form_token"
SEEN_ENTRY_NO = "_seen_entry_no"
"""In a form about a case: the last entry there was when it was opened."""
DRAFTS, OF_FORM = "/drafts", "_path"
"""Where a page's script sends what is being typed, and the field that says into which form."""
MOST_FIELDS = 2_000
MOST_FILES = 10
LARGEST_FIELD = 1024 * 1024
"""Bytes of one field of a form; a letter's text is the longest there is."""

_SENT_WITH_AN_OLD_FORM = "You signed in again after you opened this. It was not sent; look it through, then send it."

Handler = Callable[..., Response]


@dataclass(frozen=True)
class Page:
    """One page or action of the worklist, and what one must be allowed to do for it."""

    path: str
    methods: tuple[str, ...]
    action: Action
    handler: Handler
    takes_files: bool = False
    """Whether files may be sent to it; to all others only short forms."""

    @property
    def name(self) -> str:
        """A name for lists and tests, such as "GET POST /work-items/{item}"."""
        return f"{' '.join(self.methods)} {self.path}"


class Pages:
    """The pages of one module."""

    def __init__(self) -> None:
        self.all: list[Page] = []

    def add(
        self, path: str, action: Action, *, methods: tuple[str, ...] = ("GET",), takes_files: bool = False
    ) -> Callable[[Handler], Handler]:
        """Make a function a page. It is given the visit, and the path's parameters by name."""

        def register(handler: Handler) -> Handler:
            self.all.append(Page(path, methods, action, handler, takes_files))
            return handler

        return register


def route(desk: Desk, page: Page) -> Route:
    """The page as Starlette serves it."""

    async def serve(request: Request) -> Response:
        arrived = await run_in_threadpool(_arrival, desk, request)
        if arrived is None and page.takes_files:
            return _to_sign_in(desk, page, request)  # files of a stranger are not even read
        pairs, files = await _form_of(request, takes_files=page.takes_files)
        return await run_in_threadpool(_answer, desk, page, request, arrived, pairs, files)

    return Route(page.path, serve, methods=[*page.methods])


def _arrival(desk: Desk, request: Request) -> SignedIn | None:
    """Whose session it is, if any."""
    token = request.cookies.get(desk.cookie, "")
    if not token:
        return None
    with desk.council.database.read() as session:
        return session_of(session, token, desk.council.clock.now(), desk.settings)


async def _form_of(request: Request, *, takes_files: bool) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """What was sent. Raises Starlette's `HTTPException` 400: it cannot be read."""
    if request.method != "POST":
        return [], {}
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    most_files = MOST_FILES if takes_files else 0
    async with request.form(max_fields=MOST_FIELDS, max_files=most_files, max_part_size=LARGEST_FIELD) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or "", value.content_type or "", await value.read())
            else:
                pairs.append((name, value))
    return pairs, files


def _answer(
    desk: Desk,
    page: Page,
    request: Request,
    signed_in: SignedIn | None,
    pairs: list[tuple[str, str]],
    files: dict[str, Upload],
) -> Response:
    now = desk.council.clock.now()
    sent = next((value for name, value in pairs if name == FORM_TOKEN), "")
    pairs = [pair for pair in pairs if pair[0] != FORM_TOKEN]
    is_ours = signed_in is not None and hmac.compare_digest(sent.encode(), signed_in.form_token.encode())
    try:
        if signed_in is None or signed_in.is_over:
            _keep_what_was_sent(desk, page, request, sent, pairs)
            return _to_sign_in(desk, page, request)
        member = _member(desk, signed_in)
        if member is None:
            return trouble_page(desk, Trouble.NOT_STAFF)
        visit = Visit(request, desk, signed_in, member, now, tuple(pairs), files)
        if not member.may(page.action):
            return trouble_page(desk, Trouble.NOT_ALLOWED, visit)
        if request.method == "POST" and not is_ours:
            if _keep_what_was_sent(desk, page, request, sent, pairs) == member.id:
                if page.path == DRAFTS:
                    return Response(status_code=204)
                return visit.go(request.url.path, say=_SENT_WITH_AN_OLD_FORM)
            return trouble_page(desk, Trouble.NOT_OUR_FORM, visit)
        try:
            return page.handler(visit, **request.path_params)
        except PathwaysError as wrong:
            return trouble_page(desk, trouble_of(wrong), visit, str(wrong))
    except PathwaysError as wrong:
        return trouble_page(desk, trouble_of(wrong), sentence=str(wrong))
    except Exception as failed:  # no text of the error, which may be personal
        log.error("%s could not be shown: %s at %s", page.name, type(failed).__name__, where(failed))
        return trouble_page(desk, Trouble.OURS)


def _member(desk: Desk, signed_in: SignedIn) -> Member | None:
    now = desk.council.clock.now()
    with desk.council.database.read() as session:
        member = member_of(session, signed_in.staff_id, now)
    if member is None or signed_in.is_to_be_noted:
        with desk.council.database.write() as session:
            if member is None:
                end_session(session, signed_in.token_digest, now)
            else:
                note_seen(session, signed_in, now)
    return member


def _keep_what_was_sent(
    desk: Desk, page: Page, request: Request, form_token: str, pairs: list[tuple[str, str]]
) -> str | None:
    """
    Keep a form as a draft that came when its session was over, or after they had signed in anew elsewhere.

    Gives the staff id of whose it is, and theirs alone it stays, whoever signs in then; None where nothing was kept.
    """
    path = request.url.path
    if page.path == DRAFTS:
        path = next((value for name, value in pairs if name == OF_FORM), "")
    if request.method != "POST" or ("GET" not in page.methods and page.path != DRAFTS) or not is_path_of_form(path):
        return None
    with desk.council.database.read() as session:
        staff_id = whose_form(session, form_token)
    if staff_id is None:
        return None
    seen = next((value for name, value in pairs if name == SEEN_ENTRY_NO), "")
    now = desk.council.clock.now()
    kept = keep_draft(desk.council, staff_id, path, pairs, now, seen_entry_no=whole_number(seen))
    return staff_id if kept else None


def _to_sign_in(desk: Desk, page: Page, request: Request) -> Response:
    """Whoever signs in comes back to where they were: the address that they asked for, no more."""
    wanted = request.url.path + (f"?{request.url.query}" if request.method == "GET" and request.url.query else "")
    if "GET" not in page.methods:
        wanted = path_they_came_from(desk, request.headers.get("host", ""), request.headers.get("referer", ""))
    return RedirectResponse(f"/sign-in?go_to={quote(wanted, safe='/')}", status_code=303)
