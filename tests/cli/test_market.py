"""`pathways market`: the last oversight of the market, and recruitment from abroad."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.audit import AccessEntry
from models.clock import SystemClock
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.worklist.market_pages import market


def test_the_command_shows_the_same(office: Office, pathways: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pathways market show`: a table for people, references and numbers alone for programs."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())
    case = market(office)
    shown = pathways("market", "show", "--json").json
    assert shown["ref"] == case
    (willow,) = [one for one in shown["providers"] if one["provider"] == "willow-bank"]
    assert (willow["figures"][0]["count"], willow["figures"][0]["before"]) == (2, 0)
    assert "two in a month" not in str(shown)
    told = pathways("market", "show", "--as", "team-manager").out
    assert "Willow Bank House" in told
    assert case in told
    with office.council.database.read() as session:
        looks = session.scalars(select(AccessEntry.who).where(AccessEntry.about == case)).all()
    assert looks[-1] == "team-manager"
