"""Collecting shared mailboxes from a real IMAP server: stored first, then moved; never lost, never doubled."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.mailbox_not_collected import mailbox_not_collected
from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.connections import Connections
from models.doors import MailboxWatch, Trouble
from models.mail import InboundMail
from tasks.durable.testing import Office
from tasks.housekeeping import collect_mail_once, collect_what_nobody_collects
from tasks.intake import take_up_what_is_stored
from tasks.mail.collecting import Collected, collect_every_mailbox, collect_mailbox, envelope_of
from tasks.mail.mailbox import NotCollected
from tests.imap_server import USER, MailServer, self_made_certificate

DONE, ASIDE = "Collected", "Not taken"


def letter(number: int, text: str = "The bath seat has not come.", *headers: str) -> bytes:
    """A letter as a mail system lays it into a mailbox."""
    lines = [
        "Return-Path: <tom@example.org>",
        "Delivered-To: adult.care@wenbridge.example.org",
        "Received: from mx.example.org by mail.example.org; Mon, 5 Jan 2026 08:58:00 +0000",
        "From: Tom Tilling <tom@example.org>",
        "To: adult.care@wenbridge.example.org",
        "Date: Mon, 5 Jan 2026 08:58:00 +0000",
        f"Message-ID: <{number}@example.org>",
        f"Subject: Letter {number}",
        *headers,
    ]
    return "\r\n".join([*lines, "", f"{text} ({number})", ""]).encode()


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mailbox on a server that can move messages."""
    running = MailServer()
    yield running
    running.stop()


@pytest.fixture(params=[(), (b"MOVE",), (b"MOVE", b"UIDPLUS")], ids=["move", "copy-and-expunge", "copy-and-flag"])
def any_server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A mailbox on servers that can move, that can take single messages away, and that can do neither."""
    running = MailServer(*request.param)
    yield running
    running.stop()


def collect(office: Office, server: MailServer) -> Collected:
    """A round, and what came is taken up."""
    done = collect_mailbox(office.council, server.box())
    take_up_what_is_stored(office.council)
    office.runtime.run_what_is_due()
    return done


def kept(office: Office) -> list[InboundMail]:
    """The messages that are stored, in the order they came."""
    with office.council.database.read() as session:
        return list(session.scalars(select(InboundMail).order_by(InboundMail.received_at, InboundMail.content_digest)))


def originals(office: Office) -> set[bytes]:
    """The bytes of every message that is stored."""
    with office.council.database.read() as session:
        return set(session.scalars(select(InboundMail.raw)))


def watch(office: Office) -> MailboxWatch:
    """How collecting goes."""
    with office.council.database.read() as session:
        return session.get_one(MailboxWatch, "adult-care")


# ------------------------------------------------------------------ what lies in the inbox is collected


def test_every_letter_is_stored_moved_and_taken_up(office: Office, any_server: MailServer) -> None:
    """Each is a case, its bytes are as they came, and nothing is left in the inbox for a second time."""
    letters = [letter(1), letter(2), letter(3, "Grüße \x85")]
    any_server.put(*letters)

    assert collect(office, any_server) == Collected(kept=3)

    assert originals(office) == set(letters)
    assert len(office.cases(written_contact_transfer)) == 3
    assert sorted(any_server.content(DONE)) == sorted(letters)
    assert collect(office, any_server) == Collected()
    assert len(office.cases()) == 3
    assert watch(office).trouble == ""


def test_the_envelope_is_what_the_last_mail_system_noted(office: Office, server: MailServer) -> None:
    """Return path and receiver, and the door."""
    server.put(letter(1))
    collect(office, server)

    (mail,) = kept(office)
    assert (mail.door, mail.envelope_from) == ("imap", "tom@example.org")
    assert mail.envelope_to == ["adult.care@wenbridge.example.org"]


@pytest.mark.parametrize(
    ("header", "path"),
    [("", None), ("Return-Path: <>", ""), ("Return-Path: < >", ""), ("Return-Path: a@b.org", "a@b.org")],
)
def test_no_return_path_is_not_the_null_path(header: str, path: str | None) -> None:
    """The null path is a machine's; a header that is missing says nothing."""
    assert envelope_of(f"{header}\r\nSubject: x\r\n\r\nHello".lstrip().encode()) == (path, [])


