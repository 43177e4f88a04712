"""`pathways out-of-area list`: the tracker, for people and for programs, in references only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.clock import SystemClock
from tasks.audit.access_log import os_user
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.out_of_area_stories import LYDIA, PER, on_the_tracker, taken_on


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


def test_the_json_has_the_agreed_shape(office: Office, pathways: Pathways) -> None:
    """What is overdue first; nobody's name, nor a word that somebody wrote; the look is on record."""
    hers, his = taken_on(office, LYDIA), on_the_tracker(office, PER)
    shown = pathways("out-of-area", "list", "--json").json
    assert [one["case"] for one in shown] == [his, hers]
    assert {name: shown[1][name] for name in ("direction", "person_id", "provider_id", "council", "has_owner")} == {
        "direction": "ours-elsewhere",
        "person_id": "P-113",
        "provider_id": "harbour-view",
        "council": "Eastmere Council",
        "has_owner": True,
    }
    assert shown[1]["angles"][0] == {
        "angle": "safeguarding",
        "owner": "safeguarding-lead",
        "looked_at": None,
        "next_look_on": "2026-01-19",
        "late": False,
    }
    assert shown[1]["next_review"] == "2026-02-16T17:00:00+00:00"
    with office.council.database.read() as session:
        looks = [(one.who, one.what) for one in session.scalars(select(AccessEntry))]
    assert (os_user(), "read-out-of-area-tracker") in looks


def test_people_read_a_table(office: Office, pathways: Pathways) -> None:
    """With --as no more than that member of staff may see."""
    taken_on(office, LYDIA)
    on_the_tracker(office, PER)
    told = pathways("out-of-area", "list").out
    assert "P-113" in told and "Harbour" in told and "2 placements; 1 that nobody has by name" in told
    assert "Lydia" not in told
    assert "0 placements" in pathways("out-of-area", "list", "--as", "reablement-worker").out
