"""The receipt to whoever wrote: that the message came, and what happens next; nothing of what it said."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.forms.written_contact import Channel, WrittenContact
from models.mail import InboundMail
from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.policy import Policy
from models.policy.messages import Wording
from models.telling_findings import ReceiptOutcome
from models.working_time import for_people
from tasks.durable import SKIP, audited, here
from tasks.durable.leg import Step, current_leg
from tasks.mail.storing import original
from tasks.telling.people import Draft, queue_message, why_not_now
from tasks.telling.people_outward import is_plain_address, with_brackets
from tasks.telling.receipt_loops import our_own, why_no_receipt

_A_DAY = timedelta(days=1)


@audited("Looked whether the sender gets a receipt", for_cases_past=SKIP)
def send_receipt(contact: WrittenContact) -> ReceiptOutcome:
    """
    Queue the receipt for a written contact that has just come, or say why its sender gets none.

    It goes by e-mail to who wrote, says by when duty has looked at the message, and holds nothing of what it said. None
    goes to machines, lists and ourselves, to an address that has had as many as policy allows within a day, to a letter
    on paper (whose sender a person writes to), where the case is restricted, or where the address is that of somebody
    who has died or has a safe-contact rule. A receipt that fails is recorded and asks nobody for anything.
    """
    step = here()
    address = (contact.sender_address or "").strip().lower()
    because = _why_none(step, contact, address)
    if because:
        return ReceiptOutcome(because=because)
    words = receipt_in_words(step.policy, step.case.ref, contact, step.now)
    draft = Draft(
        kind=MessageKind.RECEIPT,
        sent_by=SentBy.EMAIL,
        address=address,
        subject=words.subject,
        body=words.body,
        in_reply_to=with_brackets(contact.message_id),
    )
    message_id = queue_message(step.session, draft, case_ref=step.case.ref, entry_no=step.pen.next_no, now=step.now)
    return ReceiptOutcome(message_id=message_id)


@audited("Looked what became of the receipt")
def look_up_receipt(receipt: ReceiptOutcome) -> PersonMessageState | None:
    """Where a receipt stands now; none where none was sent. For whoever wants to know that the sender has heard."""
    found = here().session.get(PersonMessage, receipt.message_id) if receipt.message_id else None
    return PersonMessageState(found.state) if found is not None else None


def receipt_in_words(policy: Policy, ref: str, contact: WrittenContact, now: datetime) -> Wording:
    """The receipt by policy's template: by when duty has looked at it, and whom to ring meanwhile."""
    calendar = policy.working_calendar()
    return policy.messages.acknowledgement_email.write(
        reference=ref,
        received_on=for_people(contact.received_at),
        answer_by=for_people(calendar.add(now, policy.gaps.reasonable_time.few_hours)),
        **policy.whom_to_ring(),
    )


def _why_none(step: Step, contact: WrittenContact, address: str) -> str:
    connections = current_leg().council.connections
    if step.case.restricted:
        return "the case is restricted"
    if contact.channel is Channel.LETTER:
        return "it came on paper"
    if contact.sorted_as is not None:
        return "the letter it is part of has its own"
    if not is_plain_address(address):
        return "there is no address to which it could go"
    if connections.people.email is None:
        return "no service is connected that sends an e-mail"
    mail = step.session.get(InboundMail, contact.mail_id)
    if mail is None:
        return "the original is not there to be looked at"
    raw = original(step.session, contact.mail_id)
    because = why_no_receipt(mail, raw, address, our_own(connections, mail))
    return because or why_not_now(step.session, None, None, address) or _why_not_another(step, contact, address)


def _why_not_another(step: Step, contact: WrittenContact, address: str) -> str:
    """Whether the address has had its receipts for today, or one for this very message."""
    _one_at_a_time(step.session, address)
    receipts = select(func.count()).where(
        PersonMessage.kind == MessageKind.RECEIPT,
        PersonMessage.address == address,
        PersonMessage.state != PersonMessageState.WITHDRAWN,
    )
    answered = with_brackets(contact.message_id)
    if answered and step.session.scalar(receipts.where(PersonMessage.in_reply_to == answered)):
        return "it has one already"
    today = step.session.scalar(receipts.where(PersonMessage.queued_at > step.now - _A_DAY)) or 0
    if today >= step.policy.mail.acknowledgements_per_sender_per_day:
        return "its sender has had as many as policy allows in a day"
    return ""


def _one_at_a_time(session: Session, address: str) -> None:
    """Two cases that count at the same moment would both find room; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:address))"), {"address": f"receipt {address}"})
