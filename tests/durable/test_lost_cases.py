"""Cases that Prefect knows and our database has lost: somebody is told once, and their runs end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prefect.client.schemas.objects import StateType

from flows.lost_cases import lost_cases
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from models.forms.alarms import LostCasesFetched
from tasks.durable import after, first_of, procedure
from tasks.durable.lost_cases import KNOWN_IN_A_ROW, SEVERAL, look_for_lost_cases
from tasks.durable.recovering import meet_unknown, recover
from tasks.durable.testing import Office
from tests.durable.lending import MONDAY, WheelchairLoan, ledger
from tests.durable.simulated_prefect import SimulatedPrefect

FETCHED = LostCasesFetched(fetched="Sent again from the mail server: it is case 7K3Q-9PXM now.")


@procedure(follows="Lending wheelchairs")
def resting_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


@pytest.fixture
def prefect(office: Office) -> SimulatedPrefect:
    """A Prefect with deployments older than every case."""
    return SimulatedPrefect(office.council, MONDAY - timedelta(days=30))


def test_a_case_that_the_database_lost_is_put_to_whoever_looks_after_the_system(
    office: Office, prefect: SimulatedPrefect
) -> None:
    """Its ref, when it was opened and the last that is known of it: by these what came in is found again."""
    known = office.start(resting_for_a_week, WheelchairLoan())
    prefect.sleeping(known)
    office.hours_pass(26)
    run = prefect.sleeping("LOST-1", bare=True)

    assert look_for_lost_cases(office.council, prefect) == ["LOST-1"]  # type: ignore[arg-type]
    office.hours_pass(0)
    (case,) = office.cases(lost_cases)
    assert [line.partition(",")[0] for line in office.waiting_for(case)] == ["LostCasesFetched of systems"]
    asked = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.ASKED)
    assert "LOST-1: Standing, opened Tuesday 6 January 2026, 11am, last seen as: Awaiting" in asked.data["about"]
    assert prefect.state(run) == "Not in the record"
    assert any("lost" in message.body for message in office.inbox("duty-worker"))

    office.answer(case, FETCHED, by="systems-officer")
    assert office.outcome_of(case) == "seen to"


def test_what_was_to_happen_first_stands_first_with_whose_answer_it_waited_for(
    office: Office, prefect: SimulatedPrefect
) -> None:
    """Somebody in danger is not looked for behind forty others, nor by a reference alone."""
    over = prefect.sleeping("LOST-1", bare=True)
    prefect.say(over, StateType.COMPLETED, "Closed", after=12)
    prefect.sleeping("LOST-2", bare=True)
    soon = prefect.sleeping("LOST-3", bare=True)
    prefect.run(soon).tags = ["queued-contact", "awaited-team-safeguarding", "awaited-whoever"]
    prefect.say(soon, StateType.SCHEDULED, "Awaiting a contact in the queue", at=MONDAY + timedelta(minutes=30))
    assert look_for_lost_cases(office.council, prefect) == ["LOST-3", "LOST-2", "LOST-1"]  # type: ignore[arg-type]
    office.hours_pass(0)
    (case,) = office.cases(lost_cases)
    asked = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.ASKED).data["about"]
    assert asked.splitlines()[1].endswith(
        "Awaiting a contact in the queue, asked of the safeguarding team, next at Monday 5 January 2026, 9:30am"
    )


def test_lost_cases_are_named_once(office: Office, prefect: SimulatedPrefect) -> None:
    """Nobody is asked again, whether the question is open or was answered; a further one has a case of its own."""
    prefect.sleeping("LOST-1", bare=True)
    prefect.sleeping("LOST-2", bare=True)
    assert look_for_lost_cases(office.council, prefect) == ["LOST-1", "LOST-2"]  # type: ignore[arg-type]
    assert look_for_lost_cases(office.council, prefect, every=True) == []  # type: ignore[arg-type]
    office.hours_pass(0)
    (case,) = office.cases(lost_cases)
    office.answer(case, FETCHED, by="systems-officer")
    prefect.sleeping("LOST-3", bare=True)
    assert look_for_lost_cases(office.council, prefect) == ["LOST-3"]  # type: ignore[arg-type]
    assert len(office.cases(lost_cases)) == 2


def test_a_case_that_was_opened_and_closed_in_the_lost_time_is_named(office: Office, prefect: SimulatedPrefect) -> None:
    """Its run is over; that somebody wrote, and what they were told, is lost all the same."""
    run = prefect.sleeping("LOST-1", bare=True)
    prefect.say(run, StateType.COMPLETED, "Closed", after=12)
    assert look_for_lost_cases(office.council, prefect) == ["LOST-1"]  # type: ignore[arg-type]
    assert prefect.state(run) == "Closed"


def test_cases_opened_since_the_restore_do_not_hide_the_lost_ones(office: Office, prefect: SimulatedPrefect) -> None:
    """Letters came in before anybody looked: the lost cases' runs lie behind those of the new ones."""
    prefect.sleeping("LOST-1", bare=True)
    office.days_pass(1)
    prefect.sleeping(office.start(resting_for_a_week, WheelchairLoan()))
    assert look_for_lost_cases(office.council, prefect) == ["LOST-1"]  # type: ignore[arg-type]