def test_a_message_is_not_marked_as_read_and_keeps_its_flags(office: Office, server: MailServer) -> None:
    """Whoever looks into the folder sees it as it came."""
    server.put(letter(1), flags=[b"\\Flagged"])
    collect(office, server)

    assert server.flags(DONE) == [{b"\\Flagged"}]


def test_what_others_have_flagged_as_deleted_is_not_taken_away_with_ours(office: Office) -> None:
    """Only our own message is expunged, and a letter that somebody flagged by a slip is collected too."""
    server = MailServer(b"MOVE")
    server.put(letter(1), letter(2), flags=[b"\\Deleted"])
    held = server.cut(rb"UID FETCH \d+ \(BODY", times=1)
    assert collect(office, server).refused == 1

    assert held.reached.is_set()
    assert server.content("INBOX") == [letter(1)]
    assert collect(office, server).kept == 1
    assert not any(line.split()[1:] == [b"EXPUNGE"] for line in server.commands)
    assert originals(office) == {letter(1), letter(2)}
    server.stop()


def test_a_letter_that_a_person_moves_away_meanwhile_is_let_be(office: Office, server: MailServer) -> None:
    """It vanishes between looking and fetching; the round goes on with the others."""
    server.put(letter(1), letter(2))
    held = server.hold(rb"UID FETCH \d+ \(BODY")
    with ThreadPoolExecutor(1) as threads:
        round_ = threads.submit(collect, office, server)
        held.wait()
        server.remove(b"(1)")
        server.let_go()
        assert round_.result() == Collected(kept=1, refused=1)  # the line was cut to let it go on

    assert collect(office, server) == Collected()
    assert originals(office) == {letter(2)}


def test_a_second_delivery_of_a_letter_is_moved_and_opens_nothing(office: Office, server: MailServer) -> None:
    """Through another relay it has other trace lines and is the same letter."""
    server.put(letter(1), b"Received: by another.example.org; Mon, 5 Jan 2026 09:00:00 +0000\r\n" + letter(1))

    collect(office, server)

    assert len(kept(office)) == 1
    assert len(office.cases()) == 1
    assert server.content("INBOX") == []


