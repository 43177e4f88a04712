"""Our database or Prefect's is put back to last night's, on the real parts: nothing is lost or goes on in silence."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import select

from deployments.running.home import move_in
from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.alarms import LostCasesFetched
from models.forms.house import RecordOlder, RunInterference
from models.forms.written_contact import ContactSorting, ContactTransfer
from models.states import CaseStatus
from tasks.audit.verifying import verify
from tasks.durable.prefect_looking import Lookout
from tasks.installation import Installation
from tests.real_prefect.conftest import CHECKOUT, System, eventually, started
from tests.real_prefect.outside import Outside, accepting, sorting

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]
FOUND = RecordOlder(what_happened="Dana sorted it on Monday; Priya has the letter.", what_was_done="Sorted again.")


@contextmanager
def running(home: Path) -> Iterator[Outside]:
    """The whole system on a home, until the block is left."""
    with started(home, CHECKOUT) as system:
        outside = Outside(system)
        yield outside
        outside.council.database.dispose()


def pathways(system: System, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command, for that system."""
    command = [sys.executable, "-c", "from deployments.cli import main; main()", *map(str, arguments)]
    environment = system.environment | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def copied(source: Path, to: Path) -> Path:
    """A copy of a SQLite database that others write to."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(to)) as here:
        there.backup(here)
    return to


def living(outside: Outside, ref: str) -> list[dict[str, Any]]:
    """The runs of a case that are not over."""
    over = ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")
    return [
        run for run in outside.system.runs() if run["parameters"].get("ref") == ref and run["state_type"] not in over
    ]


def sleeps_rightly(outside: Outside, ref: str) -> bool:
    """Whether the case has one living run, its own, which wakes when the case wants to."""
    case, runs = outside.case(ref), living(outside, ref)
    if [run["id"] for run in runs] != [case.flow_run_id] or runs[0]["state_type"] != "SCHEDULED":
        return False
    scheduled = runs[0]["state"]["state_details"]["scheduled_time"]
    return case.next_due is not None and scheduled[:19] == case.next_due.isoformat()[:19]


def kinds(outside: Outside, ref: str) -> list[str]:
    """The kinds of the case's entries."""
    return [entry.kind for entry in outside.entries(ref)]


def open_cases(outside: Outside) -> list[str]:
    """Refs of all open cases."""
    with outside.council.database.read() as session:
        return list(session.scalars(select(Case.ref).where(Case.status != CaseStatus.CLOSED)))


def holds(outside: Outside) -> bool:
    """Whether every chain holds."""
    with outside.council.database.read() as session:
        return verify(session) == []


def test_either_database_can_be_put_back_to_last_nights(tmp_path: Path) -> None:
    """First ours beside a newer Prefect, then the other way round; taken by our own commands while all runs."""
    home, night = tmp_path / "pathways", tmp_path / "night.backup"
    installation = Installation.from_environment({"PATHWAYS_HOME": str(home)})
    home.mkdir()
    move_in(installation, empty=False)  # no letters of its own to carry

    # ------------------------------------------------------------ Monday evening: two cases sleep, a backup is taken
    with running(home) as outside:
        worked_on, finished = outside.open(), outside.open()
        for ref in (worked_on, finished):
            eventually(lambda ref=ref: outside.open_form(ref, ContactSorting) and sleeps_rightly(outside, ref))
        taken = pathways(outside.system, "backup", night)
        assert taken.returncode == 0 and "proven" in taken.stdout, taken.stderr
        prefect_at_night = copied(home / "prefect" / "prefect.db", tmp_path / "prefect-at-night.db")

        # -------------------------------------------------------- Tuesday: one goes on, one is closed, one is opened
        for ref in (worked_on, finished):
            outside.answer(ref, sorting(), "duty-worker")
            eventually(lambda ref=ref: outside.open_form(ref, ContactTransfer) and sleeps_rightly(outside, ref))
        outside.answer(finished, accepting(), "practitioner")
        eventually(lambda: outside.case(finished).status == CaseStatus.CLOSED and not living(outside, finished))
        opened_since = outside.open()
        eventually(lambda: sleeps_rightly(outside, opened_since))
        stopped = outside.system

    # ------------------------------------------------------------ our database comes from the backup
    refused = pathways(stopped, "restore", night)
    assert refused.returncode == 1 and "3 cases" in refused.stderr
    assert pathways(stopped, "restore", night, "--replace").returncode == 0

    with running(home) as outside:
        for ref in (worked_on, finished):
            eventually(lambda ref=ref: outside.open_form(ref, RecordOlder) and sleeps_rightly(outside, ref))
            assert kinds(outside, ref).count(EntryKind.PARKED) == 1
            assert outside.open_form(ref, ContactTransfer) is None  # no leg ran on the old record
        with outside.council.database.read() as session:
            (about_lost,) = session.scalars(select(Case.ref).where(Case.procedure == "lost-cases"))
        eventually(lambda: outside.open_form(about_lost, LostCasesFetched))
        lost = outside.entries(about_lost)[0]
        assert living(outside, opened_since) == [] and lost.kind == EntryKind.OPENED

        again = pathways(outside.system, "recover")
        assert again.returncode == 0 and "every open case has a run that wakes it" in again.stdout, again.stderr
        outside.answer(worked_on, sorting(), "duty-worker")
        outside.answer(worked_on, FOUND, "team-manager")
        eventually(lambda: outside.open_form(worked_on, ContactTransfer))
        assert kinds(outside, worked_on).count(EntryKind.PARKED) == 1  # settled is settled
        assert holds(outside)

    # ------------------------------------------------------------ Tuesday's record again, and Prefect's of Monday
    (kept,) = home.glob("replaced-*")
    with closing(sqlite3.connect(kept / "pathways.db")) as database:  # a day between the two, and not a minute
        a_day_earlier = "UPDATE care_case SET run_created_at = datetime(run_created_at, '-1 day') || '.000000'"
        database.execute(f"{a_day_earlier} WHERE ref = ?", (opened_since,))
        database.execute(
            "UPDATE lease SET released_at = datetime(released_at, '-1 day') || '.000000' WHERE case_ref = ?",
            (opened_since,),
        )
        database.commit()
    for log in home.glob("pathways.db-*"):
        log.unlink()  # of the database that goes
    for file in ("pathways.db", "seals.log"):
        shutil.copy(kept / file, home / file)
    for file in (home / "prefect").glob("prefect.db*"):
        file.unlink()
    shutil.copy(prefect_at_night, home / "prefect" / "prefect.db")

    with running(home) as outside:
        for ref in (worked_on, opened_since):
            eventually(lambda ref=ref: sleeps_rightly(outside, ref))
            assert outside.open_form(ref, RunInterference) is None  # nobody deleted a run
            assert EntryKind.PARKED not in kinds(outside, ref)
        report = pathways(outside.system, "recover", "--json")
        assert report.returncode == 0, report.stderr
        for ref in open_cases(outside):
            eventually(lambda ref=ref: sleeps_rightly(outside, ref))
        eventually(lambda: living(outside, finished) == [])
        outside.answer(worked_on, accepting(), "practitioner")
        eventually(lambda: outside.case(worked_on).status == CaseStatus.CLOSED)
        assert holds(outside)
        with temporary_settings({PREFECT_API_URL: outside.system.api}):
            now, lookout = outside.council.clock.now(), Lookout()
            eventually(lambda: lookout.remembers(now - timedelta(minutes=1)))
            assert not lookout.remembers(now - timedelta(days=1))
