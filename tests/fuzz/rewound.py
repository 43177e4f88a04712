"""A database that takes back all that one input has done to it, so that the next meets it as the first did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.orm import Session, sessionmaker

from models.tables import metadata
from tasks.database import Database

BESIDE = frozenset({"access_entry", "draft", "web_session", "sign_in_refused", "sign_on_attempt"})
"""Tables that say who looked and what was begun: they change with every visit, refused or not."""


class Rewound(Database):
    """The product's database; within `one_input` every transaction is a part of one that is never committed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._real, self._usual = self.engine, self._sessions
        self._reads: Any = None
        self.statements = 0
        """Statements of the input so far: what it costs, counted in steps."""
        event.listen(self._real, "before_cursor_execute", self._count)

    @contextmanager
    def one_input(self) -> Iterator[None]:
        """Everything that is written in the block is taken back at its end."""
        self.statements = 0
        with self._real.connect() as connection:
            whole = connection.begin()
            # A rehearsal begins a transaction of its own on a connection of its own: here both lie within this one.
            connection.begin = connection.begin_nested  # type: ignore[assignment, method-assign]
            self.engine = _OneConnection(connection)  # type: ignore[assignment]
            self._sessions = sessionmaker(
                connection, join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=True
            )
            try:
                yield
            finally:
                self.engine, self._sessions = self._real, self._usual
                whole.rollback()
                del connection.begin

    @contextmanager
    def read(self) -> Iterator[Session]:
        """As the product reads; within an input also what the input has written."""
        if self.engine is self._real:
            with super().read() as session:
                yield session
        else:
            with self._sessions() as session:
                yield session

    def rows(self, *, beside: bool = False) -> dict[str, int]:
        """How many rows the tables have; with `beside` also those that change with every visit."""
        counted = [table for table in metadata.sorted_tables if beside or table.name not in BESIDE]
        columns = [select(func.count()).select_from(table).scalar_subquery() for table in counted]
        before = self.statements
        with self.read() as session:
            found = session.execute(select(*columns)).one()
        self.statements = before
        return dict(zip((table.name for table in counted), found, strict=True))

    def dispose(self) -> None:
        """Close every connection."""
        self._real.dispose()

    def _count(self, *_told: Any) -> None:
        self.statements += 1


class _OneConnection:
    """What stands for the engine while there is one connection only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """The connection that there is; it stays open."""
        yield self._connection

    def execution_options(self, **_options: Any) -> _OneConnection:
        """Nothing is set: reading and writing are the same here."""
        return self


def waits_for_no_disk(engine: Engine) -> Callable[..., None]:
    """See that nothing waits for the disk: what is fuzzed is thrown away."""

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    event.listen(engine, "connect", prepare)
    return prepare
