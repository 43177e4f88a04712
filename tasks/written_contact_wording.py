"""The texts that a written contact has ready for whoever writes to people outside."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models.forms.written_contact import Channel, WrittenContact
from models.person_messages import MessageKind, PersonMessage, PersonMessageState
from models.policy.messages import Wording
from models.working_time import for_people
from models.written_contact_findings import PreparedText, day_in_words
from tasks.durable import SKIP, audited, here


@audited("Prepared the acknowledgement", clauses="DUTY-21 DUTY-26", for_cases_past=SKIP)
def prepare_acknowledgement(contact: WrittenContact) -> PreparedText:
    """The acknowledgement by policy's template, ready to be sent (DUTY-26)."""
    step = here()
    messages = step.policy.messages
    template = messages.acknowledgement_letter if contact.channel is Channel.LETTER else messages.acknowledgement_email
    words = template.write(
        reference=step.case.ref,
        received_on=for_people(contact.received_at),
        answer_by=for_people(step.policy.working_calendar().add(step.now, step.policy.gaps.reasonable_time.reasonable)),
        **step.policy.whom_to_ring(),
    )
    receipt = select(PersonMessage.sent_at).where(
        PersonMessage.case_ref == step.case.ref,
        PersonMessage.kind == MessageKind.RECEIPT,
        PersonMessage.state.in_((PersonMessageState.SENT, PersonMessageState.DELIVERED)),
    )
    sent_at = step.session.scalars(receipt).first()
    had = f"The sender had a receipt by e-mail on {for_people(sent_at)}. " if sent_at else ""
    return PreparedText(text=f"{had}Ready to be sent:\n\n{words.subject}\n\n{words.body.strip()}\n")


@audited("Worded what was agreed", clauses="DUTY-27 DUTY-28")
def word_the_absence(contact_by: date) -> Wording:
    """What the person is told in writing of an absence: by when somebody is in touch, and whom to ring (DUTY-28)."""
    step = here()
    return step.policy.messages.worker_unavailable.write(
        reference=step.case.ref,
        contact_by=day_in_words(contact_by),
        **step.policy.whom_to_ring(),
    )
