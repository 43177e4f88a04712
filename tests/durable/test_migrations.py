"""Migrations: what they make is what the code means, and code and database that do not fit are told so."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from deployments.migrating import DatabaseIsNewer, DatabaseIsOlder, check_current, upgrade
from models.tables import metadata
from tasks.database import Database, DatabaseUnavailable

NOT_IN_THE_TABLES = {"uq_allocation_once"}
"""An index over an expression, which the comparison cannot read."""


def _compared(_object: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    return name not in NOT_IN_THE_TABLES and name not in {"effect"}


def test_migrated_database_has_the_tables_of_the_code(council_database: Database) -> None:
    """Nothing was added to the tables without a migration, and nothing forgotten in one."""
    with council_database.engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based index")
        context = MigrationContext.configure(
            connection, opts={"include_object": _compared, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_current_database_is_accepted(council_database: Database) -> None:
    """A database of this version is used as it is, and migrating it again changes nothing."""
    check_current(council_database)
    upgrade(council_database)
    check_current(council_database)


def test_database_of_a_newer_version_is_refused(council_database: Database) -> None:
    """The sentence says which version to install, or to restore the backup; nothing is touched."""
    with council_database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for use in (check_current, upgrade):
        with pytest.raises(DatabaseIsNewer, match=r"newer than this code \(revision 9999\): install the version"):
            use(council_database)
    with council_database.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_database_that_was_not_migrated_is_refused_with_what_to_run(tmp_path: Path) -> None:
    """An empty file has no tables of ours: the sentence names the command."""
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(DatabaseIsOlder, match="run `pathways migrate`"):
        check_current(database)
    with pytest.raises(DatabaseUnavailable, match="has no tables of ours yet"), database.read() as session:
        session.execute(text("SELECT * FROM care_case"))
    upgrade(database)
    check_current(database)
    database.dispose()
