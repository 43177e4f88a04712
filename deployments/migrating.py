"""Bringing a database to the tables this version of the code needs, and refusing one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models.errors import PathwaysError
from tasks.database import Database, may_pause

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 6_112_026
"""The number of the lock that whoever migrates holds."""


class DatabaseIsNewer(PathwaysError):
    """The database was migrated by a newer version; install that version, or restore the backup made before it."""


class DatabaseIsOlder(PathwaysError):
    """The database has not been migrated to this version."""


def upgrade(database: Database) -> None:
    """Migrate to the newest revision, in one transaction. Raises `DatabaseIsNewer`."""
    _refuse_newer(database)
    config = _config()
    with database.engine.begin() as connection:
        may_pause(connection)
        if not database.is_sqlite:  # where two machines are told to migrate, the second finds it done
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_current(database: Database) -> None:
    """Raise `DatabaseIsNewer` or `DatabaseIsOlder` unless code and database fit."""
    _refuse_newer(database)
    if _revision(database) != ScriptDirectory.from_config(_config()).get_current_head():
        raise DatabaseIsOlder(
            "the database has not the tables this version needs: run `pathways migrate`, or start with `pathways up`"
        )


def _refuse_newer(database: Database) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    revision = _revision(database)
    if revision is not None and revision not in known:
        raise DatabaseIsNewer(
            f"the database is newer than this code (revision {revision}): install the version that migrated it, "
            "or restore the backup made before that"
        )


def _revision(database: Database) -> str | None:
    with database.engine.connect().execution_options(only_reads=True) as connection:  # waits for no writer
        return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
