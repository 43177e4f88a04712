"""
What is kept of a message that is too large to be taken in: who wrote it, about what, and where it lies whole.

The note is a message itself, so that it is shown like one; the original stays in the mailbox's folder, untouched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.connections import Mailbox
from tasks.mail import headers
from tasks.mail.decoding import storable

_SHOWN = ("From", "To", "Cc", "Reply-To", "Date", "Subject", "Message-ID", "In-Reply-To", "References")


@dataclass(frozen=True)
class StandIn:
    """The bytes to be kept, and the reason without personal data."""

    raw: bytes
    reason: str


def stand_in(box: Mailbox, header: bytes, size: int, came_at: datetime | None, limit: int) -> StandIn:
    """
    A note in place of a message of `size` bytes in `box`, with its own sender, subject and date.

    The same message gives the same bytes, however often it is looked at; two messages never do: the size and the
    time at which it came into the mailbox stand in it.
    """
    original = headers.headers_alone(header)
    lines = [
        f"{name}: {' '.join(value.split())}".encode("utf-8", "surrogateescape")
        for name in _SHOWN
        for value in headers.raw_values(original, name)[:1]
    ]
    came = f"It came into the mailbox at {came_at.isoformat()}." if came_at else ""
    words = (
        "This note stands for a message that is too large to be taken in.",
        f"It has {size} bytes; policy takes {limit} (mail.message_bytes). {came}".rstrip(),
        f"It lies, whole, in the folder {storable(box.put_aside)!r} of the mailbox {box.name}.",
    )
    marks = [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
    body = "\r\n".join(words).encode()
    return StandIn(
        b"\r\n".join([*lines, *marks, b"", body, b""]),
        f"it is too large ({size / 1e6:.0f} MB): it lies in the folder {storable(box.put_aside)!r} of the mailbox "
        f"{box.name} and must be looked at there",
    )
