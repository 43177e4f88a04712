"""`pathways incident`: which incidents there are, one with its people by need, and lists that come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.clock import SystemClock
from tasks.audit.access_log import os_user
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.worklist.incident_stories import fails, rows_of


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care has failed, and nobody comes from now on."""
    return fails(office)


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


def test_the_json_has_the_agreed_shape(office: Office, incident: str, pathways: Pathways) -> None:
    """References only, people by need, times in UTC; and the look is on record."""
    shown = pathways("incident", "show", incident, "--json").json
    assert {name: shown[name] for name in ("ref", "provider", "cause", "began_at", "announced_at")} == {
        "ref": incident,
        "provider": "Wenbridge Home Care",
        "cause": "business-failure",
        "began_at": "2026-01-05T09:00:00+00:00",
        "announced_at": "2026-01-05T09:00:00+00:00",
    }
    assert (shown["figures"]["affected"], shown["figures"]["left"], shown["figures"]["red"]) == (4, 4, 2)
    assert [one["person_id"] for one in shown["people"]] == ["P-105", "P-108", "P-101", "P-102"]
    assert shown["people"][0] == {
        "place": 3,
        "case": rows_of(office, incident)["P-105"].case_ref,
        "person_id": "P-105",
        "risk": "amber",
        "stage": "listed",
        "way": None,
        "next_call": "2026-01-05T09:00:00+00:00",
        "team": shown["people"][0]["team"],
        "late": False,
        "calls_missed": 0,
        "told": None,
    }
    assert looks(office) == [(os_user(), "read-incident", incident)]


def test_the_table_is_for_people(incident: str, pathways: Pathways) -> None:
    """With names, what needs somebody first, and the questions by their ids."""
    out = pathways("incident", "show", incident, "--as", "team-manager").out
    assert "Beware: nobody covers 11 calls until 8am tomorrow, on 4 people, the first Mon 5 Jan 2026 09:00" in out
    assert "Beware: nobody has seen 2 at high risk" in out
    assert "Edith" in out and "W-" in out
    assert "Edith" not in pathways("incident", "show", incident, "--json").out


def test_with_as_there_is_no_more_than_they_may_see(office: Office, incident: str, pathways: Pathways) -> None:
    """Somebody of another team has no such incident; what is restricted wants a manager to whom it belongs."""
    called = pathways("incident", "show", incident, "--as", "practitioner-4")
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("there is no such incident")
    hers = pathways("incident", "show", incident, "--as", "team-leader")
    assert "more are with others and not shown" in hers.out
    hidden = fails(office, restricted=True)
    called = pathways("incident", "show", hidden)
    assert called.code == 1 and "restricted" in called.err
    assert hidden not in pathways("incident", "list").out


@pytest.mark.clauses("TRN-48")
def test_a_confidential_incident_is_for_its_room(office: Office, pathways: Pathways) -> None:
    """Without a name nobody's room is opened, and a case of it says no more than that it is there."""
    quiet = fails(office, confidential=True)
    assert pathways("incident", "list", "--json").json == []
    called = pathways("incident", "show", quiet)
    assert (called.code, called.out) == (1, "")
    assert pathways("case", "show", quiet, "--json").json["procedure"] == "restricted-case"
    assert (
        "provider-failure" not in pathways("case", "list").out and "affected-person" not in pathways("case", "list").out
    )
    assert pathways("incident", "show", quiet, "--as", "practitioner-4").code == 2
    assert pathways("incident", "show", quiet, "--as", "commissioning-officer", "--json").json["ref"] == quiet


def test_what_is_no_incident_says_so(office: Office, incident: str, pathways: Pathways) -> None:
    """Neither a person's case nor what is no reference."""
    for ref in (rows_of(office, incident)["P-101"].case_ref, "nothing"):
        called = pathways("incident", "show", ref)
        assert (called.code, called.out) == (2, "")
        assert len(called.err.strip().splitlines()) == 1
    assert looks(office) == []


def test_incidents_are_listed(incident: str, pathways: Pathways) -> None:
    """For people and for programs."""
    out = pathways("incident", "list").out
    assert incident in out and "1 incident\n" in out
    (one,) = pathways("incident", "list", "--json", "--as", "duty-worker").json
    assert (one["ref"], one["ended_at"], one["figures"]["affected"]) == (incident, None, 4)


def test_a_list_is_given_to_an_incident(office: Office, incident: str, pathways: Pathways, tmp_path: Path) -> None:
    """From a spreadsheet; names are not said again."""
    file = tmp_path / "list.csv"
    file.write_text("name,call_times,shoes\nAgnes Thorold,07:30,5\n", encoding="utf-8")
    given = ("incident", "list", incident, file, "--source", "provider", "--said-by", "The manager", "--whole")
    called = pathways(*given, "--as", "duty-worker")
    assert (called.code, called.out) == (0, f"Incident {incident} has a list of 1 person. Columns passed over: 1.\n")
    office.hours_pass(0)
    assert "Agnes Thorold" in rows_of(office, incident)


def test_a_list_that_is_wrong_sends_nothing(incident: str, pathways: Pathways, tmp_path: Path) -> None:
    """Each bad row by its line; and what is missing from the call is named."""
    file = tmp_path / "list.csv"
    file.write_text("name,born_on\nAgnes Thorold,yesterday\n", encoding="utf-8")
    given = ("incident", "list", incident, file, "--source", "other", "--said-by", "A cook")
    called = pathways(*given, "--as", "duty-worker")
    assert (called.code, called.out) == (2, "")
    assert "line 2: born_on must be a date" in called.err
    assert "Agnes" not in called.err and "yesterday" not in called.err
    assert pathways(*given).code == 2
    assert pathways(*given, "--as", "practitioner-4").code == 2
    assert pathways("incident", "list", incident).code == 2
