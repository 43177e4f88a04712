"""
The outside of a trial: a mail server, GOV.UK Notify, a service that tells staff, and a mailbox, all with bad days.

They run in a process of their own, which nobody kills, and remember whatever they took: that is what the invariants are
held against. What they do instead of answering is drawn from the trial's seed.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from random import Random
from socketserver import BaseServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from models.connections import Connections, Mailbox, PeopleServices
from tests.faults.forking import fork
from tests.faults.plans import Plan
from tests.imap_server import PASSWORD, USER, MailServer
from tests.notify_server import API_KEY, TEMPLATE, NotifyApi, Script, notify_api

PATIENCE_SECONDS = 0.3
"""How long our side waits for an answer in trials; a slow service takes longer."""
SLOW_SECONDS = 0.35
OUR_ID = re.compile(r"\b[ND]-[0-9A-Z]{8,}\b")


@dataclass(frozen=True)
class Taken:
    """Something that a service took, whatever it said."""

    service: str
    """mail, notify or staff."""
    id: str
    """Our own id of it: a Message-ID, Notify's reference, or that of a notice or digest."""
    to: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Ports:
    """Where the outside listens."""

    mail: int
    notify: str
    mailbox: int | None
    mailbox_direct: int | None


class BadDays:
    """Whether a service does as it should; drawn for each call, until all of them are honest."""

    def __init__(self, random: Random, how_often: float) -> None:
        self._random, self._how_often = random, how_often
        self._lock = threading.Lock()

    def put_right(self) -> None:
        """From now on everything is done as it should be."""
        self._how_often = 0.0

    def one_of(self, *ways: str) -> str:
        """The way in which it goes wrong this time; empty where it does not."""
        with self._lock:
            return self._random.choice(ways) if self._random.random() < self._how_often else ""


class _Scripts(deque[Script]):
    """What Notify does next, drawn when it is asked for."""

    def __init__(self, days: BadDays) -> None:
        super().__init__()
        self._days, self._way = days, ""

    def __len__(self) -> int:
        self._way = self._days.one_of("500", "429", "500 taken", "hangs up", "hangs up taken", "slow taken", "slow")
        return bool(self._way)

    def popleft(self) -> Script:
        way, taken = self._way, self._way.endswith("taken")
        if way.startswith("slow"):
            return Script(_slowly, taken)
        if way.startswith("hangs up"):
            return Script(lambda _api: None, taken)
        return Script(lambda _api: int(way[:3]), taken)


def _slowly(_api: NotifyApi) -> int:
    time.sleep(SLOW_SECONDS)
    return 503


class Outside:
    """The outside as the rest of a trial sees it: where it listens, and what it took."""

    def __init__(self, plan: Plan, staff_port: int) -> None:
        ours, theirs = multiprocessing.Pipe()

        def be_the_outside() -> None:
            ours.close()
            _be_the_outside(plan, theirs, staff_port)

        self._pid = fork(be_the_outside)
        theirs.close()
        self._line: Connection = ours
        self.ports = Ports(**self._line.recv())

    def put_right(self) -> None:
        """From now on every service does as it should."""
        self._ask("put right")

    def taken(self) -> list[Taken]:
        """Whatever the services took so far."""
        return [Taken(**one) for one in self._ask("taken")]

    def close(self) -> None:
        """End it."""
        self._line.close()
        os.waitpid(self._pid, 0)

    def forget_in_child(self) -> None:
        """Close the line in a process that is not to hold it."""
        self._line.close()

    def connections(self) -> Connections:
        """The connections file of an installation that is joined to it."""
        patience = f"cto={PATIENCE_SECONDS}&rto={PATIENCE_SECONDS}"
        people = PeopleServices.model_validate(
            {
                "email": f"mailto://127.0.0.1:{self.ports.mail}?from=duty@wenbridge.example.org&to={{address}}&{patience}",
                "text_message": f"govuknotify://{API_KEY}@{self.ports.notify}/sms/{{address}}"
                f"?template={TEMPLATE}&{patience}",
                "letter": f"govuknotify://{API_KEY}@{self.ports.notify}/letter/{{address}}?template={TEMPLATE}&{patience}",
                "sender_domain": "wenbridge.example.org",
            }
        )
        return Connections(people=people, mailboxes=self._mailboxes(self.ports.mailbox))

    @property
    def post_box(self) -> Mailbox | None:
        """The mailbox as a sender reaches it, past everything that may go wrong."""
        return next(iter(self._mailboxes(self.ports.mailbox_direct)), None)

    def _mailboxes(self, port: int | None) -> tuple[Mailbox, ...]:
        said = {"name": "adult-care", "host": "127.0.0.1", "security": "none", "username": USER, "password": PASSWORD}
        return (Mailbox.model_validate(said | {"port": port}),) if port else ()

    def _ask(self, what: str) -> Any:
        self._line.send(what)
        return self._line.recv()


