"""
The letters of a case, and taking out what came with them: each file looked through before anybody is given it.

A letter can be 25 MB and more. Its original is only read where it is asked for, and only a few at the same time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from models.cases import Case, EntryPayload
from models.errors import CheckFailed, PathwaysError
from models.mail import InboundMail, MailDoor
from models.working_time import for_people
from tasks.durable.council import Council
from tasks.mail.reading import NoSuchAttachment, ReadMessage, Unreadable
from tasks.originals import enclosed_file, read_original
from tasks.webhook_intake import NotAKeptCall
from tasks.worklist.scanning import Clean, Infected, NotScanned, scan
from tasks.worklist.scope import NotFound

AT_ONCE = 2
"""Originals that are read at the same time: each takes several times its size in memory."""
PATIENCE_SECONDS = 5
_being_read = threading.BoundedSemaphore(AT_ONCE)
_CAME_BY = {
    MailDoor.SMTP: "by e-mail",
    MailDoor.IMAP: "by e-mail, collected from a mailbox",
    MailDoor.FILE: "from a file",
    MailDoor.PAPER: "on paper",
    MailDoor.WEBHOOK: "from another system",
}


class TooManyAtOnce(PathwaysError):
    """Others are opening large letters at this moment: try again in a minute."""

    def __init__(self) -> None:
        super().__init__("others are opening large letters at this moment: try again in a minute")


class FileIsInfected(CheckFailed):
    """The scanner found something harmful in the file, and nobody is given it."""

    def __init__(self) -> None:
        super().__init__(
            "the scanner found something harmful in this file, and nobody is given it: tell systems staff which "
            "letter it is, and do not ask for the file to be sent to you another way"
        )


class CannotBeScanned(CheckFailed):
    """The scanner cannot look through the file now, and until it has, nobody is given it."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"this file could not be looked through ({why}), and until it was, nobody is given it: try again in a few "
            "minutes; if it stays so, tell systems staff"
        )


@dataclass(frozen=True)
class LetterOfCase:
    """A letter as a case's page lists it. `sender` and `subject` are personal, and empty where no entry has them."""

    mail_id: str
    came_at: datetime | None
    """None: only the ledger speaks of it, and there is no original to be opened."""
    came: str
    """How it came, in words."""
    size: int
    """Length of the original in bytes."""
    sender: str
    subject: str
    text: str
    """Its words, as the case was told them; empty where no entry has them."""
    enclosed: tuple[str, ...]
    """Names of what was enclosed, whatever the sender called them."""


@dataclass(frozen=True)
class OpenedLetter:
    """A letter that was opened. `read` is none where it cannot be read; `trouble` says why then."""

    mail: InboundMail
    came: str
    read: ReadMessage | None
    trouble: str


@dataclass(frozen=True)
class TakenOut:
    """A file as it came, that may be given to whoever asked. `name` and `content_type` are as the sender had them."""

    name: str
    content_type: str
    content: bytes


def letters_of(session: Session, ref: str) -> list[LetterOfCase]:
    """What came for a case, and what its ledger names, the first to come first; no original is read for it."""
    known = _told_of_letters(session, ref)
    found = session.scalars(
        select(InboundMail)
        .where(or_(InboundMail.case_ref == ref, InboundMail.id.in_(known)))
        .order_by(InboundMail.received_at, InboundMail.id)
    )
    kept = [_listed(mail.id, mail, known.pop(mail.id, {})) for mail in found if belongs_to(session, ref, mail.id)]
    return kept + [_listed(mail_id, None, said) for mail_id, said in known.items() if _is_gone(session, mail_id, said)]


def open_letter(council: Council, ref: str, mail_id: str) -> OpenedLetter:
    """A letter of the case as it can be read. Raises `NotFound`, `TooManyAtOnce`."""
    with few_at_once():
        mail = _with_original(council, ref, mail_id)
        if mail.erased_at is not None:
            return OpenedLetter(mail, _came(mail), None, was_erased(mail))
        try:
            return OpenedLetter(mail, _came(mail), read_original(mail.door, mail.raw), "")
        except (Unreadable, NotAKeptCall) as unreadable:
            return OpenedLetter(mail, _came(mail), None, str(unreadable))


