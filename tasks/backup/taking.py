"""Taking a backup while everything runs: copies of one moment, proven before the archive has its name."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from models.connections import Connections
from tasks.audit.access_log import note_access, os_user
from tasks.backup import postgres
from tasks.backup.archive import BackupExists, BackupNotWritten, describe_files, workshop, write_archive
from tasks.backup.manifest import FORMAT, Manifest, Part
from tasks.backup.proving import Progress, Proof, prove, revision_of
from tasks.code_version import DISTRIBUTION
from tasks.database import BUSY_TIMEOUT_SECONDS, Database
from tasks.installation import Installation
from tasks.recording.connected import FILE as RECORDING_FILE


def take_backup(
    installation: Installation,
    database: Database,
    connections: Connections,
    to: Path,
    now: datetime,
    progress: Progress | None = None,
) -> Manifest:
    """
    Write an archive of all that the installation needs, and prove it; gives what it says of itself.

    Nothing that runs is held up. That a copy was taken of everything is entered in the access log. Raises
    `BackupExists`, `BackupNotWritten`, `DatabaseUnavailable`, and as `postgres.dump`.
    """
    if to.exists():
        raise BackupExists(f"{to} is there already: name another file")
    with database.write() as session:
        note_access(session, os_user(), "backup", "all-cases", now)
    try:
        with workshop(to.parent) as folder:
            proof = _copy(installation, database, connections, folder, progress)
            manifest = Manifest(
                format=FORMAT,
                version=version(DISTRIBUTION),
                revision=proof.revision if proof is not None else revision_of(database),
                made_at=now,
                database="sqlite" if database.is_sqlite else "postgresql",
                counts=proof.counts if proof is not None else None,
                proven=proof is not None and not proof.faults,
                faults=proof.faults if proof is not None else (),
                files=describe_files(folder),
            )
            write_archive(folder, manifest, to)
            return manifest
    except (OSError, sqlite3.Error) as failed:
        reason = getattr(failed, "strerror", None) or type(failed).__name__
        raise BackupNotWritten(f"{to} could not be written ({reason}): see to the disk and its rights") from None


def _copy(
    installation: Installation, database: Database, connections: Connections, folder: Path, progress: Progress | None
) -> Proof | None:
    """Put copies of everything into a folder; what the copied database proves to be, None where it cannot be opened."""
    for part, file in (
        (Part.POLICY, installation.policy_file),
        (Part.CONNECTIONS, installation.connections_file),
        (Part.SERVICES, installation.apprise_file),
        # The witness before the database: a seal is in the database before the witness has it.
        (Part.WITNESS, installation.seals_file),
    ):
        if file.exists():
            shutil.copyfile(file, folder / part)
    system = connections.recording_system
    recording = None if system is None else system.file or installation.home / RECORDING_FILE
    if recording is not None and recording.exists():
        copy_sqlite(recording, folder / Part.RECORDING)
    witness = folder / Part.WITNESS
    if not database.is_sqlite:
        postgres.dump(database.url, folder / Part.DUMP)
        return postgres.prove_dump(database.url, folder / Part.DUMP, witness, progress)
    copy_sqlite(Path(database.url.database or ""), folder / Part.DATABASE)
    return prove(f"sqlite:///{folder / Part.DATABASE}", witness, progress)


def copy_sqlite(source: Path, to: Path) -> None:
    """A copy of a SQLite database as of one moment, by its own online backup, while others write to it."""
    with (
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_SECONDS)) as there,
        closing(sqlite3.connect(to)) as here,
    ):
        there.backup(here)  # in one step: writers go on beside it, and none of them makes it begin again
    with to.open("rb+") as copied:
        os.fsync(copied.fileno())
