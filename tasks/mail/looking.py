"""What a person found in a message that could not be read, noted beside the original."""

from __future__ import annotations

from models.mail import MailState
from tasks.durable import audited, here
from tasks.intake import take_up_as_it_stands
from tasks.mail.storing import settle


@audited("The message was nothing for us")
def message_was_nothing(mail_id: str, reasons: str) -> None:
    """Take it out of quarantine as ignored; the reasons stay in the ledger."""
    settle(here().session, mail_id, MailState.IGNORED, reason="a person found nothing for us in it")


@audited("The message was taken up")
def message_was_taken_up(mail_id: str, ref: str) -> None:
    """Take it out of quarantine as the contact that opened `ref`."""
    settle(here().session, mail_id, MailState.OPENED, case_ref=ref)


@audited("The message was taken up as it stands")
def message_was_taken_up_as_it_stands(mail_id: str) -> str | None:
    """Take it out of quarantine as a contact in its own words; gives the case's ref, or none where it has no text."""
    return take_up_as_it_stands(here().change, mail_id)
