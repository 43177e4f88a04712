"""
Knowing the same message again although every relay on its way has added lines of its own.

Counted are what the sender wrote: the headers below and each part with its transfer encoding undone, since
relays may change that encoding. Two letters under one Message-ID differ in some of it and are two.
"""

from __future__ import annotations

import re
from email.message import Message
from hashlib import sha256

from tasks.mail import headers

_WRITTEN_BY_THE_SENDER = (
    "Message-ID",
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "In-Reply-To",
    "References",
)


def digest_of_bytes(raw: bytes) -> str:
    """SHA-256 of the original bytes, in hex."""
    return sha256(raw).hexdigest()


def digest_of_content(raw: bytes) -> str:
    """
    SHA-256 over what the sender wrote, in hex. Never raises.

    A message with neither Message-ID nor Date could be a second letter in the same words: only the same
    bytes are the same message then.
    """
    try:
        message = headers.parsed(raw)
        if not (headers.first_raw(message, "Message-ID") or headers.first_raw(message, "Date")):
            return digest_of_bytes(raw)
        return _digest(message)
    except Exception:  # what cannot be taken apart is known by its bytes
        return digest_of_bytes(raw)


def _digest(message: Message) -> str:
    whole = sha256()
    for name in _WRITTEN_BY_THE_SENDER:
        for value in headers.raw_values(message, name):
            _count(whole, f"{name}: {' '.join(value.split())}".encode("utf-8", "surrogateescape"))
    for part in message.walk():
        if part.is_multipart():
            _count(whole, part.get_content_type().encode("utf-8", "surrogateescape"))
            continue
        for name in ("Content-Type", "Content-Disposition"):
            _count(whole, headers.first_raw(part, name).encode("utf-8", "surrogateescape"))
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if part.get_content_maintype() == "text":
            content = re.sub(rb"[ \t]*\r?\n", b"\n", content).rstrip()
        _count(whole, content)
    return whole.hexdigest()


def _count(whole: object, piece: bytes) -> None:
    # The length first, so that no two lists of pieces run together into the same bytes.
    assert hasattr(whole, "update")
    whole.update(len(piece).to_bytes(8, "big") + piece)
