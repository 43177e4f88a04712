"""`pathways on-call`: who is on call and by which rota, and what is in on-call's hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.urgent_action import urgent_action
from models.clock import SystemClock
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.on_call.nights import DUTY, MANAGER, Nights, everybody_always, rota, something_urgent


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


@pytest.fixture
def nights(office: Office, home: Path, tmp_path: Path) -> Nights:
    """A rota that the connections file names."""
    found = Nights(office, tmp_path / "rota.ics")
    (home / "connections.toml").write_text(f'[on_call]\nfile = "{found.file}"\n', encoding="utf-8")
    found.rota_is(everybody_always())
    return found


def test_it_says_who_is_on_call_and_how_old_the_rota_is(nights: Nights, pathways: Pathways) -> None:
    """For people and for programs; exit code 0 where the rota says it for certain."""
    said = pathways("on-call", "now")
    assert said.code == 0 and f"Duty worker on call: {DUTY}" in said.out and f"On-call manager: {MANAGER}" in said.out
    shown = pathways("on-call", "now", "--at", "2026-01-10 22:00", "--json").json
    assert (shown["duty"], shown["managers"], shown["office_open"]) == ([DUTY], [MANAGER], False)
    assert shown["read_at"] == "2026-01-05T09:00:00+00:00" and shown["rota"] == "rota" and shown["uncertain"] is None


def test_a_rota_that_names_nobody_ends_with_1_and_says_from_when(nights: Nights, pathways: Pathways) -> None:
    """It is read anew with --read; from today's closing on nobody stands there."""
    nights.file.write_text(rota())
    said = pathways("on-call", "now", "--read")
    assert said.code == 1
    assert "Beware: from Monday 5 January 2026, 5pm until" in said.out
    assert "nobody is on the rota as duty worker" in said.out


def test_the_list_has_what_cannot_wait_and_who_has_it(office: Office, nights: Nights, pathways: Pathways) -> None:
    """References only; first in nobody's hands, then with whoever said so."""
    office.today_is("2026-01-10 22:00")
    nights.read()
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    (one,) = pathways("on-call", "list", "--json").json
    assert (one["case"], one["held_by"], one["open"], one["accepted_by"]) == (case, None, True, None)
    nights.has_it(case, DUTY)
    told = pathways("on-call", "list")
    assert "1 in all, 0 in nobody's hands, 0 of past nights not accepted" in told.out
    assert pathways("on-call", "list", "--json", "--as", "practitioner-5").json == []
