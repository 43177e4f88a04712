"""
Reading a message: any bytes become something a person can read, or are called unreadable with the reason.

Nothing here decides what a message is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from hashlib import sha256

from models.errors import PathwaysError
from tasks.mail import headers
from tasks.mail.decoding import storable
from tasks.mail.parts import Content, Forwarded, content_of

LONGEST_TEXT = 500_000
"""Characters of a message's text that are read; the rest stays in the original."""

_ONCE = ("From", "Subject", "Date", "Message-ID", "Reply-To")


class Unreadable(PathwaysError):
    """This message cannot be understood: keep it in quarantine and have a person look at the original."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the message cannot be read: {reason}; look at the original in quarantine")


class NoSuchAttachment(PathwaysError):
    """The message has no attachment of that number: see `pathways case show` for those it has."""

    def __init__(self, index: int) -> None:
        super().__init__(f"the message has no attachment with index {index}; list its attachments first")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message. `size` is in bytes, `sha256` in hex; the name is never empty."""

    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReadMessage:
    """
    A message as a person reads it. Every string can be stored as UTF-8 in any database.

    `message_id`, `in_reply_to` and `references` come without angle brackets. `sent_at` is in UTC. `text`
    may be empty where there are attachments; what a calendar entry proposes stands at its end and in `calendar`.
    `forwarded` are the messages that it encloses, the outermost first: their senders wrote, and `from_address`
    passed it on. `signed_with` names the kinds of signature, of which none was checked. `parts` counts the pieces it
    is made of. `reading_problems` says in sentences without personal data what may be wrong.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime | None
    from_address: str | None
    from_name: str
    reply_to: str | None
    to: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    reading_problems: tuple[str, ...]
    calendar: tuple[str, ...] = ()
    forwarded: tuple[Forwarded, ...] = ()
    signed_with: tuple[str, ...] = ()
    parts: int = 1


def read_message(raw: bytes) -> ReadMessage:
    """
    Read a message from its original bytes.

    Raises `Unreadable` where it holds neither readable text nor an attachment, and nothing else, whatever
    the bytes.
    """
    message, content = _taken_apart(raw)
    text = content.text
    if not text.strip() and not content.files:
        raise Unreadable(_why_nothing(content))
    problems = [*content.problems, *_doubled(message)]
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
        problems.append("the text is very long; the rest is in the original")
    senders = headers.addresses(headers.raw_values(message, "From")[:1])
    if not senders:
        problems.append("the message does not say who wrote it")
    name, address = senders[0] if senders else ("", None)
    answers = headers.addresses(headers.raw_values(message, "Reply-To")[:1])
    ids = headers.message_ids(headers.raw_values(message, "Message-ID")[:1])
    receivers = headers.addresses([*headers.raw_values(message, "To"), *headers.raw_values(message, "Cc")])
    return ReadMessage(
        message_id=ids[0] if ids else None,
        in_reply_to=headers.message_ids(headers.raw_values(message, "In-Reply-To")),
        references=headers.message_ids(headers.raw_values(message, "References")),
        sent_at=headers.moment(headers.first_raw(message, "Date")),
        from_address=address,
        from_name=name,
        reply_to=answers[0][1] if answers else None,
        to=tuple(dict.fromkeys(address for _, address in receivers)),
        subject=headers.readable(headers.first_raw(message, "Subject")),
        text=storable(text),
        attachments=tuple(
            Attachment(file.name, storable(file.content_type), len(file.content), sha256(file.content).hexdigest())
            for file in content.files
        ),
        calendar=tuple(content.calendar),
        forwarded=tuple(content.forwarded),
        signed_with=tuple(dict.fromkeys(content.signatures)),
        parts=sum(1 for _ in message.walk()),
        reading_problems=tuple(dict.fromkeys(problems)),
    )


def attachment_bytes(raw: bytes, index: int) -> bytes:
    """The bytes of attachment `index`, from 0 as in `ReadMessage.attachments`. Raises `NoSuchAttachment`."""
    _, content = _taken_apart(raw)
    if not 0 <= index < len(content.files):
        raise NoSuchAttachment(index)
    return content.files[index].content


def _taken_apart(raw: bytes) -> tuple[Message, Content]:
    reason = "its structure is damaged"
    try:
        message = headers.parsed(raw)
        return message, content_of(message)
    except Exception as failed:
        # The standard parser fails in ways it does not list; the message stays whole in quarantine.
        reason = f"its structure is damaged ({type(failed).__name__})"
    raise Unreadable(reason)


def _why_nothing(content: Content) -> str:
    return content.problems[0] if content.problems else "it holds neither readable text nor an attachment"


def _doubled(message: Message) -> list[str]:
    return [
        f"the header {name} is there more than once; the first was taken"
        for name in _ONCE
        if len(headers.raw_values(message, name)) > 1
    ]
