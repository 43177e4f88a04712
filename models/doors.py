"""What the doors remember: webhook calls that were taken in, and how collecting from each mailbox goes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Text
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
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), comment="the case it opened, or was handed to")


class Trouble(StrEnum):
    """Why a mailbox could not be collected; said to whoever looks after it."""

    UNREACHABLE = "unreachable"
    """Nobody answers at its address."""
    CERTIFICATE = "certificate"
    """Whoever answers cannot prove to be its server."""
    TOKEN = "token"
    """The token server gives no access token."""
    LOGIN = "login"
    """The mailbox's server refuses us."""
    FOLDERS = "folders"
    """A folder that we need cannot be opened or made."""
    BROKEN_OFF = "broken-off"
    """The connection does not last."""
    MESSAGE = "message"
    """All went well but for single messages."""
    STORING = "storing"
    """Our own database does not take messages."""
    NOT_TRIED = "not-tried"
    """Nobody has looked into it, however it may be."""

    @property
    def sentence(self) -> str:
        """What is wrong, and what to check."""
        return _SENTENCES[self]


_SENTENCES = {
    Trouble.UNREACHABLE: "Its server cannot be reached: check host and port, the network, and whether it runs.",
    Trouble.CERTIFICATE: "Its server's certificate is not to be trusted: check the host's name, its date and issuer.",
    Trouble.TOKEN: "No access token was given: check oauth, and whether the client secret has run out.",
    Trouble.LOGIN: "The login was refused: check user name and password, or the application's right to the mailbox.",
    Trouble.FOLDERS: "A folder is not there and could not be made: check inbox, done and put_aside.",
    Trouble.BROKEN_OFF: "The connection breaks off again and again.",
    Trouble.MESSAGE: "Some messages can be neither fetched nor moved: look at them there, in its inbox.",
    Trouble.STORING: "Messages could not be stored: check the database and its disk.",
    Trouble.NOT_TRIED: "Nothing looks into it: check that the collect-mail flow runs.",
}


class MailboxWatch(Base):
    """How collecting from one mailbox goes; who looks after it is told where it does not."""

    __tablename__ = "mailbox_watch"

    mailbox: Mapped[str] = mapped_column(Text, primary_key=True, comment="its name in the connections file")
    tried_at: Mapped[datetime] = mapped_column(comment="when it was last looked into")
    collected_at: Mapped[datetime | None] = mapped_column(comment="when that last went well")
    trouble: Mapped[str] = mapped_column(Text, comment="kind of the last failure; empty where all is well")
    failing_since: Mapped[datetime | None] = mapped_column(comment="none where all is well")
    begin_behind: Mapped[int | None] = mapped_column(
        BigInteger, comment="UID of the last message that refused; the next round begins behind it"
    )
    told_at: Mapped[datetime | None] = mapped_column(comment="when somebody was last told of it")
    case_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), comment="the case in which somebody was last told of it"
    )
