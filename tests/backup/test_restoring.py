"""A backup is put in place whole, proven first; what it replaces is kept, and what is in use is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from deployments.migrating import DatabaseIsNewer, upgrade
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.cases import Case
from models.connections import Connections
from models.retention import LegalHold
from tasks.audit.sealing import seal
from tasks.audit.verifying import verify
from tasks.backup.archive import describe_files, unpack, write_archive
from tasks.backup.manifest import NotABackup, Part
from tasks.backup.proving import Progress
from tasks.backup.restoring import HomeHasCases, InUse, Restored, restore
from tasks.backup.switching import Plan, finish_restore, write_plan
from tasks.backup.taking import take_backup
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.procedures.letters import letter
from tests.retention.archive import closed_errand, held


@pytest.fixture
def backup(office: Office, installation: Installation) -> Path:
    """Last night's backup, with three cases in it."""
    file = installation.home / "backups" / "night.backup"
    take_backup(installation, office.council.database, Connections(), file, office.clock.now())
    return file


def put_back(
    file: Path, into: Installation, office: Office, *, replace: bool = False, meanwhile: Progress | None = None
) -> Restored:
    """Restore, an hour later."""
    into.home.mkdir(parents=True, exist_ok=True)
    later = office.clock.now() + timedelta(hours=1)
    return restore(file, into, upgrade=upgrade, now=later, replace=replace, progress=meanwhile)


def a_day_goes_by(office: Office, installation: Installation) -> None:
    """Two further cases, another policy and another seal; then everything is stopped."""
    office.days_pass(1)
    for _ in range(2):
        office.start(written_contact_transfer, letter())
    seal(office.council.database, office.clock.now(), installation.seals_file)
    policy = installation.policy_file
    policy.write_text(f"{policy.read_text(encoding='utf-8')}\n# since Tuesday\n", encoding="utf-8")
    office.council.database.dispose()


def cases_in(file: Path) -> int:
    """How many cases a database file has."""
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM care_case").fetchone()[0])


def faults_in(installation: Installation) -> list[str]:
    """What does not hold in an installation's record."""
    database = Database(installation.database_url)
    with database.read() as session:
        found = [str(one) for one in verify(session, None, installation.seals_file)]
    database.dispose()
    return found


def test_a_backup_makes_an_empty_home_whole(
    office: Office, installation: Installation, backup: Path, elsewhere: Installation
) -> None:
    """On another machine: every file is there, every chain holds, and that it was restored is in the access log."""
    done = put_back(backup, elsewhere, office)
    assert done.kept is None and done.beside == ()
    assert done.proof.counts.cases == 3
    assert faults_in(elsewhere) == []
    for name in ("policy.toml", "connections.toml", "apprise.yaml", "seals.log"):
        assert (elsewhere.home / name).read_bytes() == (installation.home / name).read_bytes()
    database = Database(elsewhere.database_url)
    with database.read() as session:
        assert [entry.what for entry in session.scalars(select(AccessEntry).order_by(AccessEntry.no))] == [
            "backup", "restore",
        ]  # fmt: skip
    database.dispose()
    assert sorted(one.name for one in elsewhere.home.iterdir() if not one.name.startswith(".")) == [
        "apprise.yaml", "connections.toml", "pathways.db", "policy.toml", "seals.log",
    ]  # fmt: skip


def test_a_home_with_cases_is_replaced_only_where_that_is_said(
    office: Office, installation: Installation, backup: Path
) -> None:
    """And what was there is kept: today's record may be needed after all."""
    a_day_goes_by(office, installation)
    with pytest.raises(HomeHasCases, match=r"there are 5 cases .* --replace"):
        put_back(backup, installation, office)
    assert cases_in(installation.home / "pathways.db") == 5

    done = put_back(backup, installation, office, replace=True)

    assert cases_in(installation.home / "pathways.db") == 3
    assert faults_in(installation) == []  # its witness went with the record it bears witness to
    assert "since Tuesday" not in installation.policy_file.read_text(encoding="utf-8")
    assert done.kept is not None
    kept = Path(done.kept)
    assert cases_in(kept / "pathways.db") == 5
    assert "since Tuesday" in (kept / "policy.toml").read_text(encoding="utf-8")
    assert len((kept / "seals.log").read_bytes().splitlines()) == 2
    assert kept.stat().st_mode & 0o077 == 0


