"""Whether a machine may answer a message, and to which address (RFC 3834)."""

from __future__ import annotations

import re

from tasks.mail import headers

_NOBODY_READS = re.compile(
    r"(no[-_.]*reply|do[-_.]*not[-_.]*reply|mailer[-_.]?daemon|postmaster|bounces?|majordomo|listserv|list|root|daemon"
    r"|nobody|auto-?(reply|responder)|notifications?|owner)([-+_.=].*)?|.*[-+._](no-?reply|bounces?|request|owner)",
    re.IGNORECASE,
)
_LISTS = ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List", "X-Mailing-List", "Feedback-ID")


def address_to_answer(raw: bytes, envelope_from: str | None) -> str | None:
    """
    Where a receipt for this message may go: where its writer wants answers, or None where no machine may answer.

    None for the null return path, for what machines and mailing lists send, where the sender asks for no automatic
    answers, and for addresses that nobody reads. Never raises.
    """
    try:
        message = headers.headers_alone(raw)
        if envelope_from in ("", "<>") or headers.first_raw(message, "Return-Path") == "<>":
            return None
        if headers.first_raw(message, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
            return None
        if headers.first_raw(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
            return None
        if any(headers.raw_values(message, name) for name in _LISTS):
            return None
        wants_none = headers.first_raw(message, "X-Auto-Response-Suppress").lower()
        if any(word in wants_none for word in ("all", "autoreply", "oof")):
            return None
        wanted = headers.addresses(headers.raw_values(message, "Reply-To")[:1])
        written = headers.addresses(headers.raw_values(message, "From")[:1])
        addresses = [address for _, address in (wanted or written)]
    except Exception:  # what cannot be taken apart is not answered
        return None
    if len(addresses) != 1 or "@" not in addresses[0]:
        return None
    return None if nobody_reads(addresses[0]) else addresses[0]


def nobody_reads(address: str) -> bool:
    """Whether an address says by its name that a machine or a list stands behind it."""
    return _NOBODY_READS.fullmatch(address.rpartition("@")[0]) is not None
