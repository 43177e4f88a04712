"""A message to somebody outside as a service is handed it, and what a service can say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.person_messages import MessageKind

_MESSAGE_ID = re.compile(r"<?([!-;=?-~]{1,250})>?")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,20}", re.ASCII)


@dataclass(frozen=True)
class Outward:
    """One message on its way. Personal data in `address`, `subject` and `body`."""

    id: str
    """Ours, L-…; the same at every try."""
    case_ref: str
    entry_no: int
    kind: MessageKind
    address: str
    subject: str
    body: str
    in_reply_to: str | None
    sender_domain: str
    tried_before: bool = False
    """An earlier try may have reached the service without our knowing."""

    @property
    def message_id(self) -> str:
        """Its Message-ID, by which answers and bounces are known again; the same at every try."""
        return f"<case.{self.case_ref}.{self.entry_no}@{self.sender_domain}>"

    @property
    def headers(self) -> dict[str, str]:
        """The mail headers that say what it is and that no machine need answer it (RFC 3834)."""
        automatic = "auto-replied" if self.kind is MessageKind.RECEIPT else "auto-generated"
        found = {
            "Message-ID": self.message_id,
            "Auto-Submitted": automatic,
            "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
        }
        if answered := with_brackets(self.in_reply_to):
            found |= {"In-Reply-To": answered, "References": answered}
        return found


@dataclass(frozen=True)
class Taken:
    """A service has it. Its own id of the message, where it gives one and can be asked what became of it."""

    service_ref: str | None = None


@dataclass(frozen=True)
class NotTaken:
    """A service did not take it, or it is not known whether it did; it may be tried again."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """A service will never take it; nobody tries again."""

    reason: str


@dataclass(frozen=True)
class Arrived:
    """The service says that it arrived."""


@dataclass(frozen=True)
class DidNotArrive:
    """The service says that it did not arrive and will not."""

    reason: str


Handed = Taken | NotTaken | Refused
"""What became of handing a message over."""
Arrival = Arrived | DidNotArrive
"""What a delivery receipt says."""


class CarriesOutward:
    """What a service of ours has beside Apprise's own: it knows the message as a whole, and says what became of it."""

    outward: Outward | None = None
    handed: Handed | None = None

    def became(self, service_ref: str) -> Arrival | None:
        """What the delivery receipt says; None while it says nothing. Most services give none."""
        return None


def with_brackets(message_id: str | None) -> str | None:
    """A Message-ID as it stands in a header; none where it is not one (it came from outside)."""
    found = _MESSAGE_ID.fullmatch(message_id.strip()) if message_id else None
    return f"<{found[1]}>" if found else None


def is_plain_address(text: str) -> bool:
    """Whether it is an e-mail address that can stand in a header and in a service's address as it is."""
    return _PLAIN_ADDRESS.fullmatch(text) is not None and ".." not in text


def is_telephone(text: str) -> bool:
    """Whether it can be a telephone number; whether it takes texts, only the service knows."""
    return _TELEPHONE.fullmatch(text) is not None


def ways_to_dial(telephone: str) -> frozenset[str]:
    """
    Every way in which a telephone number may be written, without spaces, hyphens and brackets.

    "07700 900123", "+44 (0)7700 900123" and "00447700900123" are one number and have the same ways.
    """
    dialled = re.sub(r"[ ()-]", "", telephone)
    bare = re.sub(r"^(\+|00)", "", dialled)
    if bare.startswith("44"):
        home = bare.removeprefix("44").removeprefix("0")
    elif bare == dialled:  # neither +33… nor 0033…
        home = bare.removeprefix("0")
    else:
        return frozenset(before + bare for before in ("+", "00", ""))
    return frozenset(before + home for before in ("0", "", "+44", "0044", "44", "+440", "00440", "440"))
