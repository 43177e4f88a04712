"""The receipt to whoever wrote: it says what happens next, tells nothing, and never answers a machine for ever."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.connections import Connections, Mailbox
from models.forms.written_contact import Channel, ContactSorting, WrittenContact
from models.mail import MailDoor
from models.person_messages import PersonMessageState, SentBy
from models.roles import Role
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tasks.intake import keep_mail
from tasks.mail.reading import read_message
from tasks.mail.sorting_signs import MailSign, what_it_is
from tasks.telling.mailbox_service import SentMessage
from tasks.telling.receipts import look_up_receipt, send_receipt
from tests.procedures.test_telling_people import in_the_register, messages, people_extract

US = "adult.care@wenbridge.example.org"


@procedure(follows="Safe Pathways: tests of receipts")
def acknowledged_contact(contact: WrittenContact) -> str:
    """A contact whose sender gets a receipt before anybody looks at it."""
    receipt = send_receipt(contact)
    ask(ContactSorting, of=Role.DUTY_WORKER)
    return str(look_up_receipt(receipt))


def letter(sender: str = "Tom Tilling <tom@example.org>", **headers: str) -> EmailMessage:
    """An e-mail to the council."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, US, "Canary bath seat"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if "Message-ID" not in message:
        message["Message-ID"] = "<first@example.org>"
    message.set_content("Canary: my mother fell again.")
    return message


def takes_in(office: Office, message: EmailMessage, *, envelope_from: str | None = None, **changes: Any) -> str:
    """The case of a message that came, as intake opens it."""
    read = read_message(message.as_bytes())
    return_path = read.from_address if envelope_from is None else envelope_from
    mail_id = keep_mail(office.council, message.as_bytes(), return_path, [US], door=MailDoor.SMTP)
    facts: dict[str, Any] = {
        "mail_id": mail_id,
        "channel": Channel.EMAIL,
        "received_at": office.clock.now(),
        "sender": read.from_name or "not given",
        "subject": read.subject,
        "text": read.text,
        "sender_address": read.from_address,
        "message_id": read.message_id,
    }
    return office.start(acknowledged_contact, WrittenContact(**facts | changes))


@pytest.fixture
def office(office: Office) -> Office:
    """The example council's office, joined to e-mail."""
    office.writes_to_people_by(SentBy.EMAIL)
    return office


def said_of(office: Office, case: str) -> str:
    """What the story says of the receipt."""
    return next(line for line in office.story_of(case) if "gets a receipt" in line).partition("receipt: ")[2]


# ------------------------------------------------------------------ what it says


def test_sender_hears_what_happens_next_and_by_when(office: Office) -> None:
    """Reference, when it came, who looks at it by when, whom to ring; nothing of what the message said."""
    case = takes_in(office, letter())
    (sent,) = office.sent_to_people()
    assert sent.to == "tom@example.org"
    assert sent.subject == f"We have your message [{case}]"
    for said in ("Monday 5 January 2026, 9am", "by\nMonday 5 January 2026, 1pm", "01632 960 100", "ring 999", case):
        assert said in sent.body
    assert "Canary" not in sent.subject + sent.body
    assert sent.headers["In-Reply-To"] == sent.headers["References"] == "<first@example.org>"
    assert sent.headers["Auto-Submitted"] == "auto-replied"


def test_message_at_night_is_promised_for_the_next_working_day(office: Office) -> None:
    """A few hours are hours in which the office is open."""
    office.today_is("2026-01-09 22:00")
    takes_in(office, letter())
    assert "Monday 12 January 2026, 12:30pm" in office.sent_to_people()[0].body


