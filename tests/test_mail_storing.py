"""Keeping mail: once each, every byte, and with one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import models.cases  # noqa: F401 - inbound_mail points to its table
from models.base import Base
from models.mail import MAIL_MOVES, InboundMail, MailState
from tasks.database import Database
from tasks.mail.sameness import digest_of_content
from tasks.mail.storing import MailMoveRefused, NoSuchMail, Stored, original, quarantine, settle, store

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LETTER = (
    b"From: Joyce Abara <joyce@example.net>\r\nTo: duty@example.org\r\nSubject: My father\r\n"
    b"Date: Mon, 5 Jan 2026 08:58:00 +0000\r\nMessage-ID: <one@example.net>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nHe has lost weight \xe2\x80\x93 a lot.\r\n"
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty embedded database with our tables."""
    database = Database(f"sqlite:///{tmp_path / 'mail.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


def keep(database: Database, raw: bytes, at: datetime = MONDAY) -> Stored:
    """Store one delivery in a transaction of its own."""
    with database.write() as session:
        return store(session, raw, "joyce@example.net", ["duty@example.org"], at)


def count(session: Session) -> int:
    """How many messages are kept."""
    return session.scalar(select(func.count()).select_from(InboundMail)) or 0


def test_a_message_is_kept_with_every_byte_and_its_envelope(database: Database) -> None:
    """What came in stands there as it came, NUL bytes and line ends included."""
    raw = LETTER + b"\x00\xff\n.\r\n"
    kept = keep(database, raw)

    assert kept.first_time
    assert kept.id.startswith("M-")
    with database.read() as session:
        assert original(session, kept.id) == raw
        mail = session.get_one(InboundMail, kept.id)
        assert (mail.state, mail.received_at, mail.size) == ("stored", MONDAY, len(raw))
        assert (mail.envelope_from, mail.envelope_to) == ("joyce@example.net", ["duty@example.org"])


def test_an_envelope_that_no_database_takes_is_made_storable(database: Database) -> None:
    """Raw bytes in an SMTP address arrive as lone surrogates; the null return path stays empty, none stays none."""
    with database.write() as session:
        odd = store(session, LETTER, "j\udcff@example.net", ["d\x00uty@example.org"], MONDAY)
        null = store(session, LETTER + b"2", "", [], MONDAY)
        file = store(session, LETTER + b"3", None, [], MONDAY)
    with database.read() as session:
        assert session.get_one(InboundMail, odd.id).envelope_from == "j\ufffd@example.net"
        assert session.get_one(InboundMail, odd.id).envelope_to == ["duty@example.org"]
        assert session.get_one(InboundMail, null.id).envelope_from == ""
        assert session.get_one(InboundMail, file.id).envelope_from is None


def test_the_same_bytes_twice_are_one_message(database: Database) -> None:
    """The second delivery gives the first one's id."""
    first = keep(database, LETTER)
    second = keep(database, LETTER, MONDAY + timedelta(days=2))

    assert second == Stored(first.id, first_time=False)


@pytest.mark.parametrize(
    "again",
    [
        b"Received: from relay.example.org by mx.example.org; Mon, 5 Jan 2026 09:00:00 +0000\r\n" + LETTER,
        b"Return-Path: <joyce@example.net>\r\nX-Spam-Score: 0.1\r\nDKIM-Signature: v=1; b=abc\r\n" + LETTER,
        LETTER.replace(b"Subject: My father", b"Subject: My\r\n father"),
        LETTER.replace(b"\r\n", b"\n"),
        LETTER.replace(b"\xe2\x80\x93", b"=E2=80=93").replace(
            b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", 1
        ),
        LETTER + b"\r\n",
    ],
)
def test_what_relays_change_makes_no_second_message(database: Database, again: bytes) -> None:
    """Trace lines, folding, line ends and another transfer encoding are not the sender's words."""
    assert keep(database, again).id == keep(database, LETTER).id


@pytest.mark.parametrize(
    "other",
    [
        LETTER.replace(b"lost weight", b"lost his keys"),
        LETTER.replace(b"My father", b"My mother"),
        LETTER.replace(b"08:58", b"08:59"),
        LETTER.replace(b"joyce@", b"joyce.a@"),
        LETTER.replace(b"<one@", b"<two@"),
    ],
)
def test_two_different_letters_are_both_kept_even_under_one_message_id(database: Database, other: bytes) -> None:
    """Some programs give every message the same id; no letter is lost for that."""
    first, second = keep(database, LETTER), keep(database, other)

    assert second.first_time
    assert first.id != second.id


def test_a_letter_with_another_attachment_is_another_letter() -> None:
    """Files count as much as words."""
    whole = (
        b"Message-ID: <one@example.net>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\n\r\nSee file.\r\n--x\r\nContent-Type: application/pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--x--\r\n"
    )

    assert digest_of_content(whole) != digest_of_content(whole.replace(b"JVBERi0xLjQ", b"JVBERi0xLjU"))
    assert digest_of_content(whole) == digest_of_content(whole.replace(b"boundary=x", b'boundary="x"'))


def test_without_id_and_date_only_the_same_bytes_are_the_same_message(database: Database) -> None:
    """The same few words on another day may be another cry for help."""
    bare = b"From: joyce@example.net\r\n\r\nPlease ring me.\r\n"
    first = keep(database, bare)

    assert keep(database, bare) == Stored(first.id, first_time=False)
    assert keep(database, b"Received: from b.example.org; Tue\r\n" + bare).first_time


def test_many_deliveries_at_the_same_instant_leave_one_message(database: Database) -> None:
    """Ten connections with one message end with one row and one id, and one of them was first."""
    with ThreadPoolExecutor(10) as threads:
        deliveries = [b"X-Relay: %d\r\n" % number + LETTER for number in range(10)]
        all_kept = list(threads.map(lambda raw: keep(database, raw), deliveries))

    assert len({kept.id for kept in all_kept}) == 1
    assert [kept.first_time for kept in all_kept].count(True) == 1
    with database.read() as session:
        assert count(session) == 1


def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    """A message counts as received only when its transaction committed."""
    with pytest.raises(RuntimeError), database.write() as session:
        store(session, LETTER, None, [], MONDAY)
        raise RuntimeError

    assert keep(database, LETTER).first_time


def test_quarantine_keeps_the_reason_and_the_same_again_changes_nothing(database: Database) -> None:
    """A message that cannot be understood is put aside with a sentence."""
    mail_id = keep(database, LETTER).id
    for _ in range(2):
        with database.write() as session:
            quarantine(session, mail_id, "it holds neither readable text nor an attachment")

    with database.read() as session:
        mail = session.get_one(InboundMail, mail_id)
        assert (mail.state, mail.reason) == ("quarantined", "it holds neither readable text nor an attachment")


def outcome(state: MailState) -> dict[str, str | None]:
    """What has to be said with a state."""
    return {
        "case_ref": "QPPD-NM7T" if state in (MailState.OPENED, MailState.SIGNALLED) else None,
        "reason": "a reason" if state in (MailState.IGNORED, MailState.QUARANTINED) else "",
    }


@pytest.mark.parametrize(("old", "new"), [pair for pair in product(MailState, MailState) if pair[0] != pair[1]])
def test_mail_moves_only_as_the_table_says(database: Database, old: MailState, new: MailState) -> None:
    """Every allowed move works once; every other is refused and changes nothing."""
    mail_id = keep(database, LETTER).id
    with database.write() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        mail = session.get_one(InboundMail, mail_id)
        mail.state = str(old)
        mail.case_ref, mail.reason = outcome(old)["case_ref"], outcome(old)["reason"] or ""
        session.flush()
        if new in MAIL_MOVES[old]:
            settle(session, mail_id, new, **outcome(new))  # type: ignore[arg-type]
        else:
            with pytest.raises(MailMoveRefused, match=f"is {old} and cannot become {new}"):
                settle(session, mail_id, new, **outcome(new))  # type: ignore[arg-type]
        session.expire_all()
        assert session.get_one(InboundMail, mail_id).state == (new if new in MAIL_MOVES[old] else old)
        session.rollback()


def test_one_message_never_opens_two_cases(database: Database) -> None:
    """Whoever comes second with another case is refused."""
    mail_id = keep(database, LETTER).id
    with database.write() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        settle(session, mail_id, MailState.OPENED, case_ref="QPPD-NM7T")
        settle(session, mail_id, MailState.OPENED, case_ref="QPPD-NM7T")
        with pytest.raises(MailMoveRefused):
            settle(session, mail_id, MailState.OPENED, case_ref="1111-1111")
        session.rollback()


@pytest.mark.parametrize("state", [MailState.OPENED, MailState.QUARANTINED])
def test_an_outcome_without_its_case_or_reason_is_refused(database: Database, state: MailState) -> None:
    """Taken up means by a case; put aside means for a reason."""
    mail_id = keep(database, LETTER).id
    with pytest.raises(ValueError, match=str(state)), database.write() as session:
        settle(session, mail_id, state)
    with pytest.raises(IntegrityError), database.write() as session:
        session.get_one(InboundMail, mail_id).state = str(state)


def test_an_unknown_id_is_answered_with_what_to_do(database: Database) -> None:
    """A mistyped id is a sentence, not a crash."""
    with pytest.raises(NoSuchMail, match="check its id"), database.write() as session:
        quarantine(session, "M-1", "a reason")
    with pytest.raises(NoSuchMail, match="check its id"), database.read() as session:
        original(session, "M-1")
