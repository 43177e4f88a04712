"""Visits to the worklist's pages: forms as they are filled in and as nobody would, odd paths, queries and headers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import select

from deployments.worklist.pages import EVERY_PAGE
from deployments.worklist.routing import Page
from models.forms.base import Form
from models.forms.paper_letter import LetterTaken
from models.forms.referral_by_hand import ReferralTaken
from models.forms.safeguarding import ConcernNoticed
from models.mail import InboundMail
from tasks.worklist.starting import procedures_by_hand
from tests.fuzz.doors.forms import Pairs, posted
from tests.fuzz.mime import CHARSETS
from tests.fuzz.values import rarely, texts
from tests.fuzz.watching import CANARY
from tests.fuzz.world import World
from tests.worklist.form_models import every_signal

STAFF = ("duty-worker", "team-leader", "team-manager", "strategic-manager", "practitioner", "auditor")
FIELDS = (
    "_all", "_do", "_path", "_seen_entry_no", "_form_id", "_holder", "about", "from", "to", "reasons", "text",
    "what", "where", "who", "words",
    "item", "scan", "begins", "ends", "team", "originals", "after", "before", "as_of", "colour", "complexity",
    "priority", "day", "for", "of",
    "on", "page", "sort", "go_to", "staff_id", "form_token", "_add", "_remove", "_named",
)  # fmt: skip
SAID = (
    "check", "send", "change", "afresh", "find", "yes", "one", "team", "every-team", "hazel", "practitioner",
    "P-104", "red", "2026-01-05", "0", "-1",
    "1", "9" * 10, "9" * 30, "/work-items", "/start/referral", "//evil.example", "Brisco", "999 001 1117", CANARY,
    "²", "eyJ", "W-0000000000", "due",
)  # fmt: skip
FORM_ID = "0123456789abcdef" * 2
"""The random id of a form that a page has shown."""
FILES = (
    b"%PDF-1.7 " + CANARY.encode(),
    b"\x89PNG\r\n\x1a\n",
    b"II*\x00",
    b"MZ",
    b"",
    b"<html>",
    b"PK\x03\x04" + bytes(5_000),
    b"%PDF" + bytes(200_000),
)
FILE_NAMES = (
    b"scan.pdf",
    b"..\\..\\x.pdf",
    b"a\x00b.pdf",
    CANARY.encode() + b".pdf",
    b"\xff\xfe.png",
    b"",
    b"x" * 3_000,
    b'a"b.pdf',
    b"con",
    b"\xe2\x80\xaefdp.exe",
)
TYPES = (
    b"", b"text/plain", b"application/json", b"multipart/form-data", b"multipart/form-data; boundary=",
    b"application/x-www-form-urlencoded; charset=utf-7",
    b"multipart/form-data; boundary=" + b"b" * 300, b"multipart/mixed; boundary=b", b"\xff",
    b"multipart/form-data; boundary=b; charset=\xff",
)  # fmt: skip
SOUND_CHARSETS = [one for one in CHARSETS if b"\x00" not in one]
"""Charsets that a header can name."""
IN_A_THREAD = "/audit/checks"
"""A page that begins something in the background; here there is one connection, which is taken back at once."""
FORMS = [
    one
    for one in EVERY_PAGE
    if {"GET", "POST"} <= {*one.methods} and one.path.startswith(("/work-items/{", "/start/", "/cases/", "/cover"))
]
PAGES = [
    *(one for one in EVERY_PAGE if one.path != IN_A_THREAD),
    *FORMS * 5,
    *(one for one in EVERY_PAGE if one.path == "/drafts"),
]
"""Every page, those where somebody writes more often."""
EXTRA = (
    (b"origin", b"https://evil.example"), (b"origin", b"http://127.0.0.1:8080"),
    (b"sec-fetch-site", b"cross-site"), (b"host", b"evil.example"),
    (b"content-length", b"x"), (b"content-length", b"99999999999999"), (b"content-length", "²".encode()),
    (b"cookie", b"pathways=" + b"x" * 400),
    (b"referer", b"http://[::1"), (b"accept-language", b"\xff\xfe"), (b"x-forwarded-for", CANARY.encode()),
    (b"cookie", b"\xff=;;;=a"),
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One visit to a page as it is made."""

    page: Page
    staff: str
    path: str
    post: bool
    pairs: tuple[tuple[str, str], ...] = ()
    token: str | None = ""
    """Another form token than the session's, or none at all."""
    way: str = "urlencoded"
    charset: bytes = b""
    raw: bytes = b""
    content_type: bytes = b""
    file: tuple[bytes, bytes] | None = None
    query: bytes = b""
    more: tuple[tuple[bytes, bytes], ...] = ()


