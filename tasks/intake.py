"""
Intake: from a stored message to a case, a signal, or a person who looks at it.

A message is stored first, in a transaction of its own; only then is it worked on. What a crash leaves stored is
taken up again by `take_up_what_is_stored`, so that nothing that was accepted is ever lost, and nothing is done twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.forms.alarms import UnreadableMessageFacts
from models.forms.telling_people import MessageCameBack, PersonTelling
from models.forms.written_contact import Channel, FurtherMessage, WrittenContact
from models.mail import InboundMail, MailDoor, MailState
from models.notices import Recipient
from models.person_messages import MessageKind, PersonMessage
from models.register import Staff
from models.roles import Role
from models.states import CaseStatus
from models.working_time import LONDON
from tasks.database import DatabaseUnavailable
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM, recall
from tasks.mail import headers
from tasks.mail.answerable import address_to_answer
from tasks.mail.came_back import failed_for_good, message_that_came_back
from tasks.mail.limits import beyond_limits
from tasks.mail.reading import ReadMessage, Unreadable, read_message
from tasks.mail.sorting_signs import MailSign, what_it_is
from tasks.mail.storing import original, settle, store

log = logging.getLogger("pathways")

DUTY = Recipient.role(Role.DUTY_WORKER)
SENDER_ON_PAPER = "X-Pathways-Sender"
CONTACT = "written-contact-transfer"
UNREADABLE = "unreadable-message"
TELLING = "telling-a-person"


@dataclass(frozen=True)
class Taken:
    """What became of a message."""

    mail_id: str
    state: MailState
    case_ref: str | None
    reason: str

    @property
    def words(self) -> str:
        """One line for whoever brought it: the case's ref, or what became of it."""
        match self.state:
            case MailState.OPENED | MailState.SIGNALLED:
                return self.case_ref or ""
            case MailState.QUARANTINED:
                return f"quarantined {self.mail_id}"
            case MailState.IGNORED:
                return f"ignored {self.reason}"
            case MailState.STORED:
                return f"stored {self.mail_id}"


def keep_mail(
    council: Council,
    raw: bytes,
    envelope_from: str | None,
    envelope_to: list[str],
    *,
    door: MailDoor = MailDoor.FILE,
) -> str:
    """Store a message safely and give its id; delivered twice, it is the same id. Raises `DatabaseUnavailable`."""
    with council.change() as change:
        return store(change.session, raw, envelope_from, envelope_to, change.now, door=door).id


def keep_aside(
    council: Council, raw: bytes, envelope_from: str | None, envelope_to: list[str], *, reason: str, door: MailDoor
) -> str:
    """Store what nobody is to take up unseen, and put it to a person in the same transaction; twice is once."""
    with council.change() as change:
        kept = store(change.session, raw, envelope_from, envelope_to, change.now, door=door)
        if change.session.get_one(InboundMail, kept.id).state == MailState.STORED:
            _put_aside(change, kept.id, reason)
        return kept.id


