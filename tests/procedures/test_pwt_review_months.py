"""People who wait for months: over Christmas, Easter, both clock changes and 29 February."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.decision_tables.levels import Rag
from models.forms.tray_waiting import RedContactReview
from models.working_time import LONDON
from tasks.durable.testing import Office
from tests.procedures.letters import asked
from tests.procedures.tray_stories import due_of, local, on_the_tray, reached, red_reached, standing


def contacts_over(office: Office, case: str, days: int) -> list[str]:
    """Answer each contact on the morning on which it is asked; the days on which that was, and nothing was late."""
    made = []
    red = office.case(case).colour == Rag.RED
    for _ in range(days):
        office.days_pass(1)
        if any("ContactReview" in line for line in asked(office, case)):
            office.answer(case, red_reached() if red else reached(), by="team-leader")
            made.append(local(office.clock.now())[:10])
    return made


@pytest.mark.clauses("PWT-54", "GAP-12", "GAP-51")
def test_red_case_is_contacted_before_the_office_shuts_for_christmas(office: Office) -> None:
    """From 25 December to 3 January nobody is there: Red is contacted on Christmas Eve, and by on call after a week."""
    office.today_is("2026-12-14 09:00")
    case = on_the_tray(office, Rag.RED)
    assert contacts_over(office, case, 10) == ["2026-12-21", "2026-12-24"]
    assert due_of(office, case, "contact-missed") == "2026-12-31 17:00"
    office.today_is("2026-12-31 09:30")
    assert asked(office, case) == ["RedContactReview of practitioner"]
    assert office.inbox("on-call-manager"), "on a closed day whoever is on call hears of it"
    office.answer(case, red_reached(), by="on-call-manager")
    assert due_of(office, case, "contact-missed") == "2027-01-07 17:00"


@pytest.mark.clauses("PWT-54", "GAP-51")
def test_amber_contact_that_falls_on_a_closed_day_comes_earlier(office: Office) -> None:
    """Fourteen days from Monday 21 December is a closed week later: it is made on the last open day before."""
    office.today_is("2026-12-11 09:00")
    case = on_the_tray(office, Rag.AMBER)
    assert due_of(office, case, "contact-missed") == "2026-12-24 17:00"


@pytest.mark.clauses("PWT-54", "GAP-51")
def test_red_case_is_contacted_before_easter(office: Office) -> None:
    """Good Friday to Easter Monday are four closed days: Red is contacted on the Thursday before."""
    office.today_is("2026-03-31 09:00")
    case = on_the_tray(office, Rag.RED)
    assert contacts_over(office, case, 14) == ["2026-04-02", "2026-04-09"]


@pytest.mark.clauses("PWT-56", "GAP-16")
@pytest.mark.parametrize(
    ("placed", "days", "expected"),
    [
        ("2026-03-16 09:00", 31, ["2026-03-30", "2026-04-13"]),  # the clocks go forward on 29 March
        ("2026-10-12 09:00", 31, ["2026-10-26", "2026-11-09"]),  # and back on 25 October
        ("2028-02-15 09:00", 31, ["2028-02-29", "2028-03-14"]),
    ],
)
def test_amber_case_keeps_its_fortnight_over_clock_changes_and_leap_days(
    office: Office, placed: str, days: int, expected: list[str]
) -> None:
    """Fourteen days are fourteen days on the calendar, whatever the clock or February does."""
    office.today_is(placed)
    case = on_the_tray(office, Rag.AMBER)
    assert contacts_over(office, case, days) == expected


@pytest.mark.clauses("PWT-06", "PWT-09", "PWT-55", "PWT-57")
@pytest.mark.parametrize(("colour", "at_most"), [(Rag.RED, 7), (Rag.AMBER, 14), (Rag.GREEN, 28), (None, 14)])
def test_nobody_waits_longer_than_their_colour_allows_over_half_a_year(
    office: Office, colour: Rag | None, at_most: int
) -> None:
    """From November to May each contact is asked in time, and nobody is left out over Christmas or Easter."""
    office.today_is("2026-11-02 09:00")
    case = on_the_tray(office, colour, **({"imported": True} if colour is None else {}))
    last, made = office.clock.now(), 0
    for _ in range(180):
        office.days_pass(1)
        if any("ContactReview" in line for line in asked(office, case)):
            office.answer(case, red_reached() if colour is Rag.RED else reached(), by="team-leader")
            now = office.clock.now()
            days = now.astimezone(LONDON).date() - last.astimezone(LONDON).date()
            assert days <= timedelta(days=at_most)
            last, made = now, made + 1
    assert made >= 180 // at_most
    assert standing(office, case).last_reached_at == last


def test_contact_asked_on_a_working_day_of_a_red_case_does_not_interrupt(office: Office) -> None:
    """A planned call waits for the digest; only a missed one interrupts."""
    case = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-12 08:31")
    assert asked(office, case) == [f"{RedContactReview.name()} of practitioner"]
    assert office.inbox("practitioner") == []
