"""
Putting new files, and perhaps a new database, in the place of others: all of them or none.

Several files cannot be renamed in one step. So what is to be renamed is written down first, and whoever opens the home
next finishes what a killed restore has begun; until then nobody can open it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tasks.database import Database
from tasks.installation import Installation

PLAN = "restore-in-progress.json"
STAGED = ".restoring-"
"""How the folders begin in which files wait for their place."""
_LOCK = ".restore.lock"


@dataclass(frozen=True)
class Plan:
    """What is to be renamed within a home."""

    staged: str
    """The folder with the new files."""
    kept: str
    """The folder for the files whose place they take."""
    put: Sequence[str]
    """Each comes from `staged` into the home; what has its place there goes into `kept` before."""
    taken_away: Sequence[str] = ()
    """Each goes from the home into `kept`, and nothing takes its place."""
    database: str | None = None
    """The PostgreSQL database that takes the present one's name; None where ours is a file."""
    database_kept: str | None = None
    """What the present one is called from then on; None: there is none."""


def switch(installation: Installation, plan: Plan) -> None:
    """
    Carry a plan out. Killed at any moment, `finish_restore` carries on; before the first moment all is as it was.

    Raises what renaming the database raises; nothing was changed then.
    """
    home = installation.home
    with _alone(home):
        write_plan(home, plan)
        try:
            _rename_database(installation, plan)
        except BaseException:
            (home / PLAN).unlink()
            raise
        _rename_files(home, plan)


def write_plan(home: Path, plan: Plan) -> None:
    """Write down what is to be renamed; from now on it will be."""
    half = home / f"{PLAN}.half"
    with half.open("w", encoding="utf-8") as out:
        json.dump(asdict(plan), out)
        out.flush()
        os.fsync(out.fileno())
    half.replace(home / PLAN)
    sync_folder(home)


def finish_restore(installation: Installation) -> None:
    """Finish what a restore has begun here; waits for one that runs. That there is nothing to do is the usual case."""
    home = installation.home
    if not (home / PLAN).exists():
        return
    with _alone(home):
        if (home / PLAN).exists():
            plan = Plan(**json.loads((home / PLAN).read_text(encoding="utf-8")))
            _rename_database(installation, plan)
            _rename_files(home, plan)


def clear_unfinished(installation: Installation) -> None:
    """Take away what restores have left behind that were killed before their plan stood."""
    finish_restore(installation)
    for left in installation.home.glob(f"{STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _rename_database(installation: Installation, plan: Plan) -> None:
    if plan.database is None:
        return
    from tasks.backup import postgres  # whoever opens a home looks in here first, and seldom needs that

    url = Database(installation.database_url).url
    if postgres.exists(url.set(database=plan.database)):
        postgres.take_the_place_of(url, plan.database, kept_as=plan.database_kept)


def _rename_files(home: Path, plan: Plan) -> None:
    staged, kept = home / plan.staged, home / plan.kept
    kept.mkdir(mode=0o700, exist_ok=True)
    for name in (*plan.taken_away, *plan.put):
        is_done = name in plan.put and not (staged / name).exists()
        if not is_done and (home / name).exists() and not (kept / name).exists():
            (home / name).rename(kept / name)
        if not is_done and name in plan.put:
            (staged / name).rename(home / name)
    for folder in (kept, staged, home):
        if folder.exists():
            sync_folder(folder)
    shutil.rmtree(staged, ignore_errors=True)
    (home / PLAN).unlink()
    sync_folder(home)


def sync_folder(folder: Path) -> None:
    """See that what was renamed or made in a folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
