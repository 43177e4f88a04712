"""E-mail to people outside over a real SMTP server, and into the example council's folder."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from models.connections import PeopleServices
from models.person_messages import MessageKind, SentBy
from tasks.mail.sorting_signs import MailSign, what_it_is
from tasks.telling.mailbox_service import offer_services, read_mailbox
from tasks.telling.people_outward import NotTaken, Outward, Refused, Taken, is_plain_address
from tasks.telling.people_sending import MAIL_CLAIM_TIME
from tasks.telling.people_services import hand_over

REF = "7K3Q-9PXF"


class Server:
    """A mail server that keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.to_rcpt, self.to_data = "250 OK", "250 OK"
        self.looks_through_it_for = 0.0
        """Seconds until it answers that it has a message."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to a receiver."""
        if self.to_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The answer to a message."""
        if self.to_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            found = message_from_bytes(envelope.content, policy=default)
            assert isinstance(found, EmailMessage)
            self.taken.append(found)
            self.envelopes.append(envelope)
        await asyncio.sleep(self.looks_through_it_for)
        return self.to_data


@pytest.fixture
def server() -> Server:
    """What the mail server does."""
    return Server()


@pytest.fixture
def people(server: Server) -> Iterator[PeopleServices]:
    """E-mail by a real server on this machine."""
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    url = f"mailto://127.0.0.1:{controller.port}?from=care@wenbridge.example.org&name=Wenbridge%20Care&to={{address}}"
    yield PeopleServices.model_validate({"email": url, "sender_domain": "wenbridge.example.org"})
    controller.stop()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def outward(address: str = "tom@example.org", **changes: Any) -> Outward:
    """One message on its way."""
    given_: dict[str, Any] = {
        "id": "L-ONE",
        "case_ref": REF,
        "entry_no": 4,
        "kind": MessageKind.RECEIPT,
        "address": address,
        "subject": "We have your message – [7K3Q-9PXF]",
        "body": "Thank you.\n\nMrs Müller’s team looks at it.",
        "in_reply_to": "<first@example.org>",
        "sender_domain": "wenbridge.example.org",
    }
    return Outward(**given_ | changes)


def test_mail_carries_our_message_id_once_and_says_that_a_machine_wrote_it(
    people: PeopleServices, server: Server
) -> None:
    """Plain text to one address, under the one Message-ID by which answers and bounces are known again."""
    assert hand_over(people, SentBy.EMAIL, outward()) == Taken()
    (got,) = server.taken
    assert got.get_all("Message-ID") == [f"<case.{REF}.4@wenbridge.example.org>"]
    assert (got["To"], str(got["From"])) == ("tom@example.org", "Wenbridge Care <care@wenbridge.example.org>")
    assert got["Subject"] == "We have your message – [7K3Q-9PXF]"
    assert (got["Auto-Submitted"], got["In-Reply-To"], got["References"]) == (
        "auto-replied",
        "<first@example.org>",
        "<first@example.org>",
    )
    assert got.get_content_type() == "text/plain"
    assert got.get_content().replace("\r\n", "\n").strip() == "Thank you.\n\nMrs Müller’s team looks at it."
    assert (server.envelopes[0].mail_from, server.envelopes[0].rcpt_tos) == (
        "care@wenbridge.example.org",
        ["tom@example.org"],
    )


def test_message_that_tells_somebody_is_not_marked_as_an_answer(people: PeopleServices, server: Server) -> None:
    """RFC 3834: a receipt is auto-replied, what a procedure says is auto-generated."""
    hand_over(people, SentBy.EMAIL, outward(kind=MessageKind.TOLD, in_reply_to=None))
    assert server.taken[0]["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in server.taken[0]


def test_a_second_try_has_the_same_message_id(people: PeopleServices, server: Server) -> None:
    """Whoever gets it twice after a crash can see that it is one message."""
    for tried_before in (False, True):
        hand_over(people, SentBy.EMAIL, outward(tried_before=tried_before))
    one, two = server.taken
    assert one["Message-ID"] == two["Message-ID"]


def test_bounce_of_our_mail_is_known_as_one_of_its_case(people: PeopleServices, server: Server) -> None:
    """The returned message holds our Message-ID, which the intake looks for."""
    hand_over(people, SentBy.EMAIL, outward())
    bounce = EmailMessage()
    bounce["From"], bounce["Subject"] = "MAILER-DAEMON@example.org", "Undelivered Mail Returned to Sender"
    bounce.set_content("The address does not exist.\n\n" + server.taken[0].as_string())
    found = what_it_is(bounce.as_bytes(), lambda ref: ref == REF, "")
    assert (found.sign, found.case_ref) == (MailSign.BOUNCE, REF)


@pytest.mark.parametrize(
    ("rcpt", "data", "handed"),
    [
        ("550 5.1.1 <tom@example.org> unknown", "250 OK", Refused("the mail server refuses the address (error 550)")),
        ("450 4.2.1 <tom@example.org> busy", "250 OK", NotTaken("the mail server refuses the address (error 450)")),
        ("250 OK", "554 5.7.1 tom@example.org no", Refused("the mail server refuses the message (error 554)")),
        ("250 OK", "451 4.3.0 later", NotTaken("the mail server refuses the message (error 451)")),
    ],
)
def test_what_a_server_will_never_take_fails_for_good(
    people: PeopleServices, server: Server, rcpt: str, data: str, handed: object
) -> None:
    """5xx is for good and 4xx passes (RFC 5321); the server's words, which name the address, are not kept."""
    server.to_rcpt, server.to_data = rcpt, data
    assert hand_over(people, SentBy.EMAIL, outward()) == handed
    assert server.taken == []


