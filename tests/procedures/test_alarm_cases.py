"""What reached nobody, or could not be read, is looked at by somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.undelivered_notice import undelivered_notice
from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.forms.alarms import MessageLookedAt, UnreadableMessageFacts, WhatItWas
from models.forms.base import AnswerRefused
from models.forms.house import NoticeUndelivered
from models.forms.written_contact import ContactSorting
from models.mail import InboundMail, MailDoor, MailState
from tasks.durable.testing import Office
from tasks.mail.storing import settle, store
from tests.procedures.letters import asked, letter, read_beside


def broken_message(office: Office, *, on_paper: bool = False) -> str:
    """A message in quarantine since Saturday; gives its id."""
    with office.council.database.write() as session:
        came = datetime(2026, 1, 3, 10, 30, tzinfo=UTC)
        mail_id = store(
            session, b"\xff\xfe broken", None, [], came, door=MailDoor.PAPER if on_paper else MailDoor.SMTP
        ).id
        settle(session, mail_id, MailState.QUARANTINED, reason="no part of it can be read")
    return mail_id


def state_of(office: Office, mail_id: str) -> tuple[str, str | None]:
    """What became of a message, and in which case."""
    with office.council.database.read() as session:
        mail = session.get_one(InboundMail, mail_id)
        return mail.state, mail.case_ref


def test_a_message_nobody_could_read_is_put_to_duty(office: Office) -> None:
    """A broken file is not a lost letter: duty is asked within a few hours, and told where the original is."""
    mail_id = broken_message(office)
    case = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="no part can be read"))

    assert office.waiting_for(case) == ["MessageLookedAt of duty-worker, due 2026-01-05 13:00"]
    assert f"pathways intake show {mail_id}" in read_beside(office, case, MessageLookedAt)
    office.today_is("2026-01-07 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("team-leader")[-1].body


@pytest.mark.parametrize(("on_paper", "channel"), [(False, "email"), (True, "letter")])
def test_what_a_person_made_out_is_taken_up_as_a_contact(office: Office, on_paper: bool, channel: str) -> None:
    """It is sorted like any other, with the day and the way it really came, not those of its reading."""
    mail_id = broken_message(office, on_paper=on_paper)
    case = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="no part can be read"))
    office.answer(case, MessageLookedAt(it_was=WhatItWas.CONTACT, text="Please ring my mother."), by="duty-worker")

    assert office.outcome_of(case) == "taken up as a contact"
    (contact,) = office.cases(written_contact_transfer)
    assert asked(office, contact) == ["ContactSorting of duty-worker"]
    assert "Please ring my mother." in read_beside(office, contact, ContactSorting)
    assert state_of(office, mail_id) == ("opened", contact)
    assert any(f"Saturday 3 January 2026, 10:30am, by {channel}" in line for line in office.story_of(case))


def test_a_message_that_is_nothing_for_us_is_passed_over_with_the_reason(office: Office) -> None:
    """Somebody has looked and said why; the original stays, and no contact is opened."""
    mail_id = broken_message(office)
    case = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="no part can be read"))
    office.answer(case, MessageLookedAt(it_was=WhatItWas.NOTHING, reasons="advertising"), by="duty-worker")

    assert office.outcome_of(case) == "nothing for us"
    assert office.cases(written_contact_transfer) == []
    assert state_of(office, mail_id)[0] == "ignored"


@pytest.mark.parametrize(("it_was", "missing"), [("contact", "text"), ("nothing", "reasons")])
def test_whoever_looked_says_what_they_found(it_was: str, missing: str) -> None:
    """A contact without its text, or nothing without a reason, is no account of what was looked at."""
    with pytest.raises(AnswerRefused, match=f"say in {missing}"):
        MessageLookedAt.read({"it_was": it_was})


def test_a_notice_that_reached_nobody_is_told_another_way(office: Office) -> None:
    """The team manager is asked, urgently, to see that those concerned hear of it."""
    office.cannot_reach("role-duty-worker")
    case = office.start(written_contact_transfer, letter())
    office.hours_pass(9)  # its digest goes out at 13:30 and is given up four hours later

    (alarm, *_) = office.cases(undelivered_notice)
    assert asked(office, alarm) == ["NoticeUndelivered of team-manager"]
    assert f"case {case}" in read_beside(office, alarm, NoticeUndelivered)
    office.answer(alarm, NoticeUndelivered(told="rang duty", services_mended=True), by="team-manager")
    assert office.outcome_of(alarm) == "told another way, services mended"
    assert office.inbox("systems") == []


def test_services_that_were_not_mended_are_made_known_to_those_who_keep_the_system(office: Office) -> None:
    """Telling one person by telephone does not mend the services for the next notice."""
    office.cannot_reach("role-duty-worker")
    office.start(written_contact_transfer, letter())
    office.hours_pass(9)  # its digest goes out at 13:30 and is given up four hours later
    alarm = office.cases(undelivered_notice)[0]
    office.answer(alarm, NoticeUndelivered(told="rang duty", services_mended=False), by="team-manager")

    assert office.outcome_of(alarm) == "told another way"
    office.digest_goes_out()
    assert office.inbox("systems")[-1].subject == f"Check: notification services, case {alarm}"


def test_an_alarm_that_nobody_answers_goes_up(office: Office) -> None:
    """A message that reached nobody cannot itself be overlooked."""
    office.cannot_reach("role-duty-worker")
    office.start(written_contact_transfer, letter())
    office.today_is("2026-01-05 17:30")
    alarm = office.cases(undelivered_notice)[0]
    assert f"case {alarm}" in office.inbox("team-manager")[-1].subject  # it interrupts: the quiet hours begin at six
    office.hours_pass(1)
    assert f"case {alarm}" in office.inbox("on-call-manager")[-1].subject
    office.today_is("2026-01-06 08:00")

    assert any(f"case {alarm}" in message.subject for message in office.inbox("strategic-manager"))
