"""PostgreSQL's side of a backup: `pg_dump` and `pg_restore`, and a scratch database in which a dump is proven."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError

from models.errors import PathwaysError
from tasks.backup.proving import Progress, Proof, prove
from tasks.database import Database

OTHERS_ARE_CONNECTED = "55006"
"""What the server says where a database is to be renamed and somebody is connected to it."""
MAINTENANCE = "postgres"
"""The database from which others are made and renamed."""


class PostgresToolsMissing(PathwaysError):
    """A command of PostgreSQL's is not on this machine, or is older than the server."""


class DumpFailed(PathwaysError):
    """`pg_dump` or `pg_restore` did not come to its end; the message says which and what to do."""


class MayNotMakeDatabases(PathwaysError):
    """The user of PATHWAYS_DATABASE_URL may not create databases."""


def dump(url: URL, to: Path) -> None:
    """Dump a database as of one moment, in PostgreSQL's own form. Raises `PostgresToolsMissing`, `DumpFailed`."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")


def load(url: URL, dumped: Path) -> None:
    """Load a dump into an empty database, all of it or nothing. Raises `PostgresToolsMissing`, `DumpFailed`."""
    _run("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dumped))


def prove_dump(url: URL, dumped: Path, witness: Path, progress: Progress | None = None) -> Proof | None:
    """Load a dump into a scratch database and prove that; None where the user may not make one."""
    try:
        with scratch(url, "pathways_proof") as copy:
            load(copy, dumped)
            return prove(copy.render_as_string(hide_password=False), witness, progress)
    except MayNotMakeDatabases:
        return None


@contextmanager
def scratch(url: URL, name: str) -> Iterator[URL]:
    """An empty database beside another, dropped in the end unless it was renamed. Raises `MayNotMakeDatabases`."""
    named = f"{name}_{secrets.token_hex(4)}"
    with maintenance(url) as server:
        try:
            _outside_transactions(server, f'CREATE DATABASE "{named}" TEMPLATE template0')
        except DBAPIError as refused:
            if getattr(refused.orig, "sqlstate", None) != "42501":
                raise
            refused_to_make = True
        else:
            refused_to_make = False
    if refused_to_make:
        raise MayNotMakeDatabases(
            "the user of PATHWAYS_DATABASE_URL may not create databases: have it done by somebody who may "
            "(docs/backup-and-recovery.md)"
        )
    try:
        yield url.set(database=named)
    finally:
        with maintenance(url) as server:
            _outside_transactions(server, f'DROP DATABASE IF EXISTS "{named}" WITH (FORCE)')


@contextmanager
def maintenance(url: URL) -> Iterator[Database]:
    """The server of a database, by the database from which others are made."""
    server = Database(url.set(database=MAINTENANCE).render_as_string(hide_password=False))
    try:
        yield server
    finally:
        server.dispose()


def take_the_place_of(url: URL, new: str, *, kept_as: str | None) -> None:
    """Give a database the name of another, which is kept under `kept_as`: both at once, or neither."""
    with maintenance(url) as server, server.engine.begin() as connection:
        if kept_as is not None:
            connection.execute(text(f'ALTER DATABASE "{url.database}" RENAME TO "{kept_as}"'))
        connection.execute(text(f'ALTER DATABASE "{new}" RENAME TO "{url.database}"'))


def is_in_use(url: URL) -> bool:
    """Whether anybody but us is connected to a database."""
    with maintenance(url) as server, server.read() as session:
        others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()")
        return bool(session.scalar(others, {"name": url.database}))


def exists(url: URL) -> bool:
    """Whether there is a database of that name."""
    with maintenance(url) as server, server.read() as session:
        there = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        return bool(session.scalar(there, {"name": url.database}))


def _outside_transactions(server: Database, statement: str) -> None:
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


def _run(tool: str, url: URL, *arguments: str) -> None:
    """Run a tool of PostgreSQL's; the password goes by its environment, where no list of processes shows it."""
    command = shutil.which(tool)
    if command is None:
        raise PostgresToolsMissing(f"{tool} is not on this machine: install PostgreSQL's client tools")
    shown = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(
        [command, "--no-password", f"--dbname={shown}", *arguments], env=environment, capture_output=True, check=False
    )
    if done.returncode == 0:
        return
    if b"version mismatch" in done.stderr:
        raise PostgresToolsMissing(f"{tool} is older than the server: install the tools of the server's own version")
    raise DumpFailed(f"{tool} failed with exit code {done.returncode}: see the server's log, then try again")
