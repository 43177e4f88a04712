"""
The two cookies: who is signed in, and which browser has begun to sign in.

Both are HttpOnly, hold nothing but random characters, and are SameSite=Lax. Strict would lose them on the way back from
the council's sign-on and on each link in a notice; a form from another site is refused by its token and its origin.
"""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from deployments.worklist.desk import Desk

SIGNING_IN_SECONDS = 600
"""How long somebody may take to sign in."""
_RANDOM = re.compile(r"[A-Za-z0-9_-]{43}")


def set_session_cookie(desk: Desk, response: Response, token: str) -> None:
    """Give the browser its session; it forgets it when it is closed, if the session does not end before."""
    _set(desk, response, desk.cookie, token, None)


def drop_session_cookie(desk: Desk, response: Response) -> None:
    """Take the session from the browser."""
    _set(desk, response, desk.cookie, "", 0)


def browser_of(desk: Desk, request: Request) -> str:
    """What the browser that has begun to sign in was given; empty where it was given nothing."""
    found = request.cookies.get(_signing_in(desk), "")
    return found if _RANDOM.fullmatch(found) else ""


def new_browser() -> str:
    """What a browser is given that begins to sign in."""
    return secrets.token_urlsafe(32)


def set_browser_cookie(desk: Desk, response: Response, browser: str) -> None:
    """Know the browser again when it comes back."""
    _set(desk, response, _signing_in(desk), browser, SIGNING_IN_SECONDS)


def _signing_in(desk: Desk) -> str:
    return f"{desk.cookie}-signing-in"


def _set(desk: Desk, response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=desk.is_encrypted, httponly=True, samesite="lax")
