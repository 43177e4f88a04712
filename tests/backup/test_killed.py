"""kill -9 in the middle of a backup and of a restore: whole files under their names, and a home that is old or new."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from deployments.migrating import upgrade
from flows.written_contact_transfer import written_contact_transfer
from models.connections import Connections
from tasks.audit.sealing import seal
from tasks.audit.verifying import verify
from tasks.backup.archive import unpack
from tasks.backup.restoring import restore
from tasks.backup.switching import STAGED, clear_unfinished, finish_restore
from tasks.backup.taking import take_backup
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.procedures.letters import letter

KILLED = 15
"""Trials of each."""


@pytest.fixture
def only_sqlite(office: Office) -> None:
    """What is killed here is about files."""
    if not office.council.database.is_sqlite:
        pytest.skip("a PostgreSQL database is renamed in one transaction")


def killed_after(seconds: float, what: Callable[[], object]) -> bool:
    """Do something in a process of its own, and kill that after so long; whether it had come to its end before."""
    child = multiprocessing.get_context("fork").Process(target=what)
    child.start()
    child.join(seconds)
    finished = child.exitcode is not None
    if not finished:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    return finished


def lasts(what: Callable[[], object]) -> float:
    """How long it takes in a process of its own, in seconds."""
    begun = time.monotonic()
    assert killed_after(120, what)
    return time.monotonic() - begun


def back_up(installation: Installation, file: Path, office: Office) -> None:
    """Take a backup by a connection of its own."""
    database = Database(installation.database_url)
    take_backup(installation, database, Connections(), file, office.clock.now())
    database.dispose()


@pytest.mark.usefixtures("only_sqlite")
def test_a_killed_backup_leaves_no_half_file_under_its_name(office: Office, installation: Installation) -> None:
    """At whatever instant: what has a backup's name can be restored, and the next one clears up what was left."""
    chance, folder = random.Random(6), installation.home / "backups"
    whole = lasts(lambda: back_up(installation, folder / "first.backup", office))
    finished = 0
    for number in range(KILLED):
        file = folder / f"{number}.backup"
        finished += killed_after(chance.uniform(0, whole), lambda file=file: back_up(installation, file, office))
    assert finished < KILLED
    back_up(installation, folder / "last.backup", office)
    for file in folder.glob("*.backup"):
        into = installation.home / f"unpacked-{file.stem}"
        into.mkdir()
        assert unpack(file, into).proven
    assert [one.name for one in folder.iterdir() if one.suffix != ".backup" and list(one.iterdir())] == []


@pytest.mark.usefixtures("only_sqlite")
def test_a_killed_restore_leaves_the_old_or_the_new(office: Office, installation: Installation) -> None:
    """At whatever instant: database, policy and the seals' witness are all of one backup, and every chain holds."""
    chance, folder = random.Random(6), installation.home / "backups"
    back_up(installation, folder / "night.backup", office)
    office.days_pass(1)
    office.start(written_contact_transfer, letter())
    seal(office.council.database, office.clock.now(), installation.seals_file)
    text = installation.policy_file.read_text(encoding="utf-8")
    installation.policy_file.write_text(f"{text}\n# since Tuesday\n", encoding="utf-8")
    back_up(installation, folder / "day.backup", office)
    office.council.database.dispose()

    def put_back(name: str) -> None:
        later = office.clock.now() + timedelta(hours=1)
        restore(folder / name, installation, upgrade=upgrade, now=later, replace=True)

    whole, stands, left = lasts(lambda: put_back("night.backup")), "night", set[str]()
    for seconds in (0, 120, *(chance.uniform(whole / 4, whole) for _ in range(KILLED))):  # before it begins, after it
        wanted = "day" if stands == "night" else "night"
        killed_after(seconds, lambda wanted=wanted: put_back(f"{wanted}.backup"))
        finish_restore(installation)
        stands = which(installation)
        left.add("new" if stands == wanted else "old")
    assert left == {"old", "new"}
    clear_unfinished(installation)
    assert list(installation.home.glob(f"{STAGED}*")) == []


def which(installation: Installation) -> str:
    """Of which backup the home is; fails where it is of both, or does not hold."""
    with closing(sqlite3.connect(installation.home / "pathways.db")) as database:
        cases = database.execute("SELECT count(*) FROM care_case").fetchone()[0]
    seals = len(installation.seals_file.read_bytes().splitlines())
    since_tuesday = "since Tuesday" in installation.policy_file.read_text(encoding="utf-8")
    assert (cases, seals, since_tuesday) in {(3, 1, False), (4, 2, True)}
    database = Database(installation.database_url)
    with database.read() as session:
        assert verify(session, None, installation.seals_file) == []
    database.dispose()
    return "day" if since_tuesday else "night"
