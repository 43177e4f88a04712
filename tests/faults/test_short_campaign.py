"""The short run of the fault campaign, in processes of its own: a few trials of every kind, and a broken product."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.breaking import BREAKAGES, CHECKOUT, Breakage, broken_files, look_for
from tests.faults.plans import Kind

TRIALS = 12


def campaign(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it as a developer would."""
    command = [sys.executable, "-m", "tests.faults", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_nothing_is_lost_or_done_twice_whatever_goes_wrong(tmp_path: Path) -> None:
    """Kills, stalls, cuts, full disks, clocks that jump and services that lie: every invariant holds afterwards."""
    report = tmp_path / "report.json"

    ran = campaign("--trials", str(TRIALS), "--seed", "1", "--json", str(report))

    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    said = json.loads(report.read_text())
    assert said["trials"] == TRIALS
    assert set(said["kinds"]) == set(Kind)
    assert said["on PostgreSQL"] > 0
    assert len(said["faults"]) >= 6


def test_the_seed_repeats_a_trial_point_by_point() -> None:
    """The same seed gives the same story, and everybody goes on in the same order, to the millisecond of its clock."""
    ran = campaign("--repeat", "1-9", "--times", "4", "--database", "sqlite")

    first, *again = (
        [line for line in told.splitlines() if ": die" in line or " at " in line or "its way: " in line]
        for told in ran.stdout.split("told again:\n")
    )
    assert any(": die" in line for line in first)
    assert first[-1].startswith("its way: ")
    assert again == [first] * 3


def test_a_leg_that_writes_without_its_lease_is_noticed() -> None:
    """With the fence taken out of the product, in a copy of it, the campaign fails within a few trials."""
    noticed = look_for(BREAKAGES[0], trials=8, seed=1)

    assert noticed["invariants"]


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.name)
def test_every_breakage_is_up_to_date(breakage: Breakage) -> None:
    """What is taken out of the product still stands in it, once, and what stands there instead can be read."""
    for name, text in broken_files(breakage).items():
        compile(text, name, "exec")
