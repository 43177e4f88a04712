"""
What a message is made of: the text a person reads, and the attachments, however they are nested.

Of alternatives the plain one is read unless it says next to nothing. Forwarded messages are read where they
lie.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message

from tasks.mail.calendar_words import calendar_in_words
from tasks.mail.decoding import decode, looks_like_text, storable
from tasks.mail.headers import addresses, first_raw, moment, parsed, raw_values, readable
from tasks.mail.html_text import text_of_html
from tasks.mail.wrapped import OUTLOOK, SIGNATURES, instead_of_text, is_outlooks_wrapping, name_of_wrapping

_DEEPEST = 30
_NEXT_TO_NOTHING = 200  # characters of a plain part that may only say "this message is in HTML"
_READ_AS_TEXT = {"text/plain", "text/html", "text/enriched", "text/markdown"}
_LONGEST_NAME = 200
_BLANKS = b" \t\n\r\f\v"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


@dataclass(frozen=True)
class File:
    """An attached file: its name as the sender gave it without any folder, its type, its bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Forwarded:
    """A message that came inside another one: who wrote it, when and about what."""

    from_name: str
    from_address: str | None
    sent_at: datetime | None
    subject: str


@dataclass
class Content:
    """The texts of a message in reading order, its calendar entries and files, and what was wrong with them."""

    texts: list[str] = field(default_factory=list)
    calendar: list[str] = field(default_factory=list)
    forwarded: list[Forwarded] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All texts, and what its calendar entries say, an empty line between them."""
        return "\n\n".join([*self.texts, *self.calendar])

    def add(self, other: Content) -> None:
        """Take over what another part holds."""
        self.texts += other.texts
        self.add_beside(other)

    def add_beside(self, other: Content) -> None:
        """Take over what another part holds, but for its texts."""
        self.calendar += [one for one in other.calendar if one not in self.calendar]
        self.forwarded += other.forwarded
        self.files += other.files
        self.signatures += other.signatures
        self.problems += other.problems


def content_of(message: Message) -> Content:
    """Everything readable in `message`. Raises nothing for damaged parts: they are named in `problems`."""
    content = _collected(message, 0)
    if not content.text.strip():
        # Some senders mark the letter itself as an attachment.
        for file in content.files:
            if file.content_type in _READ_AS_TEXT:
                content.texts = _texts(file.content, file.content_type, None, content.problems)
                break
    content.files = [_named(file, number) for number, file in enumerate(content.files, start=1)]
    return content


def _collected(part: Message, depth: int) -> Content:
    if depth > _DEEPEST:
        return Content(problems=["parts are nested too deeply; the innermost are only in the original"])
    content_type = _type_of(part)
    children = part.get_payload()
    if isinstance(children, list):
        inner = [child for child in children if isinstance(child, Message)]
        if content_type == "message/delivery-status":
            return _headers_as_text(inner)
        if content_type.startswith("message/"):
            return _forwarded(part, inner, depth)
        if content_type == "multipart/alternative":
            return _one_of(inner, depth)
        whole = Content()
        if said := instead_of_text(part, content_type):
            whole.texts.append(said)
        for child in inner:
            whole.add(_collected(child, depth + 1))
        return whole
    return _leaf(part, content_type)


def _one_of(alternatives: list[Message], depth: int) -> Content:
    """One of several forms of the same text, and the files of all of them."""
    read = [(_type_of(part), _collected(part, depth + 1)) for part in alternatives]
    texts = [(kind, content.text.strip()) for kind, content in read]
    plain = next((text for kind, text in texts if kind == "text/plain" and text), "")
    richest = next((text for kind, text in reversed(texts) if kind != "text/plain" and text), "")
    says_little = len(plain) < _NEXT_TO_NOTHING and len(richest) > 4 * max(len(plain), 40)
    chosen = richest if not plain or says_little else plain
    both = Content(texts=[chosen] if chosen else [])
    for _, content in read:
        both.add_beside(content)
    return both


def _forwarded(part: Message, inner: list[Message], depth: int) -> Content:
    """A message inside this one: its main headers above its text."""
    whole = Content()
    for message in inner:
        wrapped = message.get_payload()
        if not message.keys() and isinstance(wrapped, str) and _encoding(part) == "base64":
            message = parsed(_unbase64(wrapped.encode("ascii", "surrogateescape"))[0])
        head = [
            f"{name}: {value}" for name in ("From", "Date", "Subject") if (value := readable(first_raw(message, name)))
        ]
        content = _collected(message, depth + 1)
        if head:
            whole.forwarded.append(_who_and_when(message))
        if head or content.texts:
            whole.texts.append("\n".join(["Forwarded message:", *head]))
        whole.add(content)
    return whole


def _who_and_when(message: Message) -> Forwarded:
    senders = addresses(raw_values(message, "From")[:1])
    name, address = senders[0] if senders else ("", None)
    return Forwarded(name, address, moment(first_raw(message, "Date")), readable(first_raw(message, "Subject")))


def _headers_as_text(blocks: list[Message]) -> Content:
    """A delivery report, which is written in header lines."""
    lines = [f"{name}: {readable(str(value))}" for block in blocks for name, value in block.raw_items()]
    return Content(texts=[storable("\n".join(lines))] if lines else [])


def _leaf(part: Message, content_type: str) -> Content:
    content = Content()
    payload = _bytes_of(part, content.problems)
    name = _file_name(part)
    if content_type.startswith(("multipart/", "message/")):
        content_type = "text/plain"  # its parts could not be told apart: what is there is shown as it is
        content.problems.append("the message's parts cannot be told apart")
    if content_type in SIGNATURES:
        content.signatures.append(SIGNATURES[content_type])
        return content
    if said := instead_of_text(part, content_type):
        content.texts.append(said)
    if is_outlooks_wrapping(name, content_type):
        name = name_of_wrapping(name)
        content.problems.append(OUTLOOK)
    if content_type == "text/calendar":
        content.calendar = calendar_in_words(payload)
        if not content.calendar:
            content.problems.append("a calendar entry cannot be read; it is among the enclosures")
    attached = name or first_raw(part, "Content-Disposition").lower().startswith("attachment")
    if content_type in _READ_AS_TEXT and not attached:
        content.texts = _texts(payload, content_type, _charset(part), content.problems)
    elif payload or name:
        content.files.append(File(name, content_type, payload))
    return content


def _texts(payload: bytes, content_type: str, charset: str | None, problems: list[str]) -> list[str]:
    text, as_declared = decode(payload, charset)
    if not text.strip():
        return []
    if not looks_like_text(text):
        problems.append("a part that should be text is not; see the original")
        return []
    if not as_declared:
        problems.append("the text is not in the charset it declares; single characters may be wrong")
    text = storable(text)
    text = text_of_html(text) if content_type == "text/html" else text.strip("\n")
    return [text] if text.strip() else []


def _bytes_of(part: Message, problems: list[str]) -> bytes:
    """A part's bytes, its transfer encoding undone as far as it can be."""
    payload = part.get_payload()
    raw = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    if _encoding(part) == "base64":
        content, whole = _unbase64(raw)
        if not whole:
            problems.append("a part is damaged in its base64 encoding; what could be read is shown")
        return content
    try:
        undone = part.get_payload(decode=True)
    except Exception:  # damaged uuencoding and the like
        problems.append("a part's transfer encoding is damaged; it is shown as it came")
        return raw
    return undone if isinstance(undone, bytes) else raw


