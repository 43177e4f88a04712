"""
Who gets no receipt: machines, lists and ourselves, so that no two machines write to each other for ever (RFC 3834).

In doubt there is none. Receipts to one address are counted beside this, for machines that hide what they are.
"""

from __future__ import annotations

from collections.abc import Collection

from models.connections import Connections
from models.mail import InboundMail, MailDoor
from tasks.mail import headers
from tasks.mail.answerable import address_to_answer, nobody_reads
from tasks.mail.sorting_signs import MailSign, what_it_is
from tasks.telling.people_outward import is_plain_address


def why_no_receipt(mail: InboundMail, raw: bytes, address: str, ours: Collection[str]) -> str:
    """
    Why a message gets no receipt, without personal data; empty where it may get one.

    `address` is where the receipt would go, `ours` are our own addresses and domains, as `our_own` gives them.
    """
    written: list[str] = []
    if mail.door != MailDoor.WEBHOOK:  # what another system sends is no mail
        message = headers.headers_alone(raw)
        if what_it_is(raw, lambda _ref: False, mail.envelope_from).sign is not MailSign.CONTACT:
            return "a machine wrote it"
        if address_to_answer(raw, mail.envelope_from) is None or headers.raw_values(message, "X-Loop"):
            return "it came by a mailing list, or asks for no automatic answer"
        written = [found for _, found in headers.addresses(headers.raw_values(message, "From"))]
    for one in (address, mail.envelope_from or address, *written):
        if not is_plain_address(one):
            return "its sender's address cannot be used"
        if nobody_reads(one):
            return "nobody reads what is sent to its sender's address"
        if is_ours(one, ours):
            return "it came from an address of ours"
    return ""


def our_own(connections: Connections, mail: InboundMail) -> set[str]:
    """Our own domain and addresses: those of the connections file, and those the message was sent to."""
    mailboxes = {box.username.lower() for box in connections.mailboxes if "@" in box.username}
    return {connections.people.sender_domain.lower(), *mailboxes, *(to.lower() for to in mail.envelope_to)}


def is_ours(address: str, ours: Collection[str]) -> bool:
    """Whether an address is one of ours, or in our domain or below it."""
    wanted = address.lower()
    domain = wanted.rpartition("@")[2]
    return wanted in ours or any(domain == own or domain.endswith(f".{own}") for own in ours if "@" not in own)
