"""What becomes of a written contact that another system sent: a case, or a further message to an open one."""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import ValidationError

from models.forms.written_contact import Channel, FurtherMessage, GivenSubject, WrittenContact
from models.incoming_contact import IncomingContact, IncomingSubject
from models.mail import MailState
from models.refs import NotARef, read_ref
from models.states import CaseStatus
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import LockedCase, UnknownCase
from tasks.intake import CONTACT, DUTY
from tasks.mail.reading import ReadMessage
from tasks.webhook_intake import Placed, WebhookCall, take_in_call
from tasks.webhook_kept import about_whom, as_it_came, as_message, enclosed, file_at

PATH = "/intake/contacts"


def take_in_contact(council: Council, call: WebhookCall, contact: IncomingContact) -> str:
    """Take in a contact and give its case's ref. Raises as `take_in_call`."""
    return take_in_call(council, call, lambda change, mail_id: _open_or_signal(change, mail_id, contact))


def _open_or_signal(change: Change, mail_id: str, contact: IncomingContact) -> Placed:
    case = _case_named(change, contact)
    if case is not None and case.status is not CaseStatus.CLOSED:
        signal = FurtherMessage(
            mail_id=mail_id, sender=_sender(contact), subject=contact.subject or "", text=_text(contact)
        )
        take_in_signal(change, case.ref, signal, signal_id=mail_id)
        return Placed(case.ref, MailState.SIGNALLED)
    facts = WrittenContact(
        mail_id=mail_id,
        channel=Channel.FORM,
        received_at=_came_at(contact, change.now),
        sender=_sender(contact),
        sender_address=contact.sender.email if contact.sender else None,
        addressed_to=contact.addressed_to,
        subject=contact.subject or "",
        text=_text(contact),
        attachments=tuple(file.name for file in contact.attachments),
        given=_given(contact.about),
        answers_case=case.ref if case is not None else None,
    )
    # An answer about a case that is closed opens another, which names the closed one as where it comes from.
    ref = open_in(change, CONTACT, facts, owner=DUTY, parent_ref=case.ref if case is not None else None)
    return Placed(ref, MailState.OPENED)


def _case_named(change: Change, contact: IncomingContact) -> LockedCase | None:
    """The case that it says it answers; a number that was mistyped loses nobody, it opens a case of its own."""
    if contact.reply_to_case is None:
        return None
    try:
        return change.lock(read_ref(contact.reply_to_case))
    except (NotARef, UnknownCase):
        return None


def _came_at(contact: IncomingContact, now: datetime) -> datetime:
    return min(contact.came_at or now, now)


def _given(about: IncomingSubject | None) -> GivenSubject | None:
    return None if about is None else GivenSubject.model_validate(about.model_dump())


def _sender(contact: IncomingContact) -> str:
    if contact.sender is None:
        return "not given"
    return f"{contact.sender.name} <{contact.sender.email}>" if contact.sender.email else contact.sender.name


def _text(contact: IncomingContact) -> str:
    """What was said, and below it what the form asked beside."""
    sender = contact.sender
    beside = {
        "Telephone": sender.telephone if sender else None,
        "Organisation": sender.organisation if sender else None,
        "Who they are to the person": sender.relationship if sender else None,
        "About the case": contact.reply_to_case,
        "A written answer": "was asked for" if contact.reply_wanted else None,
        "Came through": contact.source,
        "Its number there": contact.source_reference,
    }
    lines = [f"{name}: {value}" for name, value in beside.items() if value]
    return f"{contact.text.strip()}\n\nGiven beside it:\n" + "\n".join(lines)


# ------------------------------------------------------------------ reading a kept one again


def read_contact(call: WebhookCall) -> ReadMessage:
    """A kept contact as a person reads it; one of an older schema is shown as it came."""
    contact = _contact_in(call)
    if contact is None:
        return as_it_came(call)
    sender = contact.sender
    return as_message(
        sent_at=contact.came_at,
        address=sender.email if sender else None,
        name=sender.name if sender else "",
        to=(contact.addressed_to,) if contact.addressed_to else (),
        subject=contact.subject or "",
        text="\n\n".join(part for part in (_text(contact), about_whom(contact.about)) if part),
        attachments=enclosed(contact.attachments),
    )


def file_in_contact(call: WebhookCall, index: int) -> bytes:
    """The bytes of the enclosed file `index`, from 0. Raises `NoSuchAttachment`."""
    contact = _contact_in(call)
    return file_at(index, contact.attachments if contact else ())


def _contact_in(call: WebhookCall) -> IncomingContact | None:
    try:
        return IncomingContact.model_validate_json(call.body)
    except (ValidationError, json.JSONDecodeError):
        return None
