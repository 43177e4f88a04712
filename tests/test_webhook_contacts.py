"""What becomes of a contact that another system sends: a case with all that was said, or a message to an open one."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from deployments.running.serve import application
from flows.written_contact_transfer import written_contact_transfer
from models.base import Base
from models.cases import Entry
from models.entry_kinds import EntryKind
from models.forms.written_contact import Channel, FurtherMessage, WrittenContact
from models.mail import InboundMail, MailDoor, MailState
from models.policy.organisation import MailKind
from tasks.durable.council import Council
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.installation import Installation
from tasks.mail.reading import NoSuchAttachment
from tasks.originals import enclosed_file, read_original
from tasks.webhook_intake import NotAKeptCall, WebhookCall
from tests.procedures.letters import sorted_as
from tests.webhook_calls import SECRET, Partner, as_bytes, doors, signature

WHOLE: dict[str, Any] = {
    "source": "contact-us-form",
    "source_reference": "F-20931",
    "received_at": "2026-01-05T08:45:00+01:00",
    "sender": {
        "name": "Joyce Amberley",
        "email": "joyce@example.org",
        "telephone": "01632 960123",
        "organisation": "Oak Surgery",
        "relationship": "daughter",
    },
    "about": {
        "nhs_number": "943 476 5919",
        "record_id": "R-1",
        "name": "Albert Amberley",
        "born_on": "1941-06-30",
        "postcode": "WB1 4QT",
    },
    "addressed_to": "Priya Nair",
    "subject": "My father's bath seat",
    "text": "The bath seat has not come.\nWhen will it?",
    "attachments": [
        {"name": "order.txt", "content_type": "text/plain", "content_base64": base64.b64encode(b"Order 12").decode()}
    ],
    "reply_wanted": True,
}


@pytest.fixture
def partner(office: Office) -> Partner:
    """A partner with the secret that is in use."""
    return Partner(office)


def facts_of(office: Office, case: str) -> WrittenContact:
    """What a case was opened with."""
    with office.council.database.read() as session:
        return WrittenContact.model_validate(recall(session, case)[0].data)


def mails(office: Office) -> list[InboundMail]:
    """What has come, the originals with it."""
    with office.council.database.read() as session:
        found = list(session.scalars(select(InboundMail).order_by(InboundMail.received_at)))
        assert all(mail.raw for mail in found)
        return found


def in_words(office: Office, case: str) -> str:
    """All that a case's ledger says."""
    with office.council.database.read() as session:
        return "\n".join(entry.content or "" for entry in recall(session, case))


@pytest.mark.clauses("DUTY-16")
def test_a_contact_opens_a_case_that_duty_sorts(office: Office, partner: Partner) -> None:
    """Everything that the form said is among the case's facts, and the duty worker is asked."""
    case = partner.sent(**WHOLE)
    office.hours_pass(0)

    (mail,) = mails(office)
    assert (mail.door, mail.state, mail.case_ref, mail.on_paper) == (MailDoor.WEBHOOK, MailState.OPENED, case, False)
    facts = facts_of(office, case)
    assert facts.model_dump(exclude={"text"}, exclude_none=True) == {
        "mail_id": mail.id,
        "channel": Channel.FORM,
        "received_at": datetime(2026, 1, 5, 7, 45, tzinfo=UTC),
        "sender": "Joyce Amberley <joyce@example.org>",
        "sender_address": "joyce@example.org",
        "addressed_to": "Priya Nair",
        "subject": "My father's bath seat",
        "attachments": ("order.txt",),
        "beware": (),
        "given": {
            "nhs_number": "943 476 5919",
            "record_id": "R-1",
            "name": "Albert Amberley",
            "born_on": date(1941, 6, 30),
            "postcode": "WB1 4QT",
        },
    }
    assert facts.text.startswith("The bath seat has not come.\nWhen will it?\n\nGiven beside it:\n")
    for said in ("01632 960123", "Oak Surgery", "daughter", "was asked for", "contact-us-form", "F-20931"):
        assert said in facts.text
    assert office.waiting_for(case)


def test_somebody_who_does_not_say_who_they_are_is_heard(office: Office, partner: Partner) -> None:
    """A concern may come without a name; nothing is invented."""
    facts = facts_of(office, partner.sent(sender=None))

    assert (facts.sender, facts.sender_address, facts.given, facts.addressed_to) == ("not given", None, None, None)


@pytest.mark.parametrize(
    ("said", "came"),
    [
        (None, "2026-01-05T09:00:00Z"),
        ("2026-01-02T23:30:00Z", "2026-01-02T23:30:00Z"),
        ("2027-01-01T00:00:00Z", "2026-01-05T09:00:00Z"),
    ],
)
def test_a_contact_came_when_the_other_system_received_it(
    office: Office, partner: Partner, said: str | None, came: str
) -> None:
    """A form that lay there over the weekend came on Friday; nothing comes from the future."""
    assert facts_of(office, partner.sent(received_at=said)).received_at == datetime.fromisoformat(came)


