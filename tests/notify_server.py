"""A server on this machine that speaks GOV.UK Notify's API, version 2: tokens, refusals, statuses, and bad days."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"wenbridge-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
TEAM_ONLY = "stranger@example.org"
_CLOCKS_APART_SECONDS = 30


@dataclass
class Script:
    """What the server does next instead of answering as it should."""

    does: Callable[[NotifyApi], int | None]
    """Gives the status it answers with; None: it answers nothing at all."""
    takes_it_first: bool = False
    """Whether the message was taken before that."""


@dataclass
class NotifyApi:
    """What the server has been sent, and how it behaves."""

    url: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Every notification it took, as it would show it."""
    asked: list[str] = field(default_factory=list)
    """Each request as "POST /v2/notifications/email"."""
    next: deque[Script] = field(default_factory=deque)
    let_go: threading.Event = field(default_factory=threading.Event)
    """Ends every stall."""

    @property
    def host(self) -> str:
        """Host and port, for a service's address."""
        return urlsplit(self.url).netloc

    def answers(self, status: int, *, takes_it_first: bool = False) -> None:
        """The next request is answered with that status."""
        self.next.append(Script(lambda _: status, takes_it_first))

    def stalls(self, *, takes_it_first: bool = False) -> None:
        """The next request is not answered before `let_go`."""

        def wait(api: NotifyApi) -> None:
            api.let_go.wait(30)

        self.next.append(Script(wait, takes_it_first))

    def hangs_up(self, *, takes_it_first: bool = False) -> None:
        """The next request gets no answer: the line goes dead."""
        self.next.append(Script(lambda _: None, takes_it_first))

    def now_is(self, status: str) -> None:
        """What every notification has come to."""
        for one in self.sent:
            one["status"] = status


@contextmanager
def notify_api() -> Iterator[NotifyApi]:
    """The server, on any free port of this machine."""
    api = NotifyApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    api: NotifyApi

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take a notification."""
        self._answer(self._post)

    def do_GET(self) -> None:
        """Show one notification, or those under a reference."""
        self._answer(self._get)

    def _answer(self, usual: Callable[[str, dict[str, Any]], tuple[int, Any]]) -> None:
        path = urlsplit(self.path).path
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        self.api.asked.append(f"{self.command} {path}")
        refused = self._bad_token()
        if refused:
            self._say(403, _errors(403, "AuthError", refused))
            return
        script = self.api.next.popleft() if self.api.next else None
        if script is None:
            self._say(*usual(path, body))
            return
        if script.takes_it_first:
            usual(path, body)
        status = script.does(self.api)
        if status is None:
            self.close_connection = True
            return
        said = "Exceeded rate limit" if status == 429 else f"no: {body.get('email_address')}"
        self._say(status, _errors(status, "RateLimitError" if status == 429 else "Exception", said))

    def _bad_token(self) -> str:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return "Unauthorized: authentication token must be provided"
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return "Invalid token: signature, api token not found"
        if claims.get("iss") != SERVICE:
            return "Invalid token: service not found"
        if abs(time.time() - claims.get("iat", 0)) > _CLOCKS_APART_SECONDS:
            return "Error: Your system clock must be accurate to within 30 seconds"
        return ""

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        kind = path.rpartition("/")[2]
        personalisation = body.get("personalisation", {})
        if path != f"/v2/notifications/{kind}" or kind not in ("email", "sms", "letter"):
            return 404, _errors(404, "NotFound", "Not found")
        if body.get("template_id") != TEMPLATE:
            return 400, _errors(400, "BadRequestError", "Template not found")
        missing = [name for name in ("subject", "body") if name not in personalisation]
        if missing:
            return 400, _errors(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        problem = _address_problem(kind, body, personalisation)
        if problem:
            return 400, _errors(400, *problem)
        to = body.get("email_address") or body.get("phone_number")
        one = {
            "id": str(uuid.uuid4()),
            "reference": body.get("reference"),
            "type": kind,
            "status": "created",
            "to": to,
            "personalisation": personalisation,
            "sender": body.get("email_reply_to_id") or body.get("sms_sender_id"),
        }
        self.api.sent.append(one)
        return 201, {"id": one["id"], "reference": one["reference"], "content": {"body": personalisation["body"]}}

    def _get(self, path: str, _body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v2/notifications":
            wanted = parse_qs(urlsplit(self.path).query).get("reference", [None])[0]
            return 200, {"notifications": [one for one in self.api.sent if one["reference"] == wanted], "links": {}}
        found = [one for one in self.api.sent if path == f"/v2/notifications/{one['id']}"]
        return (200, found[0]) if found else (404, _errors(404, "NoResultFound", "No result found"))

    def _say(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _address_problem(kind: str, body: dict[str, Any], personalisation: dict[str, str]) -> tuple[str, str] | None:
    """As Notify words its refusals; here they repeat the address, so that a leak would be seen."""
    if kind == "email":
        address = str(body.get("email_address"))
        if address == TEAM_ONLY:
            return "BadRequestError", f"Can't send to this recipient using a team-only API key ({address})"
        if "@" not in address or address.endswith(".invalid"):
            return "ValidationError", f"email_address Not a valid email address: {address}"
    if kind == "sms" and not str(body.get("phone_number")).replace(" ", "").replace("+44", "0").startswith("07"):
        return "ValidationError", f"phone_number Not a UK mobile number: {body.get('phone_number')}"
    if kind == "letter" and "address_line_3" not in personalisation:
        return "ValidationError", "Address must be at least 3 lines"
    return None


def _errors(status: int, error: str, message: str) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": error, "message": message}]}
