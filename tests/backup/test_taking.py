"""A backup is taken while everything runs: of one moment, proven, whole under its name or not there."""

from __future__ import annotations

import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from deployments.migrating import upgrade
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.connections import Connections
from tasks.audit.sealing import seal
from tasks.audit.verifying import verify
from tasks.backup.archive import BackupExists, NotUnpacked, read_manifest, unpack, write_archive
from tasks.backup.manifest import BackupDamaged, Manifest, NotABackup, Part
from tasks.backup.taking import take_backup
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.procedures.letters import letter


def taken(office: Office, installation: Installation, name: str = "monday.backup") -> Path:
    """A backup beside the home."""
    file = installation.home / "backups" / name
    take_backup(installation, office.council.database, Connections(), file, office.clock.now())
    return file


def test_a_backup_holds_all_that_an_installation_needs(office: Office, installation: Installation) -> None:
    """Database, policy, connections, services and the seals' witness, counted and proven; nothing is left beside it."""
    file = taken(office, installation)
    manifest = read_manifest(file)
    assert [one.name for one in manifest.files] == [
        Part.DATABASE, Part.WITNESS, Part.POLICY, Part.CONNECTIONS, Part.SERVICES,
    ]  # fmt: skip
    assert manifest.proven and manifest.faults == ()
    assert manifest.counts is not None and (manifest.counts.cases, manifest.counts.seals) == (3, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_that_everything_was_copied_is_in_the_access_log(office: Office, installation: Installation) -> None:
    """A backup takes every record out of the house; who did that is known, in the copy too."""
    taken(office, installation)
    with office.council.database.read() as session:
        (entry,) = session.scalars(select(AccessEntry))
    assert (entry.what, entry.about) == ("backup", "all-cases")


def test_a_backup_never_takes_another_files_place(office: Office, installation: Installation) -> None:
    """Last night's is still there in the morning; also where two are taken under one name at the same time."""
    file = taken(office, installation)
    before = file.read_bytes()
    with pytest.raises(BackupExists):
        taken(office, installation)
    folder = installation.home / "unpacked"
    folder.mkdir()
    manifest = unpack(file, folder)
    with pytest.raises(BackupExists):
        write_archive(folder, manifest, file)
    assert file.read_bytes() == before


def test_a_backup_under_many_writers_is_of_one_moment(office: Office, installation: Installation) -> None:
    """Cases are opened, legs run and seals are made meanwhile; every chain in every copy holds."""
    url = office.council.database.url.render_as_string(hide_password=False)
    stop, wrong = threading.Event(), list[BaseException]()

    def write() -> None:
        other = Office(Database(url), office.council.policy)
        try:
            while not stop.is_set():
                other.start(written_contact_transfer, letter())
                seal(other.council.database, other.clock.now(), installation.seals_file)
        except BaseException as caught:
            wrong.append(caught)
        finally:
            other.council.database.dispose()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for one in writers:
        one.start()
    try:
        manifests = [read_manifest(taken(office, installation, f"{number}.backup")) for number in range(4)]
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert wrong == []
    assert all(one.proven for one in manifests), [one.faults for one in manifests]
    counts = [one.counts.entries for one in manifests if one.counts]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_a_record_that_does_not_hold_is_copied_and_said_not_to(office: Office, installation: Installation) -> None:
    """A backup of a damaged record is better than none; what is wrong with it is told, as the check names it."""
    assert office.council.database.is_sqlite
    (first, *_) = office.cases()
    with closing(sqlite3.connect(installation.home / "pathways.db")) as database:
        database.execute("DROP TRIGGER IF EXISTS entry_no_update")
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute('UPDATE entry SET "by" = ? WHERE case_ref = ? AND no = 1', ("nobody", first))
        database.commit()
    manifest = read_manifest(taken(office, installation))
    assert not manifest.proven and any(one.startswith(f"{first} 1 edited") for one in manifest.faults)


def unpacked(file: Path, into: Path) -> Manifest:
    """What an archive holds, in a new folder."""
    into.mkdir()
    return unpack(file, into)


def test_what_is_unpacked_is_what_was_written(office: Office, installation: Installation) -> None:
    """The database in it opens and holds by itself."""
    folder = installation.home / "unpacked"
    unpacked(taken(office, installation), folder)
    copy = Database(f"sqlite:///{folder / Part.DATABASE}")
    upgrade(copy)
    with copy.read() as session:
        assert verify(session, None, folder / Part.WITNESS) == []
    copy.dispose()
    assert (folder / Part.CONNECTIONS).read_text() == '# password = "sesame"\n'
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in folder.iterdir())


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_an_archive_that_is_cut_off_is_refused(office: Office, installation: Installation, keep: float) -> None:
    """A copy that broke off on its way to another disk is not restored from."""
    whole = taken(office, installation).read_bytes()
    short = installation.home / "short.backup"
    short.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises((BackupDamaged, NotABackup)):
        unpacked(short, installation.home / "unpacked")


def test_a_changed_file_in_an_archive_is_noticed(office: Office, installation: Installation) -> None:
    """Whoever changes a file in it has to change the manifest too, and the chains then."""
    folder, changed = installation.home / "unpacked", installation.home / "changed.backup"
    manifest = unpacked(taken(office, installation), folder)
    text = (folder / Part.POLICY).read_text(encoding="utf-8")
    (folder / Part.POLICY).write_text(text.replace("Wenbridge", "Wenbridgf"), encoding="utf-8")
    write_archive(folder, manifest, changed)
    with pytest.raises(BackupDamaged, match=r"policy\.toml in changed\.backup is not what was written"):
        unpacked(changed, installation.home / "again")


def test_nothing_but_what_the_manifest_names_is_unpacked(office: Office, installation: Installation) -> None:
    """An archive made by somebody else cannot write anywhere."""
    folder, other = installation.home / "unpacked", installation.home / "other.backup"
    unpacked(taken(office, installation), folder)
    with tarfile.open(taken(office, installation, "b.backup")) as real, tarfile.open(other, "w:gz") as archive:
        manifest = real.next()
        assert manifest is not None
        archive.addfile(manifest, real.extractfile(manifest))
        sly = tarfile.TarInfo("../../sly")
        sly.size = 0
        archive.addfile(sly)
    with pytest.raises(BackupDamaged, match="does not name"):
        unpacked(other, installation.home / "again")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b" + b"0" * 100])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    """With a sentence, whatever it is."""
    file = tmp_path / "letter.docx"
    file.write_bytes(content)
    with pytest.raises((NotABackup, BackupDamaged)):
        read_manifest(file)
    with pytest.raises(NotABackup, match="there is no file"):
        read_manifest(tmp_path / "nothing")


def test_a_disk_that_refuses_is_told_from_a_bad_archive(office: Office, installation: Installation) -> None:
    """Whoever restores at night is not sent to look for another backup because a folder cannot be written."""
    file = taken(office, installation)
    (installation.home / "unpacked").mkdir()
    (installation.home / "unpacked" / Part.POLICY).mkdir()
    with pytest.raises(NotUnpacked, match="File exists"):
        unpack(file, installation.home / "unpacked")