def test_an_answer_reaches_the_open_case_that_it_names(office: Office, partner: Partner) -> None:
    """It becomes a message of that case, which its owner is asked to read, and opens nothing."""
    case = partner.sent()
    again = partner.sent(text="It has come now.", reply_to_case=case.lower().replace("-", " "))

    assert again == case and office.cases() == [case]
    with office.council.database.read() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == EntryKind.SIGNALLED)).one()
        (signal,) = (one for one in recall(session, case) if one.no == entry.no)
    message = FurtherMessage.model_validate(signal.data)
    kept = mails(office)[-1]
    assert (kept.state, kept.case_ref, message.mail_id) == (MailState.SIGNALLED, case, kept.id)
    assert message.text.startswith("It has come now.")
    assert any("MessageRead" in line for line in office.waiting_for(case))


def test_an_answer_to_a_closed_case_opens_another_that_names_it(office: Office, partner: Partner) -> None:
    """Nobody's message falls into a case at which nobody looks any more."""
    closed = office.start(written_contact_transfer, WrittenContact(**CLOSED))
    office.answer(closed, sorted_as(MailKind.COMPLAINT), by="duty-worker")
    assert office.is_closed(closed)

    case = partner.sent(reply_to_case=closed)

    assert case != closed
    assert office.case(case).parent_ref == closed


CLOSED: dict[str, Any] = {
    "mail_id": "M-EXAMPLE1",
    "channel": Channel.EMAIL,
    "received_at": datetime(2026, 1, 5, 8, tzinfo=UTC),
    "sender": "Tom",
    "subject": "x",
    "text": "x",
}


@pytest.mark.parametrize("number", ["7K3Q-9PXX", "the one of March"])
def test_a_mistyped_number_loses_nobody(office: Office, partner: Partner, number: str) -> None:
    """What names a case that is not there opens one of its own, and duty sees the number."""
    assert f"About the case: {number}" in facts_of(office, partner.sent(reply_to_case=number)).text


# ------------------------------------------------------------------ the kept original


def test_a_kept_contact_can_be_read_again(office: Office, partner: Partner) -> None:
    """As a message with its sender, time, text, what it is about, and its files."""
    partner.sent(**WHOLE)
    (mail,) = mails(office)

    read = read_original(mail.door, mail.raw)

    assert (read.from_name, read.from_address, read.to) == ("Joyce Amberley", "joyce@example.org", ("Priya Nair",))
    assert (read.subject, read.sent_at) == ("My father's bath seat", datetime(2026, 1, 5, 7, 45, tzinfo=UTC))
    assert "The bath seat has not come." in read.text and "born on: 1941-06-30" in read.text
    (file,) = read.attachments
    assert (file.name, file.content_type, file.size) == ("order.txt", "text/plain", 8)
    assert enclosed_file(mail.door, mail.raw, 0) == b"Order 12"
    with pytest.raises(NoSuchAttachment):
        enclosed_file(mail.door, mail.raw, 1)


def test_mail_is_read_as_mail(office: Office) -> None:
    """The door decides how an original is read."""
    raw = b"From: tom@example.org\r\nSubject: Hello\r\n\r\nGood morning.\r\n"
    assert read_original(MailDoor.IMAP, raw).subject == "Hello"
    with pytest.raises(NotAKeptCall):
        read_original(MailDoor.WEBHOOK, raw)


def test_a_kept_contact_proves_who_sent_it(office: Office, partner: Partner) -> None:
    """The body is there byte for byte with what was signed, so that the signature can be checked at any later time."""
    body = json.dumps(WHOLE, indent=3, ensure_ascii=False).encode() + b"\r\n\r\n"
    partner.post(body, webhook_id="msg.1")
    (mail,) = mails(office)

    call = WebhookCall.from_kept(mail.raw)

    assert (call.path, call.id, call.body) == ("/intake/contacts", "msg.1", body)
    assert call.signature == signature(SECRET, call.id, call.timestamp, call.body)


def test_a_contact_of_an_older_schema_is_shown_as_it_came() -> None:
    """What was taken in once can be read for ever."""
    kept = WebhookCall("/intake/contacts", "msg_a", "1", "v1,x", b'{"message": "in another form"}').kept

    read = read_original(MailDoor.WEBHOOK, kept)

    assert "in another form" in read.text
    assert read.reading_problems == ("it is of an older kind and shown as it came",)


# ------------------------------------------------------------------ what must never leave


def planted(thing: Any) -> Any:
    """The same, with a canary in every text that a person writes."""
    match thing:
        case dict():
            free = {"name", "organisation", "relationship", "telephone", "addressed_to", "subject", "text", "record_id"}
            free |= {"source", "source_reference", "postcode", "nhs_number"}
            return {key: f"Canary {key}" if key in free else planted(value) for key, value in thing.items()}
        case list():
            return [planted(one) for one in thing]
        case str() if "@" in thing:
            return "canary@canary.example"
        case _:
            return thing