class Visits:
    """What may be sent to the pages of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._procedures = procedures_by_hand()
        self._signals = every_signal()
        with world.database.read() as session:
            self._mails = list(session.scalars(select(InboundMail.id)))

    def any(self) -> st.SearchStrategy[Visit]:
        """One visit to any page."""
        return st.composite(lambda draw: self._drawn(draw))()

    def _drawn(self, draw: st.DrawFn) -> Visit:
        page = draw(st.sampled_from(PAGES))
        path, model = self._path(draw, page)
        post = "POST" in page.methods and ("GET" not in page.methods or draw(st.integers(0, 3)) > 0)
        staff = "auditor" if page.path.startswith("/audit") and not rarely(draw, 8) else draw(st.sampled_from(STAFF))
        asked = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(SAID) | texts), max_size=4)
        query = (
            _urlencoded(draw(asked))
            if rarely(draw, 3)
            else draw(st.sampled_from([b"", b"", b"%", b"a=%ff%00", b"&&==", b"%ed%a0%80=%c0%80"]))
        )
        if not post:
            return Visit(page, staff, path, post=False, query=query, more=self._more(draw))
        pairs: Pairs = list(draw(asked))
        if model is not None:
            pairs += draw(posted(model))
        if page.path.endswith("/safeguarding"):
            pairs.append(("at_risk", draw(st.sampled_from(["yes", "no", "", CANARY]))))
        if page.path == "/drafts":
            pairs.insert(
                0, ("_path", draw(st.sampled_from([self._path(draw, one)[0] for one in EVERY_PAGE[:3]]) | texts))
            )
        if draw(st.integers(0, 4)):
            pairs.insert(0, ("_form_id", FORM_ID))
        way = "raw" if rarely(draw, 20) else draw(st.sampled_from(["urlencoded", "multipart"]))
        has_file = draw(st.integers(0, 1 if page.takes_files else 19)) == 0
        return Visit(
            page,
            staff,
            path,
            post=True,
            pairs=tuple(pairs),
            token=draw(st.sampled_from([None, "wrong", "é", "+2AA-"])) if rarely(draw, 30) else "",
            way=way,
            charset=draw(st.sampled_from(SOUND_CHARSETS)) if way == "multipart" and rarely(draw, 12) else b"",
            raw=draw(st.binary(max_size=80)) if way == "raw" else b"",
            content_type=draw(st.sampled_from(TYPES)) if way == "raw" else b"",
            file=(draw(st.sampled_from(FILE_NAMES)), draw(st.sampled_from(FILES))) if has_file else None,
            query=query,
            more=self._more(draw),
        )

    def _more(self, draw: st.DrawFn) -> tuple[tuple[bytes, bytes], ...]:
        return tuple(draw(st.lists(st.sampled_from(EXTRA), max_size=1))) if rarely(draw, 12) else ()

    def _path(self, draw: st.DrawFn, page: Page) -> tuple[str, type[BaseModel] | None]:
        """A path of the page, and the model of the form that is filled in there."""
        path, model = page.path, _MODELS.get(page.path)
        odd = texts.filter(lambda text: text.isprintable() and "/" not in text and len(text) < 100)
        is_odd = rarely(draw, 12)
        if "{item}" in path:
            at = draw(st.integers(0, len(self._world.items) - 1))
            item, form = self._world.items[at]
            path, model = path.replace("{item}", draw(odd) if is_odd else item), Form.named(form)
        if "{ref}" in path:
            path = path.replace("{ref}", draw(odd) if is_odd else draw(st.sampled_from(self._world.cases)))
        if "{procedure}" in path:
            one = draw(st.sampled_from(self._procedures))
            path, model = path.replace("{procedure}", draw(odd) if is_odd else one.name), one.facts
        if "{name}" in path:
            signal = draw(st.sampled_from(self._signals))
            path, model = path.replace("{name}", draw(odd) if is_odd else signal.slug()), signal
        if page.path.endswith("/safeguarding/concern"):
            model = ConcernNoticed
        if page.path.endswith("/safeguarding"):
            model = None
        if "{mail_id}" in path:
            path = path.replace("{mail_id}", draw(odd) if is_odd else draw(st.sampled_from(self._mails)))
        if "{number}" in path:
            path = path.replace("{number}", draw(st.sampled_from(["0", "1", "-1", "9" * 4, "9" * 30, "²", "x"])))
        return path, model


_MODELS: dict[str, type[BaseModel]] = {"/start/letter": LetterTaken, "/start/referral": ReferralTaken}


def body_of(sent: Visit, pairs: Pairs) -> tuple[bytes, bytes]:
    """What is sent, and what it is announced as."""
    if sent.way == "raw":
        return sent.raw, sent.content_type
    if sent.way == "urlencoded":
        return _urlencoded(pairs), b"application/x-www-form-urlencoded"
    head = b'Content-Disposition: form-data; name="%b"'
    parts = [(head + b"\r\n\r\n%b") % (_as_bytes(name), _as_bytes(value)) for name, value in pairs]
    if sent.file is not None:
        name, content = sent.file
        of_a_file = head + b'; filename="%b"\r\nContent-Type: application/pdf\r\n\r\n%b'
        parts.append(of_a_file % (b"scan", name, content))
    body = b"".join(b"--edge\r\n%b\r\n" % part for part in parts) + b"--edge--\r\n"
    return body, b"multipart/form-data; boundary=edge" + (b"; charset=" + sent.charset if sent.charset else b"")


def _urlencoded(pairs: Pairs) -> bytes:
    return "&".join(
        f"{quote_from_bytes(_as_bytes(name))}={quote_from_bytes(_as_bytes(value))}" for name, value in pairs
    ).encode()


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