def test_server_that_is_away_is_tried_again() -> None:
    """Nothing listens: it may pass."""
    people = PeopleServices.model_validate(
        {"email": f"mailto://127.0.0.1:{free_port()}?from=a@b.example.org&to={{address}}"}
    )
    assert hand_over(people, SentBy.EMAIL, outward()) == NotTaken(
        "the mail server could not be used (ConnectionRefusedError)"
    )


@pytest.mark.parametrize(("patience", "handed"), [("cto=0.5", Taken), ("cto=0.5&rto=0.7", NotTaken)])
def test_server_that_looks_through_a_message_for_long_is_waited_for(
    people: PeopleServices, server: Server, patience: str, handed: type[Taken | NotTaken]
) -> None:
    """It has the message and says so late: sent again at every pause, one message would arrive many times."""
    server.looks_through_it_for = 1.5
    assert people.email is not None
    slow = people.model_copy(update={"email": SecretStr(f"{people.email.get_secret_value()}&{patience}")})
    assert isinstance(hand_over(slow, SentBy.EMAIL, outward()), handed)
    assert len(server.taken) == 1


def test_server_that_does_not_even_greet_us_is_not_waited_for_in_minutes() -> None:
    """What is not connected within the time for connecting has taken nothing, and is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mailto://127.0.0.1:{silent.getsockname()[1]}?from=a@b.example.org&to={{address}}&cto=0.3"
        began = time.monotonic()
        handed = hand_over(PeopleServices.model_validate({"email": url}), SentBy.EMAIL, outward())
    assert isinstance(handed, NotTaken)
    assert time.monotonic() - began < 30


def test_message_is_its_senders_alone_for_longer_than_a_server_is_waited_for() -> None:
    """Else a second sender would take it over while the first still waits for the answer."""
    offer_services()  # as it is always the first to load Apprise's e-mail
    from tasks.telling.people_mail import LONGEST_CONNECTING, LONGEST_CONVERSATION, PeopleMailService

    longest = 6 * LONGEST_CONNECTING + LONGEST_CONVERSATION  # several addresses of one server, greeting and farewell
    assert longest < MAIL_CLAIM_TIME
    usual = timedelta(seconds=PeopleMailService.socket_read_timeout)
    assert timedelta(minutes=10) < usual <= LONGEST_CONVERSATION  # RFC 5321, 4.5.3.2.6


@pytest.mark.parametrize(
    "answered",
    ["a b@example.org", "<x@y>\r\nBcc: all@example.org", "<é@example.org>", "<" + "x" * 300 + ">", "<a><b>", ""],
)
def test_message_id_from_outside_cannot_add_a_header(people: PeopleServices, server: Server, answered: str) -> None:
    """What is no Message-ID is left out; the receipt goes all the same."""
    assert hand_over(people, SentBy.EMAIL, outward(in_reply_to=answered)) == Taken()
    assert "In-Reply-To" not in server.taken[0] and "Bcc" not in server.taken[0]


def test_long_message_id_is_not_taken_apart(people: PeopleServices, server: Server) -> None:
    """Some systems write two hundred characters; folded they would be known to nobody."""
    long = f"<{'a1-' * 70}@mail.example.org>"
    hand_over(people, SentBy.EMAIL, outward(in_reply_to=long))
    assert server.taken[0]["In-Reply-To"] == long


@pytest.mark.parametrize("address", ["o'brien+care@example.org", "a%41b@example.org", "tom&joan=x@sub.example.org"])
def test_address_arrives_as_it_is_written(people: PeopleServices, server: Server, address: str) -> None:
    """No character of an address means anything in the service's own address."""
    assert hand_over(people, SentBy.EMAIL, outward(address)) == Taken()
    assert server.envelopes[0].rcpt_tos == [address]


@given(st.text(max_size=40), st.sampled_from(["", "@example.org", "tom@example.org"]))
def test_no_odd_text_passes_for_an_address(text: str, end: str) -> None:
    """What passes has one @, no space, comma, bracket, quote or line break, and only plain characters."""
    if is_plain_address(text + end):
        assert (text + end).isascii() and (text + end).count("@") == 1
        assert not set(text) & set(' ,;:<>()[]"\\\r\n\t')


def test_example_councils_folder_holds_what_people_were_sent(tmp_path: Path) -> None:
    """A new user can open each message and see to whom it went and what it answers."""
    people = PeopleServices.model_validate({"email": f"pathwaysmailbox://{tmp_path}/people?to={{address}}"})
    assert hand_over(people, SentBy.EMAIL, outward("o'brien+care@example.org")) == Taken()
    (kept,) = read_mailbox(tmp_path / "people")
    assert (kept.to, kept.headers["Auto-Submitted"]) == ("o'brien+care@example.org", "auto-replied")
    assert kept.headers["Message-ID"] == f"<case.{REF}.4@wenbridge.example.org>"
    assert "Mrs Müller’s team" in kept.body