def test_answer_to_a_receipt_is_known_as_one_to_its_case(office: Office) -> None:
    """By what the answer's mail program quotes, or by the subject alone."""
    case = takes_in(office, letter())
    (sent,) = office.sent_to_people()
    for answer in (
        letter(In_Reply_To=sent.headers["Message-ID"], Message_ID="<2@example.org>"),
        letter(Message_ID="<3@example.org>"),
    ):
        if "In-Reply-To" not in answer:
            answer.replace_header("Subject", f"Re: {sent.subject}")
        found = what_it_is(answer.as_bytes(), lambda ref: ref == case, "tom@example.org")
        assert (found.sign, found.case_ref) == (MailSign.REPLY, case)


def test_what_became_of_the_receipt_stands_in_the_case(office: Office) -> None:
    """It is entered for the record, wakes nobody and asks nobody for anything."""
    case = takes_in(office, letter())
    assert any("what became of the receipt to the sender (delivered)" in line for line in office.story_of(case))
    assert office.waiting_for(case) == ["ContactSorting of duty-worker"]


def test_receipt_that_fails_asks_nobody(office: Office) -> None:
    """The flow can look where it stands, if somebody wants a written acknowledgement later."""
    office.cannot_write_to_people()
    case = takes_in(office, letter())
    office.hours_pass(6)
    assert office.waiting_for(case) == ["ContactSorting of duty-worker"]
    assert [message.state for message in messages(office)] == [PersonMessageState.FAILED]
    office.answer(case, ContactSorting.model_validate({"kinds": ["complaint"]}), by="duty-worker")
    assert office.outcome_of(case) == "failed"


def test_receipt_goes_out_though_its_case_was_closed_at_once(office: Office) -> None:
    """Quick work is no reason for the sender not to hear."""
    office.cannot_write_to_people()
    case = takes_in(office, letter())
    office.answer(case, ContactSorting.model_validate({"kinds": ["complaint"]}), by="duty-worker")
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert office.is_closed(case) and len(office.sent_to_people()) == 1


def test_receipt_goes_only_to_strangers_where_the_extract_shows_no_rules(office: Office) -> None:
    """No machine writes to anybody in the register then; an address that is nobody's has no rule against it."""
    people_extract(office, "email")
    in_the_register(office, "P-102", email="Kay@example.org")
    known, unknown = takes_in(office, letter("kay@example.org")), takes_in(office, letter(Message_ID="<2@example.org>"))
    assert said_of(office, known) == "none, as the extract of people does not say who has a safe-contact rule"
    assert [sent.to for sent in office.sent_to_people()] == ["tom@example.org"]
    assert said_of(office, unknown).startswith("message L-")


# ------------------------------------------------------------------ who gets none


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "<news.example.org>"},
        {"List_Unsubscribe": "<mailto:off@example.org>"},
        {"X_Auto_Response_Suppress": "DR, AutoReply"},
        {"X_Autoreply": "yes"},
        {"X_Loop": "tom@example.org"},
    ],
)
def test_machines_and_lists_get_none(office: Office, headers: dict[str, str]) -> None:
    """RFC 3834: whatever says that no person wrote, or that many read, is not answered."""
    takes_in(office, letter(**headers))
    assert messages(office) == []


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@example.org",
        "noreply+x7@example.org",
        "donotreply@example.org",
        "orders-noreply@example.org",
        "MAILER-DAEMON@example.org",
        "postmaster@example.org",
        "bounces+tom=example.org@example.org",
        "news-request@example.org",
        "owner-news@example.org",
    ],
)
def test_addresses_that_nobody_reads_get_none(office: Office, sender: str) -> None:
    """A receipt there comes back, or is answered by a machine."""
    case = takes_in(office, letter(sender))
    assert (
        said_of(office, case) == "none, as nobody reads what is sent to its sender's address" or messages(office) == []
    )
    assert messages(office) == []


def test_people_with_such_names_get_theirs(office: Office) -> None:
    """Norah, Liston and a Root family are people."""
    for number, sender in enumerate(("norah.reply@example.org", "liston@example.org", "e.root@example.org")):
        takes_in(office, letter(sender, Message_ID=f"<{number}@example.org>"))
    assert len(office.sent_to_people()) == 3


