"""
How a page comes to be served: each says what one may do to open it, and none can be added without.

In this order: who is it, are they still signed in, may they open it at all, was the form made by us. Which cases they
may see is looked at where the case is (`tasks/worklist/scope.py`).
"""

from __future__ import annotations

import hmac
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from deployments.worklist.desk import Desk
from deployments.worklist.drafts import keep_draft
from deployments.worklist.sessions import SignedIn, end_session, note_seen, session_of
from deployments.worklist.trouble import Trouble, trouble_of, trouble_page
from deployments.worklist.visit import Upload, Visit
from models.errors import PathwaysError
from models.permissions import Action
from tasks.worklist.members import Member, member_of

log = logging.getLogger("pathways")
FORM_TOKEN = "form_token"
MOST_FIELDS = 2_000
LARGEST_FIELD = 1024 * 1024
"""Bytes of one field of a form; a letter's text is the longest there is."""

Handler = Callable[..., Response]


@dataclass(frozen=True)
class Page:
    """One page or action of the worklist, and what one must be allowed to do for it."""

    path: str
    methods: tuple[str, ...]
    action: Action
    handler: Handler

    @property
    def name(self) -> str:
        """A name for lists and tests, such as "GET POST /work/{item}"."""
        return f"{' '.join(self.methods)} {self.path}"


class Pages:
    """The pages of one module."""

    def __init__(self) -> None:
        self.all: list[Page] = []

    def add(self, path: str, action: Action, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[Handler], Handler]:
        """Make a function a page. It is given the visit, and the path's parameters by name."""

        def register(handler: Handler) -> Handler:
            self.all.append(Page(path, methods, action, handler))
            return handler

        return register


def route(desk: Desk, page: Page) -> Route:
    """The page as Starlette serves it."""

    async def serve(request: Request) -> Response:
        arrived = await run_in_threadpool(_arrival, desk, request)
        try:
            pairs, files = await _form_of(request)
        except MultiPartException:
            return trouble_page(desk, Trouble.BAD_FORM)
        return await run_in_threadpool(_answer, desk, page, request, arrived, pairs, files)

    return Route(page.path, serve, methods=[*page.methods])


def _arrival(desk: Desk, request: Request) -> SignedIn | None:
    """Whose session it is, if any."""
    token = request.cookies.get(desk.cookie, "")
    if not token:
        return None
    with desk.council.database.read() as session:
        return session_of(session, token, desk.council.clock.now(), desk.settings)


async def _form_of(request: Request) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    if request.method != "POST":
        return [], {}
    pairs: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    async with request.form(max_fields=MOST_FIELDS, max_files=10, max_part_size=LARGEST_FIELD) as form:
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
        if signed_in is None:
            return _to_sign_in(request)
        if signed_in.is_over:
            if request.method == "POST" and is_ours:
                keep_draft(desk.council, signed_in.staff_id, request.url.path, pairs, now)
            return _to_sign_in(request)
        member = _member(desk, signed_in)
        if member is None:
            return trouble_page(desk, Trouble.NOT_STAFF)
        visit = Visit(request, desk, signed_in, member, now, tuple(pairs), files)
        if not member.may(page.action):
            return trouble_page(desk, Trouble.NOT_ALLOWED, visit)
        if request.method == "POST" and not is_ours:
            return trouble_page(desk, Trouble.NOT_OUR_FORM, visit)
        try:
            return page.handler(visit, **request.path_params)
        except PathwaysError as wrong:
            return trouble_page(desk, trouble_of(wrong), visit, str(wrong))
    except PathwaysError as wrong:
        return trouble_page(desk, trouble_of(wrong), sentence=str(wrong))
    except Exception as failed:  # no text of the error, which may be personal
        log.error("%s could not be shown: %s at %s", page.name, type(failed).__name__, _where(failed))
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


def _where(failed: BaseException) -> str:
    """The file and line of ours in which it failed last."""
    frames = [frame for frame in traceback.extract_tb(failed.__traceback__) if "site-packages" not in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _to_sign_in(request: Request) -> Response:
    """Whoever signs in comes back to where they were; the path has references only."""
    wanted = request.url.path + (f"?{request.url.query}" if request.method == "GET" and request.url.query else "")
    return RedirectResponse(f"/sign-in?go_to={quote(wanted, safe='/')}", status_code=303)
