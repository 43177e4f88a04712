"""Where whoever wrote can be answered: not whoever passed a letter on, and not ourselves."""

from __future__ import annotations

from email.message import EmailMessage

from models.forms.written_contact import WrittenContact
from models.mail import MailDoor
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_up


def written_by(sender: str) -> EmailMessage:
    """A letter to the council."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "care@wenbridge.example.org", "Bath seat"
    message["Message-ID"] = f"<{abs(hash(sender))}@example.org>"
    message.set_content("It has not come.")
    return message


def contact_of(office: Office, message: EmailMessage) -> WrittenContact:
    """What the case of a message was opened with."""
    mail_id = keep_mail(office.council, message.as_bytes(), "someone@example.org", [], door=MailDoor.SMTP)
    ref = take_up(office.council, mail_id).case_ref
    assert ref is not None
    with office.council.database.read() as session:
        return WrittenContact.model_validate(recall(session, ref)[0].data)


def test_whoever_wrote_is_answered_where_they_wrote_from(office: Office) -> None:
    """An ordinary letter by e-mail."""
    assert contact_of(office, written_by("Tom <tom@example.org>")).sender_address == "tom@example.org"


def test_who_passed_a_letter_on_is_not_answered_in_its_writers_place(office: Office) -> None:
    """A neighbour forwards it as an attachment: "we are in touch by Monday" would reach the wrong person."""
    outer = written_by("Neighbour <neighbour@example.org>")
    outer.add_attachment(written_by("Tom <tom@example.org>"))

    contact = contact_of(office, outer)
    assert "forwarded by" in contact.sender
    assert contact.sender_address is None


def test_a_colleague_who_passes_something_on_gets_no_receipt(office: Office) -> None:
    """Priya Nair sends on what somebody told her; she knows that we have it."""
    assert contact_of(office, written_by("Priya Nair <Priya.Nair@wenbridge.example.org>")).sender_address is None
