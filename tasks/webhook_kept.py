"""What another system sent, shown as a message that a person reads, whichever door it came by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from models.incoming_contact import IncomingFile, IncomingSubject
from tasks.mail.reading import Attachment, NoSuchAttachment, ReadMessage
from tasks.webhook_intake import WebhookCall


def enclosed(files: Sequence[IncomingFile]) -> tuple[Attachment, ...]:
    """The files of a call, without their bytes."""
    return tuple(
        Attachment(file.name, file.content_type, len(file.content), sha256(file.content).hexdigest()) for file in files
    )


def file_at(index: int, files: Sequence[IncomingFile]) -> bytes:
    """The bytes of the file `index`, from 0. Raises `NoSuchAttachment`."""
    if not 0 <= index < len(files):
        raise NoSuchAttachment(index)
    return files[index].content


def about_whom(about: IncomingSubject | None) -> str:
    """What the sender said of the person, field by field; empty where nothing."""
    given = {} if about is None else about.model_dump(exclude_none=True)
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in given.items()]
    return "About whom, as they say:\n" + "\n".join(lines) if lines else ""


def as_it_came(call: WebhookCall) -> ReadMessage:
    """A call that meets today's schema no longer."""
    shown = call.body.decode("utf-8", "replace")
    return as_message(text=shown, problems=("it is of an older kind and shown as it came",))


def as_message(
    *,
    text: str,
    sent_at: datetime | None = None,
    address: str | None = None,
    name: str = "",
    to: tuple[str, ...] = (),
    subject: str = "",
    attachments: tuple[Attachment, ...] = (),
    problems: tuple[str, ...] = (),
) -> ReadMessage:
    """What a call said, as mail is read; what only mail has is left empty."""
    return ReadMessage(
        message_id=None,
        in_reply_to=(),
        references=(),
        sent_at=sent_at,
        from_address=address,
        from_name=name,
        reply_to=None,
        to=to,
        subject=subject,
        text=text,
        attachments=attachments,
        calendar=(),
        forwarded=(),
        signed_with=(),
        parts=1 + len(attachments),
        reading_problems=problems,
    )