def test_what_is_in_use_is_never_replaced(office: Office, installation: Installation, backup: Path) -> None:
    """A part of the system that was forgotten would go on with the old file, and nobody would see what it writes."""
    a_day_goes_by(office, installation)
    with office.council.database.read() as session:
        session.scalar(select(func.count()).select_from(Case))
        with pytest.raises(InUse, match="stop every part"):
            put_back(backup, installation, office, replace=True)
    assert cases_in(installation.home / "pathways.db") == 5


def test_nobody_writes_into_what_is_being_replaced(office: Office, installation: Installation, backup: Path) -> None:
    """A letter that came in while the copy was proven is refused, for its server to deliver again; none is mislaid."""
    a_day_goes_by(office, installation)
    refused: list[str] = []
    opened: list[sqlite3.Connection] = []

    def meanwhile(_done: int, _of: int) -> None:
        if refused:
            return
        with closing(sqlite3.connect(installation.home / "pathways.db", timeout=0)) as writer:
            with pytest.raises(sqlite3.OperationalError) as caught:
                writer.execute("BEGIN IMMEDIATE")
            refused.append(str(caught.value))
        opened.append(sqlite3.connect(installation.home / "pathways.db", timeout=0))

    done = put_back(backup, installation, office, replace=True, meanwhile=meanwhile)

    assert refused == ["database is locked"]
    assert done.kept is not None and cases_in(Path(done.kept) / "pathways.db") == 5
    (waiting,) = opened  # has the file open that was moved away since
    with closing(waiting), pytest.raises(sqlite3.OperationalError, match="readonly"):
        waiting.execute("PRAGMA journal_mode = WAL")
        waiting.execute("UPDATE care_case SET awaiting = 'somebody'")
    assert cases_in(installation.home / "pathways.db") == 3


def test_a_database_that_was_made_meanwhile_is_not_put_aside(
    office: Office, backup: Path, elsewhere: Installation
) -> None:
    """The home was empty when the restore began, and somebody started something in it."""

    def meanwhile(_done: int, _of: int) -> None:
        (elsewhere.home / "pathways.db").write_bytes(b"letters")

    with pytest.raises(InUse, match="made here meanwhile"):
        put_back(backup, elsewhere, office, meanwhile=meanwhile)
    assert (elsewhere.home / "pathways.db").read_bytes() == b"letters"


def test_legal_holds_placed_since_the_backup_stand_after_it(office: Office, installation: Installation) -> None:
    """Else the next night would erase what a coroner has asked for. Those on cases that are lost are left out."""
    ref = closed_errand(office)
    before = held(office, case=ref)
    file = installation.home / "backups" / "night.backup"
    take_backup(installation, office.council.database, Connections(), file, office.clock.now())
    office.days_pass(1)
    since = held(office, case=ref)
    held(office, case=closed_errand(office))
    office.council.database.dispose()

    done = put_back(file, installation, office, replace=True)

    assert done.holds == 1
    database = Database(installation.database_url)
    with database.read() as session:
        assert {one.id for one in session.scalars(select(LegalHold))} == {before, since}
        placed = session.get_one(LegalHold, since)
        assert placed.lifted_at is None and placed.placed_at == office.clock.now()
    database.dispose()
    assert faults_in(installation) == []


