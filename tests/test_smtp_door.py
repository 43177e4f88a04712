"""The SMTP door, tried with a real SMTP client: nothing is accepted that is not stored."""

from __future__ import annotations

import logging
import smtplib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest

from deployments.intake.smtp import Accept, SmtpDoor, SmtpPortUnavailable

LETTER = b"From: joyce@example.net\r\nSubject: My father\r\n\r\nHe sleeps in his chair.\r\n"
SENDER, DUTY = "joyce@example.net", "duty@example.org"
PATIENCE_SECONDS = 20


class Mailbox:
    """Accepts everything and keeps it."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, str | None, list[str]]] = []

    def accept(self, raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> str:
        """Keep the message and give it an id."""
        self.received.append((raw, envelope_from, envelope_to))
        return f"M-{len(self.received)}"


@contextmanager
def open_door(accept: Accept, max_size: int = 1_000_000) -> Iterator[SmtpDoor]:
    """A door on any free port of this machine."""
    door = SmtpDoor("127.0.0.1", 0, accept, max_size)
    door.start()
    try:
        yield door
    finally:
        door.stop(timedelta(seconds=1))


@pytest.fixture
def mailbox() -> Mailbox:
    """A mailbox that accepts everything."""
    return Mailbox()


@pytest.fixture
def door(mailbox: Mailbox) -> Iterator[SmtpDoor]:
    """A door to the mailbox, for messages of up to a million bytes."""
    with open_door(mailbox.accept) as door:
        yield door


def client(door: SmtpDoor) -> smtplib.SMTP:
    """A greeted SMTP client."""
    connected = smtplib.SMTP("127.0.0.1", door.port, timeout=PATIENCE_SECONDS)
    connected.ehlo()
    return connected


def send(door: SmtpDoor, raw: bytes) -> tuple[int, bytes]:
    """Send one message and give the answer to its data."""
    with client(door) as connected:
        connected.mail(SENDER)
        connected.rcpt(DUTY)
        return connected.data(raw)


def test_a_real_message_is_stored_with_its_envelope_and_answered_with_its_id(door: SmtpDoor, mailbox: Mailbox) -> None:
    """An ordinary client's ordinary message arrives, for all its receivers at once."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = SENDER, f"{DUTY}, team@example.org", "Café"
    letter.set_content("He sleeps – mostly – in his chair.")
    with client(door) as connected:
        connected.send_message(letter)
    ((raw, envelope_from, envelope_to),) = mailbox.received

    assert (envelope_from, envelope_to) == (SENDER, [DUTY, "team@example.org"])
    assert b"in his chair" in raw
    assert send(door, LETTER) == (250, b"2.6.0 Stored as M-2")


@pytest.mark.parametrize(
    "raw",
    [
        LETTER,
        LETTER + b".\r\n..\r\n.hidden dot\r\n",
        LETTER + b"every byte: " + bytes(byte for byte in range(256) if byte not in b"\r\n") + b"\r\n",
        LETTER + b"<p>" + b"one line " * 60_000 + b"\r\n",
        LETTER + "Zoë – “so”\r\n".encode(),
        b"\r\n",
        b"no header at all\r\n",
    ],
    ids=["plain", "dots", "every-byte", "long-line", "utf-8", "empty", "no-header"],
)
def test_the_bytes_handed_on_are_those_that_were_sent(door: SmtpDoor, mailbox: Mailbox, raw: bytes) -> None:
    """Dots, NUL bytes, 8-bit text and lines of half a million characters come through unchanged."""
    assert send(door, raw)[0] == 250
    assert mailbox.received[0][0] == raw


def test_the_null_return_path_is_taken_and_handed_on_empty(door: SmtpDoor, mailbox: Mailbox) -> None:
    """Bounces come with `<>`; refusing them would make the other side try for days."""
    with client(door) as connected:
        assert connected.docmd("MAIL", "FROM:<>")[0] == 250
        connected.rcpt(DUTY)
        assert connected.data(LETTER)[0] == 250

    assert mailbox.received[0][1] == ""


def test_international_addresses_and_8_bit_mail_are_taken(door: SmtpDoor, mailbox: Mailbox) -> None:
    """SMTPUTF8 and 8BITMIME are announced and work."""
    with client(door) as connected:
        assert connected.has_extn("smtputf8") and connected.has_extn("8bitmime")
        connected.sendmail("zoë@example.net", [DUTY], LETTER, mail_options=["SMTPUTF8", "BODY=8BITMIME"])

    assert mailbox.received[0][1] == "zoë@example.net"


