"""
Signs that sort mail before anybody reads it: a contact, a reply to us, a machine's answer, our own message
back.

Headers decide (RFC 3834, RFC 3464, RFC 8098); a subject counts only on a message that answers one of ours.
Where a machine wrote but nothing says that it answers us, nobody's letter is thrown away: it is for a
person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from models.refs import find_refs
from tasks.mail import headers

_OUR_MESSAGE = re.compile(r"\bcase\.([0-9A-Za-z]{4}-[0-9A-Za-z]{4})\.\d{1,12}@")
_IN_SUBJECT = re.compile(r"(?:\[\s*|\bcase\s+)([0-9A-Za-z]{4}-[0-9A-Za-z]{4})\b", re.IGNORECASE)
_AWAY = re.compile(
    r"\s*(\[[^\]]*\]\s*)?(auto(matic)?[- ]?(reply|response)|auto:|(out of|away from) (the )?office"
    r"|absence notice|i am (currently )?(away|on (annual )?leave))",
    re.IGNORECASE,
)
_CAME_BACK = re.compile(
    r"\s*(undeliver|delivery (status notification|failure|has failed)|mail delivery (failed|system)"
    r"|returned mail|failure notice)",
    re.IGNORECASE,
)
_ANSWERS_OF_MACHINES = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")


class MailSign(StrEnum):
    """What a message is, by its outward signs."""

    CONTACT = "contact"
    """Somebody writes to us."""
    REPLY = "reply"
    """Somebody answers about a case of ours."""
    AUTO_REPLY = "auto-reply"
    """A machine answers us: an absence, a receipt. It opens no case and is never answered."""
    BOUNCE = "bounce"
    """A message of ours could not be delivered. It opens no case and is never answered."""
    OUR_OWN = "our-own"
    """A message of ours came back as it went out, by a loop or a redirection. It opens no case."""
    MACHINE = "machine"
    """A machine wrote, not seen to answer us. It opens no case by itself: a person looks at it."""


@dataclass(frozen=True)
class Sorted:
    """
    A message's sign, the case of ours that it is about (where it names one), and the header that tells.

    `because` is a sentence without personal data.
    """

    sign: MailSign
    case_ref: str | None
    because: str


def what_it_is(raw: bytes, known_ref: Callable[[str], bool], envelope_from: str | None = None) -> Sorted:
    """
    Sort a message by its outward signs. Never raises.

    `known_ref` says whether a ref is that of a case of ours. `envelope_from` is the return path: empty for
    the null path, none where it is not known (the Return-Path header is looked at in either case).
    """
    message = headers.headers_alone(raw)
    null_path = envelope_from in ("", "<>") or headers.first_raw(message, "Return-Path") == "<>"
    if because := _bounce(message, null_path):
        # The ref is in the returned message, which lies within this one.
        returned = _OUR_MESSAGE.findall(raw.decode("latin-1"))
        ref = _ref_answered(message, known_ref) or _first_known(returned, known_ref)
        return Sorted(MailSign.BOUNCE, ref, because)
    if ours := _first_known(_our_ids(message, "Message-ID"), known_ref):
        return Sorted(MailSign.OUR_OWN, ours, "it is a message of ours that came back")
    ref = _ref_answered(message, known_ref)
    if because := _answer_of_a_machine(message, null_path, ref is not None):
        return Sorted(MailSign.AUTO_REPLY, ref, because)
    if because := _machine(message):
        return Sorted(MailSign.MACHINE, ref, because)
    if null_path:
        return Sorted(MailSign.MACHINE, ref, "it has the null return path, which machines use; it may be a letter")
    if ref:
        return Sorted(MailSign.REPLY, ref, "it answers a message of ours or names the case in its subject")
    return Sorted(MailSign.CONTACT, None, "nothing says that it is anything else")


def _bounce(message: Message, null_path: bool) -> str | None:
    if _type_of(message) == "multipart/report" and _parameter(message, "report-type") == "delivery-status":
        return "it is a delivery status report (RFC 3464)"
    if headers.raw_values(message, "X-Failed-Recipients"):
        return "X-Failed-Recipients names whom our message did not reach"
    senders = headers.addresses(headers.raw_values(message, "From")[:1])
    mailbox = senders[0][1].partition("@")[0].lower() if senders else ""
    if mailbox == "mailer-daemon":
        return "a mail system wrote it"
    subject = headers.readable(headers.first_raw(message, "Subject"))
    if null_path and (mailbox == "postmaster" or _type_of(message) == "multipart/report" or _CAME_BACK.match(subject)):
        return "it has the null return path of a delivery failure"
    return None


def _answer_of_a_machine(message: Message, null_path: bool, about_a_case: bool) -> str | None:
    submitted = _auto_submitted(message)
    if submitted == "auto-replied":
        return "Auto-Submitted says auto-replied (RFC 3834)"
    for name in _ANSWERS_OF_MACHINES:
        if headers.first_raw(message, name).lower() not in ("", "no", "false"):
            return f"{name} says that a machine answered"
    if _precedence(message) in ("auto_reply", "auto-reply"):
        return "Precedence says auto-reply"
    if _type_of(message) == "multipart/report" and _parameter(message, "report-type") == "disposition-notification":
        return "it is a read receipt (RFC 8098)"
    answers = bool(headers.raw_values(message, "In-Reply-To") or headers.raw_values(message, "References"))
    away = _AWAY.match(headers.readable(headers.first_raw(message, "Subject"))) is not None
    if null_path and (answers or about_a_case or away):
        return "it has the null return path, and answers a message or says absent"
    if _machine(message) and (answers or about_a_case or away):
        return "a machine sent it in answer to a message"
    if away and headers.first_raw(message, "X-Auto-Response-Suppress"):
        return "X-Auto-Response-Suppress and the subject say that it is an absence notice"
    if away and about_a_case:
        return "its subject says absent, and it answers a message of ours"
    return None


def _machine(message: Message) -> str | None:
    """Why a machine must have sent this; mailing lists do not count, as people write to them."""
    if _auto_submitted(message) not in ("", "no"):
        return "Auto-Submitted says that no person sent it (RFC 3834)"
    if _precedence(message) in ("bulk", "junk"):
        return "Precedence says that it was sent in bulk"
    return None


def _our_ids(message: Message, name: str) -> list[str]:
    """The refs in ids of the form that our own messages have."""
    ids = headers.message_ids(headers.raw_values(message, name)[:1])
    return [found for one in ids for found in _OUR_MESSAGE.findall(one)]


def _ref_answered(message: Message, known_ref: Callable[[str], bool]) -> str | None:
    answered = headers.message_ids(headers.raw_values(message, "In-Reply-To"))
    thread = headers.message_ids(headers.raw_values(message, "References"))
    written = [found for one in (*answered, *reversed(thread)) for found in _OUR_MESSAGE.findall(one)]
    subject = headers.readable(headers.first_raw(message, "Subject"))
    return _first_known([*written, *_IN_SUBJECT.findall(subject)], known_ref)


def _first_known(written: list[str], known_ref: Callable[[str], bool]) -> str | None:
    refs = dict.fromkeys(ref for one in written for ref in find_refs(one))
    return next((ref for ref in refs if known_ref(ref)), None)


def _auto_submitted(message: Message) -> str:
    return re.split(r"[;\s(]", headers.first_raw(message, "Auto-Submitted").lower().lstrip())[0]


def _precedence(message: Message) -> str:
    return headers.first_raw(message, "Precedence").lower().strip()


def _type_of(message: Message) -> str:
    try:
        return message.get_content_type()
    except Exception:  # damaged parameters
        return "text/plain"


def _parameter(message: Message, name: str) -> str:
    try:
        return str(message.get_param(name, "")).lower()
    except Exception:  # damaged parameters
        return ""
