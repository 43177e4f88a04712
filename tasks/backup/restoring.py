"""
Putting a backup in place. It is unpacked beside what is there, proven, and only then takes its place.

What it replaces is kept. A home that has cases is replaced only where that is asked for, one that is in use never; and
nobody writes into it meanwhile. Legal holds that stand in what is replaced go with the backup's record.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import make_transient

from models.cases import Case
from models.errors import CheckFailed
from models.retention import LegalHold
from tasks.audit.access_log import note_access, os_user
from tasks.audit.held import PLACED
from tasks.backup import postgres
from tasks.backup.archive import read_manifest, unpack
from tasks.backup.holding import Held, InUse, postgres_held, sqlite_held
from tasks.backup.manifest import Manifest, NotABackup, Part
from tasks.backup.proving import Progress, Proof, prove
from tasks.backup.switching import STAGED, Plan, clear_unfinished, switch
from tasks.database import Database
from tasks.installation import Installation

Upgrade = Callable[[Database], None]
"""Brings a database to the tables of this version; raises where it is of a newer one."""


class HomeHasCases(CheckFailed):
    """There are cases where the backup is to go; they are replaced only where that is said."""


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
    holds: int | None = 0
    """So many legal holds of what it replaced were placed again; None where they could not be read."""


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
    with _held(database, replace=replace) as held:
        return _put_in_place(file, installation, database, held, upgrade=upgrade, now=now, progress=progress)


def _put_in_place(
    file: Path,
    installation: Installation,
    database: Database,
    held: Held,
    *,
    upgrade: Upgrade,
    now: datetime,
    progress: Progress | None,
) -> Restored:
    home = installation.home
    was_there = _is_there(database)
    staged = home / f"{STAGED}{secrets.token_hex(6)}"
    staged.mkdir(mode=0o700)
    manifest = unpack(file, staged)
    old: str | None = None
    holds = held.standing_holds() if was_there else []
    kept = f"replaced-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    if database.is_sqlite:
        there = f"sqlite:///{staged / Part.DATABASE}"
        proof = _prove(there, manifest, staged, upgrade, now, progress)
        placed = _place_again(there, holds or [])
        plan, beside = _plan(installation, manifest, staged, kept)
        if not was_there and _is_there(database):
            raise InUse("a database was made here meanwhile: stop every part of the system first, then restore")
        switch(installation, plan)
    else:
        with postgres.scratch(database.url, "pathways_restoring") as new:
            postgres.load(new, staged / Part.DUMP)
            there = new.render_as_string(hide_password=False)
            proof = _prove(there, manifest, staged, upgrade, now, progress)
            placed = _place_again(there, holds or [])
            plan, beside = _plan(installation, manifest, staged, kept)
            old = f"{database.url.database}_{kept.replace('-', '_')}" if _is_there(database) else None
            held.let_go()
            _switch_unless_used(installation, dataclasses.replace(plan, database=new.database, database_kept=old))
    kept_in = [f"the database {old}"] if old is not None else []
    if any((home / kept).iterdir()):
        kept_in.append(str(home / kept))
    else:
        (home / kept).rmdir()
    return Restored(manifest, proof, " and ".join(kept_in) or None, beside, None if holds is None else placed)


@contextmanager
def _held(database: Database, *, replace: bool) -> Iterator[Held]:
    """What is to be replaced, held. Raises `InUse`, or `HomeHasCases` unless its cases are to be replaced."""
    if not _is_there(database):
        yield Held(None)
        return
    if not database.is_sqlite and postgres.is_in_use(database.url):
        raise InUse("others are connected to the database: stop every part of the system first, then restore")
    file = Path(database.url.database or "")
    with sqlite_held(file) if database.is_sqlite else postgres_held(database.url) as held:
        cases = held.count_cases()
        if cases != 0 and not replace:
            there = "what is there cannot be read" if cases is None else f"there are {cases} cases"
            raise HomeHasCases(
                f"{there} where the backup is to go: say --replace to put it in their place, and keep them aside"
            )
        yield held


def _is_there(database: Database) -> bool:
    return Path(database.url.database or "").exists() if database.is_sqlite else postgres.exists(database.url)


def _switch_unless_used(installation: Installation, plan: Plan) -> None:
    """Raises `InUse` where somebody has connected to the PostgreSQL database since; nothing was changed then."""
    try:
        switch(installation, plan)
    except OperationalError as failed:
        if getattr(failed.orig, "sqlstate", None) != postgres.OTHERS_ARE_CONNECTED:
            raise
    else:
        return
    raise InUse("somebody connected to the database meanwhile: stop every part of the system first, then restore")


def _place_again(url: str, holds: Iterable[LegalHold]) -> int:
    """Place the holds that the backup lacks, as they were placed; gives how many. Of lost cases nothing is left."""
    database, placed = Database(url), 0
    try:
        with database.write() as session:
            for hold in holds:
                lost = hold.case_ref is not None and session.get(Case, hold.case_ref) is None
                if lost or session.get(LegalHold, hold.id) is not None:
                    continue
                make_transient(hold)
                session.add(hold)
                note_access(session, hold.placed_by, PLACED, hold.case_ref or str(hold.person_id), hold.placed_at)
                placed += 1
    finally:
        database.dispose()
    return placed


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
