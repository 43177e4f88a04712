"""
Putting a backup in place. It is unpacked beside what is there, proven, and only then takes its place.

What it replaces is kept. A home that has cases is replaced only where that is asked for, one that is in use never.
"""

from __future__ import annotations

import dataclasses
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from models.errors import CheckFailed, PathwaysError
from tasks.audit.access_log import note_access, os_user
from tasks.backup import postgres
from tasks.backup.archive import read_manifest, unpack
from tasks.backup.manifest import Manifest, NotABackup, Part
from tasks.backup.proving import Progress, Proof, count, prove
from tasks.backup.switching import STAGED, Plan, clear_unfinished, switch
from tasks.database import Database, DatabaseUnavailable
from tasks.installation import Installation

Upgrade = Callable[[Database], None]
"""Brings a database to the tables of this version; raises where it is of a newer one."""


class HomeHasCases(CheckFailed):
    """There are cases where the backup is to go; they are replaced only where that is said."""


class InUse(PathwaysError):
    """Something runs on what the backup is to replace; stop it first."""


class DoesNotHold(CheckFailed):
    """What was unpacked is not what was proven when the backup was taken; nothing was changed."""


@dataclass(frozen=True)
class Restored:
    """What was put in place."""

    manifest: Manifest
    proof: Proof
    kept: str | None
    """Where what it replaced is kept: a folder, or a database; None where there was nothing."""
    beside: tuple[tuple[Part, Path], ...]
    """Files that belong outside the home and were not put there, with where they lie now."""


def restore(
    file: Path,
    installation: Installation,
    *,
    upgrade: Upgrade,
    now: datetime,
    replace: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """
    Put a backup into an installation, whose home the caller has locked.

    Raises `NotABackup`, `BackupDamaged`, `HomeHasCases`, `InUse`, `DoesNotHold`, and as `upgrade` and `postgres`.
    """
    manifest = read_manifest(file)
    database = Database(installation.database_url)
    database.dispose()
    kind = "sqlite" if database.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise NotABackup(
            f"this is a backup of a {manifest.database} database, and PATHWAYS_DATABASE_URL names a {kind} one: "
            "set it to one of the backup's kind"
        )
    home = installation.home
    clear_unfinished(installation)
    if database.is_sqlite and Path(database.url.database or "") != home / Part.DATABASE:
        raise NotABackup("PATHWAYS_DATABASE_URL names a file outside the home: unset it, and name the home instead")
    _refuse_unless_free(database, replace=replace)
    staged = home / f"{STAGED}{secrets.token_hex(6)}"
    staged.mkdir(mode=0o700)
    manifest = unpack(file, staged)
    old: str | None = None
    kept = f"replaced-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    if database.is_sqlite:
        proof = _prove(f"sqlite:///{staged / Part.DATABASE}", manifest, staged, upgrade, now, progress)
        plan, beside = _plan(installation, manifest, staged, kept)
        switch(installation, plan)
    else:
        with postgres.scratch(database.url, "pathways_restoring") as new:
            postgres.load(new, staged / Part.DUMP)
            there = new.render_as_string(hide_password=False)
            proof = _prove(there, manifest, staged, upgrade, now, progress)
            plan, beside = _plan(installation, manifest, staged, kept)
            old = f"{database.url.database}_{kept.replace('-', '_')}" if postgres.exists(database.url) else None
            switch(installation, dataclasses.replace(plan, database=new.database, database_kept=old))
    kept_in = [f"the database {old}"] if old is not None else []
    if any((home / kept).iterdir()):
        kept_in.append(str(home / kept))
    else:
        (home / kept).rmdir()
    return Restored(manifest, proof, " and ".join(kept_in) or None, beside)


def _refuse_unless_free(database: Database, *, replace: bool) -> None:
    """Raise `InUse`, or `HomeHasCases` unless they are to be replaced."""
    if database.is_sqlite:
        file = Path(database.url.database or "")
        if not file.exists():
            return
        _refuse_used_sqlite(file)
    elif not postgres.exists(database.url):
        return
    elif postgres.is_in_use(database.url):
        raise InUse("others are connected to the database: stop every part of the system first, then restore")
    if replace:
        return
    there = "what is there cannot be read"
    try:
        cases = count(database).cases
        if cases == 0:
            return
        there = f"there are {cases} cases"
    except DatabaseUnavailable as away:
        if "no tables of ours" in str(away):
            return
    except DatabaseError as failed:
        if "does not exist" in str(failed.orig):  # an empty database
            return
    finally:
        database.dispose()
    raise HomeHasCases(
        f"{there} where the backup is to go: say --replace to put it in their place, and keep them aside"
    )


def _refuse_used_sqlite(file: Path) -> None:
    """Raise `InUse` where another process has the database open. What its log still holds is written into it."""
    try:
        with closing(sqlite3.connect(file, timeout=0)) as database:
            database.execute("PRAGMA journal_mode = DELETE")  # only whoever is alone with it may change that
    except sqlite3.OperationalError as failed:
        if "locked" not in str(failed) and "busy" not in str(failed):
            return  # it cannot be opened at all, which may be why it is restored
        in_use = True
    except sqlite3.DatabaseError:
        return  # damaged: it is kept as it is
    else:
        in_use = False
    if in_use:
        raise InUse("the database is in use: stop every part of the system first, then restore")


def _prove(
    url: str, manifest: Manifest, staged: Path, upgrade: Upgrade, now: datetime, progress: Progress | None
) -> Proof:
    """Bring the unpacked database to this version, see that it is what was copied, and enter that it was restored."""
    database = Database(url)
    try:
        upgrade(database)
    finally:
        database.dispose()
    proof = prove(url, staged / Part.WITNESS, progress)
    if manifest.counts is not None and proof.counts != manifest.counts:
        raise DoesNotHold(
            "the unpacked database does not hold what was copied: take another backup; nothing was changed"
        )
    if manifest.proven and proof.faults:
        raise DoesNotHold(f"the unpacked database does not hold ({proof.faults[0]}): take another backup")
    try:
        with database.write() as session:
            note_access(session, os_user(), "restore", "all-cases", now)
    finally:
        database.dispose()
    return proof


def _plan(
    installation: Installation, manifest: Manifest, staged: Path, kept: str
) -> tuple[Plan, tuple[tuple[Part, Path], ...]]:
    """What is to be put where. Files whose place is outside the home get another name in it; these are given too."""
    home = installation.home
    places = {
        Part.DATABASE: home / Part.DATABASE,
        Part.WITNESS: installation.seals_file,
        Part.POLICY: installation.policy_file,
        Part.CONNECTIONS: installation.connections_file,
        Part.SERVICES: installation.apprise_file,
        Part.RECORDING: home / Part.RECORDING,
    }
    put, beside = [], []
    for one in manifest.files:
        if one.name is Part.DUMP:
            (staged / one.name).unlink()
        elif places[one.name] == home / one.name:
            put.append(one.name.value)
        else:
            name = f"from-backup-{one.name}"
            (staged / one.name).rename(staged / name)
            put.append(name)
            beside.append((one.name, home / name))
    # A witness of seals that the restored database does not have would accuse it for ever: it is kept aside.
    away = [f"{Part.DATABASE}-wal", f"{Part.DATABASE}-shm"] if manifest.has(Part.DATABASE) else []
    if not manifest.has(Part.WITNESS):
        away.append(Part.WITNESS.value)
    return Plan(staged.name, kept, put, away), tuple(beside)
