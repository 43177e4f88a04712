"""The tray over time: each week's end is told as the list of that day told it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from models.decision_tables.levels import Rag
from models.forms.tray_waiting import ContactLogged, ContactOutcome
from tasks.as_of import moment_of
from tasks.durable.testing import Office
from tasks.tray.contacts import Made
from tasks.tray.figures import nearest_rank
from tasks.tray.listing import UNRATED, tray_at
from tasks.tray.over_time import over_time, week_ends
from tests.procedures.tray_stories import on_the_tray

RANG = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, reassured=True)


def test_weeks_end_on_sundays_and_the_present_one_today() -> None:
    """On a Wednesday the present week has three days so far."""
    ends = week_ends(date(2026, 1, 7), 3)
    assert ends == [date(2025, 12, 28), date(2026, 1, 4), date(2026, 1, 7)]
    assert week_ends(date(2026, 1, 11), 2) == [date(2026, 1, 4), date(2026, 1, 11)]


@pytest.mark.clauses("PWT-05")
def test_each_weeks_end_is_what_the_list_of_that_day_says(office: Office) -> None:
    """People come, are reached, and leave: every past week has the same people, colours and days as its list."""
    red = on_the_tray(office, Rag.RED, person="P-101")
    office.days_pass(9)
    amber = on_the_tray(office, Rag.AMBER, person="P-102")
    office.days_pass(12)
    office.signal(amber, RANG, by="duty-worker")
    on_the_tray(office, Rag.GREEN, person="P-103")
    office.days_pass(30)

    with office.council.database.read() as session:
        now = office.clock.now()
        weeks = over_time(session, now, weeks=8)
        for week in weeks:
            rows = tray_at(session, moment_of(week.ends, now))
            assert {colour: found.people for colour, found in week.waiting.items() if found.people} == {
                **Counter(row.colour or UNRATED for row in rows),
                **({"all": len(rows)} if rows else {}),
            }
            days = sorted(row.days_since_request for row in rows)
            assert week.waiting["all"].median_days == nearest_rank(days, 50)
            assert week.waiting["all"].ninetieth_centile_days == nearest_rank(days, 90)
        assert [week.ends for week in weeks][-1] == date(2026, 2, 25)
        of_rowan = over_time(session, now, team="rowan", weeks=8)
    assert sum(week.waiting["all"].people for week in of_rowan) == 0
    assert red != amber


@pytest.mark.clauses("PWT-54", "PWT-55")
def test_a_contact_counts_in_the_week_in_which_it_was_due(office: Office) -> None:
    """A Red person nobody reaches: each week one contact is missed; an Amber one reached in time is on time."""
    on_the_tray(office, Rag.RED, person="P-101")
    amber = on_the_tray(office, Rag.AMBER, person="P-102")
    office.days_pass(10)
    office.signal(amber, RANG, by="duty-worker")
    office.days_pass(13)

    with office.council.database.read() as session:
        weeks = {week.ends: week.contacts for week in over_time(session, office.clock.now(), weeks=5)}
    sunday = date(2026, 1, 11)
    missed = [contacts.get(Made.MISSED, 0) for end, contacts in weeks.items() if end >= sunday]
    assert sum(missed) >= 3
    assert sum(contacts.get(Made.ON_TIME, 0) for contacts in weeks.values()) == 1
    assert weeks[sunday - timedelta(days=7)] == {}
