"""
The rehearsal of an upgrade: cases fall asleep under an earlier Prefect and wake under the one we are pinned to.

It goes the way that docs/upgrading.md tells a systems person to go, with seconds in the place of days.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from deployments.running.home import move_in
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.tray_waiting import ContactReview, TrayPlacement
from models.forms.written_contact import ContactSorting, ContactTransfer
from models.notices import Recipient
from models.policy import Policy, load_policy
from models.states import CaseStatus
from tasks.durable.cases import open_new
from tasks.installation import Installation
from tests.procedures.tray_stories import rated
from tests.real_prefect.conftest import CHECKOUT, System, eventually, started
from tests.real_prefect.earlier_prefect import earlier_python, earlier_server, free_port, version_of
from tests.real_prefect.outside import Outside, accepting, sorting
from tests.real_prefect.tray_in_seconds import write_policy_in_seconds

pytestmark = [pytest.mark.rehearsal, pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]


def schema_of(home: Path) -> str:
    """Which tables Prefect's database has, as its own migrations name them."""
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as database:
        return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def with_contact_in_90_seconds(file: Path) -> Policy:
    """A policy by which somebody Amber is contacted after so long: late enough to fall asleep before."""
    write_policy_in_seconds(file)
    text = file.read_text(encoding="utf-8")
    assert text.count('fortnight = "PT30S"') == 1
    file.write_text(text.replace('fortnight = "PT30S"', 'fortnight = "PT90S"'), encoding="utf-8")
    return load_policy(file)


def on_the_tray(outside: Outside) -> str:
    """Somebody whose contact falls due by itself, in seconds."""
    now = outside.council.clock.now()
    place = TrayPlacement(
        person="P-104", team="hazel", requested_at=now, placed_by="team-leader", rated=rated(Rag.AMBER)
    )
    return open_new(outside.council, "pwt-review", place, owner=Recipient.staff("team-leader"))


def run_command(system: System, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of this checkout, on that system's home."""
    environment = system.environment | {"PYTHONPATH": str(CHECKOUT), "PREFECT_HOME": str(system.home / "prefect")}
    return subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        env=environment,
        cwd=system.home,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_cases_that_fell_asleep_under_an_earlier_prefect_wake_under_this_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """
    Prefect's database is brought from the earlier version's tables to ours; each case keeps its run, and goes on.

    One is woken by the first answer it waits for, one by its last, and one by its own time.
    """
    python = earlier_python()
    assert version_of(python) != version("prefect")
    home = tmp_path_factory.mktemp("upgraded") / "pathways"
    move_in(Installation.from_environment({"PATHWAYS_HOME": str(home)}), empty=False)
    policy = with_contact_in_90_seconds(home / "policy.toml")

    with earlier_server(python, home, free_port()) as api, started(home, CHECKOUT, PREFECT_API_URL=api) as system:
        outside = Outside(system, policy)
        unsorted, offered = outside.open(), outside.open()
        outside.answer(offered, sorting(), "duty-worker")
        eventually(lambda: outside.open_form(offered, ContactTransfer))
        waiting = on_the_tray(outside)
        eventually(lambda: all(outside.is_asleep(ref) for ref in (unsorted, offered, waiting)))
        assert not outside.open_form(waiting, ContactReview), "its time is to come while nothing runs, or later"
        runs = {ref: outside.case(ref).flow_run_id for ref in (unsorted, offered, waiting)}
    earlier = schema_of(home)

    assert run_command(system, "pathways", "replay", "--all").returncode == 0
    upgraded = run_command(system, "prefect", "server", "database", "upgrade", "--yes")
    assert upgraded.returncode == 0, upgraded.stderr
    assert schema_of(home) != earlier

    with started(home, CHECKOUT) as system:
        outside.system = system
        assert system.prefect("GET", "/admin/version").json() == version("prefect")
        outside.answer(unsorted, sorting(), "duty-worker")
        outside.answer(offered, accepting(), "practitioner")
        eventually(lambda: outside.open_form(unsorted, ContactTransfer))
        eventually(lambda: outside.case(offered).status == CaseStatus.CLOSED)
        eventually(lambda: outside.open_form(waiting, ContactReview))
        for ref, run in runs.items():
            assert outside.case(ref).flow_run_id == run, "it kept the run that it fell asleep with"
            kinds = {entry.kind for entry in outside.entries(ref)}
            assert not kinds & {EntryKind.RUN_REPLACED, EntryKind.RUN_INTERFERED, EntryKind.FAILED, EntryKind.PARKED}
        assert not outside.open_form(unsorted, ContactSorting)
    outside.council.database.dispose()
