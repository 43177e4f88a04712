"""
What protects every page, whatever it shows: the host it is asked under, where a form comes from, how large it is, the
headers it goes out with, and that no error's text ever goes out or into a log.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.worklist.desk import Desk
from deployments.worklist.trouble import Trouble, trouble_page

log = logging.getLogger("pathways")
LARGEST_FORM = 2 * 1024 * 1024
"""Bytes of what is sent to a page that takes no files."""
ROOM_AROUND_FILES = 256 * 1024
"""Bytes of a form beside its files, which the policy's largest message limits."""
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
_SAYS_UTF_8 = re.compile(r';[ \t]*charset=(utf-8|"utf-8")[ \t]*(?=;|$)', re.ASCII)
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'{provider}; base-uri 'none'; frame-ancestors 'none'"
)
_OURS = ("/assets/",)
"""Paths whose content is nobody's and may be kept by a browser."""


class BodyTooLarge(HTTPException):
    """More was sent than is taken there: 413."""

    def __init__(self) -> None:
        super().__init__(status_code=413)


class Protected:
    """
    Stands before the application.

    `takes_files` are the paths, as regular expressions, to which files may be sent; all others get short forms. `tell`
    gives what is answered at a path where something is in the way; without it that is a page.
    """

    def __init__(
        self,
        app: ASGIApp,
        desk: Desk,
        takes_files: Sequence[re.Pattern[str]] = (),
        tell: Callable[[Trouble, str], ASGIApp] | None = None,
    ) -> None:
        self._app = app
        self._desk = desk
        self._tell = tell or (lambda trouble, _path: trouble_page(desk, trouble))
        self._takes_files = tuple(takes_files)
        sign_on = desk.council.connections.sign_on
        provider = f" {_origin(sign_on.issuer)}" if sign_on is not None else ""
        self._headers = {
            "Content-Security-Policy": _POLICY.format(provider=provider),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        if desk.is_encrypted:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def with_headers(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(_OURS):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            refusal = self._refusal(scope)
            app = self._app if refusal is None else refusal
            await app(scope, _counted(receive, self._largest(scope)), with_headers)
        except ClientDisconnect:
            return  # whoever asked has gone away
        except Exception as failed:  # no text of the error, which may be personal
            trouble = Trouble.TOO_LARGE if isinstance(failed, BodyTooLarge) else Trouble.OURS
            if trouble is Trouble.OURS:
                log.error("a page could not be served: %s at %s", type(failed).__name__, where(failed))
            if not has_begun:
                await self._tell(trouble, scope["path"])(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """What is answered instead, where a request must not reach any page."""
        headers = Headers(scope=scope)
        if not self._is_our_host(headers):
            return PlainTextResponse("This address is not one of ours.\n", status_code=421)
        if scope["method"] in _CHANGES_NOTHING:
            return None
        if not self._is_from_here(headers):
            return self._tell(Trouble.OTHER_SITE, scope["path"])
        told = headers.get("content-length", "0")
        if not told.isascii() or not told.isdigit() or not _is_in_utf_8(headers):
            return self._tell(Trouble.BAD_FORM, scope["path"])
        if int(told) > self._largest(scope):
            return self._tell(Trouble.TOO_LARGE, scope["path"])
        return None

    def _is_our_host(self, headers: Headers) -> bool:
        named = headers.getlist("host")
        if len(named) != 1:
            return False
        host = named[0].lower()
        return host == self._desk.host.lower() or (not self._desk.is_encrypted and is_loopback(host))

    def _is_from_here(self, headers: Headers) -> bool:
        """
        Whether a page of ours sent it, or a program, which names no page.

        Browsers name the page's origin with each form, and most say as well how it stands to ours.
        """
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
        scheme = "https" if self._desk.is_encrypted else "http"
        return all(one.lower() == f"{scheme}://{headers['host']}".lower() for one in headers.getlist("origin"))

    def _largest(self, scope: Scope) -> int:
        if any(one.fullmatch(scope["path"]) for one in self._takes_files):
            return self._desk.council.policy.mail.message_bytes + ROOM_AROUND_FILES
        return LARGEST_FORM


def _is_in_utf_8(headers: Headers) -> bool:
    """
    Whether what is sent is in UTF-8, as every browser sends what our pages ask for; where nothing is said, it is.

    Python knows charsets that no text comes in, and some that make halves of characters, which no record can keep.
    """
    return all("charset" not in _SAYS_UTF_8.sub("", one.lower()) for one in headers.getlist("content-type"))


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this very machine by its usual names."""
    return _LOOPBACK.fullmatch(host) is not None


def where(failed: BaseException) -> str:
    """The file and line of ours in which it failed last."""
    frames = [frame for frame in traceback.extract_tb(failed.__traceback__) if "site-packages" not in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _counted(receive: Receive, largest: int) -> Receive:
    """What comes, counted as it comes, whatever was said of its length before. Raises `BodyTooLarge`."""
    come = 0

    async def counted() -> Message:
        nonlocal come
        message = await receive()
        if message["type"] == "http.request":
            come += len(message.get("body", b""))
            if come > largest:
                raise BodyTooLarge
        return message

    return counted


def _origin(address: str) -> str:
    return "/".join(address.split("/")[:3])