def test_a_damaged_database_is_replaced_and_kept(office: Office, installation: Installation, backup: Path) -> None:
    """It may be why there is a restore at all."""
    a_day_goes_by(office, installation)
    file = installation.home / "pathways.db"
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    with pytest.raises(HomeHasCases, match="cannot be read"):
        put_back(backup, installation, office)
    done = put_back(backup, installation, office, replace=True)
    assert cases_in(file) == 3
    assert (Path(str(done.kept)) / "pathways.db").read_bytes()[:4096] == b"\0" * 4096
    assert done.holds is None  # and the restore says so


def test_files_that_belong_elsewhere_are_not_put_there(
    office: Office, installation: Installation, backup: Path, elsewhere: Installation, tmp_path: Path
) -> None:
    """A policy under the council's own version control is left alone; the backup's lies in the home, under its name."""
    policy = tmp_path / "etc" / "policy.toml"
    settings = {"PATHWAYS_HOME": str(elsewhere.home), "PATHWAYS_POLICY": str(policy)}
    done = put_back(backup, Installation.from_environment(settings), office)
    assert not policy.exists()
    assert done.beside == ((Part.POLICY, elsewhere.home / "from-backup-policy.toml"),)
    assert (elsewhere.home / "from-backup-policy.toml").exists()


def test_a_backup_of_a_newer_version_is_refused(
    office: Office, installation: Installation, backup: Path, elsewhere: Installation
) -> None:
    """Its tables are unknown here; the home is as it was."""
    folder, newer = installation.home / "unpacked", installation.home / "newer.backup"
    folder.mkdir()
    manifest = unpack(backup, folder)
    with closing(sqlite3.connect(folder / Part.DATABASE)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
        database.execute("PRAGMA journal_mode = DELETE")
    write_archive(folder, manifest.model_copy(update={"files": describe_files(folder)}), newer)
    with pytest.raises(DatabaseIsNewer):
        put_back(newer, elsewhere, office)
    assert not (elsewhere.home / "pathways.db").exists()


def test_a_backup_of_another_kind_of_database_is_refused(office: Office, backup: Path, elsewhere: Installation) -> None:
    """Said before anything is done."""
    settings = {"PATHWAYS_HOME": str(elsewhere.home), "PATHWAYS_DATABASE_URL": "postgresql://nobody@localhost:9/none"}
    with pytest.raises(NotABackup, match="backup of a sqlite database"):
        put_back(backup, Installation.from_environment(settings), office)


OLD = {"pathways.db": "old", "policy.toml": "old", "pathways.db-wal": "old"}
NEW = {"pathways.db": "new", "policy.toml": "new", "seals.log": "new"}
RENAMINGS = [
    ("pathways.db-wal", "kept/pathways.db-wal"),
    ("pathways.db", "kept/pathways.db"),
    ("staged/pathways.db", "pathways.db"),
    ("policy.toml", "kept/policy.toml"),
    ("staged/policy.toml", "policy.toml"),
    ("staged/seals.log", "seals.log"),
]
"""What a switch from the old to the new does, in its order."""


def standing(home: Path) -> dict[str, str]:
    """The files in a home, and what stands in them."""
    return {one.name: one.read_text() for one in home.iterdir() if one.is_file() and not one.name.startswith(".")}


@pytest.mark.parametrize("done", range(len(RENAMINGS) + 1))
def test_a_switch_that_broke_off_is_finished_by_whoever_comes_next(elsewhere: Installation, done: int) -> None:
    """After any number of renamings: the next to open the home finds all of the new, and the old is kept."""
    home = elsewhere.home
    for folder, files in ((home, OLD), (home / "staged", NEW)):
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)
    write_plan(home, Plan("staged", "kept", list(NEW), ["pathways.db-wal"]))
    (home / "kept").mkdir()
    for old, new in RENAMINGS[:done]:
        (home / old).rename(home / new)

    finish_restore(elsewhere)
    finish_restore(elsewhere)

    assert standing(home) == NEW
    assert standing(home / "kept") == OLD
    assert not (home / "staged").exists()
