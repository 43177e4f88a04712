"""A letter about somebody who waits on the tray is heard there at once, whatever it is sorted as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flows.pwt_triage import pwt_triage
from flows.urgent_action import urgent_action
from flows.written_contact_transfer import have_it_sorted, transfer, where_it_goes, who_can_take_it
from flows.written_contact_transfer import written_contact_transfer as written_contact_transfer_of_today
from models.decision_tables.levels import Rag
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported
from models.forms.tray_waiting import ContactReview
from models.forms.written_contact import AlsoAbout, WrittenContact
from models.notices import Recipient
from models.policy.gaps.tray_exits import LeavingReason
from models.policy.organisation import MailKind
from models.written_contact_findings import TransferOutcome
from tasks.case_people import about_person
from tasks.durable.cases import open_new
from tasks.durable.procedure import _procedures
from tasks.durable.testing import Office
from tasks.telling.receipts import send_receipt
from tasks.written_contact import SortedContact
from tasks.written_contact_times import work_out_needed_by
from tests.durable.lending import install
from tests.procedures.letters import asked, read_beside, sorted_as, sorted_contact, taken_by
from tests.procedures.tray_stories import on_the_tray, placement

TRANSFER = written_contact_transfer_of_today.procedure.name


def sorting(*kinds: MailKind, **changes: Any) -> Any:
    """A letter about P-104."""
    return sorted_as(*kinds, **{"about_person": "P-104"} | changes)


@pytest.mark.clauses("PWT-29", "PWT-09")
@pytest.mark.parametrize("kind", [MailKind.NAMED_WORKER, MailKind.COMPLAINT, MailKind.INVOICE])
def test_somebody_who_waits_is_contacted_when_a_letter_about_them_comes(office: Office, kind: MailKind) -> None:
    """PWT-29: whoever rings them reads which case has the letter, and not what stands in it."""
    tray = on_the_tray(office)
    case = sorted_contact(office, sorting(kind))
    assert asked(office, tray) == ["ContactReview of duty-worker"]
    beside = read_beside(office, tray, ContactReview)
    assert f"A letter or e-mail came about them: case {case}" in beside
    assert "bath seat" not in beside


@pytest.mark.clauses("PWT-07", "PWT-29")
def test_an_urgent_letter_about_somebody_who_waits_is_acted_on_at_duty(office: Office) -> None:
    """PWT-07: sorted as urgent, so it does not wait on the tray."""
    on_the_tray(office)
    sorted_contact(office, sorting(MailKind.PROVIDER, urgent=True))
    assert len(office.cases(urgent_action)) == 1


@pytest.mark.clauses("PWT-29")
def test_a_new_need_is_reported_once_by_its_triage(office: Office) -> None:
    """PWT-29: it is triaged, and the triage says so; the person is not rung twice about it."""
    tray = on_the_tray(office)
    case = sorted_contact(office, sorting(MailKind.NEW_NEED))
    assert not any("Sent to case" in line for line in office.story_of(case))
    assert asked(office, tray) == []
    assert len(office.cases(pwt_triage)) == 1


def test_each_person_of_a_letter_is_looked_up(office: Office) -> None:
    """A letter about a couple: the one who waits is contacted, though the other stands first in it."""
    tray = on_the_tray(office)
    sorted_contact(
        office, sorted_as(MailKind.COMPLAINT, about_person="P-101", also_about=(AlsoAbout(about_person="P-104"),))
    )
    assert asked(office, tray) == ["ContactReview of duty-worker"]


def test_nothing_is_said_to_a_restricted_case(office: Office) -> None:
    """GAP-41: not even that a letter came."""
    hidden = open_new(
        office.council, "pwt-review", placement(office), owner=Recipient.staff("team-leader"), restricted=True
    )
    office.hours_pass(0)
    sorted_contact(office, sorting(MailKind.COMPLAINT))
    assert asked(office, hidden) == []


def test_who_has_left_the_tray_is_not_rung_about_a_letter(office: Office) -> None:
    """GAP-53: their waiting is over, and nothing is sent there."""
    tray = on_the_tray(office)
    office.signal(tray, LeavingReported(reason=LeavingReason.WITHDRAWAL, told_by="himself"), by="duty-worker")
    office.answer(tray, LeavingConfirmed(leaves=True, what_was_discussed="rang him"), by="team-leader")
    assert office.is_closed(tray)
    case = sorted_contact(office, sorting(MailKind.COMPLAINT))
    assert not any("Sent to case" in line or "nothing was sent" in line for line in office.story_of(case))


def test_a_letter_about_somebody_else_wakes_nobody(office: Office) -> None:
    """Only their own case hears of it."""
    tray = on_the_tray(office, Rag.AMBER, person="P-105")
    sorted_contact(office, sorting(MailKind.COMPLAINT))
    assert asked(office, tray) == []


@pytest.fixture
def older_code() -> Iterator[None]:
    """The transfer as it was before the tray, until the test installs this code."""

    def written_contact_transfer(contact: WrittenContact) -> TransferOutcome:
        send_receipt(contact)
        sorting = have_it_sorted(contact)
        about_person(sorting.about_person)
        found = SortedContact(contact, sorting, needed_by=work_out_needed_by(sorting))
        taker = who_can_take_it(found, where_it_goes(found))
        assert taker is not None
        return transfer(found, taker)

    install(written_contact_transfer, name="written_contact_transfer")
    yield
    _procedures[TRANSFER] = written_contact_transfer_of_today


@pytest.mark.usefixtures("older_code")
def test_a_letter_that_was_sorted_before_goes_on_as_it_began(office: Office) -> None:
    """A case that is past it says nothing to anybody, and does not park."""
    tray = on_the_tray(office, person="P-101")
    case = sorted_contact(office, sorted_as())
    assert asked(office, case) == ["ContactTransfer of practitioner"]

    _procedures[TRANSFER] = written_contact_transfer_of_today
    office.answer(case, taken_by(), by="practitioner")
    assert office.outcome_of(case) == "transferred"
    assert any("look-up-where-they-wait: newer than this case" in line for line in office.story_of(case))
    assert asked(office, tray) == []
