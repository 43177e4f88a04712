"""`pathways unseen`: everybody who waits on the council, today and on any past day; references only."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flows.pwt_review import pwt_review
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.clock import SystemClock
from models.decision_tables.levels import Rag
from models.register import Person
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter
from tests.procedures.tray_stories import on_the_tray, placement, reached


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


def of(found: Any, person: str | None) -> dict[str, Any]:
    """The line of a person; None: the first about nobody known."""
    return next(line for line in found["people"] if line["person"] == person)


def test_the_list_has_a_fixed_shape_for_programs(office: Office, pathways: Pathways) -> None:
    """One line for each person with all their cases, and one for each case about nobody known."""
    case = on_the_tray(office, Rag.AMBER)
    unsorted = office.start(written_contact_transfer, letter())
    found = pathways("unseen", "--json").json

    assert found["restricted_cases"] == 0
    assert of(found, "P-104") == {
        "person": "P-104",
        "message": None,
        "colour": "Amber",
        "beware": [],
        "overdue": False,
        "last_reached_at": None,
        "next_date": "2026-01-19T17:00:00+00:00",
        "waits_since": "2026-01-05T09:00:00+00:00",
        "owners": ["staff-team-leader"],
        "awaited": ["on the tray: the next contact"],
        "cases": [of(found, "P-104")["cases"][0]],
        "shown_waiting": [],
    }
    (listed,) = of(found, "P-104")["cases"]
    assert (listed["ref"], listed["procedure"], listed["owner"]) == (case, "pwt-review", "staff-team-leader")
    letters = of(found, None)
    assert letters["cases"][0]["ref"] == unsorted
    (asked,) = letters["cases"][0]["awaited"]
    assert asked == {
        "kind": "decision",
        "name": "ContactSorting",
        "of": "role-duty-worker",
        "due": "2026-01-05T13:00:00+00:00",
        "handover": False,
    }


def test_whom_the_recording_system_shows_and_we_do_not_have_stands_on_it(office: Office, pathways: Pathways) -> None:
    """The example council's extract shows P-121 on Rowan's tray."""
    line = of(pathways("unseen", "--json").json, "P-121")
    assert (line["beware"], line["cases"]) == (["not ours"], [])
    assert [(one["team"], one["since"]) for one in line["shown_waiting"]] == [("rowan", "2025-12-08")]


def test_a_past_day_gives_the_same_answer_and_a_day_to_come_is_refused(office: Office, pathways: Pathways) -> None:
    """What was answered that evening is answered again in spring."""
    case = on_the_tray(office, Rag.AMBER)
    office.start(written_contact_transfer, letter())
    office.today_is("2026-01-19 23:59")
    then = pathways("unseen", "--json").out
    office.today_is("2026-01-20 10:00")
    office.answer(case, reached(), by="duty-worker")
    office.today_is("2026-04-01 10:00")

    assert pathways("unseen", "--as-of", "2026-01-19", "--json").out == then
    assert pathways("unseen", "--json").out != then
    refused = pathways("unseen", "--as-of", "2026-04-02")
    assert (refused.code, "still to come" in refused.err) == (2, True)


def test_people_read_who_is_looked_after_by_nobody(office: Office, pathways: Pathways) -> None:
    """In words, by reference, and restricted cases as a number."""
    on_the_tray(office, Rag.AMBER)
    hidden = office.start(pwt_review, placement(office, person="P-103"), owner="staff-team-leader", restricted=True)
    office.today_is("2026-01-20 10:00")
    out = pathways("unseen").out

    assert "overdue" in out
    assert "contacting somebody on the tray, asked of the duty worker" in " ".join(out.split())
    assert "2 wait; nobody may be looking after 2 of them." in out
    assert "1 restricted case is open besides, of which nothing is told here." in out
    assert hidden not in out
    with office.council.database.read() as session:
        assert not [name for name in session.scalars(select(Person.name)) if name in out]


def test_whoever_looks_is_noted(office: Office, pathways: Pathways) -> None:
    """The list is about everybody."""
    pathways("unseen", "--as", "team-leader")
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert looks == [("team-leader", "read-one-list", "everybody")]
