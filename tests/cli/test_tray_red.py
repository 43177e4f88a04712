"""`pathways tray red`: the list of people at high risk as a file, to be kept where an outage does not reach it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.clock import SystemClock
from models.decision_tables.levels import Rag
from models.register import Person
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.tray_stories import on_the_tray


@pytest.fixture
def leonard(office: Office) -> str:
    """P-103, Leonard Peake, at high risk on Hazel's tray."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-103").telephone = "01632 960103"
    return on_the_tray(office, Rag.RED, person="P-103")


def looks(office: Office) -> list[tuple[str, str, str]]:
    """What the access log has."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


def test_a_scheduled_job_keeps_a_copy_that_needs_nothing_else(
    office: Office, leonard: str, pathways: Pathways, tmp_path: Path
) -> None:
    """One file that others cannot read, without links, scripts or styles from elsewhere; written over each time."""
    file = tmp_path / "red.html"
    file.write_text("yesterday's", encoding="utf-8")
    called = pathways("tray", "red", "--as", "on-call-manager", "--out", file)
    assert (called.code, called.err) == (0, "")
    assert "Leonard" not in called.out
    page = file.read_text(encoding="utf-8")
    for said in ("Leonard Peake", "01632 960103", "for Gareth Penhale (on-call-manager)", "destroy it after use"):
        assert said in page
    assert not [word for word in ("<script", "href=", "src=", "<form", "yesterday") if word in page]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert looks(office) == [("on-call-manager", "read-red-list", leonard)]


def test_the_file_has_no_more_than_whoever_asks_may_see(office: Office, leonard: str, pathways: Pathways) -> None:
    """Within their reach; and nobody whose role prints no such list, nor a stranger."""
    assert "Leonard" not in pathways("tray", "red", "--as", "practitioner-4").out
    refused = pathways("tray", "red", "--as", "finance-officer")
    assert (refused.code, refused.out) == (2, "")
    assert "that role does not print the list" in refused.err
    assert pathways("tray", "red", "--as", "nobody-known").code == 2
    assert [one for one in looks(office) if one[0] != "practitioner-4"] == []


def test_a_place_that_cannot_be_written_is_said(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """In one sentence, and nothing is left behind."""
    called = pathways("tray", "red", "--as", "duty-worker", "--out", tmp_path / "nowhere" / "red.html")
    assert called.code == 2
    assert "cannot be written" in called.err
