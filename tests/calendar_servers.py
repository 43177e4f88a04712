"""Small HTTP servers that stand in for calendar servers, and calendars to put on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from models.calendars import BusyTime
from models.working_time import LONDON


@dataclass
class Request:
    """What a server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What it answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    trickles: bool = False
    """A byte now and then, for as long as the test goes on."""


@dataclass
class Server:
    """A running server and what it was asked so far."""

    url: str
    asked: list[Request]
    released: threading.Event
    """Set when the test is over: who keeps a caller waiting waits for this."""


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[Server]:
    """A server on a free port of this machine that answers each request by a function."""
    asked: list[Request] = []
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            asked.append(request)
            given = answer(request)
            try:
                self.send_response(given.status)
                for name, value in {"Content-Length": str(len(given.body)), **given.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                while given.trickles and not released.wait(0.05):
                    self.wfile.write(b"B")
                    self.wfile.flush()
                self.wfile.write(given.body)
            except OSError:
                pass  # the caller has gone

        def do_GET(self) -> None:
            self._any()

        def do_POST(self) -> None:
            self._any()

        def do_REPORT(self) -> None:
            self._any()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server = Server(f"http://127.0.0.1:{http.server_port}", asked, released)
    try:
        yield server
    finally:
        server.released.set()
        http.shutdown()
        thread.join()
        http.server_close()


def calendar(*parts: str) -> bytes:
    """A calendar with these components, written with one property to a line."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for part in parts:
        lines += [line.strip() for line in part.strip().splitlines()]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "1") -> str:
    """One VEVENT with a title that must never be found anywhere."""
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "SUMMARY:CANARY-TITLE", *lines, "END:VEVENT"])


def at(moment: str) -> datetime:
    """A local time such as "2026-01-05 09:00", in UTC."""
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


def in_words(times: tuple[BusyTime, ...]) -> list[str]:
    """Busy times in local time: "2026-01-05 09:00 to 2026-01-05 10:00 busy"."""
    return [
        f"{one.start.astimezone(LONDON):%Y-%m-%d %H:%M} to {one.end.astimezone(LONDON):%Y-%m-%d %H:%M} {one.kind}"
        for one in times
    ]