def test_what_cannot_be_stored_stays_with_its_sender(caplog: pytest.LogCaptureFixture) -> None:
    """A failing database is answered with 451; when it is back, the same connection delivers."""
    broken = [True]

    def accept(raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> str:
        if broken:
            raise RuntimeError(f"could not insert {raw!r}")
        return "M-1"

    with open_door(accept) as door, client(door) as connected:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            connected.sendmail(SENDER, [DUTY], LETTER)
        broken.clear()
        connected.sendmail(SENDER, [DUTY], LETTER)

    assert refused.value.smtp_code == 451
    assert "chair" not in str(refused.value)
    assert "RuntimeError" in caplog.text
    assert "chair" not in caplog.text


@pytest.mark.parametrize("line", [b"word " * 15 + b"\r\n", b"x" * 2_100_000 + b"\r\n"], ids=["many", "one"])
def test_a_message_that_is_too_large_is_refused_for_good(door: SmtpDoor, mailbox: Mailbox, line: bytes) -> None:
    """Above the limit the answer is 552, whether or not the size was announced, and the connection goes on."""
    large = LETTER + line * (2_000_000 // len(line) + 1)
    with client(door) as connected:
        with pytest.raises(smtplib.SMTPResponseException) as announced:
            connected.sendmail(SENDER, [DUTY], large)
        connected.mail(SENDER)
        connected.rcpt(DUTY)
        assert connected.data(large)[0] == 552
        connected.sendmail(SENDER, [DUTY], LETTER)

    assert announced.value.smtp_code == 552
    assert [raw for raw, _, _ in mailbox.received] == [LETTER]


def test_several_senders_are_served_while_one_is_being_stored() -> None:
    """A slow store does not hold up the next sender."""
    second_is_here = threading.Event()
    mailbox = Mailbox()

    def accept(raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> str:
        if raw.startswith(b"X-Second"):
            second_is_here.set()
        elif not second_is_here.wait(PATIENCE_SECONDS):
            raise TimeoutError
        return mailbox.accept(raw, envelope_from, envelope_to)

    with open_door(accept) as door, ThreadPoolExecutor(2) as senders:
        first = senders.submit(send, door, LETTER)
        second = senders.submit(send, door, b"X-Second: 1\r\n" + LETTER)
        assert (first.result()[0], second.result()[0]) == (250, 250)

    assert len(mailbox.received) == 2


def test_a_message_cut_off_in_the_middle_is_not_accepted(door: SmtpDoor, mailbox: Mailbox) -> None:
    """Without its last dot a message was not sent, and the next sender is served."""
    with client(door) as connected:
        connected.mail(SENDER)
        connected.rcpt(DUTY)
        connected.docmd("DATA")
        connected.send(LETTER)
        assert connected.sock is not None
        connected.sock.shutdown(socket.SHUT_RDWR)
        connected.close()

    assert send(door, LETTER)[0] == 250
    assert len(mailbox.received) == 1


def test_neither_addresses_nor_content_are_logged(
    door: SmtpDoor, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Even with every logger wide open, nothing that a sender wrote is written down."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="mail.log")
    with client(door) as connected:
        connected.sendmail("canary-a@example.net", ["canary-b@example.org"], b"Subject: canary\r\n\r\ncanary\r\n")
        connected.docmd("CANARY", "canary")

    assert len(mailbox.received) == 1
    assert "canary" not in caplog.text.lower()


def test_a_line_of_a_letter_that_comes_as_a_command_is_not_said_again(door: SmtpDoor) -> None:
    """A client that was refused and sends its letter all the same is answered a line each, without its words."""
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_SECONDS) as connected:
        connected.sendall(b"Canarybird:\na\rb sleeps\r\nQUIT\r\n")
        said = b"".join(iter(lambda: connected.recv(4_096), b""))

    assert [line[:4] for line in said.split(b"\r\n")] == [b"220 ", b"500 ", b"500 ", b"221 ", b""]
    assert b"canarybird" not in said.lower()


def test_a_port_in_use_is_said_with_the_setting_that_changes_it(door: SmtpDoor, mailbox: Mailbox) -> None:
    """The systems person reads which port it is and which variable moves it."""
    second = SmtpDoor("127.0.0.1", door.port, mailbox.accept)

    with pytest.raises(SmtpPortUnavailable, match=f"{door.port} .*in use.*PATHWAYS_SMTP_PORT"):
        second.start()


def test_a_stopped_door_is_shut_and_can_be_opened_again(mailbox: Mailbox) -> None:
    """Stopping frees the port and ends idle conversations; starting takes it again."""
    with open_door(mailbox.accept) as door:
        port = door.port
        idle = client(door)
        door.stop()
        door.stop()
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP("127.0.0.1", port)
        assert idle.noop()[0] == 421
        idle.close()

        door.start()
        assert door.port == port
        assert send(door, LETTER)[0] == 250


def test_a_message_being_stored_while_the_door_closes_is_still_answered() -> None:
    """Stopping waits for the answer to what is already in the house."""
    storing, go_on = threading.Event(), threading.Event()

    def accept(raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> str:
        storing.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return "M-1"

    with open_door(accept) as door, ThreadPoolExecutor(2) as threads:
        sent = threads.submit(send_and_say_nothing_more, door)
        assert storing.wait(PATIENCE_SECONDS)
        stopped = threads.submit(door.stop, timedelta(seconds=PATIENCE_SECONDS))
        while not refused(door.port):
            pass
        go_on.set()
        assert sent.result() == 250
        stopped.result()


def refused(port: int) -> bool:
    """Whether nobody listens on a port any more."""
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS).close()
    except OSError:
        return True
    return False


def send_and_say_nothing_more(door: SmtpDoor) -> int:
    """Send a message to a door that may be gone by the time of a goodbye."""
    connected = client(door)
    try:
        connected.mail(SENDER)
        connected.rcpt(DUTY)
        return connected.data(LETTER)[0]
    finally:
        connected.close()
