"""By when a written contact is needed, and who has how long (GAP-02)."""

from __future__ import annotations

from datetime import date

import pytest

from models.forms.contact_resolution import SettledAtDuty
from models.forms.written_contact import NextHand
from tasks.durable.testing import Office
from tests.procedures.letters import (
    contact_for_somebody_away,
    read_beside,
    register_is_fresh,
    sorted_as,
    sorted_contact,
    sorted_for_somebody_on_leave,
)


def needed_by(office: Office, case: str) -> str:
    """By when the contact must be acted on, as the story has it."""
    (line,) = [line for line in office.story_of(case) if "by when the contact must be acted on" in line]
    return line.split(": ", 1)[1]


def test_a_reasonable_time_is_two_working_days(office: Office) -> None:
    """GAP-02: asked for on Monday, needed by Wednesday's closing."""
    assert needed_by(office, sorted_contact(office, sorted_as())) == "Wednesday 7 January 2026, 5pm"


def test_an_urgent_contact_is_needed_the_same_day(office: Office) -> None:
    """GAP-02: urgent means before the office closes today."""
    assert needed_by(office, sorted_contact(office, sorted_as(urgent=True))) == "Monday 5 January 2026, 5pm"


@pytest.mark.parametrize(
    ("act_by", "urgent", "needed"),
    [
        (date(2026, 1, 6), False, "Tuesday 6 January 2026, 5pm"),  # sooner than a reasonable time
        (date(2026, 1, 20), False, "Tuesday 20 January 2026, 5pm"),  # later than a reasonable time
        (date(2026, 1, 7), True, "Wednesday 7 January 2026, 5pm"),  # urgent, and yet with a date
        (date(2026, 1, 10), False, "Friday 9 January 2026, 4:30pm"),  # a Saturday: the last open day before it
        (date(2026, 1, 5), False, "Monday 5 January 2026, 5pm"),  # today
        (date(2025, 12, 30), False, "Monday 5 January 2026, 9am"),  # passed: now
    ],
)
def test_a_date_in_the_contact_itself_wins(office: Office, act_by: date, urgent: bool, needed: str) -> None:
    """GAP-02: the date that the contact gives goes before all times of ours."""
    case = sorted_contact(office, sorted_as(act_by=act_by, urgent=urgent))

    assert needed_by(office, case) == needed


def test_a_date_of_today_read_after_closing_is_needed_now(office: Office) -> None:
    """GAP-02: the day is over; nobody has less than a few hours to reply, and those run from tomorrow's opening."""
    office.today_is("2026-01-05 18:00")
    case = sorted_contact(office, sorted_as(act_by=date(2026, 1, 5)))

    assert needed_by(office, case) == "Monday 5 January 2026, 6pm"
    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2026-01-06 12:30"]


def test_a_worker_who_is_back_before_a_late_date_can_take_it(office: Office) -> None:
    """DUTY-19: away for nine days, and the contact itself says that it has time until the twentieth (GAP-02)."""
    office.away("practitioner", until="2026-01-14 09:00")
    case = sorted_contact(office, sorted_as(act_by=date(2026, 1, 20)))

    assert office.waiting_for(case) == ["worker-back, due 2026-01-14 09:00"]


def test_duty_acts_by_the_date_that_the_contact_gives(office: Office) -> None:
    """DUTY-26: what the contact wants by Tuesday is asked of duty by Tuesday, and so is telling the person (GAP-02)."""
    case = contact_for_somebody_away(office, act_by=date(2026, 1, 6))

    assert office.waiting_for(case) == [
        "ActionsMeanwhile of duty-worker, due 2026-01-06 17:00",
        "PersonTold of duty-worker, due 2026-01-06 17:00",
    ]


