"""The limits of what is taken up unseen. What goes beyond them is kept whole, and a person looks at it first."""

from __future__ import annotations

from models.policy.running import MailLimits
from tasks.mail.reading import ReadMessage


def beyond_limits(message: ReadMessage, limits: MailLimits) -> str | None:
    """Why a message is for a person to look at first, without personal data; none where it keeps within limits."""
    if message.parts > limits.nested_parts:
        return f"it is made of {message.parts} parts, more than policy's {limits.nested_parts}"
    if len(message.attachments) > limits.attachments:
        return f"it has {len(message.attachments)} enclosures, more than policy's {limits.attachments}"
    largest = max((file.size for file in message.attachments), default=0)
    if largest > limits.attachment_bytes:
        return f"it has an enclosure of {largest} bytes, more than policy's {limits.attachment_bytes}"
    return None
