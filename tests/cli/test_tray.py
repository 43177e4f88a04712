"""`pathways tray`: who waits, today and on any past day, and the figures of a period; references only."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from flows.pwt_review import pwt_review
from models.audit import AccessEntry
from models.clock import SystemClock
from models.decision_tables.levels import Complexity, Priority, Rag
from models.register import Person
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.tray_stories import on_the_tray, placement, rated, reached


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


@pytest.fixture
def waits(office: Office) -> dict[str, str]:
    """Three people who wait; case refs by colour, the Green one in Rowan."""
    now = office.clock.now()
    asked_for_help = datetime(2025, 12, 22, 10, tzinfo=UTC)
    urgent = rated(Rag.AMBER, Priority.HIGH, urgent=True, complexity=Complexity.HIGH, override_reasons="Edith's son")
    return {
        "Red": on_the_tray(office, Rag.RED, person="P-101", last_reached_at=now),
        "Amber": on_the_tray(office, Rag.AMBER, person="P-102", requested_at=asked_for_help, rated=urgent),
        "Green": on_the_tray(office, Rag.GREEN, person="P-103", team="rowan"),
    }


def test_the_list_has_a_fixed_shape_for_programs(office: Office, waits: dict[str, str], pathways: Pathways) -> None:
    """Every field by name, times in UTC, worst first."""
    rows = pathways("tray", "--json").json

    assert [row["ref"] for row in rows] == [waits[colour] for colour in ("Red", "Amber", "Green")]
    assert rows[1] == {
        "ref": waits["Amber"],
        "person": "P-102",
        "team": "hazel",
        "colour": "Amber",
        "priority": "High",
        "urgent": True,
        "complexity": "High",
        "requested_at": "2025-12-22T10:00:00+00:00",
        "placed_at": "2026-01-05T09:00:00+00:00",
        "days_since_request": 14,
        "days_on_tray": 0,
        "last_reached_at": None,
        "next_contact_due": "2026-01-19T17:00:00+00:00",
        "attempts": 0,
        "missed": False,
        "in_breach": False,
        "manager": "team-leader",
        "owner": "staff-team-leader",
        "agreed_on": None,
        "leaving": None,
    }


@pytest.mark.clauses("PWT-35")
def test_it_is_filtered_and_sorted(office: Office, waits: dict[str, str], pathways: Pathways) -> None:
    """By team, colour, priority and complexity; small letters do for the colour."""

    def colours(*options: str) -> list[str]:
        return [row["colour"] for row in pathways("tray", *options, "--json").json]

    assert colours("--team", "rowan") == ["Green"]
    assert colours("--colour", "red") == ["Red"]
    assert colours("--priority", "high") == ["Amber"]
    assert colours("--complexity", "Low") == ["Red", "Green"]
    assert colours("--sort", "wait") == ["Amber", "Red", "Green"]
    assert colours("--colour", "unrated") == []


def test_a_spreadsheet_gets_the_same_fields(office: Office, waits: dict[str, str], pathways: Pathways) -> None:
    """CSV with the names of the JSON in its first line."""
    rows = list(csv.DictReader(io.StringIO(pathways("tray", "--csv").out)))
    assert [row["person"] for row in rows] == ["P-101", "P-102", "P-103"]
    assert (rows[1]["urgent"], rows[1]["last_reached_at"], rows[1]["days_since_request"]) == ("yes", "", "14")
    both = pathways("tray", "--csv", "--json")
    assert (both.code, both.err) == (2, "ask for --json or for --csv, not for both\n")


def test_people_read_a_table_that_says_what_to_look_at(
    office: Office, waits: dict[str, str], pathways: Pathways
) -> None:
    """A missed contact and a breach stand in words; nobody's name does."""
    office.today_is("2026-01-20 10:00")
    out = pathways("tray").out
    assert "contact missed" in out
    assert "past the aim" in out
    assert "urgent High" in out
    assert "3 people wait" in out
    with office.council.database.read() as session:
        assert not [name for name in session.scalars(select(Person.name)) if name in out]


def test_any_past_day_is_told_as_it_was_and_no_day_to_come(
    office: Office, waits: dict[str, str], pathways: Pathways
) -> None:
    """`--as-of` is the end of that day; today it is now; tomorrow is refused."""
    office.today_is("2026-01-19 23:59")
    then = pathways("tray", "--json").out
    office.today_is("2026-01-20 10:00")
    office.answer(waits["Amber"], reached(), by="duty-worker")
    office.today_is("2026-03-01 10:00")

    assert pathways("tray", "--as-of", "2026-01-19", "--json").out == then
    assert pathways("tray", "--as-of", "2026-03-01", "--json").out == pathways("tray", "--json").out != then
    assert pathways("tray", "--as-of", "2026-01-04", "--json").json == []
    refused = pathways("tray", "--as-of", "2026-03-02")
    assert (refused.code, "still to come" in refused.err) == (2, True)
    unknown = pathways("tray", "--team", "nowhere")
    assert (unknown.code, "no team of that id" in unknown.err) == (2, True)


