"""Nothing that a person writes in a letter or a form leaves the ledger's payloads."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from flows.disclosure import disclosure as disclosure_flow
from flows.follow_up import follow_up as follow_up_flow
from flows.lost_cases import lost_cases
from flows.mailbox_not_collected import mailbox_not_collected
from flows.queued_contact import queued_contact
from flows.telling_a_person import telling_a_person
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.undelivered_notice import undelivered_notice
from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.base import Base
from models.doors import Trouble
from models.forms import (
    alarms,
    breach,
    contact_resolution,
    disclosure,
    follow_up,
    paperwork,
    recording,
    while_away,
    written_contact,
)
from models.forms import queued_contact as queue_forms
from models.forms.alarms import (
    LostCase,
    LostCasesFacts,
    LostCasesFetched,
    MailboxNotCollectedFacts,
    MailboxSeenTo,
    MessageLookedAt,
    UnreadableMessageFacts,
    WhatItWas,
)
from models.forms.base import Form, Signal
from models.forms.breach import (
    BreachAssessed,
    BreachConsequences,
    BreachContained,
    BreachFound,
    PeopleConcernedTold,
    RegulatorTold,
)
from models.forms.contact_resolution import DutyFunction, FunctionDone, ReferralOut, SettledAtDuty
from models.forms.disclosure import (
    CaldicottVerdict,
    DisclosureCalledOff,
    DisclosureMade,
    DisclosureVerdict,
    DisclosureWish,
    EmergencyJustified,
    RefusalExplained,
    SecureWay,
    Verdict,
)
from models.forms.follow_up import (
    FollowUpAgreement,
    FollowUpAssigned,
    FollowUpBy,
    FollowUpFacts,
    FollowUpReport,
    FollowUpWanted,
)
from models.forms.handover import HandoverReply
from models.forms.house import MessageRead, NoticeUndelivered
from models.forms.paperwork import AcknowledgementWritten, LetterRecordMade, OriginalFiled, RecordMade
from models.forms.queued_contact import QueueReply, SortedAgain, Taken
from models.forms.telling_people import (
    MessageToPersonSettled,
    PersonTelling,
    PersonToBeTold,
    ReceiptSettled,
    StillNotReached,
)
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
    AlsoAbout,
    Channel,
    ContactSorting,
    ContactTransfer,
    FurtherMessage,
    GivenSubject,
    NextHand,
    PersonConfirmed,
    WhyHere,
    WrittenContact,
)
from models.mail import MailState
from models.person_messages import PersonMessageState
from models.policy.organisation import MailKind
from models.recording import NoteEnding
from models.telling_findings import Addressee, ToBeTold
from tasks.difference_lists import open_this_mornings_lists
from tasks.differences import note_difference
from tasks.durable.testing import Office
from tasks.mail.storing import settle, store
from tasks.register.lookups import every_recipient
from tests.procedures.letters import nobody_in_time, register_is_fresh
from tests.procedures.notes import AdviceGiven, note_of, noting_advice

CANARY = "Canary"
"""Stands in every text that a person writes; nowhere else is there such a word."""
M = TypeVar("M", bound=BaseModel)
ADDRESSES = {"mail_id", "message_id", "of", "about_person", "given_by", "responsible", "disclosed_by"}
ADDRESSES |= {"note", "person"}
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
    looked_up = getattr(form, "register_fields", {})
    texts = {name for name, field in form.model_fields.items() if field.annotation in (str, str | None)}
    return texts - set(looked_up) - ADDRESSES


def every_form() -> list[type[BaseModel]]:
    """Every form, signal and fact of these procedures."""
    found = [
        one
        for module in (
            written_contact,
            while_away,
            paperwork,
            queue_forms,
            alarms,
            breach,
            contact_resolution,
            disclosure,
            follow_up,
            recording,
        )
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form | Signal) and one.__module__ == module.__name__
    ]
    asked = [one for one in found if one is not contact_resolution.DoneForAnother]  # what two forms share
    parts = [AlsoAbout, FollowUpFacts, FollowUpWanted, FunctionDone, ReferralOut, GivenSubject]
    parts += [PersonToBeTold, StillNotReached, MessageToPersonSettled, ReceiptSettled, PersonTelling, ToBeTold]
    return [*asked, *parts, MessageRead, NoticeUndelivered, WrittenContact, DisclosureWish, BreachFound]


@pytest.fixture
def plant() -> Planting:
    """A hand that plants canaries."""
    return Planting()


def test_nothing_that_people_write_leaves_the_ledgers_payloads(
    office: Office, plant: Planting, caplog: pytest.LogCaptureFixture
) -> None:
    """DUTY-22, DUTY-62: canaries in every text of every form and letter are in no message, log or other table."""
    caplog.set_level(logging.DEBUG)
    office.cannot_reach("role-finance")
    away_and_not_told(office, plant)
    taken_by_the_worker(office, plant)
    away_and_given_on(office, plant)
    settled_at_duty(office, plant)
    through_the_queues(office, plant)
    could_not_be_read(office, plant)
    lost_with_an_older_database(office, plant)
    mailbox_not_collected_for_long(office, plant)
    settled_for_another(office, plant)
    whom_it_is_about_confirmed(office, plant)
    gone_astray(office, plant)
    told_by_a_person(office, plant)
    kept_as_a_note(office, plant)
    office.days_pass(10)
    for alarm in office.cases(undelivered_notice):
        if not office.is_closed(alarm):
            office.answer(alarm, plant.in_(NoticeUndelivered, services_mended=False), by="team-manager")

    assert {(form.__name__, name) for form in every_form() for name in text_fields(form)} == plant.planted
    assert canaries_in_tables(office) == {"entry_payload", "case_note"}
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


def kept_as_a_note(office: Office, plant: Planting) -> None:
    """A note is sighted where it was to be pasted, the person dies, and a difference is seen to."""
    case = office.start(noting_advice, AdviceGiven(text=CANARY))
    sighted = {"note": note_of(office, case).id, "ending": NoteEnding.SIGHTED}
    office.signal(case, plant.in_(recording.PersonHasDied, person="P-101", died_on=date(2026, 1, 5)))
    office.signal(case, plant.in_(recording.NoteNews, **sighted))
    office.answer(case, plant.in_(MessageRead), by="duty-worker")
    assert office.is_closed(case)
    with office.council.change() as change:
        note_difference(change, "allocation:P-101", "P-101 is now with the rowan team", person_id="P-101")
        note_difference(change, f"of:{case}", f"Case {case} differs", person_id="P-101")
    for listed in open_this_mornings_lists(office.council):
        office.hours_pass(0)
        while office.waiting_for(listed) and not office.is_closed(listed):
            office.answer(listed, plant.in_(recording.DifferencesSeen), by="team-manager")
        assert office.is_closed(listed)


def a_letter(office: Office, plant: Planting, channel: Channel, **sorting: Any) -> str:
    """A sorted letter; gives its case."""
    came = datetime(2026, 1, 5, 8, 45, tzinfo=UTC)
    given = plant.in_(GivenSubject)
    facts = plant.in_(
        WrittenContact, mail_id="M-EXAMPLE1", channel=channel, received_at=came, attachments=(CANARY,), given=given
    )
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


def settled_for_another(office: Office, plant: Planting) -> None:
    """A letter about two people: for one duty acts, refers out and follows up; the other is settled as well."""
    other = plant.in_(AlsoAbout, about_person="P-104", named_worker="practitioner")
    to = {"about_person": "P-102", "named_worker": "practitioner", "settled_here": WhyHere.WITHIN_DUTY}
    case = a_letter(office, plant, Channel.EMAIL, **to, also_about=(other,))
    referrals = tuple(plant.in_(ReferralOut, emergency=urgent) for urgent in (False, False, True))
    done = plant.in_(
        SettledAtDuty,
        functions=(plant.in_(FunctionDone, function=DutyFunction.OTHER),),
        referrals_out=referrals,
        follow_up_needed=True,
        follow_up=plant.in_(FollowUpWanted, on=office.clock.now().date(), by=FollowUpBy.RESPONSIBLE),
    )
    office.answer(case, done, by="duty-worker")
    office.answer(case, plant.in_(RecordMade), by="duty-worker")
    assert office.is_closed(case)
    follow_the_check_up(office, plant)
    through_the_gate(office, plant)


def whom_it_is_about_confirmed(office: Office, plant: Planting) -> None:
    """A letter in which the name and date of birth stand, and nothing that is certain."""
    facts = plant.in_(
        WrittenContact,
        mail_id="M-EXAMPLE1",
        channel=Channel.EMAIL,
        received_at=office.clock.now(),
        text=f"{CANARY} for Walter Ebbs, born 15 March 1967",
    )
    case = office.start(written_contact_transfer, facts)
    office.answer(case, plant.in_(ContactSorting, kinds=frozenset({MailKind.NAMED_WORKER})), by="duty-worker")
    office.answer(case, plant.in_(PersonConfirmed, about_person="P-108"), by="duty-worker")


def follow_the_check_up(office: Office, plant: Planting) -> None:
    """One check is refused and left with duty, another is agreed to, and each happens."""
    wanted = plant.in_(FollowUpWanted, on=office.clock.now().date() + timedelta(days=4), by=FollowUpBy.RESPONSIBLE)
    facts = plant.in_(FollowUpFacts, wanted=wanted, about_person="P-101", responsible="staff-practitioner")
    refused, agreed = office.start(follow_up_flow, facts), office.start(follow_up_flow, facts)
    office.answer(refused, plant.in_(FollowUpAgreement, reply=HandoverReply.REFUSE), by="practitioner")
    office.answer(refused, plant.in_(FollowUpAssigned), by="team-leader")
    office.answer(agreed, plant.in_(FollowUpAgreement, reply=HandoverReply.ACCEPT), by="practitioner")
    office.days_pass(4)
    reports = {True: plant.in_(FollowUpReport, "no_longer_wanted", happened=True)}
    reports[False] = plant.in_(FollowUpReport, "note_id", happened=False)
    for case in office.cases(follow_up_flow):
        office.answer(case, reports[case == agreed], by="team-manager")
        assert office.is_closed(case)


def through_the_gate(office: Office, plant: Planting) -> None:
    """One disclosure is refused, one is left to the Caldicott lead and allowed, one is an emergency."""
    cases = office.cases(disclosure_flow)
    one, two, three = sorted(cases, key=lambda case: "DisclosureMade" in office.waiting_for(case)[0])
    for case in (one, two):
        verdict = Verdict.REFUSE if case == one else Verdict.ASK_CALDICOTT
        office.answer(case, plant.in_(DisclosureVerdict, verdict=verdict), by="team-leader")
    office.answer(one, plant.in_(RefusalExplained), by="duty-worker")
    rules = {"verdict": Verdict.ALLOW, "local_policy_allows": True, "principles_regarded": True}
    office.answer(two, plant.in_(CaldicottVerdict, **rules), by="caldicott-lead")
    office.answer(two, plant.in_(DisclosureMade, "given"), by="duty-worker")
    today = office.clock.now().date()
    given = plant.in_(DisclosureMade, "not_given_because", given_on=today, way=SecureWay.TELEPHONE)
    office.answer(three, given, by="duty-worker")
    office.answer(three, plant.in_(EmergencyJustified), by="duty-worker")
    wish = office.start(disclosure_flow, plant.in_(DisclosureWish))
    assert not office.is_closed(wish)
    office.signal(wish, plant.in_(DisclosureCalledOff))
    assert office.is_closed(wish)
    assert all(office.is_closed(case) for case in (one, two, three))


def gone_astray(office: Office, plant: Planting) -> None:
    """Personal information has reached somebody who should not have it."""
    case = office.start(unauthorised_disclosure, plant.in_(BreachFound, found_at=office.clock.now()))
    office.answer(case, plant.in_(BreachContained, anybody_at_risk=True), by="team-manager")
    assessed = plant.in_(BreachAssessed, tell_regulator=True, tell_people=True)
    office.answer(case, assessed, by="information-governance")
    told = plant.in_(RegulatorTold, told_on=office.clock.now().date())
    office.answer(case, told, by="information-governance")
    office.answer(case, plant.in_(PeopleConcernedTold), by="information-governance")
    office.answer(case, plant.in_(BreachConsequences, disciplinary=True, prosecution=True), by="strategic-manager")
    assert office.is_closed(case)


def told_by_a_person(office: Office, plant: Planting) -> None:
    """Neither a machine nor three tries reach them, and a manager ends it; signals come that nobody waits for."""
    settled = {"message_id": "L-NONE", "state": PersonMessageState.FAILED}
    whom = plant.in_(ToBeTold, who=Addressee.CARER)
    wanted_by = office.clock.now() + timedelta(hours=4)
    case = office.start(
        telling_a_person, plant.in_(PersonTelling, whom=whom, of="role-duty-worker", wanted_by=wanted_by)
    )
    office.signal(case, plant.in_(MessageToPersonSettled, **settled))
    office.signal(case, plant.in_(ReceiptSettled, **settled))
    for _ in range(3):
        office.answer(case, plant.in_(PersonToBeTold, "not_told_because", reached=False), by="duty-worker")
        office.days_pass(3)
    office.answer(case, plant.in_(StillNotReached, try_again=True), by="team-manager")
    office.days_pass(3)
    office.answer(case, plant.in_(PersonToBeTold, "how", reached=False), by="duty-worker")
    assert office.is_closed(case)


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


def lost_with_an_older_database(office: Office, plant: Planting) -> None:
    """A case was opened after the backup that the database came from."""
    gone = LostCase(ref="LOST-1", procedure="Written contact", opened_at=office.clock.now(), last_seen="Awaiting")
    case = office.start(lost_cases, LostCasesFacts(cases=(gone,)), owner="role-systems")
    office.answer(case, plant.in_(LostCasesFetched), by="systems-officer")
    assert office.is_closed(case)


def mailbox_not_collected_for_long(office: Office, plant: Planting) -> None:
    """The password of a shared mailbox has run out, and somebody sees to it."""
    facts = MailboxNotCollectedFacts(mailbox="adult-care", since=office.clock.now(), trouble=Trouble.LOGIN)
    case = office.start(mailbox_not_collected, facts, owner="role-systems")
    office.answer(case, plant.in_(MailboxSeenTo), by="systems-officer")
    assert office.is_closed(case)