def test_an_urgent_contact_reaches_duty_before_the_office_closes_whoever_is_silent(office: Office) -> None:
    """GAP-02: each has half of the time that is left at most, so that it is done or handed over before closing."""
    case = sorted_contact(office, sorted_as(urgent=True))
    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2026-01-05 13:00"]

    office.today_is("2026-01-05 13:00")
    assert office.waiting_for(case) == ["ContactTransfer of hazel, due 2026-01-05 15:00"]
    office.today_is("2026-01-05 15:00")
    assert office.waiting_for(case) == ["NextHand of team-leader, due 2026-01-05 16:00"]
    office.today_is("2026-01-05 16:00")
    assert office.waiting_for(case) == ["SettledAtDuty of duty-worker, due 2026-01-05 17:00"]
    assert office.inbox("duty-worker")[-1].subject.startswith("URGENT: ")


def test_a_contact_with_a_date_reaches_duty_before_that_date_whoever_is_silent(office: Office) -> None:
    """GAP-02: wanted by tomorrow, so nobody may sit on it for a whole day."""
    case = sorted_contact(office, sorted_as(act_by=date(2026, 1, 6)))
    office.today_is("2026-01-06 16:00")

    assert office.waiting_for(case) == ["SettledAtDuty of duty-worker, due 2026-01-06 17:00"]


def test_an_urgent_contact_that_is_not_opened_is_known_above_within_half_an_hour(office: Office) -> None:
    """GAP-02: urgent work that nobody acknowledges goes up at once."""
    sorted_contact(office, sorted_as(urgent=True))
    office.hours_pass(0.6)

    assert "Nobody has opened it yet." in office.inbox("staff-team-leader")[-1].body
    assert office.inbox("staff-team-leader")[-1].subject.startswith("URGENT: ")


def test_an_urgent_contact_after_closing_is_not_offered_to_an_empty_office(office: Office) -> None:
    """DUTY-19: nobody is there before midnight, so duty acts or hands it to out of hours, now (GAP-02)."""
    office.today_is("2026-01-05 17:30")
    case = sorted_contact(office, sorted_as(urgent=True))

    assert office.waiting_for(case) == [
        "PersonTold of duty-worker, due 2026-01-05 23:59",
        "UrgentActionsMeanwhile of duty-worker, due 2026-01-05 23:59",
    ]


def test_an_urgent_enquiry_is_as_urgent_as_its_contact(office: Office) -> None:
    """DUTY-24: finding out when the worker is back does not use up the day (GAP-02)."""
    case = sorted_contact(office, sorted_for_somebody_on_leave(urgent=True))

    assert office.waiting_for(case) == ["AvailabilityEnquiry of duty-worker, due 2026-01-05 13:00"]
    assert office.inbox("duty-worker")[-1].subject.startswith("URGENT: ")


def test_times_pass_over_christmas(office: Office) -> None:
    """GAP-02: sorted on Christmas Eve 2026; holidays, the council's closure days and weekends do not count."""
    office.today_is("2026-12-24 10:00")
    register_is_fresh(office, date(2026, 12, 24))
    case = sorted_contact(office, sorted_as())

    assert needed_by(office, case) == "Tuesday 5 January 2027, 5pm"
    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2027-01-04 17:00"]


def test_times_pass_over_a_bank_holiday(office: Office) -> None:
    """GAP-02: the Thursday before Easter 2026; Good Friday and Easter Monday do not count."""
    office.today_is("2026-04-02 10:00")
    register_is_fresh(office, date(2026, 4, 2))
    case = sorted_contact(office, sorted_as())

    assert needed_by(office, case) == "Wednesday 8 April 2026, 5pm"
    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2026-04-07 17:00"]


def test_duty_that_settles_late_has_a_reasonable_time_again(office: Office) -> None:
    """GAP-02: after days of silence the first time has passed, and nobody is asked for something by yesterday."""
    case = sorted_contact(office, sorted_as(urgent=False))
    office.today_is("2026-01-12 09:00")
    office.answer(case, NextHand(reasons="duty deals with it"), by="team-leader")
    assert office.waiting_for(case) == ["SettledAtDuty of duty-worker, due 2026-01-14 17:00"]
    assert "Wanted" in read_beside(office, case, SettledAtDuty)
