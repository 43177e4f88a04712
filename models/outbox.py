"""
The tables of the outbox: what waits to be said to staff, and what became of every try.

A message is written in the transaction of the step that wants it said, and sent afterwards: at once where it
interrupts, with others in a digest where it does not. There is one row for each recipient, so that what became of it
can be told for each. Nothing here is about a person.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class OutboxState(StrEnum):
    """Where a message to one recipient stands."""

    QUEUED = "queued"
    """It waits to be sent, or to be sent again to a service that did not take it."""
    DELIVERED = "delivered"
    """At least one service took it, and no other is still to be tried."""
    UNDELIVERED = "undelivered"
    """It reached nobody: no service serves the recipient, or every try failed."""
    WITHDRAWN = "withdrawn"
    """It was overtaken before it was sent; it is never sent."""


OUTBOX_MOVES: dict[OutboxState, set[OutboxState]] = {
    OutboxState.QUEUED: {OutboxState.DELIVERED, OutboxState.UNDELIVERED, OutboxState.WITHDRAWN},
    OutboxState.DELIVERED: set(),
    OutboxState.UNDELIVERED: set(),
    OutboxState.WITHDRAWN: set(),
}


class DeliveryOutcome(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    """The service took it."""
    FAILED = "failed"
    """The service did not take it."""
    NO_SERVICE = "no-service"
    """No service in the configuration serves the recipient."""


def _one_of(column: str, members: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class OutboxMessage(Base):
    """A notice to one recipient."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(_one_of("state", OutboxState), name="state"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_is_whole"),
        Index("ix_outbox_message_due", "state", "next_attempt_at"),
        Index("ix_outbox_message_case", "case_ref", "entry_no"),
        Index("ix_outbox_message_work_item", "work_item_id"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="N- and random characters; in the text sent")
    case_ref: Mapped[str | None] = mapped_column(Text, comment="the case it is about, if any")
    entry_no: Mapped[int | None] = mapped_column(comment="the ledger entry that queued it")
    work_item_id: Mapped[str | None] = mapped_column(Text, comment="the work item it is about; withdrawn with it")
    recipient: Mapped[str] = mapped_column(Text, comment="who is told: role-…, team-… or staff-…")
    notice: Mapped[dict[str, Any]] = mapped_column(JSON, comment="the notice's fields; no personal data fits")
    state: Mapped[str] = mapped_column(Text, comment="queued, delivered, undelivered or withdrawn")
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime] = mapped_column(comment="not sent before")
    attempts: Mapped[int] = mapped_column(comment="tries begun; counted when claimed, so that a crash counts")
    interruption: Mapped[str | None] = mapped_column(
        Text, comment="why it interrupts, such as reached-nobody; none: it waits for the recipient's next digest"
    )
    digest_id: Mapped[str | None] = mapped_column(Text, index=True, comment="the digest it went out in, D-…")
    claimed_until: Mapped[datetime | None] = mapped_column(comment="until when its deliverer has it alone")
    claimed_by: Mapped[str | None] = mapped_column(Text, comment="the claim's random token")


class Delivery(Base):
    """One try to deliver a message through one service. Rows are only added."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(_one_of("outcome", DeliveryOutcome), name="outcome"),
        CheckConstraint("outcome <> 'delivered' OR service IS NOT NULL", name="delivered_by_a_service"),
        Index("ix_delivery_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("outbox_message.id"), index=True)
    recipient: Mapped[str] = mapped_column(Text, comment="who was told: role-…, team-… or staff-…")
    """The message's recipient; or, where no service serves that role or team, one of its people who have one."""
    service: Mapped[str | None] = mapped_column(Text, comment="the service's address with its secrets masked")
    attempt: Mapped[int] = mapped_column(comment="which of the message's tries, from 1")
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(Text, comment="delivered, failed or no-service")
    detail: Mapped[str] = mapped_column(Text, comment="kind of failure; never what the service answered")
