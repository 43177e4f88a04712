"""Messages to people outside: put in the queue in a step's own transaction, taken out again, and when none may go."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.refs import ALPHABET
from models.register import Person
from tasks.register.lookups import rules_are_known
from tasks.telling.people_outward import is_telephone, ways_to_dial

_ID_LENGTH = 16
DIED = "the person has died"
SAFE_CONTACT = "a safe-contact rule says how they may be reached"
ADDRESS_OF_ANOTHER = "the address belongs to somebody who has died or has a safe-contact rule"
ADDRESSEE_DIED = "whoever would be written to has died"
RULES_NOT_KNOWN = "the extract of people does not say who has a safe-contact rule"


@dataclass(frozen=True)
class Draft:
    """A message to somebody outside before it is queued. Personal data throughout."""

    kind: MessageKind
    sent_by: SentBy
    address: str
    subject: str
    body: str
    person_id: str | None = None
    """Whom it concerns, by register id."""
    in_reply_to: str | None = None
    told_person_id: str | None = None
    """Who is written to, by register id; none where the register does not know them."""


def queue_message(session: Session, draft: Draft, *, case_ref: str, entry_no: int, now: datetime) -> str:
    """Queue a message in the session's transaction and give its id; nothing is sent before that has committed."""
    message = PersonMessage(
        id="L-" + "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH)),
        case_ref=case_ref,
        entry_no=entry_no,
        kind=draft.kind,
        person_id=draft.person_id,
        told_person_id=draft.told_person_id,
        sent_by=draft.sent_by,
        address=draft.address.lower() if draft.sent_by is SentBy.EMAIL else draft.address,
        subject=draft.subject,
        body=draft.body,
        in_reply_to=draft.in_reply_to,
        state=PersonMessageState.QUEUED,
        reason="",
        queued_at=now,
        next_attempt_at=now,
        attempts=0,
    )
    session.add(message)
    session.flush()
    return message.id


def withdraw_message(session: Session, message_id: str, *, reason: str, now: datetime) -> PersonMessageState:
    """
    Take a message out of the queue, and give the state in which it stands then.

    One that is being sent at this moment, was sent, or has settled stays as it is.
    """
    session.execute(
        update(PersonMessage)
        .where(
            PersonMessage.id == message_id,
            PersonMessage.state == PersonMessageState.QUEUED,
            or_(PersonMessage.claimed_until.is_(None), PersonMessage.claimed_until <= now),
        )
        .values(state=PersonMessageState.WITHDRAWN, reason=reason, settled_at=now, claimed_by=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    state = session.scalar(select(PersonMessage.state).where(PersonMessage.id == message_id))
    return PersonMessageState(str(state))


def whose_address(session: Session, address: str) -> list[Person]:
    """
    Everybody in the register with that e-mail address, capital letters or not, or with that telephone number, however
    it is written.

    A postal address is nobody's: a household has one, and who is meant is known before a letter is written.
    """
    wanted = func.lower(Person.email) == address.lower()
    if "\n" in address:
        return []
    if is_telephone(address):
        bare: ColumnElement[str | None] = Person.telephone.expression
        for mark in " -()":
            bare = func.replace(bare, mark, "")
        wanted = or_(wanted, bare.in_(ways_to_dial(address)))
    return list(session.scalars(select(Person).where(wanted).order_by(Person.id)))


def why_not_now(session: Session, person_id: str | None, told_person_id: str | None, address: str) -> str:
    """
    Why no machine may write to that address, as the register stands now; empty where it may.

    `person_id` is whom it is about, `told_person_id` who is written to, as far as the register knows them.
    """
    about, told = (
        session.get(Person, one, populate_existing=True) if one else None for one in (person_id, told_person_id)
    )
    if about is not None and about.died_on is not None:
        return DIED
    if told is not None and told.died_on is not None:
        return ADDRESSEE_DIED
    if any(one is not None and one.safe_contact for one in (about, told)):
        return SAFE_CONTACT
    owners = whose_address(session, address)
    if any(one.died_on is not None or one.safe_contact for one in owners):
        return ADDRESS_OF_ANOTHER
    if (person_id or told_person_id or owners) and not rules_are_known(session):
        return RULES_NOT_KNOWN
    return ""
