"""A message to somebody outside that bounces: who was to be told, and was not, is not forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from flows.telling_a_person import telling_a_person
from flows.telling_people import tell_person
from flows.unreadable_message import unreadable_message
from models.forms.house import MessageRead
from models.forms.telling_people import PersonTelling, PersonToBeTold
from models.mail import MailDoor, MailState
from models.person_messages import MessageKind, PersonMessage, SentBy
from models.policy.messages import Wording
from models.roles import Role
from tasks.durable import ask, open_case, procedure
from tasks.durable.testing import Office
from tasks.intake import Taken, keep_mail, take_up
from tests.procedures.letters import asked, read_beside
from tests.procedures.test_telling_people import BY_EMAIL, in_the_register, telling


def bounce(message_id: str, *, action: str = "failed") -> bytes:
    """A delivery status report about a message of ours (RFC 3464)."""
    lines = (
        "From: Mail Delivery System <mailer-daemon@example.org>",
        "To: adult.care@wenbridge.example.org",
        "Subject: Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "It could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.example.org",
        "",
        "Final-Recipient: rfc822; tom@example.org",
        f"Action: {action}",
        "Status: 5.1.1",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {message_id}",
        "--b--",
    )
    return "\r\n".join(lines).encode()


def told_by_email(office: Office) -> tuple[str, str]:
    """Somebody was written to; gives the case and the Message-ID of what was sent."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    case = office.start(telling_a_person, telling())
    (sent,) = office.sent_to_people()
    return case, sent.headers["Message-ID"]


def comes_back(office: Office, raw: bytes) -> Taken:
    """The bounce reaches us."""
    taken = take_up(office.council, keep_mail(office.council, raw, "", [], door=MailDoor.SMTP))
    office.hours_pass(0)
    return taken


def test_who_was_not_told_after_all_is_told_by_a_person(office: Office) -> None:
    """The mail system took it and the case was closed as told; the bounce says that nobody was told."""
    case, message_id = told_by_email(office)
    assert office.is_closed(case)

    for _ in range(2):
        taken = comes_back(office, bounce(message_id))
        assert taken.state is MailState.OPENED
    (again,) = [ref for ref in office.cases(telling_a_person) if ref != case]
    assert taken.case_ref == again and office.case(again).parent_ref == case
    assert asked(office, again) == ["PersonToBeTold of duty-worker"]
    assert "an earlier message to them came back" in read_beside(office, again, PersonToBeTold)
    assert len(office.sent_to_people()) == 1


def test_the_open_case_behind_a_closed_one_hears_that_its_message_came_back(office: Office) -> None:
    """The letter's case had somebody told by another; its owner is asked what follows."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    case = office.start(has_somebody_told, telling())
    (sent,) = office.sent_to_people()

    assert comes_back(office, bounce(sent.headers["Message-ID"])).case_ref == case
    assert asked(office, case) == ["MessageRead of duty-worker", "MessageRead of practitioner"]


def test_what_comes_back_to_a_shared_mailbox_is_not_passed_over(office: Office) -> None:
    """Staff write letters of their own from it; one that comes back was to tell somebody something."""
    raw = bounce("<written-by-hand@wenbridge.example.org>")
    taken = take_up(office.council, keep_mail(office.council, raw, "", [], door=MailDoor.IMAP))
    office.hours_pass(0)

    assert taken.state is MailState.QUARANTINED
    assert len(office.cases(unreadable_message)) == 1


@procedure(follows="Safe Pathways: tests of messages that come back")
def has_somebody_told(telling: PersonTelling) -> str:
    """Has somebody told by a case of its own, and then has something else to do."""
    open_case(telling_a_person, telling, owner=Role.DUTY_WORKER)
    return ask(MessageRead, of=Role.PRACTITIONER).what_follows


@procedure(follows="Safe Pathways: tests of messages that come back")
def told_and_goes_on(telling: PersonTelling) -> str:
    """Tells somebody, and then has something else to do."""
    tell_person(
        telling.whom, Wording(telling.subject, telling.body), of=Role.DUTY_WORKER, wanted_within=telling.wanted_by
    )
    return ask(MessageRead, of=Role.PRACTITIONER).what_follows


def test_an_open_case_hears_that_its_message_came_back(office: Office) -> None:
    """Whoever owns the case is asked what follows, once, however often the bounce is delivered."""
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    case = office.start(told_and_goes_on, telling())
    (sent,) = office.sent_to_people()

    for _ in range(2):
        taken = comes_back(office, bounce(sent.headers["Message-ID"]))
        assert (taken.state, taken.case_ref) == (MailState.SIGNALLED, case)
    assert asked(office, case) == ["MessageRead of duty-worker", "MessageRead of practitioner"]
    assert office.cases(unreadable_message) == []


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered"])
def test_a_report_that_is_no_failure_is_no_news(office: Office, action: str) -> None:
    """A message that is only late is not put to anybody."""
    _, message_id = told_by_email(office)

    assert comes_back(office, bounce(message_id, action=action)).state is MailState.IGNORED
    assert office.cases(unreadable_message) == []


def test_a_receipt_that_came_back_asks_nobody_for_anything(office: Office) -> None:
    """The address on a letter was wrong, or made up: its case goes on without the receipt."""
    _, message_id = told_by_email(office)
    with office.council.database.write() as session:
        session.execute(update(PersonMessage).values(kind=MessageKind.RECEIPT))

    assert comes_back(office, bounce(message_id)).state is MailState.IGNORED


def test_a_bounce_of_what_we_never_sent_is_ignored(office: Office) -> None:
    """Somebody else's message under a made-up name opens nothing."""
    told_by_email(office)

    assert comes_back(office, bounce("<made-up@example.org>")).state is MailState.IGNORED
