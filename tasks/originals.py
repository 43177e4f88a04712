"""Kept originals read again, by whichever door they came."""

from __future__ import annotations

from models.mail import MailDoor
from tasks.mail.reading import ReadMessage, attachment_bytes, read_message
from tasks.webhook_contact import file_in_contact, read_contact
from tasks.webhook_intake import WebhookCall
from tasks.webhook_referral import PATH as REFERRALS
from tasks.webhook_referral import file_in_referral, read_referral


def read_original(door: str | None, raw: bytes) -> ReadMessage:
    """A message from its kept bytes. Raises `Unreadable`; for a call of another system `NotAKeptCall`."""
    if door != MailDoor.WEBHOOK:
        return read_message(raw)
    call = WebhookCall.from_kept(raw)
    return read_referral(call) if call.path == REFERRALS else read_contact(call)


def enclosed_file(door: str | None, raw: bytes, index: int) -> bytes:
    """The bytes of what was enclosed as number `index`, from 0. Raises `NoSuchAttachment` and as `read_original`."""
    if door != MailDoor.WEBHOOK:
        return attachment_bytes(raw, index)
    call = WebhookCall.from_kept(raw)
    return file_in_referral(call, index) if call.path == REFERRALS else file_in_contact(call, index)