def _be_the_outside(plan: Plan, line: Connection, staff_port: int) -> None:
    BaseServer.handle_error = lambda *_: None  # type: ignore[method-assign]  # a caller that lost patience is no error
    taken: list[Taken] = []
    days = BadDays(plan.chance("bad days"), plan.bad_services)
    mail_port = _mail_server(_MailServer(taken, days))
    staff = ThreadingHTTPServer(
        ("127.0.0.1", staff_port), type("Handler", (_StaffService,), {"taken": taken, "days": days})
    )
    threading.Thread(target=staff.serve_forever, daemon=True).start()
    mailbox = MailServer() if plan.has_mailbox else None
    with notify_api() as notify:
        notify.next = _Scripts(days)
        ports = Ports(
            mail=mail_port,
            notify=notify.host,
            mailbox=mailbox.port if mailbox else None,
            mailbox_direct=mailbox.direct if mailbox else None,
        )
        line.send(asdict(ports))
        answers: dict[str, Callable[[], Any]] = {
            "put right": days.put_right,
            "taken": lambda: [asdict(one) for one in [*taken, *map(_by_notify, notify.sent)]],
        }
        try:
            while True:
                line.send(answers[line.recv()]())
        except (EOFError, OSError):
            os._exit(0)  # at once, whatever its threads still do


def _by_notify(one: dict[str, Any]) -> Taken:
    return Taken("notify", str(one["reference"]), str(one["to"]), str(one["personalisation"]))


def _mail_server(handler: _MailServer) -> int:
    """A mail server in a thread; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()

    def serve() -> None:
        loop.run_until_complete(loop.create_server(lambda: SMTP(handler, loop=loop), sock=listening))
        loop.run_forever()

    threading.Thread(target=serve, name="mail", daemon=True).start()
    port: int = listening.getsockname()[1]
    return port


class _MailServer:
    """Takes mail, or does not, and says so, or does not."""

    def __init__(self, taken: list[Taken], days: BadDays) -> None:
        self._taken, self._days = taken, days

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one message."""
        way = self._days.one_of("refuses", "takes and refuses", "takes and hangs up", "hangs up", "takes slowly")
        if "takes" in way or not way:
            raw = envelope.original_content or b""
            message = message_from_bytes(raw, policy=default)
            body = message.get_body()
            words = f"{message['Subject']}\n{body.get_content() if body else ''}"
            self._taken += [Taken("mail", str(message["Message-ID"]), to, words) for to in envelope.rcpt_tos]
        if way == "takes slowly":
            await asyncio.sleep(SLOW_SECONDS)
        if way.endswith("hangs up") and server.transport is not None:
            server.transport.close()
        return "451 4.3.0 Not now" if way.endswith("refuses") else "250 2.0.0 Taken"


class _StaffService(BaseHTTPRequestHandler):
    """Tells staff: takes a notice by HTTP."""

    taken: list[Taken]
    days: BadDays

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take one notice."""
        said = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        way = self.days.one_of("500", "500 taken", "hangs up", "hangs up taken", "slow taken")
        if not way or way.endswith("taken"):
            text = f"{said.get('title', '')}\n{said.get('message', '')}"
            for ours in sorted(set(OUR_ID.findall(text))):
                self.taken.append(Taken("staff", ours, self.path.strip("/").partition("?")[0], text))
        if way.startswith("slow"):
            time.sleep(SLOW_SECONDS)
        if way.startswith("hangs up"):
            self.close_connection = True
            return
        self.send_response(500 if way.startswith("500") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
