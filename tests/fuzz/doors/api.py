"""The JSON API: whatever a program sends to any operation is answered as described; a refused call did nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from sqlalchemy import select

from deployments.worklist.api.app import EVERY_OPERATION, MOUNTED, VERSION, api
from deployments.worklist.api.guarding import Operation
from deployments.worklist.api.tokens import new_token
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from models.forms.base import Form
from models.forms.referral_by_hand import ReferralTaken
from models.forms.safeguarding import ConcernNoticed
from models.mail import InboundMail
from tasks.installation import Installation
from tasks.worklist.starting import procedures_by_hand
from tests.fuzz.asgi import Answer, Caller
from tests.fuzz.door import Door
from tests.fuzz.sound import said_after_the_question, said_by
from tests.fuzz.values import anything, changed, json_bytes, nested, rarely, texts
from tests.fuzz.visits import FILE_NAMES, FILES, STAFF
from tests.fuzz.watching import CANARY, keeps_silent
from tests.fuzz.world import World
from tests.worklist.form_models import every_signal

SAID = (
    "practitioner", "team-leader", "P-104", "hazel", "2026-01-05", "2026-01-06", "red", "mine", "all", "0", "1",
    "-1", "9" * 30, "due", CANARY,
    "7K3Q-9PXM", "²", "", "a,b", "null", "[]", "%00", "10000000000000000000", "2147483648", "eyJhIjoxfQ",
)  # fmt: skip
HEADERS = (
    (b"if-match", b"*"), (b"if-match", b'"1"'), (b"if-match", b"999999999"), (b"if-match", b"W/x"),
    (b"if-match", b"\xff"), (b"accept", b"text/html"),
    (b"idempotency-key", CANARY.encode()), (b"idempotency-key", b"\xe9"), (b"idempotency-key", b"x" * 201),
    (b"content-encoding", b"gzip"),
    (b"authorization", b"Bearer"), (b"authorization", b"Basic \xff"), (b"pathways-staff", b"practitioner"),
    (b"pathways-staff", b"\xff" * 90),
    (b"content-type", b"text/plain"), (b"content-type", b"application/json; charset=utf-7"),
    (b"content-type", b"application/json;\xff"),
)  # fmt: skip
RAW = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"{",
    nested(900, 1),
    nested(985, 0),
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b"\xff",
    b"1" * 5_000,
)
KEY = b"the-same-call"


@dataclass(frozen=True)
class Sent:
    """One call as it is made."""

    operation: Operation
    staff: str
    path: str
    query: bytes
    body: bytes
    content_type: bytes
    has_key: bool
    more: tuple[tuple[bytes, bytes], ...]


class ApiDoor(Door):
    """An operation is called, and called again."""

    name = "api"
    weight = 9
    takes = "every operation of the JSON API for staff of six roles: bodies that fit, changed and any; odd addresses,"
    takes += " queries and headers"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        desk = Desk(world.council, Installation.from_environment({"PATHWAYS_HOME": str(world.folder)}))
        self._caller = Caller(worklist(desk), desk.host)
        self._described: dict[str, Any] = api(desk).openapi()
        with world.database.write() as session:
            self._tokens = {
                staff: new_token(
                    session,
                    f"portal-{staff}",
                    acts_as=staff,
                    lasts=timedelta(days=30),
                    made_by="os:systems",
                    now=world.began,
                )
                for staff in STAFF
            }
        with world.database.read() as session:
            self._mails = list(session.scalars(select(InboundMail.id)))
        self._procedures = procedures_by_hand()
        self._signals = every_signal()

    def close(self) -> None:
        """End the caller's loop."""
        self._caller.close()

    def inputs(self) -> st.SearchStrategy[Sent]:
        """Calls."""
        return st.composite(lambda draw: self._drawn(draw))()

    def hold(self, given: Sent) -> str:
        """Answered as described; what was refused has done nothing, and a key is the same call for ever."""
        before = self.world.database.rows()
        answer = self._made(given)
        self._is_as_described(given, answer)
        if answer.status >= 400:
            assert self.world.database.rows() == before, "a call that was refused has done something"
        elif given.body.startswith(b"{"):
            assert not _has_nul(json.loads(given.body)), "a character was taken that no record can keep"
        self.world.legs_run()
        if given.has_key and answer.status == 201:
            rows = self.world.database.rows()
            again = self._made(given)
            assert (again.status, again.body) == (answer.status, answer.body)
            assert self.world.database.rows() == rows, "the same call again has done something"
        return f"{given.operation.method} {answer.status}"

    def _is_as_described(self, given: Sent, answer: Answer) -> None:
        assert answer.status < 500, f"answered with {answer.status}"
        keeps_silent(answer.headers)
        operation = self._described["paths"][VERSION + given.operation.path][given.operation.method.lower()]
        if answer.status >= 400:
            problem = json.loads(answer.body)
            assert (answer.headers["content-type"], problem["status"]) == ("application/problem+json", answer.status)
            if CANARY not in given.path:  # a reference that is none may be named to whoever wrote it into the address
                keeps_silent([problem["detail"], *(one["detail"] for one in problem["problems"])])
            assert str(answer.status) in operation["responses"] or answer.status in (404, 405)
        elif answer.headers.get("content-type", "").startswith("application/json"):
            json.loads(answer.body)

    def _made(self, sent: Sent) -> Answer:
        headers = [
            (b"authorization", b"Bearer " + self._tokens[sent.staff].encode()),
            (b"content-type", sent.content_type),
            (b"content-length", str(len(sent.body)).encode()),
            *([(b"idempotency-key", KEY)] if sent.has_key else []),
        ]
        replaced = {name for name, _ in sent.more}
        kept = [one for one in headers if one[0] not in replaced]
        return self._caller.call(sent.operation.method, sent.path, [*kept, *sent.more], [sent.body], sent.query)

    # ------------------------------------------------------------------ what is sent

    def _drawn(self, draw: st.DrawFn) -> Sent:
        operation = draw(st.sampled_from(EVERY_OPERATION))
        path, said = self._path(draw, operation)
        described = self._described["paths"][VERSION + operation.path][operation.method.lower()]
        asked = [one["name"] for one in described.get("parameters", []) if one["in"] == "query"]
        query = b""
        if asked and draw(st.integers(0, 2)):
            pairs = draw(st.lists(st.tuples(st.sampled_from(asked), st.sampled_from(SAID) | texts), max_size=4))
            query = "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in pairs).encode()
        body, content_type = b"", b"application/json"
        if "requestBody" in described:
            if "multipart/form-data" in described["requestBody"]["content"]:
                body, content_type = _letter(draw)
            else:
                body = draw(
                    self._json(described, said) | st.sampled_from(RAW)
                    if rarely(draw, 10)
                    else self._json(described, said)
                )
        more = tuple(draw(st.lists(st.sampled_from(HEADERS), max_size=2))) if rarely(draw, 6) else ()
        staff = "auditor" if "/audit" in path and not rarely(draw, 8) else draw(st.sampled_from(STAFF))
        return Sent(operation, staff, path, query, body, content_type, draw(st.booleans()), more)

    def _json(self, described: dict[str, Any], said: st.SearchStrategy[Any] | None) -> st.SearchStrategy[bytes]:
        """A body that may fit: of a form or a signal as they say, of all else by the names of its fields."""
        if said is not None:
            return said.flatmap(json_bytes)
        schema = described["requestBody"]["content"]["application/json"]["schema"]
        schema = (
            self._described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
        )
        value = (
            st.sampled_from(SAID)
            | st.lists(st.sampled_from([*SAID, *(item for item, _ in self.world.items[:4])]), max_size=3)
            | anything
        )
        wanted = schema.get("required", [])
        fields = dict.fromkeys(wanted, value)
        others = {name: value for name in schema.get("properties", {}) if name not in wanted}
        return st.fixed_dictionaries(fields, optional=others).flatmap(lambda one: changed(one, 1)).flatmap(json_bytes)

    def _path(self, draw: st.DrawFn, operation: Operation) -> tuple[str, st.SearchStrategy[Any] | None]:
        """An address of the operation, and what may be said there."""
        path, said = operation.path, None
        odd = texts.filter(lambda text: text.isprintable() and "/" not in text and len(text) < 100)
        is_odd = rarely(draw, 13)
        if "{item}" in path:
            item, form = self.world.items[draw(st.integers(0, len(self.world.items) - 1))]
            path, said = (
                path.replace("{item}", draw(odd) if is_odd else item),
                said_after_the_question(Form.named(form)),
            )
            said = said if operation.path.endswith(("/answer", "/foresee")) else None
        if "{name}" in path:
            signal = draw(st.sampled_from(self._signals))
            named = (
                signal.slug() if "signals" in path else draw(st.sampled_from([form for _, form in self.world.items]))
            )
            path, said = path.replace("{name}", draw(odd) if is_odd else named), said_after_the_question(signal)
        if operation.path == "/cases" and operation.method == "POST":
            one = draw(st.sampled_from(self._procedures))
            ours = one.facts.set_to_opener
            said = said_after_the_question(one.facts).map(
                lambda facts: {
                    "procedure": one.name,
                    "facts": {name: value for name, value in facts.items() if name not in ours}
                    if isinstance(facts, dict)
                    else facts,
                }
            )
        if operation.path.endswith("/concern"):
            said = said_by(ConcernNoticed)
        if operation.path == "/referrals":
            said = said_after_the_question(ReferralTaken)
        known = {
            "ref": self.world.cases,
            "mail_id": self._mails,
            "staff": STAFF,
            "number": ("0", "1", "-1", "9" * 30, "²", "x"),
        }
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", draw(odd) if is_odd else draw(st.sampled_from(known[name])))
        return f"{MOUNTED}{VERSION}{path}", said


def _has_nul(said: Any) -> bool:
    """Whether NUL stands anywhere in some JSON."""
    if isinstance(said, dict):
        return any(_has_nul(one) for one in (*said, *said.values()))
    return any(_has_nul(one) for one in said) if isinstance(said, list) else isinstance(said, str) and "\x00" in said


def _letter(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A letter on paper as a form with its scan."""
    values = {"sender": CANARY, "received_on": "2026-01-05", "subject": CANARY, "text": f"Dear {CANARY}"}
    for name in draw(st.lists(st.sampled_from(sorted(values)), max_size=2)):
        values[name] = draw(texts)
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode("utf-8", "surrogatepass")
        for name, value in values.items()
    ]
    if draw(st.booleans()):
        name, content = draw(st.sampled_from(FILE_NAMES)), draw(st.sampled_from(FILES))
        parts.append(b'Content-Disposition: form-data; name="scan"; filename="%b"\r\n\r\n%b' % (name, content))
    body = b"".join(b"--edge\r\n%b\r\n" % part for part in parts) + draw(
        st.sampled_from([b"--edge--\r\n", b"--edge--\r\n", b"", b"--edge"])
    )
    return body, b"multipart/form-data; boundary=edge"
