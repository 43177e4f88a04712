"""Everybody on the tray at a moment, worked out from the ledger: today and on any past day (PWT-05, PWT-35)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, update

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from models.cases import Case, Wait
from models.decision_tables.levels import Complexity, Priority, Rag
from models.durations import calendar_days
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import DayAgreed, LeavingReported, RatedAgain, ReadyToWaitAgain
from models.policy.gaps.tray_exits import LeavingReason
from models.tray import TrayPlace
from tasks.as_of import DayToCome, moment_of, start_of
from tasks.database import Database
from tasks.durable.rework import work_due_times_out_anew
from tasks.durable.testing import Office
from tasks.tray.artifact import trays_by_team
from tasks.tray.listing import Order, TrayRow, chosen, tray_at
from tests.procedures.tray_stories import facts_for, local, no_answer, on_the_tray, rated, reached, red_reached
from tests.test_tray_properties import STEPS, WatchedOffice, perform


def tray(office: Office, at: datetime | None = None, **which: Any) -> list[TrayRow]:
    """The list at a moment, or now."""
    with office.council.database.read() as session:
        return tray_at(session, at or office.clock.now(), **which)


def row_of(office: Office, case: str, at: datetime | None = None) -> TrayRow:
    """One person's row."""
    return next(row for row in tray(office, at) if row.ref == case)


@pytest.mark.clauses("PWT-05")
def test_a_row_says_how_long_somebody_has_waited_and_who_knows_of_it(office: Office) -> None:
    """Days count from the request and from the placement; it names the manager, the owner and the next contact."""
    asked_for_help = datetime(2025, 12, 22, 10, tzinfo=UTC)
    case = on_the_tray(office, Rag.AMBER, requested_at=asked_for_help)
    office.days_pass(3)

    (row,) = tray(office)
    assert (row.ref, row.person, row.team, row.manager, row.owner) == (
        case,
        "P-104",
        "hazel",
        "team-leader",
        "staff-team-leader",
    )
    assert (row.days_since_request, row.days_on_tray) == (17, 3)
    assert (row.colour, row.priority, row.complexity, row.urgent) == (Rag.AMBER, Priority.MEDIUM, Complexity.LOW, False)
    assert row.next_contact_due is not None
    assert local(row.next_contact_due) == "2026-01-19 17:00"
    assert (row.is_missed, row.in_breach, row.was_never_reached, row.attempts) == (False, False, True, 0)


def test_days_of_waiting_are_those_of_england(office: Office) -> None:
    """Who asked half an hour before midnight has waited a day half an hour after it; also when clocks are ahead."""
    office.today_is("2026-06-01 23:30")
    on_the_tray(office)
    office.today_is("2026-06-02 00:30")

    assert [row.days_since_request for row in tray(office)] == [1]


def test_a_missed_contact_shows_until_somebody_reaches_them(office: Office) -> None:
    """PWT-56: the contact due on Monday at five is missed from then on; an attempt changes nothing, reaching does."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 16:59")
    assert not row_of(office, case).is_missed

    office.today_is("2026-01-20 09:00")
    assert row_of(office, case).is_missed
    office.answer(case, no_answer(), by="duty-worker")
    assert (row_of(office, case).is_missed, row_of(office, case).attempts) == (True, 1)

    office.today_is("2026-01-20 15:00")
    office.answer(case, reached(), by="duty-worker")
    row = row_of(office, case)
    assert (row.is_missed, row.attempts, row.last_reached_at) == (False, 0, office.clock.now())
    assert row.next_contact_due is not None
    assert local(row.next_contact_due) == "2026-02-03 17:00"


def test_a_breach_shows_from_day_28_on(office: Office) -> None:
    """PWT-11, GAP-15: from the morning of the 28th day after the request."""
    case = on_the_tray(office, Rag.GREEN)
    office.today_is("2026-02-02 08:00")
    assert not row_of(office, case).in_breach
    office.today_is("2026-02-02 09:00")
    assert row_of(office, case).in_breach


def test_a_list_taken_over_shows_what_was_in_breach_before(office: Office) -> None:
    """Who had waited for months when the list was taken over is in breach from the first day."""
    months_ago = datetime(2025, 9, 1, 10, tzinfo=UTC)
    case = on_the_tray(office, None, requested_at=months_ago, placed_at=months_ago, imported=True)
    row = row_of(office, case)
    assert (row.in_breach, row.colour, row.priority, row.complexity) == (True, None, None, None)


def test_who_is_said_to_leave_has_no_next_contact_and_who_has_left_is_gone(office: Office) -> None:
    """GAP-53: clocks stop at once, so nothing is due and nothing missed; who waits again has a contact at once."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-20 10:00")
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="ward"))
    row = row_of(office, case)
    assert (row.next_contact_due, row.is_missed, row.leaving) == (None, False, LeavingReason.ADMISSION)

    office.today_is("2026-01-21 10:00")
    office.signal(case, ReadyToWaitAgain(why="home again"))
    due = row_of(office, case).next_contact_due
    assert due is not None
    assert local(due) == "2026-01-21 17:00"


