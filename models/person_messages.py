"""
Messages to people outside: receipts, and what a person is told by their own channel.

Personal data throughout, in our database only. What a machine can send waits here until a service has taken it and,
where the service says so, until it has arrived; what becomes of it comes back to its case as a signal.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class MessageKind(StrEnum):
    """What kind of message it is."""

    RECEIPT = "receipt"
    """Tells a sender that their message came and what happens next; holds nothing of what it said."""
    TOLD = "told"
    """Tells a person what a procedure wants them to know."""


class SentBy(StrEnum):
    """The ways in which a machine can send."""

    EMAIL = "email"
    """By e-mail."""
    TEXT_MESSAGE = "text-message"
    """By a text to a mobile telephone."""
    LETTER = "letter"
    """By a printing service that posts letters."""


class PersonMessageState(StrEnum):
    """Where a message to somebody outside stands."""

    QUEUED = "queued"
    """It waits to be sent, or to be tried again."""
    SENT = "sent"
    """A service took it; whether it arrived is not known yet."""
    DELIVERED = "delivered"
    """It arrived, or the service that took it gives no receipts."""
    FAILED = "failed"
    """It did not arrive and is not tried again: a person tells them another way."""
    WITHDRAWN = "withdrawn"
    """It was overtaken before it was sent: the person died, or must not be written to."""


PERSON_MESSAGE_MOVES: dict[PersonMessageState, set[PersonMessageState]] = {
    PersonMessageState.QUEUED: {
        PersonMessageState.SENT,
        PersonMessageState.DELIVERED,
        PersonMessageState.FAILED,
        PersonMessageState.WITHDRAWN,
    },
    PersonMessageState.SENT: {PersonMessageState.DELIVERED, PersonMessageState.FAILED},
    PersonMessageState.DELIVERED: set(),
    PersonMessageState.FAILED: set(),
    PersonMessageState.WITHDRAWN: set(),
}


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class PersonMessage(Base):
    """One message to one address outside the council. Personal data."""

    __tablename__ = "person_message"
    __table_args__ = (
        CheckConstraint(_one_of("kind", MessageKind), name="kind"),
        CheckConstraint(_one_of("sent_by", SentBy), name="sent_by"),
        CheckConstraint(_one_of("state", PersonMessageState), name="state"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_is_whole"),
        CheckConstraint("state <> 'failed' OR reason <> ''", name="failed_with_a_reason"),
        Index("ix_person_message_due", "state", "next_attempt_at"),
        Index("ix_person_message_case", "case_ref", "entry_no"),
        Index("ix_person_message_address", "address", "queued_at"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="L- and random characters; given to the service")
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case that wants it said")
    entry_no: Mapped[int] = mapped_column(comment="the ledger entry that queued it")
    kind: Mapped[str] = mapped_column(Text, comment="receipt or told")
    person_id: Mapped[str | None] = mapped_column(Text, comment="register id of the person it concerns, where known")
    told_person_id: Mapped[str | None] = mapped_column(
        Text, comment="register id of whoever is written to, where they are in the register"
    )
    sent_by: Mapped[str] = mapped_column(Text, comment="email, text-message or letter")
    address: Mapped[str] = mapped_column(Text, comment="where it goes; personal data")
    subject: Mapped[str] = mapped_column(Text, comment="personal data")
    body: Mapped[str] = mapped_column(Text, comment="personal data")
    in_reply_to: Mapped[str | None] = mapped_column(Text, comment="Message-ID of the message it answers")
    state: Mapped[str] = mapped_column(Text, comment="queued, sent, delivered, failed or withdrawn")
    reason: Mapped[str] = mapped_column(Text, comment="why it failed or was withdrawn, without personal data")
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime] = mapped_column(comment="not sent, or not asked after, before")
    attempts: Mapped[int] = mapped_column(comment="tries begun; counted when claimed, so that a crash counts")
    sent_at: Mapped[datetime | None] = mapped_column(comment="when a service took it")
    settled_at: Mapped[datetime | None] = mapped_column(comment="when it was delivered, failed or withdrawn")
    service_ref: Mapped[str | None] = mapped_column(Text, comment="the service's own id of it, to ask after it")
    claimed_until: Mapped[datetime | None] = mapped_column(comment="until when its sender has it alone")
    claimed_by: Mapped[str | None] = mapped_column(Text, comment="the claim's random token")
