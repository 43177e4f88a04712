"""Kept originals read again, by whichever door they came."""

from __future__ import annotations

from models.mail import MailDoor
from tasks.mail.reading import ReadMessage, attachment_bytes, read_message
from tasks.webhook_contact import file_in_contact, read_contact
from tasks.webhook_evidence import PATH as EVIDENCE
from tasks.webhook_evidence import file_in_evidence, read_evidence
from tasks.webhook_intake import WebhookCall
from tasks.webhook_referral import PATH as REFERRALS
from tasks.webhook_referral import file_in_referral, read_referral


def read_original(door: str | None, raw: bytes) -> ReadMessage:
    """A message from its kept bytes. Raises `Unreadable`; for a call of another system `NotAKeptCall`."""
    if door != MailDoor.WEBHOOK:
        return read_message(raw)
    call = WebhookCall.from_kept(raw)
    read = {REFERRALS: read_referral, EVIDENCE: read_evidence}.get(call.path, read_contact)
    return read(call)


def enclosed_file(door: str | None, raw: bytes, index: int) -> bytes:
    """The bytes of what was enclosed as number `index`, from 0. Raises `NoSuchAttachment` and as `read_original`."""
    if door != MailDoor.WEBHOOK:
        return attachment_bytes(raw, index)
    call = WebhookCall.from_kept(raw)
    file_in = {REFERRALS: file_in_referral, EVIDENCE: file_in_evidence}.get(call.path, file_in_contact)
    return file_in(call, index)