def test_an_agreed_day_stands_on_the_list(office: Office) -> None:
    """The day on which somebody is in touch as agreed."""
    case = on_the_tray(office)
    office.signal(case, DayAgreed(on=date(2026, 1, 9)))
    assert row_of(office, case).agreed_on == date(2026, 1, 9)


# ------------------------------------------------------------------ the past


def test_a_past_day_is_told_as_it_was_told_then(office: Office) -> None:
    """Reached, rated anew, given to another owner since: the list of the 12th stays that of the 12th."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-12 23:59")
    then = tray(office)
    office.today_is("2026-01-13 10:00")
    office.signal(case, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="worse"), by="team-leader")
    office.leaves("team-leader")
    office.today_is("2026-02-12 10:00")

    now = row_of(office, case)
    assert (now.colour, now.is_missed) == (Rag.RED, True)
    assert tray(office, datetime(2026, 1, 12, 23, 59, tzinfo=UTC)) == then
    assert then[0].colour is Rag.AMBER


def test_a_past_day_knows_nothing_of_a_later_policy(office: Office) -> None:
    """GAP-16: a fortnight of ten days moves the contact from now on; yesterday it was due when it was due."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-07 12:00")
    before = tray(office)
    office.today_is("2026-01-08 12:00")
    months = office.council.policy.gaps.months.model_copy(update={"fortnight": calendar_days(10)})
    gaps = office.council.policy.gaps.model_copy(update={"months": months})
    office.council.policy = office.council.policy.model_copy(update={"gaps": gaps})
    assert case in work_due_times_out_anew(office.council)

    due = row_of(office, case).next_contact_due
    assert due is not None
    assert local(due) == "2026-01-15 17:00"
    assert tray(office, datetime(2026, 1, 7, 12, tzinfo=UTC)) == before


def test_nothing_is_read_from_the_rows_that_say_how_things_stand_now(office: Office) -> None:
    """The case's owner and colour and the row of the tray could say anything: the list is that of the ledger."""
    case = on_the_tray(office, Rag.AMBER)
    before = tray(office)
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == case).values(owner="role-systems", colour="Green"))
        session.execute(update(TrayPlace).where(TrayPlace.case_ref == case).values(manager="nobody", team_id="rowan"))
    assert tray(office) == before


def test_a_day_that_is_still_to_come_is_refused() -> None:
    """Nobody knows yet how tomorrow ends."""
    now = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # half past eleven at night
    assert moment_of(date(2026, 7, 1), now) == moment_of(None, now) == now
    assert moment_of(date(2026, 6, 30), now) == datetime(2026, 6, 30, 22, 59, 59, 999999, tzinfo=UTC)
    assert start_of(date(2026, 7, 1)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    with pytest.raises(DayToCome, match="ask for today or a day before it"):
        moment_of(date(2026, 7, 2), now)


# ------------------------------------------------------------------ filtering and sorting


@pytest.fixture
def mixed(office: Office) -> dict[str, str]:
    """Four people who wait, one of them in Rowan; names by what is said of them."""
    now, since = office.clock.now(), timedelta(days=1)
    return {
        "green": on_the_tray(office, Rag.GREEN, person="P-101", requested_at=now - 20 * since),
        "red": on_the_tray(office, Rag.RED, person="P-102", last_reached_at=now, requested_at=now - since),
        "amber": on_the_tray(
            office, Rag.AMBER, person="P-103", rated=rated(Rag.AMBER, Priority.HIGH, urgent=True), requested_at=now
        ),
        "rowan": on_the_tray(
            office,
            Rag.AMBER,
            person="P-104",
            team="rowan",
            rated=rated(Rag.AMBER, Priority.HIGH, complexity=Complexity.HIGH),
            requested_at=now - 2 * since,
        ),
    }


def named(mixed: dict[str, str], rows: list[TrayRow]) -> list[str]:
    """The rows by what is said of them."""
    names = {ref: name for name, ref in mixed.items()}
    return [names[row.ref] for row in rows]


@pytest.mark.clauses("PWT-35")
def test_worst_first_is_missed_then_red_then_breach_then_never_reached(office: Office, mixed: dict[str, str]) -> None:
    """On the first day the Red case stands first; once Amber contacts are missed and Red's is not, they do."""
    assert named(mixed, tray(office)) == ["red", "rowan", "amber", "green"]

    office.today_is("2026-01-12 10:00")
    office.answer(mixed["red"], red_reached(), by="practitioner")
    office.today_is("2026-01-19 18:00")
    assert [row.is_missed for row in tray(office)] == [True, True, True, False]
    assert named(mixed, tray(office)) == ["red", "rowan", "amber", "green"]


@pytest.mark.clauses("PWT-35")
def test_a_tray_is_filtered_and_sorted_by_what_was_recorded(office: Office, mixed: dict[str, str]) -> None:
    """By colour, priority, complexity and team; sorted by priority, complexity, wait or next contact."""
    rows = tray(office)
    assert named(mixed, chosen(rows, colour="Amber")) == ["rowan", "amber"]
    assert named(mixed, chosen(rows, priority=Priority.HIGH, complexity=Complexity.LOW)) == ["amber"]
    assert named(mixed, chosen(rows, order=Order.PRIORITY)) == ["amber", "rowan", "red", "green"]
    assert named(mixed, chosen(rows, order=Order.COMPLEXITY)) == ["rowan", "red", "amber", "green"]
    assert named(mixed, chosen(rows, order=Order.WAIT)) == ["green", "rowan", "red", "amber"]
    assert named(mixed, chosen(rows, order=Order.CONTACT)) == ["red", "rowan", "amber", "green"]
    assert named(mixed, tray(office, team="rowan")) == ["rowan"]


def test_who_is_not_rated_stands_between_red_and_amber(office: Office, mixed: dict[str, str]) -> None:
    """GAP-14: nobody knows yet how they stand; they are found by "unrated"."""
    mixed["unrated"] = on_the_tray(office, None, person="P-105", imported=True)
    assert named(mixed, tray(office)) == ["red", "unrated", "rowan", "amber", "green"]
    assert named(mixed, chosen(tray(office), colour="unrated")) == ["unrated"]


def test_the_table_in_prefect_has_references_only_and_an_empty_tray_shows_as_empty(office: Office) -> None:
    """Each team that ever had a tray has its table; a restricted case stands in none."""
    case = on_the_tray(office, Rag.AMBER)
    on_the_tray(office, Rag.RED, person="P-101", team="rowan")
    (row,) = trays_by_team(office.council)["hazel"]
    assert row == {
        "case": case,
        "colour": "Amber",
        "priority": "Medium",
        "complexity": "Low",
        "days since request": "0",
        "days on tray": "0",
        "last reached": "never",
        "next contact": "Monday 19 January 2026, 5pm",
        "beware": "",
        "manager": "team-leader",
    }
    office.signal(case, LeavingReported(reason=LeavingReason.DEATH, told_by="register"))
    (row,) = trays_by_team(office.council)["hazel"]
    assert (row["beware"], row["next contact"]) == ("said to leave", "")
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="so it is"), by="team-leader")
    assert trays_by_team(office.council)["hazel"] == []
    assert len(trays_by_team(office.council)["rowan"]) == 1


