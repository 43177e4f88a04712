"""The webhook doors: a signed call is taken in once, any other is told why not and leaves nothing behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from hypothesis import strategies as st

from deployments.intake.webhook import DOORS, webhook_doors
from deployments.intake.webhook_door import DoorKeeper
from deployments.intake.webhook_signature import Signatures
from models.doors import WebhookReceipt
from models.mail import InboundMail
from tasks.webhook_intake import WebhookCall
from tests.fuzz.asgi import Answer, Caller
from tests.fuzz.door import Door
from tests.fuzz.values import changed, json_bytes, nested
from tests.fuzz.watching import CANARY, keeps_silent
from tests.fuzz.world import World
from tests.webhook_calls import LIMIT, NEXT_SECRET, SECRET, signature

STATUSES = {400, 401, 405, 409, 413, 415, 422}
IDS = (
    "msg_1", "x" * 200, "x" * 201, CANARY, "a b", "", "é", "\x00", "msg_1\r\nx: y", "0", "msg_2", "~!", "by-hand-1",
)  # fmt: skip
TIMES = ("0", "00", "-1", "1e9", "99999999999", "999999999999", "١٧٦٧", "", "1767603600.0", " 1767603600", "nan")
TYPES = (
    b"application/json", b"application/json; charset=utf-8", b'Application/JSON; Charset="UTF-8"', b"text/plain",
    b"",
    b"application/json; charset=utf-7", b"multipart/form-data", b"application/json;;;", b"\xff\xfe",
    b"application/jsonx",
)  # fmt: skip
MORE = (
    (b"content-encoding", b"gzip"), (b"content-length", b"99999999999"), (b"content-length", b"-1"),
    (b"x", b"\xff" * 200),
    (b"content-length", b"1" * 30), (b"expect", b"100-continue"), (b"transfer-encoding", b"chunked"),
    (b"host", b"\xff"),
    (b"webhook-id", b"another"), (b"x-forwarded-for", CANARY.encode()), (b"webhook-signature", b"v1,x"),
    (b"cookie", b"x=" + b"y" * 9_000), (b"content-type", b"text/plain"),
)  # fmt: skip
METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
BODIES = (
    b"", b"null", b"[]", b"{}", b'"text"', b"1" * 5_000, b"\xef\xbb\xbf{}", b"{" * 50, b"[" * 19_000,
    b"{}" * 20_000, b"\xff",
    b'{"text": "' + b"a" * LIMIT + b'"}', b"\x1f\x8b\x08\x00", b"<contact/>", nested(900, 0), nested(990, 2),
    b'{"a":1e99999}',
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One call as it is made."""

    door: int
    body: bytes
    webhook_id: str = "msg_1"
    wrong: str = ""
    """What is wrong with how it is signed; empty: nothing."""
    late: int = 0
    """Seconds after it was signed."""
    timestamp: str = ""
    """Instead of the time at which it was signed."""
    content_type: bytes = b"application/json"
    more: tuple[tuple[bytes, bytes], ...] = ()
    pieces: int = 1
    method: str = "POST"


@st.composite
def calls(draw: st.DrawFn) -> Sent:
    """Calls that are mostly signed as they should be: what lies behind the signature is reached."""
    door = draw(st.integers(0, len(DOORS) - 1))
    example = DOORS[door].example
    noise = st.sampled_from(BODIES) | st.binary(max_size=60)
    body = draw(
        st.one_of(
            json_bytes(example), changed(example, 2).flatmap(json_bytes), changed(example).flatmap(json_bytes), noise
        )
    )
    sent = Sent(door, body)
    odd = draw(st.integers(0, 9))
    if odd >= 4:
        return sent
    return Sent(
        door,
        body,
        webhook_id=draw(st.sampled_from(IDS)),
        wrong=draw(st.sampled_from(["", "", "secret", "body", "none", "garbage", "version", "many", "empty"])),
        late=draw(st.sampled_from([0, 0, 0, 299, 301, -299, -301, 10**6])),
        timestamp=draw(st.sampled_from(["", "", *TIMES])),
        content_type=draw(st.sampled_from(TYPES)),
        more=tuple(draw(st.lists(st.sampled_from(MORE), max_size=2))),
        pieces=draw(st.sampled_from([1, 1, 2, 7])),
        method=draw(st.sampled_from(["POST"] * 6 + list(METHODS))),
    )


