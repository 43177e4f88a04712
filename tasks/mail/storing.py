"""Keeping inbound mail: once each, with its original bytes, and with what became of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.mail import MAIL_MOVES, InboundMail, MailDoor, MailState
from models.refs import ALPHABET
from tasks.mail.decoding import storable
from tasks.mail.sameness import digest_of_bytes, digest_of_content


class MailMoveRefused(PathwaysError):
    """A message cannot become that any more: look at what became of it before you go on."""

    def __init__(self, mail_id: str, stands: str, wanted: MailState) -> None:
        self.mail_id = mail_id
        super().__init__(
            f"message {mail_id} is {stands} and cannot become {wanted}; look at its case or its reason first"
        )


class NoSuchMail(PathwaysError):
    """There is no message of that id: check it against the quarantine list."""

    def __init__(self, mail_id: str) -> None:
        super().__init__(f"there is no message {storable(mail_id)[:40]}; check its id (it looks like M-7K3Q9PXM2B)")


@dataclass(frozen=True)
class Stored:
    """A kept message: its id, and whether this delivery was the first."""

    id: str
    first_time: bool


def store(
    session: Session,
    raw: bytes,
    envelope_from: str | None,
    envelope_to: list[str],
    received_at: datetime,
    *,
    door: MailDoor = MailDoor.FILE,
) -> Stored:
    """
    Keep a message within the session's transaction; it is safe when that has committed.

    A second delivery, at another time or at the same instant on another connection, gives the id of the
    first and adds nothing. `envelope_from` is empty for the null return path and none for a message from a
    file.
    """
    digest, content_digest = digest_of_bytes(raw), digest_of_content(raw)
    while True:
        mail_id = "M-" + "".join(secrets.choice(ALPHABET) for _ in range(10))
        row = {
            "id": mail_id,
            "received_at": received_at,
            "digest": digest,
            "content_digest": content_digest,
            "raw": raw,
            "door": str(door),
            "on_paper": door is MailDoor.PAPER,
            "size": len(raw),
            "envelope_from": None if envelope_from is None else storable(envelope_from),
            "envelope_to": [storable(address) for address in envelope_to],
            "state": str(MailState.STORED),
            "case_ref": None,
            "reason": "",
        }
        # Writing first lets the unique constraint decide between two at once; nothing is read that could go
        # stale.
        if session.execute(_insert_unless_there(session).values(row)).scalar_one_or_none() is not None:
            return Stored(mail_id, first_time=True)
        same = or_(InboundMail.content_digest == content_digest, InboundMail.digest == digest)
        earlier = session.scalars(select(InboundMail.id).where(same).order_by(InboundMail.received_at)).first()
        if earlier is not None:
            return Stored(earlier, first_time=False)
        # Neither digest is there: the random id was taken. Another one will do.


def settle(session: Session, mail_id: str, state: MailState, *, case_ref: str | None = None, reason: str = "") -> None:
    """
    Record what became of a message; the same again changes nothing.

    `opened` and `signalled` need the case; `ignored` and `quarantined` need a reason without personal data.
    Raises `MailMoveRefused` where another outcome stands that this one cannot follow, and `NoSuchMail`.
    """
    if state in (MailState.OPENED, MailState.SIGNALLED) and case_ref is None:
        raise ValueError(f"{state} mail belongs to a case")
    if state in (MailState.IGNORED, MailState.QUARANTINED) and not reason:
        raise ValueError(f"{state} mail needs a reason")
    before = [str(old) for old, news in MAIL_MOVES.items() if state in news]
    moved = session.execute(
        update(InboundMail)
        .where(InboundMail.id == mail_id, InboundMail.state.in_(before))
        .values(state=str(state), case_ref=case_ref, reason=storable(reason))
        .returning(InboundMail.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is not None:
        return
    stands = session.execute(
        select(InboundMail.state, InboundMail.case_ref).where(InboundMail.id == mail_id)
    ).one_or_none()
    if stands is None:
        raise NoSuchMail(mail_id)
    if stands.state != state or stands.case_ref != case_ref:
        raise MailMoveRefused(mail_id, stands.state, state)


def quarantine(session: Session, mail_id: str, reason: str) -> None:
    """Put a message aside for a person to look at. `reason` is a sentence without personal data."""
    settle(session, mail_id, MailState.QUARANTINED, reason=reason)


def original(session: Session, mail_id: str) -> bytes:
    """The bytes of a message exactly as they came. Raises `NoSuchMail`."""
    raw = session.scalar(select(InboundMail.raw).where(InboundMail.id == mail_id))
    if raw is None:
        raise NoSuchMail(mail_id)
    return raw


def _insert_unless_there(session: Session) -> Any:
    """An INSERT that gives the id back when it added a row, nothing when a unique value was there."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(InboundMail).on_conflict_do_nothing().returning(InboundMail.id)
    return sqlite.insert(InboundMail).on_conflict_do_nothing().returning(InboundMail.id)