def _unbase64(encoded: bytes) -> tuple[bytes, bool]:
    """What base64 holds, and whether it was undamaged. Text that is not base64 at all comes back as it is."""
    squeezed = encoded.translate(None, _BLANKS).rstrip(b"=")  # what fills up the end is no sign of anything else
    kept = squeezed.translate(None, _NOT_BASE64)
    whole = len(kept) == len(squeezed) and len(kept) % 4 != 1
    if len(kept) < len(squeezed) * 0.9 and len(squeezed) > 8:
        return encoded, False
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return b64decode(kept + b"=" * (-len(kept) % 4)), whole


def _encoding(part: Message) -> str:
    return first_raw(part, "Content-Transfer-Encoding").lower().split(";")[0].strip()


def _type_of(part: Message) -> str:
    try:
        return part.get_content_type()
    except Exception:  # damaged parameters
        return "text/plain"


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # damaged parameters
        return None


def _file_name(part: Message) -> str:
    try:
        given = part.get_filename() or ""
    except Exception:  # damaged parameters
        return ""
    return re.split(r"[/\\]", readable(given))[-1].strip(" .\"'")[:_LONGEST_NAME]


def _named(file: File, number: int) -> File:
    return file if file.name else File(f"attachment-{number}", file.content_type, file.content)
