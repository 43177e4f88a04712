"""Mail that nobody has sorted an hour before closing is told to the team leader, once."""

from __future__ import annotations

import pytest

from flows.unsorted_mail import unsorted_mail
from flows.written_contact_transfer import written_contact_transfer
from models.policy.organisation import MailKind
from tasks.durable.testing import Office
from tasks.unsorted_mail import tell_of_unsorted_mail
from tests.procedures.letters import letter, sorted_as

LEADER = "staff-duty-team-leader"


def look(office: Office, moment: str) -> None:
    """What housekeeping does each minute, at that moment."""
    office.today_is(moment)
    tell_of_unsorted_mail(office.council)
    office.hours_pass(0)


def told(office: Office) -> list[str]:
    """The subjects of what the leader was told about mail."""
    return [one.subject for one in office.inbox(LEADER) if "mail before closing" in one.subject]


@pytest.mark.clauses("DUTY-16")
def test_unsorted_mail_is_told_to_the_leader_of_those_who_sort(office: Office) -> None:
    """DUTY-16: two letters wait at four; one notice, at once, and no second one that day."""
    office.start(written_contact_transfer, letter())
    office.start(written_contact_transfer, letter())
    look(office, "2026-01-05 15:59")
    assert told(office) == []

    look(office, "2026-01-05 16:00")
    (subject,) = told(office)
    assert subject.startswith("URGENT: Sort: mail before closing") and "Monday 5 January 2026, 5pm" in subject
    (case,) = office.cases(unsorted_mail)
    assert office.is_closed(case)

    look(office, "2026-01-05 16:30")
    assert len(told(office)) == 1
    look(office, "2026-01-06 16:10")
    assert len(told(office)) == 2


def test_sorted_mail_is_no_news(office: Office) -> None:
    """Everything was sorted in time, and nobody is interrupted."""
    case = office.start(written_contact_transfer, letter())
    office.answer(case, sorted_as(MailKind.NEW_NEED), by="duty-worker")

    look(office, "2026-01-05 16:10")
    assert office.cases(unsorted_mail) == []


@pytest.mark.parametrize("moment", ["2026-01-05 17:00", "2026-01-10 16:00"])
def test_a_closed_office_is_not_told(office: Office, moment: str) -> None:
    """After closing and on a Saturday nobody could sort it: out of hours is another procedure's."""
    office.start(written_contact_transfer, letter())
    look(office, moment)
    assert office.cases(unsorted_mail) == []


def test_where_the_office_closes_earlier_the_hour_is_earlier(office: Office) -> None:
    """On Fridays Wenbridge closes at half past four."""
    office.today_is("2026-01-09 15:00")
    office.start(written_contact_transfer, letter())
    look(office, "2026-01-09 15:29")
    assert office.cases(unsorted_mail) == []
    look(office, "2026-01-09 15:30")
    assert len(office.cases(unsorted_mail)) == 1
