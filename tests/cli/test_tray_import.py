"""`pathways tray import`: taking over an existing list."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.pwt_review import pwt_review
from flows.tray_takeover import tray_takeover
from tasks.durable.testing import Office
from tests.cli.conftest import Called, Pathways

HEADER = "person_id,team_id,requested_on,placed_on,last_contact_on,colour,priority,complexity,manager,name"
RED = "P-101,hazel,2025-12-01,,,Red,High,High,team-manager,Canary Tilling"
UNRATED = "P-104,hazel,2025-12-01,,,,,,team-manager,Canary Brisco"
UNKNOWN = "P-999,hazel,2025-12-01,,,,,,team-manager,Canary Nobody"


@pytest.fixture
def bring(pathways: Pathways, tmp_path: Path) -> Bring:
    """Brings lists."""
    return Bring(pathways, tmp_path / "tray.csv")


class Bring:
    """Writes a list and imports it as the team manager."""

    def __init__(self, pathways: Pathways, file: Path) -> None:
        self.pathways, self.file = pathways, file

    def __call__(
        self, *rows: str, header: str = HEADER, staff: str = "team-manager", more: tuple[str, ...] = ()
    ) -> Called:
        self.file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return self.pathways("tray", "import", self.file, "--as", staff, *more)


def test_a_list_is_taken_over_and_it_is_said_what_follows(office: Office, bring: Bring) -> None:
    """How many wait now, who has no rating, and in which case the manager finds what had been missed."""
    called = bring(RED, UNRATED)

    assert called.code == 0
    (listed,) = office.cases(tray_takeover)
    assert called.out.splitlines() == [
        "Columns passed over: name",
        "2 people taken over; 0 on a tray already.",
        "1 person without a rating: each is put to a manager to be rated.",
        f"2 people over a limit already: their managers have them on a list (case {listed}).",
    ]
    assert len(office.cases(pwt_review)) == 2


def test_the_same_list_again_takes_nobody_over(office: Office, bring: Bring) -> None:
    """Whoever is on a tray already is named with the case."""
    bring(RED)
    (case,) = office.cases(pwt_review)

    again = bring(RED)

    assert again.code == 0
    assert f"On a tray already: line 2 (P-101), case {case}" in again.out
    assert "0 people taken over; 1 on a tray already." in again.out
    assert office.cases(pwt_review) == [case]


def test_rows_that_cannot_be_taken_stop_the_others(office: Office, bring: Bring) -> None:
    """Exit code 2, each by its line and reference, without names; with --accept-rest the others are taken."""
    called = bring(RED, UNKNOWN)

    assert called.code == 2
    assert "Rejected: tray.csv:3 (P-999): person_id is not in the register" in called.out
    assert "1 row cannot be taken, and nobody was taken over" in called.err
    assert "Canary" not in called.out + called.err
    assert office.cases() == []

    rest = bring(RED, UNKNOWN, more=("--accept-rest",))
    assert rest.code == 0
    assert "Rejected: tray.csv:3 (P-999)" in rest.out and "1 person taken over" in rest.out


def test_a_program_reads_it_as_json(office: Office, bring: Bring) -> None:
    """Everything that a person is told."""
    first = bring(RED, more=("--json",)).json
    (case,), (listed,) = office.cases(pwt_review), office.cases(tray_takeover)
    assert first == {
        "taken_over": [{"person": "P-101", "case": case}],
        "already": [],
        "rejected": [],
        "lists": [listed],
        "over_a_limit": 1,
        "unrated": 0,
        "columns_passed_over": ["name"],
    }

    again = bring(RED, UNKNOWN, more=("--json",))
    assert again.code == 2
    problem = {"line": 3, "reference": "P-999", "problem": "person_id is not in the register"}
    assert (again.json["rejected"], again.json["taken_over"]) == ([problem], [])


def test_a_list_may_be_of_one_team(office: Office, bring: Bring) -> None:
    """Then no row need name it."""
    header = HEADER.replace("team_id,", "")
    called = bring(RED.replace("hazel,", ""), header=header, more=("--team", "Rowan"))

    assert called.code == 0 and len(office.cases(pwt_review)) == 1


def test_cases_are_not_woken_one_by_one(office: Office, bring: Bring) -> None:
    """Where Prefect is away, or the list is long, it is said once: the manager's list; the backstop begins the rest."""
    called = bring(RED, UNRATED)

    (listed,) = office.cases(tray_takeover)
    assert called.err.count("goes on by itself") == 1 and listed in called.err


@pytest.mark.parametrize("staff", ["nobody", "practitioner-6"])
def test_whoever_takes_a_list_over_works_for_the_council(office: Office, bring: Bring, staff: str) -> None:
    """Exit code 2."""
    assert bring(RED, staff=staff).code == 2 and office.cases() == []


def test_a_file_that_is_no_list_is_refused(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """Exit code 2, and what is missing."""
    file = tmp_path / "tray.csv"
    file.write_text("Canary Tilling,1938\n", encoding="utf-8")
    called = pathways("tray", "import", file, "--as", "team-manager")

    assert called.code == 2 and "the header lacks requested_on, placed_on" in called.err
    assert "Canary" not in called.out + called.err
    assert pathways("tray", "import", tmp_path / "none.csv", "--as", "team-manager").code == 2