HOLDS_PERSONAL_DATA = {"entry_payload", "inbound_mail", "person_message"}


def test_nothing_of_a_contact_leaves_the_places_for_it(
    office: Office, partner: Partner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither logs nor output, nor any table but payloads, originals and letters to people, hold what was sent."""
    with caplog.at_level(logging.DEBUG):
        case = partner.sent(**planted(WHOLE))
        partner.sent(**planted(WHOLE), reply_to_case=case)
        partner.send(**(planted(WHOLE) | {"unknown": 1, "text": "Canary\0"}))
    assert "Canary text" in in_words(office, case)

    printed = capfd.readouterr()
    assert "canary" not in (caplog.text + printed.out + printed.err).lower()
    with office.council.database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in HOLDS_PERSONAL_DATA:
                rows = session.execute(select(table)).all()
                assert "canary" not in str(rows).lower(), table.name


def test_planting_reaches_every_text() -> None:
    """No text of the whole contact escapes the canary."""
    assert (
        "Amberley" not in str(planted(WHOLE)) and "Oak" not in str(planted(WHOLE)) and "bath" not in str(planted(WHOLE))
    )


# ------------------------------------------------------------------ over a real socket


@contextmanager
def served(app: Any) -> Iterator[int]:
    """A real HTTP server on any free port of this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def spoken(port: int, *pieces: bytes, hang_up: bool = True) -> bytes:
    """What a real server answers to those bytes, before it ends the connection; `hang_up`: nothing more will come."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def head(partner: Partner, body: bytes, **headers: str) -> bytes:
    """The head of a signed call, as it goes over the wire."""
    lines = (
        partner.headers(body) | {"host": "x"} | {name.replace("_", "-"): one for name, one in headers.items()}
    ).items()
    return b"POST /intake/contacts HTTP/1.1\r\n" + b"".join(f"{n}: {v}\r\n".encode() for n, v in lines) + b"\r\n"


def test_a_real_server_takes_a_contact_and_refuses_what_lies_about_its_length(office: Office) -> None:
    """Announced too long or too short, broken off, in pieces: one contact is taken in, and nothing else happens."""
    partner, body = Partner(office), as_bytes()
    with served(doors(office.council, SECRET, patience_seconds=20)) as port:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            taken = client.post("/intake/contacts", content=body, headers=partner.headers(body))
            assert taken.status_code == 202
            large = as_bytes(text="x" * 50_000)
            assert client.post("/intake/contacts", content=large, headers=partner.headers(large)).status_code == 413
            assert client.get("/intake/openapi.json").json()["openapi"] == "3.1.0"
        announced = spoken(port, head(partner, body, content_length="999999999999", expect="100-continue"))
        assert announced.startswith(b"HTTP/1.1 413 ")
        cut = spoken(port, head(partner, body, content_length=str(len(body) - 9)), body[:-9])
        assert cut.startswith(b"HTTP/1.1 401 ")
        assert b"HTTP/1.1 202" not in spoken(port, head(partner, body, content_length=str(len(body) + 9)), body)
        both = {"content_length": "5", "transfer_encoding": "chunked"}
        assert b"HTTP/1.1 202" not in spoken(port, head(partner, body, **both), b"5\r\n{}   \r\n0\r\n\r\n")
        chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
        endless = spoken(port, head(partner, body, transfer_encoding="chunked"), *[chunk] * 16, hang_up=False)
        assert endless.startswith(b"HTTP/1.1 413 ")

    assert office.cases() == [taken.json()["case"]]


def test_a_body_that_does_not_come_is_not_waited_for(office: Office) -> None:
    """Whoever announces a body and sends none is told so after a while, and nobody else has to wait for them."""
    partner, body = Partner(office), as_bytes()
    with (
        served(doors(office.council, SECRET, patience_seconds=0.2)) as port,
        closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection,
    ):
        connection.sendall(head(partner, body, content_length=str(len(body))) + body[:10])
        began = time.monotonic()
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 15
    assert office.cases() == []


def test_the_serving_part_has_the_door_and_nobody_waits_there_for_prefect(office: Office, tmp_path: Path) -> None:
    """On the port of the worklist and /health; a case is woken by the desk, after its sender was answered."""

    woken: list[str] = []

    class Prefect:
        def wake(self, ref: str) -> None:
            """It takes its time."""
            woken.append(ref)

    council = Council(office.council.database, office.council.policy, office.clock, Prefect())
    settings = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_WEBHOOK_SECRET": SECRET}
    partner = Partner(office, app=application(council, Installation.from_environment(settings)))

    assert partner.send().status_code == 202
    assert woken == []
    assert partner.request("GET", "/intake/openapi.json").status_code == 200
