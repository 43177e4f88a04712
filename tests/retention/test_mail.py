"""What came is kept as long as a case speaks of it, and goes by its own time where none does."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from flows.unreadable_message import unreadable_message
from models.audit import AccessEntry
from models.doors import WebhookReceipt
from models.forms.alarms import MessageLookedAt, UnreadableMessageFacts, WhatItWas
from models.forms.written_contact import WrittenContact
from models.mail import InboundMail, MailState
from models.notices import Recipient
from models.register import Person
from tasks.audit.case_file import case_file
from tasks.durable.cases import open_new
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_in_mail
from tasks.mail.storing import settle
from tasks.retention.running import erase_what_is_due, would_erase
from tests.audit_world import faults
from tests.retention.archive import close_at_once, close_whatever_is_open, erased_cases, held, lifted, years_pass
from tests.webhook_calls import Partner


def mail(words: str = "The bath seat has not come.", **headers: str) -> bytes:
    """An e-mail with a file enclosed."""
    message = EmailMessage()
    message["From"], message["To"] = "Tom Tilling <tom@example.org>", "duty@wenbridge.example.org"
    message["Subject"], message["Message-ID"] = headers.pop("subject", "Bath seat"), "<1@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    message.add_attachment(b"a picture of the bath", maintype="image", subtype="png", filename="bath.png")
    return message.as_bytes()


def came(office: Office, raw: bytes) -> tuple[str, str | None]:
    """The id of a message that came, and the case that it opened or went to."""
    taken = take_in_mail(office.council, raw, "tom@example.org", ["duty@wenbridge.example.org"])
    office.hours_pass(0)
    return taken.mail_id, taken.case_ref


def row(office: Office, mail_id: str) -> InboundMail:
    """A message as it stands, its bytes read."""
    with office.council.database.read() as session:
        found = session.get_one(InboundMail, mail_id)
        assert isinstance(found.raw, bytes)
        return found


def looks(office: Office) -> list[tuple[str, str]]:
    """What the access log says of erasures."""
    with office.council.database.read() as session:
        rows = session.execute(select(AccessEntry.what, AccessEntry.about).order_by(AccessEntry.no))
        return [(what, about) for what, about in rows if what.startswith("erase")]


def is_gone(office: Office, mail_id: str) -> bool:
    """Whether nothing of a message is left but that it came."""
    found = row(office, mail_id)
    left = (found.raw, found.envelope_from, found.envelope_to)
    assert (left == (b"", None, [])) == (found.erased_at is not None)
    return found.erased_at is not None


def test_a_letter_goes_with_its_case_bytes_enclosures_and_addresses(office: Office) -> None:
    """The row stays and says that something came, when and by which door; the case's entry names it."""
    mail_id, ref = came(office, mail())
    assert ref is not None
    close_whatever_is_open(office)
    years_pass(office, 7)
    assert erase_what_is_due(office.council).mail == 1
    assert is_gone(office, mail_id)
    kept = row(office, mail_id)
    assert (kept.state, kept.case_ref, kept.door) == (MailState.OPENED, ref, "file")
    with office.council.database.read() as session:
        assert f"and with them what came as {mail_id}: kept 6 years after closing" in recall(session, ref)[-1].text
        [letter] = case_file(session, ref).messages
    assert letter.trouble == "it was erased on Wednesday 5 January 2033, 9am, its time having passed"
    assert looks(office) == []
    assert faults(office.council.database) == []


def test_a_letter_stays_while_another_case_speaks_of_it(office: Office) -> None:
    """A case that was opened from the letter's own has it too, and is kept for longer."""
    mail_id, ref = came(office, mail())
    assert ref is not None
    with office.council.database.read() as session:
        facts = recall(session, ref)[0].data
    later = open_new(
        office.council, "written-contact-transfer", WrittenContact(**facts), owner=Recipient.role("finance")
    )
    close_at_once(office, ref)
    years_pass(office, 5)
    close_at_once(office, later)
    years_pass(office, 2)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref}
    assert not is_gone(office, mail_id)

    years_pass(office, 5)
    assert erase_what_is_due(office.council).mail == 1
    assert is_gone(office, mail_id)
    assert looks(office) == [("erase-mail", mail_id)]


def test_mail_that_opened_nothing_goes_by_its_own_time(office: Office) -> None:
    """An automatic reply is kept for ninety days; its erasure stands in the access log, which is chained."""
    mail_id, ref = came(office, mail(Auto_Submitted="auto-replied"))
    assert ref is None
    years_pass(office, 0.25)
    assert erase_what_is_due(office.council).mail == 0
    office.days_pass(2)
    assert would_erase(office.council).mail == 1
    assert erase_what_is_due(office.council, by="systems-officer").mail == 1
    assert is_gone(office, mail_id)
    assert looks(office) == [("erase-mail", mail_id)]
    assert faults(office.council.database) == []
    assert erase_what_is_due(office.council).is_empty


