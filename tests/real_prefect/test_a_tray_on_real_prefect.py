"""Somebody waits on the tray of a running system, with seconds in the place of days by policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployments.running.home import move_in
from tasks.installation import Installation
from tests.real_prefect.conftest import CHECKOUT, eventually, started
from tests.real_prefect.outside import Outside
from tests.real_prefect.tray_in_seconds import WHOM, live_through_a_tray_in_seconds, write_policy_in_seconds

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A system of our own worker, with a tray whose days are seconds."""
    home = tmp_path_factory.mktemp("tray") / "pathways"
    move_in(Installation.from_environment({"PATHWAYS_HOME": str(home)}), empty=False)  # no letters of its own to carry
    policy = write_policy_in_seconds(home / "policy.toml")
    with started(home, CHECKOUT) as system:
        outside = Outside(system, policy)
        yield outside
        outside.council.database.dispose()


@pytest.mark.clauses("PWT-11", "PWT-49", "PWT-56", "PWT-59")
def test_somebody_is_kept_in_touch_with_until_a_worker_accepts(outside: Outside) -> None:
    """Contact twice, an escalation, an allocation that is accepted: each wakes by itself; the run shows the colour."""
    ref = live_through_a_tray_in_seconds(outside)
    closed = eventually(lambda: (run := outside.system.run_of(ref)) and run["state_type"] == "COMPLETED" and run, 60)
    assert "amber" in closed["tags"]
    assert "Amber" in closed["name"]
    databases = list((outside.system.home / "prefect").glob("prefect.db*"))
    assert databases
    assert not any(WHOM.encode() in one.read_bytes() for one in databases), "nobody's register id is with Prefect"
