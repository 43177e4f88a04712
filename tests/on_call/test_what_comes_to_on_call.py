"""What reaches on call: missed Red contacts, people at high risk by a provider's failure; and what never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from flows.out_of_hours import out_of_hours
from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.urgent_action import urgent_action
from models.decision_tables.levels import Rag
from models.forms.breach import BreachFound
from models.on_call.tables import OnCallWork
from models.provider_failure.kinds import Risk
from models.working_time import LONDON
from tasks.durable.testing import Office
from tests.on_call.nights import DUTY, MANAGER, Nights, everybody_always, rota, shift, something_urgent
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.incident_stories import fails, rows_of

clauses = pytest.mark.clauses


def night_cases(office: Office) -> set[str]:
    """The cases that are in on-call's hands now."""
    with office.council.database.read() as session:
        return set(session.scalars(select(OnCallWork.case_ref)))


@clauses("PWT-54", "GAP-12", "TRN-07")
def test_a_missed_red_contact_is_on_calls_and_an_amber_one_waits(office: Office, nights: Nights) -> None:
    """The contact was due by closing and nobody made it: the same case is told to on call at once."""
    red, amber = on_the_tray(office, Rag.RED), on_the_tray(office, Rag.AMBER, person="P-102")
    office.today_is("2026-01-12 16:00")
    nights.round()
    assert office.cases(out_of_hours) == []
    office.today_is("2026-01-12 21:00")
    nights.read()
    nights.round()
    assert red in night_cases(office)
    assert amber not in night_cases(office)
    assert len(nights.heard(f"staff-{DUTY}")) == 1


@clauses("TRN-47", "TRN-48", "TRN-07")
def test_whoever_is_red_by_a_providers_failure_and_not_seen_is_on_calls_that_night(
    office: Office, nights: Nights
) -> None:
    """A provider fails at four on Friday: whoever is at high risk and not seen by closing is told of, all at once."""
    office.today_is("2026-01-09 16:00")
    nights.read()
    incident = fails(office)
    people = rows_of(office, incident).values()
    red = {one.case_ref for one in people if one.risk == Risk.RED}
    others = {one.case_ref for one in people} - red
    assert red and others
    office.today_is("2026-01-09 17:01")
    nights.round()
    assert red <= night_cases(office)
    assert not others & night_cases(office)
    assert len(nights.heard(f"staff-{DUTY}")) == 1, "one notice for all of them"


@clauses("TRN-04", "TRN-07")
def test_whoever_comes_on_call_next_is_told_of_what_is_open(office: Office, nights: Nights) -> None:
    """At eight on Sunday it is Joanna's: what Priya had in hand and is open is offered to her."""
    nights.rota_is(
        rota(
            shift("Duty", DUTY, "20260105T170000", "20260111T080000"),
            shift("Duty", "practitioner-4", "20260111T080000", "20260112T083000"),
            shift("Manager", MANAGER, "20260105T000000", "20260112T083000"),
        )
    )
    office.today_is("2026-01-10 22:00")
    nights.read()
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    nights.has_it(case, DUTY)
    assert nights.heard("staff-practitioner-4") == []
    office.today_is("2026-01-11 08:00")
    nights.read()
    nights.round()
    assert len(nights.heard("staff-practitioner-4")) == 1
    assert nights.work(case).held_by is None, "nobody's until she says that she has it"
    nights.has_it(case, "practitioner-4")
    office.hours_pass(3)
    assert nights.heard(f"staff-{MANAGER}") == []


def test_nobody_is_told_of_what_they_did_themselves(office: Office, nights: Nights) -> None:
    """A restricted case about what the duty worker on call disclosed: the manager hears, and they never."""
    nights.goes_to("2026-01-10 22:00")
    breach = BreachFound(found_at=office.clock.now(), what_happened="A letter went astray", disclosed_by=DUTY)
    case = office.start(unauthorised_disclosure, breach)
    nights.round()
    assert case in night_cases(office)
    office.hours_pass(4)
    assert DUTY not in nights.told(case) and MANAGER in nights.told(case)
    assert nights.heard(f"staff-{DUTY}") == []


@clauses("GAP-46", "TRN-05")
def test_without_any_rota_the_role_is_told_at_once_and_nobody_is_alarmed(office: Office) -> None:
    """A council that has connected nothing: whoever holds the on-call manager's role, then the head of service."""
    nights = Nights(office, None)  # type: ignore[arg-type]
    office.today_is("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    assert nights.told(case) == {"on-call-manager"}
    assert len(nights.heard("on-call-manager")) == 1
    office.hours_pass(1)
    assert len(nights.heard("head-of-service")) == 1


def test_a_night_goes_on_over_a_closure_day_that_is_named_meanwhile(office: Office, nights: Nights) -> None:
    """Snow on Monday: the council closes, and nothing is handed back to an empty office."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    nights.has_it(case, DUTY)
    policy = office.council.policy
    monday = (office.clock.now() + timedelta(days=2)).astimezone(LONDON).date()
    calendar = policy.calendar.model_copy(update={"closure_days": (*policy.calendar.closure_days, monday)})
    office.policy_becomes(policy.model_copy(update={"calendar": calendar}))
    office.today_is("2026-01-12 12:00")
    (night,) = office.cases(out_of_hours)
    assert not any("NightHandover" in one for one in office.waiting_for(night))
    office.today_is("2026-01-13 08:31")
    assert any("NightHandover of duty" in one for one in office.waiting_for(night))


def test_a_second_round_in_the_same_minute_does_nothing_twice(office: Office, nights: Nights) -> None:
    """Three processes make the round: one night, one offer, one notice."""
    nights.goes_to("2026-01-10 22:00")
    office.start(urgent_action, something_urgent(office))
    for _ in range(3):
        nights.round()
    nights.rota_is(everybody_always())
    nights.round()
    assert len(office.cases(out_of_hours)) == 1
    assert len(nights.heard(f"staff-{DUTY}")) == 1
