"""
Inbound mail: the letter as it came, and what became of it.

A message is kept with its original bytes before anybody is told that it was received. Nothing read out of
it is stored here: it can be read again from the bytes at any time.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class MailState(StrEnum):
    """What became of a message."""

    STORED = "stored"
    """It is safely kept; nobody has looked yet at what it is."""
    OPENED = "opened"
    """It opened a case."""
    SIGNALLED = "signalled"
    """It was handed to a case that was already there."""
    IGNORED = "ignored"
    """A machine answered us, or our own message came back; it opens nothing and is never answered."""
    QUARANTINED = "quarantined"
    """It could not be understood; a person looks at it."""


MAIL_MOVES: dict[MailState, set[MailState]] = {
    MailState.STORED: {MailState.OPENED, MailState.SIGNALLED, MailState.IGNORED, MailState.QUARANTINED},
    # Whoever looks into the quarantine may find a contact, a reply, or nothing.
    MailState.QUARANTINED: {MailState.OPENED, MailState.SIGNALLED, MailState.IGNORED},
    # A letter that was passed over by mistake can still be taken up; one that was taken up is never passed
    # over.
    MailState.IGNORED: {MailState.OPENED, MailState.SIGNALLED},
    MailState.OPENED: set(),
    MailState.SIGNALLED: set(),
}


class MailDoor(StrEnum):
    """By which door a message came."""

    SMTP = "smtp"
    """A mail system handed it to our own mail port."""
    IMAP = "imap"
    """It was collected from a mailbox."""
    FILE = "file"
    """Somebody took it in from a file."""
    PAPER = "paper"
    """A letter that was scanned or typed in."""
    WEBHOOK = "webhook"
    """Another system sent it as JSON, such as an online form."""


_STATES = ", ".join(repr(str(state)) for state in MailState)
_DOORS = ", ".join(repr(str(door)) for door in MailDoor)


class InboundMail(Base):
    """One message that came in by any door; the same message twice is one row."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("state NOT IN ('opened', 'signalled') OR case_ref IS NOT NULL", name="taken_up_by_a_case"),
        CheckConstraint(f"door IS NULL OR door IN ({_DOORS})", name="door"),
        CheckConstraint("state NOT IN ('ignored', 'quarantined') OR reason <> ''", name="passed_over_with_a_reason"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="opaque, such as M-7K3Q9PXM2B; no personal data")
    received_at: Mapped[datetime] = mapped_column(index=True, comment="when it was first stored")
    settled_at: Mapped[datetime | None] = mapped_column(
        comment="when it was first found out what it is; none: it is still stored, or it was at once"
    )
    digest: Mapped[str] = mapped_column(Text, unique=True, comment="SHA-256 of the original bytes, in hex")
    content_digest: Mapped[str] = mapped_column(
        Text,
        unique=True,
        comment="SHA-256 over what the sender wrote, without what relays add; the same for a second delivery",
    )
    raw: Mapped[bytes] = mapped_column(
        LargeBinary, deferred=True, comment="the original bytes, attachments and all; personal data"
    )
    door: Mapped[str | None] = mapped_column(
        Text, comment="smtp, imap, file, paper or webhook; none: it came before doors were noted"
    )
    on_paper: Mapped[bool] = mapped_column(comment="a letter that was scanned in; else it came by e-mail")
    size: Mapped[int] = mapped_column(comment="length of the original in bytes")
    envelope_from: Mapped[str | None] = mapped_column(
        Text, comment="return path; empty: the null path of bounces; none: came as a file; personal data"
    )
    envelope_to: Mapped[list[str]] = mapped_column(JSON, comment="addresses it was delivered to; personal data")
    state: Mapped[str] = mapped_column(Text, index=True, comment="stored, opened, signalled, ignored or quarantined")
    case_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), index=True, comment="the case it opened, was handed to, or is about"
    )
    reason: Mapped[str] = mapped_column(
        Text, comment="why it was ignored or quarantined, without personal data; empty otherwise"
    )
    erased_at: Mapped[datetime | None] = mapped_column(
        comment="when its bytes and addresses were erased, their time having passed; none: they are kept"
    )
