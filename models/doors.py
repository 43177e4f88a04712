"""What the doors remember: webhook calls that were taken in, and how collecting from each mailbox goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class WebhookReceipt(Base):
    """A webhook call that was taken in; the same id again is answered with the same case."""

    __tablename__ = "webhook_receipt"

    webhook_id: Mapped[str] = mapped_column(Text, primary_key=True, comment="the sender's own id of the call")
    path: Mapped[str] = mapped_column(Text, comment="which door it came to, such as /intake/contacts")
    received_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the body, in hex")
    mail_id: Mapped[str] = mapped_column(ForeignKey("inbound_mail.id"), comment="where its original is kept")
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case it opened")


class MailboxWatch(Base):
    """How collecting from one mailbox goes; who looks after it is told where it does not."""

    __tablename__ = "mailbox_watch"

    mailbox: Mapped[str] = mapped_column(Text, primary_key=True, comment="its name in the connections file")
    tried_at: Mapped[datetime] = mapped_column(comment="when it was last looked into")
    collected_at: Mapped[datetime | None] = mapped_column(comment="when that last went well")
    trouble: Mapped[str] = mapped_column(Text, comment="kind of the last failure; empty where all is well")
    failing_since: Mapped[datetime | None] = mapped_column(comment="none where all is well")
    told_at: Mapped[datetime | None] = mapped_column(comment="when somebody was last told of it")