def take_enclosure(council: Council, ref: str, mail_id: str, number: int) -> TakenOut:
    """
    The file that was enclosed as number `number`, from 1.

    Raises `NotFound`, `TooManyAtOnce`, `FileIsInfected`, `CannotBeScanned`.
    """
    with few_at_once():
        mail = _with_original(council, ref, mail_id)
        try:
            enclosed = read_original(mail.door, mail.raw).attachments
            if not 1 <= number <= len(enclosed):
                raise NotFound("enclosure")
            content = enclosed_file(mail.door, mail.raw, number - 1)
        except (Unreadable, NotAKeptCall, NoSuchAttachment):
            raise NotFound("enclosure") from None
        _refuse_harmful(council, content)
        return TakenOut(enclosed[number - 1].name, enclosed[number - 1].content_type, content)


def take_original(council: Council, ref: str, mail_id: str) -> TakenOut:
    """The letter's bytes as they came. Raises as `take_enclosure`."""
    with few_at_once():
        mail = _with_original(council, ref, mail_id)
        if mail.erased_at is not None:
            raise NotFound("letter")
        _refuse_harmful(council, mail.raw)
        return TakenOut(original_name(mail), "application/octet-stream", mail.raw)


def was_erased(mail: InboundMail) -> str:
    """That its bytes are there no more, as a sentence without its stop."""
    return f"it was erased on {for_people(mail.erased_at)}, its time having passed" if mail.erased_at else ""


def original_name(mail: InboundMail) -> str:
    """What a letter's original is called as a file."""
    return f"{mail.id}{'.txt' if mail.door == MailDoor.WEBHOOK else '.eml'}"


def belongs_to(session: Session, ref: str, mail_id: str) -> bool:
    """Whether a letter came for that case, or is named in its ledger and came for none that is restricted."""
    mail = session.get(InboundMail, mail_id)
    if mail is None or mail.case_ref == ref:
        return mail is not None
    came_for = session.get(Case, mail.case_ref) if mail.case_ref else None
    is_hidden = came_for is not None and came_for.restricted
    return not is_hidden and mail_id in _told_of_letters(session, ref)


def _refuse_harmful(council: Council, content: bytes) -> None:
    match scan(council.connections.worklist, content):
        case Clean():
            return
        case Infected():
            raise FileIsInfected
        case NotScanned(why, has_failed):
            if has_failed:
                raise CannotBeScanned(why)


def _with_original(council: Council, ref: str, mail_id: str) -> InboundMail:
    """The letter with its bytes; nothing of the database is held while they are read."""
    with council.database.read() as session:
        if not belongs_to(session, ref, mail_id):
            raise NotFound("letter")
        return session.scalars(
            select(InboundMail)
            .where(InboundMail.id == mail_id)
            .options(undefer(InboundMail.raw))
            .execution_options(populate_existing=True)
        ).one()


@contextmanager
def few_at_once() -> Iterator[None]:
    """While originals are read: only a few at the same time. Raises `TooManyAtOnce`."""
    if not _being_read.acquire(timeout=PATIENCE_SECONDS):
        raise TooManyAtOnce
    try:
        yield
    finally:
        _being_read.release()


def _is_gone(session: Session, mail_id: str, said: Mapping[str, Any]) -> bool:
    return "text" in said and session.get(InboundMail, mail_id) is None


def _listed(mail_id: str, mail: InboundMail | None, said: Mapping[str, Any]) -> LetterOfCase:
    return LetterOfCase(
        mail_id=mail_id,
        came_at=mail.received_at if mail else None,
        came=_came(mail) if mail else "",
        size=mail.size if mail else 0,
        sender=str(said.get("sender", "")),
        subject=str(said.get("subject", "")),
        text=str(said.get("text", "")),
        enclosed=tuple(map(str, said.get("attachments", ()))),
    )


def _came(mail: InboundMail) -> str:
    if mail.door is None:
        return "on paper" if mail.on_paper else "by e-mail"
    return _CAME_BY[MailDoor(mail.door)]


def _told_of_letters(session: Session, ref: str) -> dict[str, Mapping[str, Any]]:
    """What the ledger says of each letter that it names, by the letter's id."""
    contents = session.scalars(
        select(EntryPayload.content)
        .where(EntryPayload.case_ref == ref, EntryPayload.content.contains('"mail_id"'))
        .order_by(EntryPayload.no)
    )
    found: dict[str, Mapping[str, Any]] = {}
    for content in contents:
        for said in _parts_of(json.loads(content or "{}").get("data")):
            if isinstance(said.get("mail_id"), str) and len(said) > len(found.get(said["mail_id"], {})):
                found[said["mail_id"]] = said
    return found


def _parts_of(data: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(data, Mapping):
        yield data
        data = list(data.values())
    if isinstance(data, Sequence) and not isinstance(data, str):
        for one in data:
            yield from _parts_of(one)