# ------------------------------------------------------------------ always


class ComparedOffice(WatchedOffice):
    """An office in which, after everything that happens, the list is compared with the rows, and kept for later."""

    def __init__(self, *args: Any) -> None:
        self.lists: dict[datetime, list[TrayRow]] = {}
        super().__init__(*args)

    def look(self) -> None:
        """The list of the ledger says of now what the rows say."""
        now = self.clock.now()
        rows = self.lists[now] = tray(self)
        with self.council.database.read() as session:
            case = session.get_one(Case, self.watched)
            place = session.get_one(TrayPlace, self.watched)
            open_waits = session.scalars(
                select(Wait).where(Wait.case_ref == self.watched, Wait.state == "open", Wait.kind == "timer")
            ).all()
        if case.closed_at is not None:
            assert rows == []
            return
        (row,) = rows
        assert (row.ref, row.person, row.team, row.owner) == (case.ref, place.person_id, place.team_id, case.owner)
        assert (row.colour, row.priority, row.urgent) == (case.colour, place.priority, place.urgent)
        assert (row.complexity, row.manager) == (place.complexity, place.manager)
        assert (row.requested_at, row.placed_at) == (place.requested_at, place.placed_at)
        assert row.last_reached_at == place.last_reached_at
        due = [wait.due for wait in open_waits if wait.key.partition("[")[0] == "contact-missed"]
        if due:
            assert [row.next_contact_due] == due
            assert not row.is_missed


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("listing") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    yield file


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(colour=st.sampled_from([*Rag, None]), steps=st.lists(STEPS, min_size=4, max_size=8))
def test_the_list_of_now_is_that_of_the_rows_and_stays_what_it_was(
    prepared: Path, tmp_path: Path, colour: Rag | None, steps: list[tuple[str, Any]]
) -> None:
    """After whatever happens the ledger's list is that of the table beside it; and each is told the same ever after."""
    file = tmp_path / f"{token_hex(8)}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = ComparedOffice(database, example_policy(), "2026-03-20 10:00")
    office.counted_from = office.clock.now()
    changes: dict[str, Any] = {"imported": True} if colour is None else {}
    office.watched = on_the_tray(office, colour, **changes)
    office.look()
    for what, given_ in steps:
        if office.is_closed(office.watched):
            break
        perform(office, office.watched, what, given_)
    office.days_pass(30)
    for moment, then in office.lists.items():
        assert tray(office, moment) == then
    database.dispose()