def test_null_return_path_gets_none(office: Office) -> None:
    """Mail that itself forbids an answer."""
    takes_in(office, letter(), envelope_from="")
    assert messages(office) == []


def test_our_own_addresses_get_none(office: Office) -> None:
    """Our domain and what is below it, the mailboxes we collect, and the address the message was sent to."""
    box = Mailbox.model_validate(
        {"name": "care", "host": "imap.example.org", "username": "box@elsewhere.example.org", "password": "x"}
    )
    people = office.council.connections.people.model_copy(update={"sender_domain": "ours.example.org"})
    office.council.connections = Connections(people=people, mailboxes=(box,))
    for number, ours in enumerate((US, "a@ours.example.org", "b@Team.Ours.example.org", "BOX@elsewhere.example.org")):
        case = takes_in(office, letter(ours, Message_ID=f"<{number}@x.example.org>"))
        assert said_of(office, case) == "none, as it came from an address of ours"
    takes_in(office, letter("tom@notours.example.org", Message_ID="<9@x.example.org>"))
    assert [sent.to for sent in office.sent_to_people()] == ["tom@notours.example.org"]


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"channel": Channel.LETTER}, "it came on paper"),
        ({"sender_address": None}, "there is no address to which it could go"),
        ({"sender_address": "Tom <tom@example.org>"}, "there is no address to which it could go"),
        ({"sender_address": "a@example.org,b@example.org"}, "there is no address to which it could go"),
        ({"mail_id": "M-NOTTHERE"}, "the original is not there to be looked at"),
        (
            {"sorted_as": ContactSorting.model_validate({"kinds": ["complaint"]})},
            "the letter it is part of has its own",
        ),
    ],
)
def test_without_a_way_or_a_need_there_is_none(office: Office, changes: dict[str, Any], because: str) -> None:
    """Paper is answered on paper by a person; one letter about two people has one receipt."""
    case = takes_in(office, letter(), **changes)
    assert said_of(office, case) == f"none, as {because}" and messages(office) == []


def test_form_of_another_system_is_answered_to_the_address_in_it(office: Office) -> None:
    """An online form is no mail and has no headers; what is known of it is the address that was filled in."""
    mail_id = keep_mail(office.council, b'{"sender": {}}', None, [], door=MailDoor.WEBHOOK)
    takes_in(office, letter(), mail_id=mail_id, channel=Channel.FORM, message_id=None)
    takes_in(office, letter(), mail_id=mail_id, channel=Channel.FORM, sender_address="no-reply@example.org")
    assert [sent.to for sent in office.sent_to_people()] == ["tom@example.org"]


def test_restricted_case_gives_none(office: Office) -> None:
    """Whoever may read that mailbox does not learn that somebody wrote to us."""
    mail_id = keep_mail(office.council, letter().as_bytes(), "tom@example.org", [US])
    facts = WrittenContact(
        mail_id=mail_id, channel=Channel.EMAIL, received_at=office.clock.now(), sender="Tom", subject="x", text="x",
        sender_address="tom@example.org",
    )  # fmt: skip
    office.start(acknowledged_contact, facts, restricted=True)
    assert messages(office) == []


def test_council_without_email_gives_none(office: Office) -> None:
    """Where no service is connected, nothing is queued for ever."""
    office.council.connections = Connections()
    assert said_of(office, takes_in(office, letter())) == "none, as no service is connected that sends an e-mail"


@pytest.mark.parametrize("columns", [{"safe_contact": "Her husband reads her mail"}, {"died_on": date(2026, 1, 2)}])
def test_mailbox_of_somebody_who_died_or_has_a_safe_contact_rule_gets_none(
    office: Office, columns: dict[str, Any]
) -> None:
    """Somebody else may open that mailbox; it is looked at before the receipt is queued and again before it goes."""
    in_the_register(office, email="Tom@example.org", **columns)
    takes_in(office, letter())
    assert messages(office) == []
    in_the_register(office, died_on=None)
    office.cannot_write_to_people()
    takes_in(office, letter(Message_ID="<2@example.org>"))
    in_the_register(office, **columns)
    office.can_write_to_people_again()
    office.hours_pass(1)
    assert [message.state for message in messages(office)] == [PersonMessageState.WITHDRAWN]
    assert office.sent_to_people() == []


