"""Reading mail, whatever the bytes: it is read, with text that can be stored, or it is called unreadable."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from deployments.example_council import example_policy
from deployments.example_council.letters import example_letters
from models.cases import Case
from models.mail import InboundMail, MailState
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.intake import keep_mail, take_up, take_up_what_is_stored
from tasks.mail.decoding import decode, storable
from tasks.mail.html_text import text_of_html
from tasks.mail.reading import ReadMessage, Unreadable, attachment_bytes, read_message
from tasks.mail.sameness import digest_of_bytes, digest_of_content
from tasks.mail.sorting_signs import what_it_is

LETTERS = [raw for _, raw in example_letters()]
FRAGMENTS = [
    b"\r\n\r\n",
    b"\r\n",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n",
    b"Content-Type: text/plain; charset*0*=''%FF; name*999999=x\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*=utf-8''%ED%A0%80%00\r\n",
    b"Subject: =?utf-16?b?2AA=?= =?rot13?q?=?= =?unicode_escape?q?=5Cud800?=\r\n",
    b"From: (((=?x?=\r\nFrom: <<>>, @@\r\n",
    b"Date: Mon, 01 Jan 0001 00:00:00 +2359\r\n",
    b"--x--",
    b"--brookside-1",
    b"<![if",
    b"<!--",
    b"&#xD800;&#0;",
    b"+2AA-",
]
LABELS = [None, "", "utf-8", "utf-16", "utf-7", "x", "idna", "a\x00", "shift_jis"]
TAGS = ["<", ">", "<!", "<![", "<ul>", "</ul>", "<li>", "<a href='", "'", "&#", "<pre>", "x "]
few = settings(max_examples=400, deadline=None, derandomize=True, database=None)


def strings_in(value: Any) -> list[str]:
    """Every string in a nested tuple."""
    if isinstance(value, str):
        return [value]
    return [each for one in value for each in strings_in(one)] if isinstance(value, tuple | list) else []


def holds_for(raw: bytes) -> None:
    """Reading, sorting and knowing again all end well, and what is read can be stored and found again."""
    assert len(digest_of_content(raw)) == 64
    assert what_it_is(raw, lambda ref: True).because
    try:
        read = read_message(raw)
    except Unreadable as refused:
        assert refused.reason
        return
    assert isinstance(read, ReadMessage)
    assert read.text.strip() or read.attachments
    for text in strings_in(astuple(read)):
        assert "\x00" not in text
        text.encode("utf-8")
    for index, file in enumerate(read.attachments):
        assert file.name
        assert len(attachment_bytes(raw, index)) == file.size


@few
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_called_unreadable(raw: bytes) -> None:
    """No bytes at all lead to another error."""
    holds_for(raw)


@few
@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=14))
def test_any_pile_of_damaged_headers_and_parts_is_read_or_called_unreadable(pieces: list[bytes]) -> None:
    """Pieces of real damage in any order lead to no other error."""
    holds_for(b"".join(pieces))


@few
@given(st.sampled_from(LETTERS), st.data())
def test_any_damage_to_a_real_letter_is_read_or_called_unreadable(letter: bytes, data: st.DataObject) -> None:
    """A letter with pieces cut out, put in or changed is read as far as it goes."""
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(letter)))
        end = data.draw(st.integers(start, min(len(letter), start + 80)))
        instead = data.draw(st.sampled_from([b"", *FRAGMENTS]) | st.binary(max_size=8))
        letter = letter[:start] + instead + letter[end:]
    holds_for(letter)


@few
@given(st.binary(max_size=200), st.sampled_from(LABELS))
def test_any_bytes_decode_under_any_label(payload: bytes, declared: str | None) -> None:
    """Decoding ends in text that can be stored."""
    storable(decode(payload, declared)[0]).encode("utf-8")


@few
@given(st.lists(st.sampled_from(TAGS)))
def test_any_html_gives_text(pieces: list[str]) -> None:
    """However broken, HTML ends in text."""
    assert isinstance(text_of_html("".join(pieces)), str)


@few
@given(st.text())
def test_what_can_be_stored_already_is_left_alone(text: str) -> None:
    """Making text storable twice changes nothing the second time."""
    assert storable(storable(text)) == storable(text)


# ------------------------------------------------------------------ any bytes, in any order of delivery


RELAYED = b"Received: from relay.example.org; Mon, 5 Jan 2026 09:00:00 +0000\r\n"
any_message = (
    st.binary(max_size=200)
    | st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=10).map(b"".join)
    | st.sampled_from(LETTERS)
    | st.tuples(st.sampled_from(LETTERS), st.integers(0, 400)).map(lambda cut: cut[0][: cut[1]])
)
"""Noise, damaged pieces, real letters, and real letters that were cut short."""


@contextmanager
def council_of_a_moment(prepared: Path) -> Iterator[Council]:
    """A council with the example register and no mail yet."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pathways.db"
        shutil.copy(prepared, file)
        database = Database(f"sqlite:///{file}")
        yield Council(database, example_policy())
        database.dispose()


def mail_of_cases(council: Council) -> Counter[str]:
    """How many cases were opened with each message."""
    with council.database.read() as session:
        return Counter(recall(session, ref)[0].data["mail_id"] for ref in session.scalars(select(Case.ref)))


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(messages=st.lists(any_message, min_size=1, max_size=4, unique=True), data=st.data())
def test_whatever_comes_in_whatever_order_is_kept_once_and_looked_at_once(
    prepared_sqlite: Path, messages: list[bytes], data: st.DataObject
) -> None:
    """
    Every delivery that was accepted is kept, whole, and is one case or was passed over for a reason.

    Deliveries repeat, by other relays too, before and after the first was worked on, and work breaks off in between.
    """
    with council_of_a_moment(prepared_sqlite) as council:
        which = st.tuples(st.integers(0, len(messages) - 1), st.booleans(), st.booleans())
        kept: dict[str, bytes] = {}
        known: dict[int, str] = {}
        for number, relayed, at_once in data.draw(st.lists(which, min_size=len(messages), max_size=12)):
            raw = RELAYED + messages[number] if relayed else messages[number]
            mail_id = keep_mail(council, raw, "joyce@example.net", [])
            assert known.setdefault(number, mail_id) == mail_id or messages[number] not in LETTERS
            first = kept.setdefault(mail_id, raw)
            assert digest_of_bytes(first) == digest_of_bytes(raw) or digest_of_content(first) == digest_of_content(raw)
            if at_once:
                take_up(council, mail_id)
        take_up_what_is_stored(council)
        take_up_what_is_stored(council)

        cases = mail_of_cases(council)
        with council.database.read() as session:
            mails = {mail.id: mail for mail in session.scalars(select(InboundMail))}
            assert {mail_id: mail.raw for mail_id, mail in mails.items()} == kept
        for mail_id, mail in mails.items():
            assert mail.state != MailState.STORED
            assert mail.reason or mail.case_ref
            assert cases[mail_id] == (0 if mail.state in (MailState.IGNORED, MailState.SIGNALLED) else 1)
        assert set(cases) <= set(mails)
