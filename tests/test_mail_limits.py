"""Limits of what is taken up unseen: nothing is refused or lost, a person looks first and takes it up as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.forms.alarms import MessageLookedAt, WhatItWas
from models.forms.written_contact import ContactSorting
from models.mail import InboundMail, MailState
from models.policy.running import MailLimits
from tasks.durable.testing import Office
from tasks.intake import Taken, take_in_mail
from tests.procedures.letters import asked, read_beside

HEAD = b"From: Joyce Abara <joyce@example.net>\r\nMessage-ID: <one@example.net>\r\nSubject: My father\r\n"


def letter_with(enclosures: int, size: int = 10) -> bytes:
    """A letter with so many enclosures of that size."""
    files = b"".join(
        b"--b\r\nContent-Type: image/png; name=%d.png\r\n\r\n%s\r\n" % (number, b"x" * size)
        for number in range(enclosures)
    )
    text = b"--b\r\n\r\nHe has fallen again.\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + text + files + b"--b--\r\n"


def take_in(office: Office, raw: bytes, **limits: Any) -> Taken:
    """Take in a message under these limits."""
    office.council.policy = office.council.policy.model_copy(update={"mail": MailLimits(**limits)})
    taken = take_in_mail(office.council, raw, "joyce@example.net", [])
    office.hours_pass(0)
    return taken


@pytest.mark.parametrize(
    ("raw", "limits", "why"),
    [
        (letter_with(4), {"attachments": 3}, "it has 4 enclosures, more than policy's 3"),
        (letter_with(4), {"nested_parts": 5}, "it is made of 6 parts, more than policy's 5"),
        (
            letter_with(1, 2_000),
            {"attachment_bytes": 1_000},
            "it has an enclosure of 2000 bytes, more than policy's 1000",
        ),
    ],
)
def test_what_goes_beyond_a_limit_is_kept_and_put_to_a_person(
    office: Office, raw: bytes, limits: dict[str, int], why: str
) -> None:
    """They find a contact that can be read, and it is taken up in its own words, not typed again."""
    taken = take_in(office, raw, **limits)

    assert taken.state is MailState.QUARANTINED and why in taken.reason
    (case,) = office.cases(unreadable_message)
    assert why in read_beside(office, case, MessageLookedAt)
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT_AS_IT_STANDS), by="duty-worker")

    assert office.outcome_of(case) == "taken up as a contact"
    (contact,) = office.cases(written_contact_transfer)
    assert "He has fallen again." in read_beside(office, contact, ContactSorting)
    with office.council.database.read() as session:
        mail = session.get_one(InboundMail, taken.mail_id)
        assert (mail.state, mail.case_ref, mail.raw) == ("opened", contact, raw)


@pytest.mark.parametrize("limits", [{"attachments": 4}, {"nested_parts": 6}, {"attachment_bytes": 1_000}])
def test_what_keeps_within_the_limits_is_taken_up_at_once(office: Office, limits: dict[str, int]) -> None:
    """The limit itself is still within."""
    assert take_in(office, letter_with(4), **limits).state is MailState.OPENED


def test_a_machines_message_that_is_a_contact_is_taken_up_as_it_stands(office: Office) -> None:
    """A ward's automatic message is put to a person, who need not type it again."""
    raw = HEAD + b"Auto-Submitted: auto-generated\r\n\r\nMr Abara is to leave on Thursday.\r\n"
    assert take_in(office, raw).state is MailState.QUARANTINED
    (case,) = office.cases(unreadable_message)
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT_AS_IT_STANDS), by="duty-worker")

    (contact,) = office.cases(written_contact_transfer)
    assert "leave on Thursday" in read_beside(office, contact, ContactSorting)


def test_a_message_without_readable_text_cannot_be_taken_up_as_it_stands(office: Office) -> None:
    """Whoever says so is asked again for what it says; nothing is opened without a word in it."""
    take_in(office, HEAD + b"\r\n \r\n")
    (case,) = office.cases(unreadable_message)
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT_AS_IT_STANDS), by="duty-worker")

    assert asked(office, case) == ["MessageLookedAt of duty-worker"]
    assert "The machine cannot read it" in read_beside(office, case, MessageLookedAt)
    assert office.cases(written_contact_transfer) == []
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT, text="Please ring."), by="duty-worker")
    assert office.outcome_of(case) == "taken up as a contact"


def test_a_reply_that_was_put_aside_goes_to_its_case(office: Office) -> None:
    """Taken up as it stands it is a further message of the open case, not another contact."""
    first = take_in(office, HEAD + b"\r\nHe has fallen.\r\n").case_ref
    answer = letter_with(4).replace(b"<one@", b"<two@").replace(b"My father", f"Re: [{first}] My father".encode())
    assert take_in(office, answer, attachments=3).state is MailState.QUARANTINED
    (case,) = office.cases(unreadable_message)
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT_AS_IT_STANDS), by="duty-worker")

    assert office.cases(written_contact_transfer) == [first]
    assert first is not None and "MessageRead of duty-worker" in asked(office, first)


def test_our_own_message_that_comes_back_is_ignored_with_the_reason(office: Office) -> None:
    """No case, and no answer to it."""
    first = take_in(office, HEAD + b"\r\nHe has fallen.\r\n").case_ref
    back = (
        HEAD.replace(b"<one@example.net>", f"<case.{first}.3@wenbridge.example.org>".encode()) + b"\r\nThank you.\r\n"
    )

    taken = take_in(office, back)
    assert (taken.state, taken.words) == (MailState.IGNORED, "ignored it is a message of ours that came back")
    assert office.cases() == [first]


def test_a_policy_that_still_limits_messages_per_sender_is_read() -> None:
    """The setting means nothing any more, and no policy fails for it."""
    read = MailLimits.model_validate_json('{"messages_per_sender_per_hour": 30}', strict=True)
    assert read.model_dump() == MailLimits().model_dump()
