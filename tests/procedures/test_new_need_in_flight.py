"""Letters that were sorted before there was a tray go on as they began: nothing is opened twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.pwt_triage import pwt_triage
from flows.queued_contact import queue_of, queued_contact
from flows.written_contact_transfer import (
    have_it_sorted,
    transfer,
    where_it_goes,
    who_can_take_it,
    written_contact_transfer,
)
from models.forms.queued_contact import QueuedContact, QueueReply, SortedAgain, Taken
from models.forms.written_contact import WrittenContact
from models.policy.organisation import MailKind
from models.roles import Role
from models.written_contact_findings import TransferOutcome
from tasks.case_people import about_person
from tasks.durable import ask, open_case
from tasks.durable.procedure import _procedures
from tasks.durable.testing import Office
from tasks.telling.receipts import send_receipt
from tasks.written_contact import SortedContact, letter_in_queue
from tasks.written_contact_times import work_out_needed_by
from tests.durable.lending import install
from tests.procedures.letters import asked, letter, sorted_as, taken_by

TRANSFER, QUEUED = written_contact_transfer.procedure.name, queued_contact.procedure.name


@pytest.fixture
def older_code() -> Iterator[None]:
    """The two procedures as they were before the tray, until `this_code_is_installed`."""

    def written_contact_transfer(contact: WrittenContact) -> TransferOutcome:
        send_receipt(contact)
        sorting = have_it_sorted(contact)
        about_person(sorting.about_person)
        facts = QueuedContact(kind=MailKind.NEW_NEED, urgent=False, contact=contact, sorted_as=sorting)
        open_case(queued_contact, facts, owner=queue_of(MailKind.NEW_NEED), key=MailKind.NEW_NEED)
        found = SortedContact(contact, sorting, needed_by=work_out_needed_by(sorting))
        taker = who_can_take_it(found, where_it_goes(found))
        assert taker is not None
        return transfer(found, taker)

    def queued(facts: QueuedContact) -> str:
        kind = facts.kind
        while True:
            reply = ask(QueueReply, of=queue_of(kind), about=letter_in_queue(facts))
            if reply.taken is Taken.DEALT_WITH:
                return "dealt with"
            kind = ask(SortedAgain, of=Role.DUTY_WORKER).kind

    install(written_contact_transfer, name="written_contact_transfer")
    install(queued, name="queued_contact")
    yield
    this_code_is_installed()


def this_code_is_installed() -> None:
    """The system is upgraded while cases are open."""
    _procedures[TRANSFER], _procedures[QUEUED] = written_contact_transfer, queued_contact


@pytest.mark.usefixtures("older_code")
def test_a_letter_that_was_sorted_before_keeps_its_queue(office: Office) -> None:
    """The new need that it held is in its queue already, and is not triaged a second time."""
    case = office.start(written_contact_transfer, letter())
    office.answer(case, sorted_as(MailKind.NAMED_WORKER, MailKind.NEW_NEED), by="duty-worker")
    assert asked(office, case) == ["ContactTransfer of practitioner"]
    (queued,) = office.cases(queued_contact)

    this_code_is_installed()
    office.answer(case, taken_by(), by="practitioner")

    assert office.outcome_of(case) == "transferred"
    assert (office.cases(queued_contact), office.cases(pwt_triage)) == ([queued], [])
    assert any("newer than this case" in line for line in office.story_of(case))


@pytest.mark.usefixtures("older_code")
def test_a_queued_contact_that_was_sorted_again_before_stays_in_its_queue(office: Office) -> None:
    """Somebody is asked already, and goes on being asked."""
    facts = QueuedContact(kind=MailKind.COMPLAINT, urgent=False, contact=letter())
    queued = office.start(queued_contact, facts)
    office.answer(queued, QueueReply(taken=Taken.NOT_FOR_US, what_was_done="not one"), by="complaints-officer")
    office.answer(queued, SortedAgain(kind=MailKind.NEW_NEED, reasons="asks for help"), by="duty-worker")
    assert asked(office, queued) == ["QueueReply of duty"]

    this_code_is_installed()
    done = QueueReply(taken=Taken.DEALT_WITH, what_was_done="assessed", evidence="note 12")
    office.answer(queued, done, by="duty-worker")

    assert (office.outcome_of(queued), office.cases(pwt_triage)) == ("dealt with", [])