def test_one_message_has_one_receipt(office: Office) -> None:
    """A letter about two people is two cases, and its sender hears once."""
    takes_in(office, letter())
    case = takes_in(office, letter())
    assert said_of(office, case) == "none, as it has one already"


def test_one_address_gets_as_many_as_policy_allows_in_any_24_hours(office: Office) -> None:
    """Two in a rolling day, however the address is written; another address has its own."""
    for number in range(4):
        sender = "tom@example.org" if number % 2 else "Tom@Example.Org"
        takes_in(office, letter(sender, Message_ID=f"<{number}@example.org>"))
        office.hours_pass(1)
    takes_in(office, letter("joan@example.org", Message_ID="<joan@example.org>"))
    assert [sent.to for sent in office.sent_to_people()] == ["tom@example.org"] * 2 + ["joan@example.org"]
    office.today_is("2026-01-06 08:59")
    takes_in(office, letter(Message_ID="<next@example.org>"))
    assert len(office.sent_to_people()) == 3
    office.today_is("2026-01-06 09:01")
    takes_in(office, letter(Message_ID="<after@example.org>"))
    assert len(office.sent_to_people()) == 4


# ------------------------------------------------------------------ two machines


class Responder:
    """A machine that answers whatever it gets, more or less well behaved."""

    def __init__(self, *, marks_itself: bool, quotes: bool, keeps_subject: bool, changes_case: bool) -> None:
        self.marks_itself, self.quotes = marks_itself, quotes
        self.keeps_subject, self.changes_case = keeps_subject, changes_case
        self.answers = 0

    def answers_to(self, got: SentMessage) -> EmailMessage:
        """Its next message."""
        self.answers += 1
        address = "Tom@EXAMPLE.org" if self.changes_case and self.answers % 2 else "tom@example.org"
        subject = f"Re: {got.subject}" if self.keeps_subject else f"Thank you {self.answers}"
        headers = {"Message_ID": f"<answer-{self.answers}@example.org>"}
        if self.marks_itself:
            headers["Auto_Submitted"] = "auto-replied"
        if self.quotes:
            headers["In_Reply_To"] = got.headers["Message-ID"]
        message = letter(address, **headers)
        message.replace_header("Subject", subject)
        return message


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Responder, marks_itself=st.booleans(), quotes=st.booleans(), keeps_subject=st.booleans(),
                 changes_case=st.booleans()))  # fmt: skip
def test_two_machines_that_answer_each_other_come_to_an_end(office: Office, responder: Responder) -> None:
    """However badly the other one behaves: it is known as a machine or as an answer, or its receipts are used up."""
    office.days_pass(2)
    known = set(office.cases())
    before = len(office.sent_to_people())
    takes_in(office, letter(Message_ID=f"<opens-{len(known)}@example.org>"))
    answered = before
    for _ in range(10):
        sent = office.sent_to_people()
        if len(sent) == answered:
            break
        answered = len(sent)
        answer = responder.answers_to(sent[-1])
        found = what_it_is(answer.as_bytes(), lambda ref: ref in office.cases(), "tom@example.org")
        if found.sign is not MailSign.CONTACT:  # it opens no case, and so gets no receipt
            break
        answer.replace_header("Message-ID", f"<{len(known)}-{responder.answers}@example.org>")
        takes_in(office, answer)
    else:
        raise AssertionError("they would go on for ever")
    assert len(office.sent_to_people()) - before <= office.council.policy.mail.acknowledgements_per_sender_per_day
