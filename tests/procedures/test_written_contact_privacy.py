"""Nothing that a person writes in a letter or a form leaves the ledger's payloads."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from flows.queued_contact import queued_contact
from flows.undelivered_notice import undelivered_notice
from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.base import Base
from models.forms import alarms, paperwork, while_away, written_contact
from models.forms import queued_contact as queue_forms
from models.forms.alarms import MessageLookedAt, UnreadableMessageFacts, WhatItWas
from models.forms.base import Form, Signal
from models.forms.handover import HandoverReply
from models.forms.house import MessageRead, NoticeUndelivered
from models.forms.paperwork import AcknowledgementWritten, LetterRecordMade, OriginalFiled, RecordMade
from models.forms.queued_contact import QueueReply, SortedAgain, Taken
from models.forms.while_away import (
    ActionsMeanwhile,
    ContactGiven,
    ContactOnReturn,
    FollowUp,
    PersonTold,
    UrgentActionsMeanwhile,
)
from models.forms.written_contact import (
    AcknowledgedContactTransfer,
    Acknowledger,
    AllocationCheck,
    Channel,
    ContactSorting,
    ContactTransfer,
    FurtherMessage,
    NextHand,
    SettledAtDuty,
    WrittenContact,
)
from models.mail import MailState
from models.policy.organisation import MailKind
from tasks.durable.testing import Office
from tasks.mail.storing import settle, store
from tasks.register.lookups import every_recipient
from tests.procedures.letters import nobody_in_time, register_is_fresh

CANARY = "Canary"
"""Stands in every text that a person writes; nowhere else is there such a word."""
M = TypeVar("M", bound=BaseModel)
ADDRESSES = {"mail_id"}
"""Our own references, which no person fills in."""


class Planting:
    """Fills every text field of a form with a canary, and remembers which it has filled."""

    def __init__(self) -> None:
        self.planted: set[tuple[str, str]] = set()

    def in_(self, form: type[M], *leave_out: str, **given: Any) -> M:
        """The form with a canary in each text field that is neither given nor left out."""
        texts = {name: f"{CANARY} {form.__name__} {name}" for name in text_fields(form) - set(given) - set(leave_out)}
        self.planted |= {(form.__name__, name) for name in texts}
        return form(**texts, **given)


def text_fields(form: type[BaseModel]) -> set[str]:
    """The fields that a person fills in freely."""
    looked_up = form.register_fields if issubclass(form, Form) else {}
    texts = {name for name, field in form.model_fields.items() if field.annotation in (str, str | None)}
    return texts - set(looked_up) - ADDRESSES


def every_form() -> list[type[BaseModel]]:
    """Every form, signal and fact of these procedures."""
    found = [
        one
        for module in (written_contact, while_away, paperwork, queue_forms, alarms)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form | Signal) and one.__module__ == module.__name__
    ]
    return [*found, MessageRead, NoticeUndelivered, WrittenContact]


@pytest.fixture
def plant() -> Planting:
    """A hand that plants canaries."""
    return Planting()


def test_nothing_that_people_write_leaves_the_ledgers_payloads(
    office: Office, plant: Planting, caplog: pytest.LogCaptureFixture
) -> None:
    """DUTY-22: canaries in every text of every form and letter are in no message, in no log and in no other table."""
    caplog.set_level(logging.DEBUG)
    office.cannot_reach("role-finance")
    away_and_not_told(office, plant)
    taken_by_the_worker(office, plant)
    away_and_given_on(office, plant)
    settled_at_duty(office, plant)
    through_the_queues(office, plant)
    could_not_be_read(office, plant)
    office.days_pass(10)
    for alarm in office.cases(undelivered_notice):
        if not office.is_closed(alarm):
            office.answer(alarm, plant.in_(NoticeUndelivered, services_mended=False), by="team-manager")

    assert {(form.__name__, name) for form in every_form() for name in text_fields(form)} == plant.planted
    assert canaries_in_tables(office) == {"entry_payload"}
    messages = canaries_in_messages(office)
    assert messages == []
    assert CANARY not in caplog.text


def test_a_canary_would_be_found(office: Office, plant: Planting) -> None:
    """The search itself finds what is there: the payloads are full of what people wrote."""
    away_and_not_told(office, plant)

    with office.council.database.read() as session:
        payloads = Base.metadata.tables["entry_payload"]
        text = " ".join(str(content) for content in session.scalars(select(payloads.c.content)))
    for form, name in plant.planted:
        assert f"{CANARY} {form} {name}" in text


def canaries_in_tables(office: Office) -> set[str]:
    """The tables in which a canary stands, in any column of any row."""
    with office.council.database.read() as session:
        return {
            name
            for name, table in Base.metadata.tables.items()
            if any(CANARY in str(value) for row in session.execute(select(table)) for value in row)
        }


def canaries_in_messages(office: Office) -> list[str]:
    """Subjects of sent messages with a canary; fails if nothing was sent at all."""
    with office.council.database.read() as session:
        everybody = every_recipient(session, on=date(2026, 1, 5))
    sent = [message for one in everybody for message in office.inbox(one)]
    assert len(sent) > 20
    return [message.subject for message in sent if CANARY in message.subject + message.body]


# ------------------------------------------------------------------ stories that between them ask for every form


def a_letter(office: Office, plant: Planting, channel: Channel, **sorting: Any) -> str:
    """A sorted letter; gives its case."""
    came = datetime(2026, 1, 5, 8, 45, tzinfo=UTC)
    facts = plant.in_(WrittenContact, mail_id="M-EXAMPLE1", channel=channel, received_at=came, attachments=(CANARY,))
    case = office.start(written_contact_transfer, facts)
    kinds = {"kinds": frozenset({MailKind.NAMED_WORKER})} | sorting
    office.answer(case, plant.in_(ContactSorting, **kinds), by="duty-worker")
    return case


def away_and_given_on(office: Office, plant: Planting) -> None:
    """Urgent and on leave: acted on, told, refused on return, given to a colleague, followed up twice."""
    to = {"about_person": "P-103", "named_worker": "practitioner-2", "urgent": True, "reply_wanted": True}
    case = a_letter(office, plant, Channel.LETTER, **to)
    office.answer(case, nobody_in_time(), by="duty-worker")
    office.answer(case, plant.in_(UrgentActionsMeanwhile), by="duty-worker")
    told = plant.in_(PersonTold, "not_told_because", reached=True, contact_by=date(2026, 1, 6))
    office.answer(case, told, by="duty-worker")
    office.answer(case, plant.in_(ContactOnReturn, reply=HandoverReply.REFUSE), by="practitioner-2")
    office.answer(case, plant.in_(NextHand, given_to="practitioner"), by="team-leader")
    office.answer(case, plant.in_(ContactGiven, reply=HandoverReply.ACCEPT), by="practitioner")
    again = plant.in_(FollowUp, "not_contacted_because", in_touch=True, next_contact_by=date(2026, 1, 7))
    office.today_is("2026-01-06 08:30")
    office.answer(case, again, by="practitioner")
    office.today_is("2026-01-07 08:30")
    office.answer(case, plant.in_(FollowUp, in_touch=False), by="practitioner")
    office.answer(case, plant.in_(AcknowledgementWritten, written_on=date(2026, 1, 5)), by="duty-worker")
    office.answer(case, plant.in_(LetterRecordMade), by="duty-worker")
    assert office.is_closed(case)


def away_and_not_told(office: Office, plant: Planting) -> None:
    """On leave, settled meanwhile, and the person is not to be told."""
    case = a_letter(office, plant, Channel.EMAIL, about_person="P-103", named_worker="practitioner-2")
    office.answer(case, nobody_in_time(), by="duty-worker")
    office.answer(case, plant.in_(ActionsMeanwhile, settled=True), by="duty-worker")
    office.answer(case, plant.in_(PersonTold, reached=False), by="duty-worker")
    office.answer(case, plant.in_(RecordMade), by="duty-worker")
    assert office.is_closed(case)


def taken_by_the_worker(office: Office, plant: Planting) -> None:
    """Accepted, with an acknowledgement; a further message comes meanwhile."""
    to = {"about_person": "P-101", "named_worker": "practitioner", "reply_wanted": True}
    case = a_letter(office, plant, Channel.LETTER, **to)
    office.signal(case, plant.in_(FurtherMessage, mail_id="M-EXAMPLE2"))
    office.answer(case, plant.in_(MessageRead), by="duty-worker")
    answer = {"reply": HandoverReply.ACCEPT, "acknowledged_by": Acknowledger.DUTY}
    office.answer(case, plant.in_(AcknowledgedContactTransfer, **answer), by="practitioner")
    office.answer(case, plant.in_(AcknowledgementWritten, written_on=date(2026, 1, 5)), by="duty-worker")
    office.answer(case, plant.in_(OriginalFiled), by="duty-worker")
    assert office.is_closed(case)


def settled_at_duty(office: Office, plant: Planting) -> None:
    """The register is too old; refused by everybody, and duty settles it, slowly enough to be chased."""
    office.today_is("2026-01-12 09:00")
    case = a_letter(office, plant, Channel.EMAIL, about_person="P-101", named_worker="practitioner")
    office.answer(case, AllocationCheck(worker_is_allocated=True, responsible_team="hazel"), by="duty-worker")
    for colleague in ("practitioner", "practitioner-3"):
        office.answer(case, plant.in_(ContactTransfer, reply=HandoverReply.REFUSE), by=colleague)
    office.answer(case, plant.in_(NextHand), by="team-leader")
    office.days_pass(8)
    office.answer(case, plant.in_(SettledAtDuty), by="duty-worker")
    office.answer(case, plant.in_(RecordMade), by="duty-worker")
    assert office.is_closed(case)
    register_is_fresh(office, date(2026, 1, 20))


def through_the_queues(office: Office, plant: Planting) -> None:
    """Two kinds at once; one queue sends its part back, the other cannot be reached by its service."""
    a_letter(office, plant, Channel.EMAIL, kinds=frozenset({MailKind.COMPLAINT, MailKind.INVOICE}))
    complaint = next(ref for ref in office.cases(queued_contact) if "complaints" in office.waiting_for(ref)[0])
    office.answer(complaint, plant.in_(QueueReply, taken=Taken.NOT_FOR_US), by="complaints-officer")
    office.answer(complaint, plant.in_(SortedAgain, kind=MailKind.PROVIDER), by="duty-worker")
    office.answer(complaint, plant.in_(QueueReply, taken=Taken.DEALT_WITH), by="commissioning-officer")
    assert office.is_closed(complaint)


def could_not_be_read(office: Office, plant: Planting) -> None:
    """One broken message is taken up, another is nothing for us."""
    for raw, it_was in ((b"\xff broken", WhatItWas.CONTACT), (b"\xfe broken", WhatItWas.NOTHING)):
        with office.council.database.write() as session:
            mail_id = store(session, raw, None, [], office.clock.now()).id
            settle(session, mail_id, MailState.QUARANTINED, reason="no part can be read")
        case = office.start(unreadable_message, UnreadableMessageFacts(mail_id=mail_id, reason="no part can be read"))
        office.answer(case, plant.in_(MessageLookedAt, it_was=it_was), by="duty-worker")
        assert office.is_closed(case)
