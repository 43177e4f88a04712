"""The manager's daily list: one line for each contact and attempt, on the day on which it was made."""

from __future__ import annotations

from datetime import date

import pytest

from models.decision_tables.levels import Rag
from models.forms.tray_waiting import ContactLogged, ContactOutcome, ShouldWait
from tasks.durable.testing import Office
from tasks.tray.days_contacts import contacts_on, tell_of_the_days_contacts
from tests.procedures.tray_stories import no_answer, on_the_tray, reached


@pytest.mark.clauses("PWT-51")
def test_each_contact_and_attempt_is_one_line_of_its_day(office: Office) -> None:
    """An attempt and the contact after it stand on the list, with who made it and the note that was left; no words."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:00")
    office.answer(case, no_answer(), by="duty-worker")
    office.today_is("2026-01-19 14:30")
    worse = reached(changed="her sister has died", should_wait=ShouldWait.RATE_AGAIN, to_discuss="grief")
    office.answer(case, worse, by="duty-worker-2")
    with office.council.database.read() as session:
        attempt, contact = contacts_on(session, date(2026, 1, 19))
        assert contacts_on(session, date(2026, 1, 18)) == []
        assert contacts_on(session, date(2026, 1, 19), team="rowan") == []
    assert (attempt.reached, attempt.by, attempt.note) == (False, "duty-worker", "")
    assert (contact.reached, contact.by, contact.changed) == (True, "duty-worker-2", True)
    assert contact.note.startswith("R-")
    assert (contact.ref, contact.colour, contact.should_wait) == (case, "Amber", "rate-again")
    assert "sister" not in repr(contact)


@pytest.mark.clauses("PWT-51")
def test_managers_hear_of_the_last_working_days_contacts_once_each_working_morning(office: Office) -> None:
    """On Monday they hear of Friday's and the weekend's, by number; a second look the same morning says nothing."""
    case = on_the_tray(office, Rag.GREEN)
    office.today_is("2026-01-09 11:00")
    office.signal(case, ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True), by="duty-worker")
    office.today_is("2026-01-10 09:00")
    assert tell_of_the_days_contacts(office.council) == {}
    office.today_is("2026-01-12 07:45")
    assert tell_of_the_days_contacts(office.council) == {"hazel": 1}
    assert tell_of_the_days_contacts(office.council) == {}
    office.digest_goes_out()
    assert "1" in office.inbox("staff-team-leader")[-1].body
    assert "pathways tray contacts" in office.inbox("staff-team-leader")[-1].body
