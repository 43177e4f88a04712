"""
Calls to calendar servers: bounded in time and size, and written to no log.

An address or a body may hold a secret or say who somebody is. httpx logs each address that it calls; while a calendar
is read it is kept quiet.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin

import httpx

from models.calendars import CalendarTrouble
from tasks.calendars.source import CalendarUnavailable

T = TypeVar("T")

LARGEST_BODY = 8_000_000
"""Bytes; a calendar of ten thousand appointments has about five million."""
REDIRECTS = 5

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)
logging.getLogger("httpx").addFilter(lambda record: not _quiet.get())


@dataclass(frozen=True)
class Call:
    """One request, ready to be made."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""
    auth: tuple[str, str] | None = None
    redirects: int = 0
    """How many redirects are followed, to https only; what carries a password follows none."""


def fetch(call: Call, timeout_seconds: float) -> bytes:
    """
    The body of a successful answer. Raises `CalendarUnavailable`, which holds nothing of what was sent or came.

    `timeout_seconds` bounds each silence; what bounds the whole is `within`.
    """
    quiet = _quiet.set(True)
    trouble = CalendarTrouble.NO_ANSWER
    try:
        with httpx.Client(timeout=timeout_seconds, follow_redirects=False) as client:
            return _answer(client, call)
    except CalendarUnavailable as failed:
        trouble = failed.trouble
    except (httpx.InvalidURL, httpx.DecodingError, UnicodeError):
        trouble = CalendarTrouble.UNREADABLE
    except (httpx.HTTPError, OSError):
        pass
    finally:
        _quiet.reset(quiet)
    raise CalendarUnavailable(trouble)  # outside the except: the chained error would hold the address


def within(seconds: float, work: Callable[[], T]) -> T:
    """
    Do the work in at most so many seconds. Raises what it raises, or `CalendarUnavailable` when time is up.

    A thread of its own does it, because neither the search for a server's name nor a server that sends a byte now and
    then is bounded by a time-out between bytes. What comes too late is dropped.
    """
    came: list[T] = []
    failed: list[BaseException] = []

    def at_work() -> None:
        try:
            came.append(work())
        except BaseException as caught:
            failed.append(caught)

    thread = threading.Thread(target=at_work, name="calendar", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise CalendarUnavailable(CalendarTrouble.NO_ANSWER)
    if failed:
        raise failed[0]
    return came[0]


def _answer(client: httpx.Client, call: Call) -> bytes:
    address = call.url
    for _ in range(call.redirects + 1):
        auth = httpx.BasicAuth(*call.auth) if call.auth else None
        with client.stream(call.method, address, headers=call.headers, content=call.body, auth=auth) as response:
            if not response.has_redirect_location:
                _accept(response.status_code)
                return _body(response)
            address = urljoin(address, response.headers["location"])
            if not address.lower().startswith("https://"):
                break
    raise CalendarUnavailable(CalendarTrouble.REFUSED)


def _accept(status: int) -> None:
    match status:
        case httpx.codes.OK:
            return
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            raise CalendarUnavailable(CalendarTrouble.REFUSED)
        case httpx.codes.NOT_FOUND | httpx.codes.GONE:
            raise CalendarUnavailable(CalendarTrouble.NOT_FOUND)
        case httpx.codes.TOO_MANY_REQUESTS:
            raise CalendarUnavailable(CalendarTrouble.FAILING)
        case _ if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise CalendarUnavailable(CalendarTrouble.FAILING)
        case _:
            raise CalendarUnavailable(CalendarTrouble.UNREADABLE)


def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > LARGEST_BODY:
            raise CalendarUnavailable(CalendarTrouble.TOO_LARGE)
    return bytes(body)