def test_mail_that_nobody_has_looked_at_is_never_erased(office: Office) -> None:
    """What is stored and not taken up may be somebody who waits, however long it lies there."""
    mail_id = keep_mail(office.council, mail(), None, [])
    years_pass(office, 20)
    erase_what_is_due(office.council)
    assert not is_gone(office, mail_id)


def test_quarantined_mail_is_kept_until_its_case_is_erased_and_its_own_time_is_over(office: Office) -> None:
    """While somebody is asked to look at it, and for two years after it came."""
    mail_id = keep_mail(office.council, b"no headers at all", None, [])
    with office.council.change() as change:
        settle(change.session, mail_id, MailState.QUARANTINED, reason="it cannot be read")
    ref = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="it cannot be read"))
    years_pass(office, 3)
    erase_what_is_due(office.council)
    assert not is_gone(office, mail_id)

    close_at_once(office, ref)
    years_pass(office, 3)
    erase_what_is_due(office.council)
    assert is_gone(office, mail_id)


def test_a_call_of_another_system_goes_whole(office: Office) -> None:
    """Its bytes and the receipt with the sender's own id; the same call again opens a case of its own."""
    partner = Partner(office)
    ref = partner.sent(webhook_id="msg_ottoline")
    close_whatever_is_open(office)
    years_pass(office, 7)
    assert erase_what_is_due(office.council).mail == 1
    with office.council.database.read() as session:
        assert session.scalars(select(WebhookReceipt)).all() == []
    assert partner.sent(webhook_id="msg_ottoline") != ref


def test_the_same_letter_may_come_again_once_it_was_erased(office: Office) -> None:
    """Not even a check sum of it is left, by which somebody could find out what it said: it is a new letter."""
    first, ref = came(office, mail())
    close_whatever_is_open(office)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    second, again = came(office, mail())
    assert second != first
    assert again is not None
    assert again != ref


def test_mail_that_names_somebody_under_hold_stays(office: Office) -> None:
    """The hold is on a person, and nobody has linked the letter with them: its words are looked through."""
    with office.council.database.read() as session:
        name = session.get_one(Person, "P-101").name
    mail_id, _ = came(office, mail(f"I write about {name}.", Auto_Submitted="auto-replied"))
    hold = held(office, person="P-101")
    years_pass(office, 1)
    assert would_erase(office.council).mail == 0
    assert erase_what_is_due(office.council).mail == 0
    assert not is_gone(office, mail_id)
    lifted(office, hold)
    assert erase_what_is_due(office.council).mail == 1


def test_erased_bytes_cannot_be_brought_back_and_others_not_changed(office: Office) -> None:
    """The database lets a message be erased whole, once, and refuses all else."""
    erased, _ = came(office, mail(Auto_Submitted="auto-replied"))
    years_pass(office, 1)
    erase_what_is_due(office.council)
    kept, _ = came(office, mail("Another letter"))
    gone, stands = f"WHERE id = '{erased}'", f"WHERE id = '{kept}'"
    for statement in (
        f"UPDATE inbound_mail SET raw = digest {gone}",
        f"UPDATE inbound_mail SET erased_at = NULL {gone}",
        f"UPDATE inbound_mail SET digest = 'x' {stands}",
        f"UPDATE inbound_mail SET received_at = '2020-01-01 00:00:00' {stands}",
        f"UPDATE inbound_mail SET content_digest = 'x', erased_at = '2020-01-01 00:00:00' {stands}",
    ):
        with pytest.raises(DBAPIError), office.council.database.write() as session:
            session.execute(text(statement))


def test_what_became_of_erased_mail_still_stands(office: Office) -> None:
    """The message was looked at, found to be nothing, and its time passed: its state and reason still stand."""
    mail_id = keep_mail(office.council, b"no headers at all", None, [])
    with office.council.change() as change:
        settle(change.session, mail_id, MailState.QUARANTINED, reason="it cannot be read")
    ref = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="it cannot be read"))
    office.answer(ref, MessageLookedAt(it_was=WhatItWas.NOTHING, reasons="advertising"), by="duty-worker")
    years_pass(office, 4)
    erase_what_is_due(office.council)
    assert is_gone(office, mail_id)
    assert row(office, mail_id).state == MailState.IGNORED
