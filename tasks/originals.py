"""Kept originals read again, by whichever door they came."""

from __future__ import annotations

from models.mail import MailDoor
from tasks.mail.reading import ReadMessage, attachment_bytes, read_message
from tasks.webhook_contact import file_in_contact, read_contact


def read_original(door: str | None, raw: bytes) -> ReadMessage:
    """A message from its kept bytes. Raises `Unreadable`; for a call of another system `NotAKeptCall`."""
    return read_contact(raw) if door == MailDoor.WEBHOOK else read_message(raw)


def enclosed_file(door: str | None, raw: bytes, index: int) -> bytes:
    """The bytes of what was enclosed as number `index`, from 0. Raises `NoSuchAttachment` and as `read_original`."""
    return file_in_contact(raw, index) if door == MailDoor.WEBHOOK else attachment_bytes(raw, index)
