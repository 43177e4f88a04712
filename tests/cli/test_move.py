"""`pathways move`, `brokerage` and `contingency`: figures for managers, with references only."""

from __future__ import annotations

import pytest

from models.clock import SystemClock
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.cli.test_incident import looks
from tests.procedures.move_stories import REFUSED, moves
from tests.procedures.test_brokerage import BEGUN, looked_for
from tests.procedures.test_contingency_plan import NIGHTS, kept


@pytest.fixture(autouse=True)
def _same_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock is the office's."""
    monkeypatch.setattr(SystemClock, "now", lambda _: office.clock.now())


@pytest.mark.clauses("TRN-03")
def test_moves_are_listed_with_references_only(office: Office, pathways: Pathways) -> None:
    """As JSON and as a table; nobody's name or service is in it, and the look is on record."""
    case = moves(office, person="P-101")
    office.answer(case, REFUSED, by="practitioner-5")
    shown = pathways("move", "list", "--json")
    assert [one["ref"] for one in shown.json["open"]] == [case]
    assert shown.json["refused"] == {"count": 1, "refs": [case]}
    assert shown.json["stages"]["begun"] == {"count": 1, "refs": [case]}
    told = pathways("move", "list", "--from", "2026-01-01")
    assert case in told.out and f"Refused by whoever should receive them: 1 ({case})" in told.out
    for text in (shown.out, told.out):
        assert "Tilling" not in text and "Orchard" not in text
    assert [what for _, what, _ in looks(office)] == ["read-moves", "read-moves"]
    turned = pathways("move", "list", "--from", "2026-01-04", "--to", "2026-01-01")
    assert (turned.code, "turn --from and --to round" in turned.err) == (2, True)


@pytest.mark.clauses("TRN-44")
def test_brokerage_s_referrals_are_counted_beside_the_planning_figure(office: Office, pathways: Pathways) -> None:
    """By month as people read it; by week as JSON, with the references."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    told = pathways("brokerage", "figures").out
    assert "Planned for 7000 a year, as strategic-manager decided on" in told
    assert "2026-01-01" in told and "within-days 1" in told
    shown = pathways("brokerage", "figures", "--per", "week", "--from", "2026-01-01", "--json").json
    assert [one["received"]["count"] for one in shown["buckets"]] == [0, 1]
    assert shown["whole"]["same_day"] == {"count": 1, "refs": [case]}
    assert pathways("brokerage", "figures", "--to", "2031-01-01").code == 2


@pytest.mark.clauses("TRN-46")
def test_contingency_plans_are_listed_with_what_has_none(office: Office, pathways: Pathways) -> None:
    """Exit code 1 while anything has none."""
    case = kept(office, NIGHTS)
    told = pathways("contingency", "list")
    assert told.code == 1 and "Without a plan: Willow Bank House (provision: willow-bank)" in told.out
    shown = pathways("contingency", "list", "--json").json
    assert [(one["case"], one["duty"]) for one in shown["plans"]] == [(case, "out-of-hours")]
    assert "out-of-hours" not in {one["id"] for one in shown["without_a_plan"]}