def test_no_more_of_prefects_past_is_read_than_can_hold_lost_cases(office: Office, prefect: SimulatedPrefect) -> None:
    """Behind so many runs of known cases, all older than our newest case, the look ends; a full one does not."""
    prefect.sleeping("LOST-1", bare=True)
    known = office.start(resting_for_a_week, WheelchairLoan())
    for _ in range(KNOWN_IN_A_ROW):
        prefect.sleeping(known, bare=True)
    office.days_pass(1)
    office.start(resting_for_a_week, WheelchairLoan())
    assert look_for_lost_cases(office.council, prefect) == []  # type: ignore[arg-type]
    assert look_for_lost_cases(office.council, prefect, every=True) == ["LOST-1"]  # type: ignore[arg-type]


def test_all_lost_cases_are_found_however_many_there_are(office: Office, prefect: SimulatedPrefect) -> None:
    """A day's work of a large council is lost: the look goes on behind lost cases, and each case names some of them."""
    lost = sorted(f"LOST-{number}" for number in range(KNOWN_IN_A_ROW + 2))
    for ref in lost:
        prefect.sleeping(ref, bare=True)
    office.days_pass(1)
    office.start(resting_for_a_week, WheelchairLoan())
    assert look_for_lost_cases(office.council, prefect) == lost  # type: ignore[arg-type]
    office.hours_pass(0)
    assert len(office.cases(lost_cases)) == -(-len(lost) // SEVERAL)


def test_recovery_ends_runs_that_carry_no_case_any_more(office: Office, prefect: SimulatedPrefect) -> None:
    """Prefect came from last night's copy: closed cases have sleeping runs in it, and replaced runs are back."""
    closed = office.start(resting_for_a_week, WheelchairLoan())
    of_closed = prefect.sleeping(closed)
    office.days_pass(8)
    assert office.is_closed(closed)
    standing = office.start(resting_for_a_week, WheelchairLoan())
    older, current = prefect.sleeping(standing, bare=True), prefect.sleeping(standing, generation=1)

    done = recover(office.council, lambda: None, prefect.backstop())

    assert (prefect.state(of_closed), prefect.state(older)) == ("Closed", "Superseded")
    assert prefect.living(standing) == [current]
    assert done.laid_to_rest == 2 and done.still_wrong == {}


def test_a_run_that_comes_due_and_whose_case_is_lost_is_met_the_same_way(
    office: Office, prefect: SimulatedPrefect
) -> None:
    """However late it is noticed, somebody is told, and the run ends."""
    run = prefect.sleeping("LOST-1", bare=True)
    meet_unknown(office.council, run, prefect)  # type: ignore[arg-type]
    assert prefect.state(run) == "Not in the record"
    assert len(office.cases(lost_cases)) == 1