def test_whoever_looks_is_noted(office: Office, waits: dict[str, str], pathways: Pathways) -> None:
    """Which tray was looked at, and by whom; whose written reasons were read, too."""
    pathways("tray", "--team", "hazel", "--as", "team-leader")
    pathways("tray", "report", "--from", "2026-01-01", "--to", "2026-01-05", "--reasons", "--as", "team-manager")
    with office.council.database.read() as session:
        looks = [
            (one.who, one.what, one.about) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        ]
    assert looks == [
        ("team-leader", "read-tray", "team-hazel"),
        ("team-manager", "read-tray-report", "every-team"),
        ("team-manager", "read-case", waits["Amber"]),
    ]


def test_a_restricted_case_is_shown_to_its_managers_alone(office: Office, pathways: Pathways) -> None:
    """Others are told that there is one, and no more."""
    case = office.start(pwt_review, placement(office), owner="staff-team-leader", restricted=True)
    out = pathways("tray").out
    assert case not in out
    assert "P-104" not in out
    assert "1 restricted case is not shown." in out
    assert pathways("tray", "--json").json == []
    assert [row["ref"] for row in pathways("tray", "--json", "--as", "team-leader").json] == [case]


# ------------------------------------------------------------------ the report


def test_the_report_has_every_figure_for_programs(office: Office, waits: dict[str, str], pathways: Pathways) -> None:
    """Groups with waits and contacts, people by reference, overrides without what was written."""
    office.today_is("2026-01-20 10:00")
    office.answer(waits["Amber"], reached(), by="duty-worker")
    office.today_is("2026-02-01 10:00")
    call = ("tray", "report", "--from", "2026-01-01", "--to", "2026-01-31")
    found = pathways(*call, "--json").json

    assert (found["from"], found["to"], found["team"]) == ("2026-01-01", "2026-01-31", None)
    everybody = found["groups"][0]
    assert (everybody["team"], everybody["colour"]) == (None, None)
    assert everybody["waiting"] == {
        "people": 3,
        "median_days": 26,
        "ninetieth_centile_days": 40,
        "longest_days": 40,
        "over_28_days": 1,
    }
    assert everybody["contacts"] == {
        "due": 4,
        "on_time": 0,
        "late": 1,
        "missed": 3,
        "overdue_at_end": 1,
        "longest_overdue_days": 19,
    }
    assert found["longest_wait"] == {"days": 40, "ref": waits["Amber"]}
    assert found["left_by"] == {}
    (override,) = found["overrides"]
    assert set(override) == {"ref", "at", "departed"}
    (with_reasons,) = pathways(*call, "--reasons", "--json").json["overrides"]
    assert with_reasons["reasons"] == "Edith's son"
    assert pathways(*call, "--team", "rowan", "--json").json["groups"][0]["waiting"]["people"] == 1


def test_the_report_is_read_by_people_and_by_spreadsheets(
    office: Office, waits: dict[str, str], pathways: Pathways
) -> None:
    """Tables and sentences; nothing that a manager wrote unless it is asked for."""
    office.today_is("2026-02-10 10:00")
    call = ("tray", "report", "--from", "2026-01-01", "--to", "2026-01-31")
    out = pathways(*call).out
    for said in ("Longest wait: 40 days", "Left the tray: nobody.", "complexity: Low by the table, High set"):
        assert said in out
    assert "Edith" not in out
    assert "Edith's son" in pathways(*call, "--reasons").out
    rows = list(csv.DictReader(io.StringIO(pathways(*call, "--csv").out)))
    assert (rows[0]["team"], rows[0]["waiting_people"], rows[0]["contacts_missed"]) == ("all", "3", "4")
    assert rows[0]["left_median_days"] == ""


@pytest.mark.parametrize(
    ("period", "says"),
    [
        (("2026-01-05", "2026-01-04"), "turn --from and --to round"),
        (("2026-01-05", "2026-01-06"), "still to come"),
    ],
)
def test_a_period_that_cannot_be_told_is_refused(period: tuple[str, str], says: str, pathways: Pathways) -> None:
    """The sentence says what to do."""
    refused = pathways("tray", "report", "--from", period[0], "--to", period[1])
    assert (refused.code, says in refused.err) == (2, True)


def test_the_groups_commands_stand_below_it(pathways: Pathways) -> None:
    """`pathways tray` lists; its help names what else there is."""
    out = pathways("tray", "--help").out
    for command in ("report", "import"):
        assert command in out
