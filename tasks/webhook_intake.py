"""
Signed calls from other systems: each is kept, taken up and answered once, in one transaction.

What the call says is another module's matter (`tasks.webhook_contact` and its neighbours). Here it has an id
that its sender gave it, the path it came to and its bytes. What somebody takes in from a file is kept in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from models.doors import WebhookReceipt
from models.errors import CheckFailed, PathwaysError
from models.mail import MailDoor, MailState
from tasks.audit.chaining import take_turns
from tasks.durable.council import Change, Council
from tasks.mail.storing import settle, store

_KEPT = ("webhook-path", "webhook-id", "webhook-timestamp", "webhook-signature")
_END_OF_HEADERS = b"\r\n\r\n"


class IdUsedBefore(CheckFailed):
    """That webhook id came before with another body, or to another door: the sender gives every message its own id."""

    def __init__(self) -> None:
        super().__init__(
            "this webhook-id was used for another message before; send a new message under a new id, and an old one "
            "again with exactly the body it had"
        )


class NotAKeptCall(PathwaysError):
    """Those bytes are no call that we kept."""

    def __init__(self) -> None:
        super().__init__("the original is no call of another system as we keep them; look at its bytes")


@dataclass(frozen=True)
class WebhookCall:
    """One call whose signature holds. `body` is UTF-8 text; everything else is one line of ASCII each."""

    path: str
    id: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def kept(self) -> bytes:
        """The original as it is kept: what was signed and how, so that the signature can be checked again."""
        values = (self.path, self.id, self.timestamp, self.signature)
        lines = (f"{name}: {value}" for name, value in zip(_KEPT, values, strict=True))
        return "\r\n".join(lines).encode() + _END_OF_HEADERS + self.body

    @classmethod
    def by_hand(cls, path: str, body: bytes, who: str, now: datetime) -> WebhookCall:
        """What `who` takes in from a file for the door at `path`: its id is made of its bytes, and nobody signed it."""
        return cls(
            path, f"by-hand-{sha256(body).hexdigest()}", str(int(now.timestamp())), f"none: taken in by {who}", body
        )

    @classmethod
    def from_kept(cls, raw: bytes) -> WebhookCall:
        """The call behind an original. Raises `NotAKeptCall`."""
        head, _, body = raw.partition(_END_OF_HEADERS)
        said = [line.partition(": ") for line in head.decode("utf-8", "replace").split("\r\n")]
        if tuple(name for name, _, _ in said) != _KEPT:
            raise NotAKeptCall
        path, webhook_id, timestamp, signature = (value for _, _, value in said)
        return cls(path, webhook_id, timestamp, signature, body)


@dataclass(frozen=True)
class Placed:
    """Where a call went: it opened a case, or was handed to one that was open."""

    case_ref: str
    state: MailState


TakeUp = Callable[[Change, str], Placed]
"""Opens a case for the original of that id, or hands it to one, within the transaction."""


def take_in_call(council: Council, call: WebhookCall, take_up: TakeUp) -> str:
    """
    Keep a call, take it up, and give its case's ref; the same call again gives the same ref and does nothing.

    All of it is one transaction: a sender who has no answer sends again and finds either nothing or everything done.
    Raises `IdUsedBefore`, and `DatabaseUnavailable` with nothing half done.
    """
    digest = sha256(call.body).hexdigest()
    with council.change() as change:
        session = change.session
        take_turns(session, f"webhook {call.id}")  # the second of two at the same instant finds the first's receipt
        receipt = session.get(WebhookReceipt, call.id)
        if receipt is not None:
            if (receipt.path, receipt.digest) != (call.path, digest):
                raise IdUsedBefore
            return receipt.case_ref
        mail_id = store(session, call.kept, None, [], change.now, door=MailDoor.WEBHOOK).id
        placed = take_up(change, mail_id)
        session.add(
            WebhookReceipt(
                webhook_id=call.id,
                path=call.path,
                received_at=change.now,
                digest=digest,
                mail_id=mail_id,
                case_ref=placed.case_ref,
            )
        )
        settle(session, mail_id, placed.state, case_ref=placed.case_ref)
        return placed.case_ref