def take_in_mail(council: Council, raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> Taken:
    """Store a message and work on it; what came before has the outcome it had then."""
    return take_up(council, keep_mail(council, raw, envelope_from, envelope_to))


def take_in_letter(
    council: Council,
    *,
    sender: str,
    received_on: date,
    subject: str,
    text: str,
    scan: bytes | None,
    scan_name: str,
    by: str = SYSTEM,
) -> Taken:
    """Take in a letter on paper: who wrote, when it came, what it says, and its scan. `by` brings it."""
    message = EmailMessage()
    message["From"], message["Subject"] = Address(display_name=sender), subject or "Letter"
    message[SENDER_ON_PAPER] = sender  # a name and a postal address are no e-mail address
    message["Date"] = format_datetime(datetime.combine(received_on, time(12), LONDON))
    message.set_content(text or "See the scan.")
    if scan is not None:
        message.add_attachment(scan, maintype="application", subtype="octet-stream", filename=scan_name)
    return take_up(council, keep_mail(council, message.as_bytes(), None, [], door=MailDoor.PAPER), by=by)


def take_up_what_is_stored(council: Council) -> list[Taken]:
    """Work on every message that was stored and not taken up, because something broke off in between."""
    with council.database.read() as session:
        waiting = session.scalars(
            select(InboundMail.id).where(InboundMail.state == MailState.STORED).order_by(InboundMail.received_at)
        ).all()
    return [take_up(council, mail_id) for mail_id in waiting]


def take_up(council: Council, mail_id: str, *, by: str = SYSTEM) -> Taken:
    """Work on a stored message, once. What no code of ours can digest is put aside for a person."""
    try:
        with council.change() as change:
            return _take_up(change, mail_id, by)
    except DatabaseUnavailable:
        raise
    except Exception as caught:
        log.error("message %s could not be worked on (%s)", mail_id, type(caught).__name__)
        reason = f"it could not be worked on ({type(caught).__name__})"
    with council.change() as change:
        locked = select(InboundMail.state).where(InboundMail.id == mail_id).with_for_update()
        if change.session.scalars(locked).one() != MailState.STORED:  # another process was as unlucky, and quicker
            return _taken(change.session, mail_id)
        change.session.get_one(InboundMail, mail_id).settled_at = change.now
        return _put_aside(change, mail_id, reason)


def _take_up(change: Change, mail_id: str, by: str) -> Taken:
    session = change.session
    mail = session.scalars(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state != MailState.STORED:
        return _taken(session, mail_id)
    mail.settled_at = change.now  # for whoever asks later how long it lay there unseen
    raw = original(session, mail_id)
    sorted_ = what_it_is(raw, lambda ref: session.get(Case, ref) is not None, mail.envelope_from)
    match sorted_.sign:
        case MailSign.BOUNCE:
            return _note_what_came_back(change, mail_id, raw, sorted_.because)
        case MailSign.AUTO_REPLY | MailSign.OUR_OWN:
            settle(session, mail_id, MailState.IGNORED, reason=sorted_.because)
            return _taken(session, mail_id)
        case MailSign.MACHINE:
            return _put_aside(change, mail_id, sorted_.because)
        case MailSign.CONTACT | MailSign.REPLY:
            try:
                message = read_message(raw)
            except Unreadable as unreadable:
                reason = unreadable.reason
            else:
                if (reason := beyond_limits(message, change.policy.mail) or "") == "":
                    return _open_or_signal(change, mail, message, sorted_.case_ref, by=by)
            return _put_aside(change, mail_id, reason)


def take_up_as_it_stands(change: Change, mail_id: str) -> str | None:
    """
    Take up a message that was put aside, as somebody has looked at it and found a contact; gives its case's ref.

    None where no text can be read in it: then a person has to say what it says.
    """
    session = change.session
    mail = session.scalars(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state in (MailState.OPENED, MailState.SIGNALLED):
        return mail.case_ref
    raw = original(session, mail_id)
    try:
        message = read_message(raw)
    except Unreadable:
        return None
    sorted_ = what_it_is(raw, lambda ref: session.get(Case, ref) is not None, mail.envelope_from)
    return _open_or_signal(change, mail, message, sorted_.case_ref).case_ref


def _open_or_signal(
    change: Change, mail: InboundMail, message: ReadMessage, about: str | None, *, by: str = SYSTEM
) -> Taken:
    session = change.session
    case = session.get(Case, about) if about else None
    if case is not None and case.status != CaseStatus.CLOSED:
        signal = FurtherMessage(
            mail_id=mail.id, sender=_sender(mail, message), subject=message.subject, text=message.text
        )
        take_in_signal(change, case.ref, signal, by=by, signal_id=mail.id)
        settle(session, mail.id, MailState.SIGNALLED, case_ref=case.ref)
        return _taken(session, mail.id)
    facts = WrittenContact(
        mail_id=mail.id,
        channel=Channel.LETTER if mail.on_paper else Channel.EMAIL,
        # A letter on paper came on the day that was written down, whenever it was scanned.
        received_at=message.sent_at if mail.on_paper and message.sent_at else mail.received_at,
        sender=_sender(mail, message),
        subject=message.subject,
        text=message.text,
        attachments=tuple(one.name for one in message.attachments),
        sender_address=_address_of_the_writer(session, mail, message),
        addressed_to=", ".join(message.to) or None,
        message_id=message.message_id,
        beware=message.reading_problems,
        answers_case=case.ref if case is not None else None,
    )
    # An answer about a case that is closed opens another, which names the closed one as where it comes from.
    ref = open_in(change, CONTACT, facts, owner=DUTY, by=by, parent_ref=case.ref if case is not None else None)
    settle(session, mail.id, MailState.OPENED, case_ref=ref)
    return _taken(session, mail.id)


def _note_what_came_back(change: Change, mail_id: str, raw: bytes, because: str) -> Taken:
    """
    A bounce opens nothing and is never answered; but somebody who was to be told, and was not, is not forgotten.

    The open case that wrote hears of it, or the one that opened that, and its owner with it; where both are closed, a
    person is asked to tell them. What came back to a shared mailbox and is not ours was written there by one of the
    staff, and is put to a person. A receipt that came back asks nobody for anything.
    """
    session, ours = change.session, message_that_came_back(change.session, raw)
    lost = failed_for_good(raw)
    if ours is None and lost and mail_door(session, mail_id) == MailDoor.IMAP:
        return _put_aside(change, mail_id, "a message that was sent from the shared mailbox has come back")
    if ours is None or ours.kind == MessageKind.RECEIPT or not lost:
        settle(session, mail_id, MailState.IGNORED, reason=because)
        return _taken(session, mail_id)
    case = session.get_one(Case, ours.case_ref)
    if case.status == CaseStatus.CLOSED and case.parent_ref is not None:
        parent = session.get_one(Case, case.parent_ref)
        case = parent if parent.status != CaseStatus.CLOSED else case
    if case.status == CaseStatus.CLOSED:
        return _have_them_told_by_somebody(change, mail_id, case, ours)
    take_in_signal(change, case.ref, MessageCameBack(message_id=ours.id, mail_id=mail_id), signal_id=mail_id)
    settle(session, mail_id, MailState.SIGNALLED, case_ref=case.ref)
    return _taken(session, mail_id)


def _have_them_told_by_somebody(change: Change, mail_id: str, case: Case, ours: PersonMessage) -> Taken:
    """The case that told them is closed: another, in which a person does it; what told them otherwise is looked at."""
    if case.procedure != TELLING:
        return _put_aside(change, mail_id, f"message {ours.id} of case {case.ref}, which is closed, has come back")
    told = PersonTelling.model_validate(recall(change.session, case.ref)[0].data)
    soon = change.policy.working_calendar().due(change.now, change.policy.gaps.reasonable_time.reasonable)
    again = told.model_copy(update={"by_hand": "an earlier message to them came back", "wanted_by": soon})
    ref = open_in(change, TELLING, again, owner=Recipient.from_tag(case.owner), parent_ref=case.ref)
    settle(change.session, mail_id, MailState.OPENED, case_ref=ref)
    return _taken(change.session, mail_id)


def mail_door(session: Session, mail_id: str) -> str | None:
    """By which door a message came."""
    return session.scalar(select(InboundMail.door).where(InboundMail.id == mail_id))


def _address_of_the_writer(session: Session, mail: InboundMail, message: ReadMessage) -> str | None:
    """
    Where an answer reaches whoever wrote, where that can be told from the message.

    Not where it was forwarded: the address is that of whoever passed it on, often a colleague. Not a colleague's own.
    """
    if mail.on_paper or message.forwarded:
        return None
    address = address_to_answer(mail.raw, mail.envelope_from)
    ours = select(Staff.id).where(func.lower(Staff.email) == (address or "").lower())
    return None if session.scalars(ours).first() is not None else address


def _put_aside(change: Change, mail_id: str, reason: str) -> Taken:
    """Quarantine a message and open the case in which somebody looks at it."""
    settle(change.session, mail_id, MailState.QUARANTINED, reason=reason)
    open_in(change, UNREADABLE, UnreadableMessageFacts(mail_id=mail_id, reason=reason), owner=DUTY)
    return _taken(change.session, mail_id)


def _taken(session: Session, mail_id: str) -> Taken:
    session.flush()
    session.expire_all()
    mail = session.get_one(InboundMail, mail_id)
    return Taken(mail_id, MailState(mail.state), mail.case_ref, mail.reason or "")


def _sender(mail: InboundMail, message: ReadMessage) -> str:
    if mail.on_paper:
        return headers.readable(headers.first_raw(headers.parsed(mail.raw), SENDER_ON_PAPER)) or "not given"
    sender = _named(message.from_name, message.from_address)
    if message.forwarded:
        wrote = message.forwarded[0]
        return f"{_named(wrote.from_name, wrote.from_address)}, forwarded by {sender}"
    return sender


def _named(name: str, address: str | None) -> str:
    return f"{name} <{address}>" if name and address else address or name or "not given"