class WebhookDoor(Door):
    """A call is made, and made again; what it took in is there once, and what it did not left nothing behind."""

    name = "webhook"
    weight = 16
    takes = "calls to both doors over the real application: bodies from the description's examples with places changed,"
    takes += " other encodings, fields twice, nesting, sizes; signatures, times, ids, types and headers right and wrong"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        keeper = DoorKeeper(world.council, Signatures([SECRET]), largest_body=LIMIT)
        app = FastAPI(openapi_url=None)
        app.include_router(webhook_doors(keeper))
        self._caller = Caller(app, "pathways.test")

    def close(self) -> None:
        """End the caller's loop."""
        self._caller.close()

    def inputs(self) -> st.SearchStrategy[Sent]:
        """Calls."""
        return calls()

    def hold(self, given: Sent) -> str:
        """202 once and again with the same case; or a problem, and every table as it was."""
        database = self.world.database
        before = database.rows(beside=True)
        answer = self._made(given)
        keeps_silent(answer.headers)
        if answer.status != 202:
            _says_why(given, answer)
            assert database.rows(beside=True) == before, "a call that was refused has changed something"
            assert self._made(given).status == answer.status
            return f"refused {answer.status}"
        ref = json.loads(answer.body)["case"]
        self._is_kept(given, ref)
        self.world.legs_run()
        rows = database.rows(beside=True)
        again = self._made(given)
        assert (again.status, json.loads(again.body)) == (202, {"case": ref})
        other = self._made(Sent(given.door, given.body + b" ", given.webhook_id, content_type=given.content_type))
        assert other.status == 409, "another body under the same id is another message"
        assert database.rows(beside=True) == rows, "the same call again has changed something"
        return "taken in"

    def _is_kept(self, given: Sent, ref: str) -> None:
        """The call is there as it came, and its signature can be checked again."""
        with self.world.database.read() as session:
            receipt = session.get_one(WebhookReceipt, given.webhook_id)
            assert receipt.case_ref == ref
            mail = session.get_one(InboundMail, receipt.mail_id)
            assert WebhookCall.from_kept(mail.raw).body == given.body
            assert (mail.case_ref, mail.reason) == (ref, "")

    def _made(self, sent: Sent) -> Answer:
        signed_at = self.world.began - timedelta(seconds=sent.late)
        timestamp = sent.timestamp or str(int(signed_at.timestamp()))
        signed = signature(NEXT_SECRET if sent.wrong == "secret" else SECRET, sent.webhook_id, timestamp, sent.body)
        wrongly = {
            "garbage": "v1,%%%",
            "version": signed.replace("v1,", "v2,"),
            "empty": "",
            "many": f"v1,x {signed} v1a,y",
        }
        headers = [
            (b"webhook-id", sent.webhook_id.encode()),
            (b"webhook-timestamp", timestamp.encode()),
            (b"webhook-signature", wrongly.get(sent.wrong, signed).encode()),
            (b"content-type", sent.content_type),
        ]
        body = sent.body + b" " if sent.wrong == "body" else sent.body
        size = max(1, -(-len(body) // sent.pieces))
        pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        shown = headers[:2] if sent.wrong == "none" else headers
        return self._caller.call(sent.method, DOORS[sent.door].path, [*shown, *sent.more], pieces)


def _says_why(given: Sent, answer: Answer) -> None:
    """A refusal is a problem as the description has it, with nothing in it of what was sent."""
    assert answer.status in STATUSES, f"{answer.status} is not among the answers"
    if given.method == "HEAD":
        return
    problem: dict[str, Any] = json.loads(answer.body)
    assert problem["status"] == answer.status
    assert problem["title"] and problem["detail"]
    said = [problem["detail"], *(one["detail"] for one in problem["problems"])]
    keeps_silent(said)