def test_nothing_of_the_conversation_is_logged(
    office: Office, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the library nor we write names, passwords or lines of letters, however much is logged."""
    caplog.set_level(logging.DEBUG)
    server.put(letter(1))
    server.refuse(rb"UID MOVE")
    collect(office, server)

    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("pymap"))
    assert "Tilling" not in ours and USER not in ours and "correct horse" not in ours


# ------------------------------------------------------------------ size


def small_limit(office: Office) -> None:
    """Policy takes messages of up to 20,000 bytes."""
    office.council.policy = office.council.policy.model_copy(
        update={"mail": office.council.policy.mail.model_copy(update={"message_bytes": 20_000})}
    )


def test_what_is_too_large_stays_whole_and_is_put_to_a_person(office: Office, any_server: MailServer) -> None:
    """It is not fetched; duty is asked to look at it, and is told who wrote, about what, and where it lies."""
    small_limit(office)
    large = letter(7, "x" * 30_000)
    any_server.put(large, letter(8))

    assert collect(office, any_server) == Collected(kept=1, aside=1)

    assert any_server.content(ASIDE) == [large]
    assert any_server.content(DONE) == [letter(8)]
    (case,) = office.cases(unreadable_message)
    assert office.waiting_for(case)[0].startswith("MessageLookedAt of duty-worker")
    note = next(mail for mail in kept(office) if mail.state == "quarantined")
    assert note.case_ref is None and "'Not taken' of the mailbox adult-care" in note.reason
    assert not any(b"Tilling" in mail.reason.encode() for mail in kept(office))
    with office.council.database.read() as session:
        raw = session.get_one(InboundMail, note.id).raw
    assert b"From: Tom Tilling" in raw and b"Subject: Letter 7" in raw and b"xxx" not in raw
    fetched = [line for line in any_server.commands if b"BODY.PEEK[]" in line]
    assert len(fetched) == 1
    assert collect(office, any_server) == Collected()
    assert len(office.cases(unreadable_message)) == 1


def test_two_large_letters_that_look_alike_are_two(office: Office, server: MailServer) -> None:
    """Without an id or a date they are told apart by their sizes and when they came."""
    small_limit(office)
    bare = b"From: tom@example.org\r\nSubject: Scan\r\n\r\n"
    server.put(bare + b"x" * 30_000, bare + b"x" * 30_001)

    assert collect(office, server).aside == 2
    assert len(office.cases(unreadable_message)) == 2


def test_a_scan_of_25_megabytes_comes_in(office: Office, server: MailServer) -> None:
    """Encoded it is 36 MB; it is fetched, stored and taken up."""
    line = b"JVBERi0xLjQK" * 6 + b"JVBE\r\n"
    body = line * (25 * 1024 * 1024 * 4 // 3 // 76 + 1)
    scan = (
        b"From: scanner@example.org\r\nMessage-ID: <scan@example.org>\r\nSubject: Scan\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the scan.\r\n'
        b'--b\r\nContent-Type: application/pdf; name="scan.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + body
        + b"--b--\r\n"
    )
    assert len(scan) > 35_000_000
    server.put(scan)

    assert collect(office, server) == Collected(kept=1)
    assert len(office.cases(written_contact_transfer)) == 1


# ------------------------------------------------------------------ what goes wrong


def test_a_message_that_always_fails_does_not_keep_the_others_waiting(office: Office, server: MailServer) -> None:
    """It stays in the inbox and the mailbox does not count as collected, so that somebody looks."""
    server.put(letter(1), letter(2), letter(3))
    server.refuse(rb"UID FETCH 101 \(BODY", times=99)

    assert collect(office, server) == Collected(kept=2, refused=1)

    assert server.content("INBOX") == [letter(1)]
    assert (watch(office).trouble, watch(office).collected_at) == (Trouble.MESSAGE, None)


def test_a_message_that_breaks_the_connection_is_left_for_the_next_round(office: Office, server: MailServer) -> None:
    """A server that dies of one message is asked anew for the others."""
    server.put(letter(1), letter(2), letter(3))
    server.cut(rb"UID FETCH 102 \(BODY", times=99)

    assert collect(office, server) == Collected(kept=2, refused=1)
    server.let_go()
    assert collect(office, server) == Collected(kept=1)
    assert originals(office) == {letter(1), letter(2), letter(3)}


def test_a_connection_that_never_holds_is_given_up_for_this_round(office: Office, server: MailServer) -> None:
    """Every message breaks it: the round ends, says so, and loses nothing."""
    letters = [letter(number) for number in range(20)]
    server.put(*letters)
    server.cut(rb"UID FETCH \d+ \(BODY", times=99)

    with pytest.raises(NotCollected, match="breaks off"):
        collect(office, server)
    assert watch(office).trouble == Trouble.BROKEN_OFF
    server.let_go()
    assert collect(office, server).kept == 20


def test_what_cannot_be_moved_is_stored_all_the_same(office: Office, server: MailServer) -> None:
    """A full folder holds up no letter; each is a case, once, however often it is tried."""
    server.put(letter(1), letter(2))
    server.refuse(rb"UID MOVE", times=4)

    assert collect(office, server) == Collected(refused=2)
    assert collect(office, server) == Collected(refused=2)

    assert len(office.cases(written_contact_transfer)) == 2
    assert collect(office, server) == Collected(kept=2)
    assert len(office.cases(written_contact_transfer)) == 2


def test_letters_that_cannot_be_moved_hold_up_none_behind_them(office: Office, server: MailServer) -> None:
    """The folder is full and stays so: what a round does not reach is the next one's, and it is said throughout."""
    server.put(*(letter(number) for number in range(25)))
    server.refuse(rb"UID MOVE", times=1_000)

    stored = []
    for _ in range(4):
        collect_mailbox(office.council, server.box(), at_most=10)
        stored.append(len(kept(office)))

    assert stored == [10, 20, 25, 25]
    assert (watch(office).trouble, watch(office).collected_at) == (Trouble.MESSAGE, None)


def test_a_round_that_did_not_look_at_what_refused_before_is_no_good_one(office: Office, server: MailServer) -> None:
    """The letters behind are collected; the mailbox counts as collected when those that refused are as well."""
    server.put(*(letter(number) for number in range(25)))
    server.refuse(rb"UID MOVE", times=10)
    rounds, well = [], []
    for _ in range(3):
        rounds.append(collect_mailbox(office.council, server.box(), at_most=10))
        well.append(watch(office).trouble == "")

    assert rounds == [Collected(refused=10), Collected(kept=10), Collected(kept=10)]
    assert well == [False, False, False]
    assert collect_mailbox(office.council, server.box(), at_most=10) == Collected(kept=5)
    assert (watch(office).trouble, watch(office).collected_at) == ("", office.clock.now())
    assert server.content("INBOX") == []


def test_letters_that_break_the_connection_hold_up_none_behind_them(office: Office, server: MailServer) -> None:
    """The first ten break it whenever they are touched; the next round begins behind them."""
    server.put(*(letter(number) for number in range(15)))
    server.cut(rb"UID FETCH (10\d|110) \(BODY", times=1_000)

    with pytest.raises(NotCollected, match="breaks off"):
        collect_mailbox(office.council, server.box())
    assert kept(office) == []

    with suppress(NotCollected):
        collect_mailbox(office.council, server.box())
    assert originals(office) == {letter(number) for number in range(10, 15)}


@pytest.mark.parametrize("trouble", ["refuse", "cut"])
def test_a_letter_whose_size_is_not_told_holds_up_none_of_the_others(
    office: Office, server: MailServer, trouble: str
) -> None:
    """The server says NO, or dies, when it is to measure one message; it is left there, and somebody hears of it."""
    server.put(letter(1), letter(2), letter(3))
    getattr(server, trouble)(rb"UID FETCH \S*\b102\b\S* \(RFC822.SIZE", times=1_000)

    assert collect(office, server) == Collected(kept=2, refused=1)

    assert server.content("INBOX") == [letter(2)]
    assert watch(office).trouble == Trouble.MESSAGE


def test_while_the_database_is_away_nothing_is_moved(office: Office, server: MailServer) -> None:
    """The letter stays in the inbox until it can be stored."""
    server.put(letter(1))
    office.council.database.engine.dispose()
    good = office.council.database
    office.council.database = type(good)("sqlite:////nowhere/pathways.db")

    with pytest.raises(NotCollected, match="could not be stored"):
        collect_mailbox(office.council, server.box())
    assert server.content("INBOX") == [letter(1)]

    office.council.database = good
    assert collect(office, server) == Collected(kept=1)


def test_a_mailbox_with_more_than_a_rounds_share_is_emptied_in_several(office: Office, server: MailServer) -> None:
    """Nothing is passed over at the seam."""
    server.put(*(letter(number) for number in range(25)))

    rounds = [collect_mailbox(office.council, server.box(), at_most=10).kept for _ in range(4)]

    assert rounds == [10, 10, 5, 0]
    assert len(kept(office)) == 25


def test_two_collectors_at_once_do_no_harm(office: Office, server: MailServer) -> None:
    """However they cross, each letter is one case, and the inbox is empty."""
    letters = [letter(number) for number in range(25)]
    server.put(*letters)

    with ThreadPoolExecutor(3) as threads:
        rounds = [threads.submit(collect_mailbox, office.council, server.box()) for _ in range(3)]
        assert all(one.result().refused == 0 for one in rounds)
    take_up_what_is_stored(office.council)

    assert len(office.cases()) == 25
    assert originals(office) == set(letters)
    assert server.content("INBOX") == []
    assert set(server.content(DONE)) == set(letters)


def test_one_mailbox_in_trouble_does_not_keep_another_waiting(office: Office, server: MailServer) -> None:
    """The first cannot be logged into; the second is collected."""
    server.put(letter(1))
    shut = server.box(name="shut", password="wrong")
    office.council.connections = Connections(mailboxes=(shut, server.box()))

    assert collect_every_mailbox(office.council).kept == 1
    with office.council.database.read() as session:
        assert session.get_one(MailboxWatch, "shut").trouble == Trouble.LOGIN


def test_the_scheduled_round_collects_and_takes_up_at_once(office: Office, server: MailServer) -> None:
    """A letter is a case when the round is over; without a mailbox the round does nothing."""
    collect_mail_once(office.council)
    server.put(letter(1))
    office.council.connections = Connections(mailboxes=(server.box(),))
    collect_mail_once(office.council)

    assert len(office.cases(written_contact_transfer)) == 1


def test_where_the_schedule_stands_still_the_serving_part_collects(office: Office, server: MailServer) -> None:
    """Not while the schedule does it, and after five minutes without it."""
    office.council.connections = Connections(mailboxes=(server.box(),))
    collect_mail_once(office.council)
    server.put(letter(1))
    collect_what_nobody_collects(office.council)
    assert server.content("INBOX") == [letter(1)]

    office.clock.advance(timedelta(minutes=6))
    collect_what_nobody_collects(office.council)
    assert originals(office) == {letter(1)}


# ------------------------------------------------------------------ who may look


def test_a_wrong_password_is_told_as_such_and_not_repeated(office: Office, server: MailServer) -> None:
    """What to check, and no secret."""
    with pytest.raises(NotCollected, match="password") as refused:
        collect_mailbox(office.council, server.box(password="wrong horse"))
    assert "wrong horse" not in str(refused.value) and refused.value.__context__ is None
    assert watch(office).trouble == Trouble.LOGIN


def test_a_server_that_is_not_there_is_told_as_such(office: Office, server: MailServer) -> None:
    """Nobody listens."""
    server.stop()
    with pytest.raises(NotCollected, match="cannot be reached"):
        collect_mailbox(office.council, server.box())


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_connection_is_encrypted_and_its_certificate_checked(
    office: Office, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody vouches for is refused before the password is said."""
    files = self_made_certificate(tmp_path)
    server = MailServer(certificate=files, tls=security == "tls")
    server.put(letter(1))

    with pytest.raises(NotCollected, match="not to be trusted"):
        collect_mailbox(office.council, server.box(security=security))
    assert not any(b"LOGIN" in line for line in server.commands)

    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    assert collect_mailbox(office.council, server.box(security=security)).kept == 1
    server.stop()


def test_a_certificate_of_another_host_is_refused(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trusted, but not this server's."""
    files = self_made_certificate(tmp_path, name="mail.example.org")
    server = MailServer(certificate=files, tls=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))

    with pytest.raises(NotCollected, match="not to be trusted"):
        collect_mailbox(office.council, server.box(security="tls"))
    server.stop()


def test_no_case_is_opened_by_collecting_alone(office: Office, server: MailServer) -> None:
    """The alarm is housekeeping's."""
    with pytest.raises(NotCollected):
        collect_mailbox(office.council, server.box(password="wrong"))
    assert office.cases(mailbox_not_collected) == []
