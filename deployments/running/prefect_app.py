"""
Prefect's server as we start it on one machine: the same application, whose SQLite transactions wait for one another.

Prefect begins most transactions on SQLite as readers and writes later. Where somebody else has written in between,
SQLite refuses at once ("database is locked"), and the request is answered by 503. The error keeps a statement alive;
when Python clears it away, the event loop waits for a connection whose thread waits for the lock, which nobody can
give back while the event loop waits: the whole server stands still until SQLite's patience ends, after a minute. A
burst of sixteen letters was enough. So transactions begin as writers, one after the other in the order in which they
came, and the patience is short. On PostgreSQL nothing is changed.

Where it cannot start, our log says why; where SQLite's file is lost under it, it ends, to be started again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import FastAPI
from prefect.server.api.server import create_app as create_prefects_app
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import set_database_config
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from starlette.types import Lifespan

from deployments.running.lost_file import end_when_lost
from deployments.running.why_not import why_not

log = logging.getLogger("pathways")

PATIENCE_SECONDS = 20
"""How long a transaction waits for its turn: longer than any takes, shorter than clients wait for an answer."""


_its_turn: ContextVar[bool] = ContextVar("its_turn", default=False)
_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class QueuingSqlite(AioSqliteConfiguration):
    """SQLite whose transactions queue, and take the write lock when they begin."""

    @asynccontextmanager
    async def begin_transaction(
        self, session: AsyncSession, with_for_update: bool = False
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin as a writer when it is our turn; a transaction within a transaction does not wait for its own."""
        async with self._turn(), super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None, None]:
        if _its_turn.get():
            yield
            return
        async with _queues.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            token = _its_turn.set(True)
            try:
                yield
            finally:
                _its_turn.reset(token)

    def setup_sqlite(self, conn: Any, record: Any) -> None:
        """As Prefect does, with a shorter patience."""
        super().setup_sqlite(conn, record)
        cursor = conn.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_SECONDS * 1000}")
        cursor.close()


def create_app() -> FastAPI:
    """Prefect's application."""
    url = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if get_dialect(url).name == "sqlite":
        set_database_config(QueuingSqlite(connection_url=url))
        file = make_url(url).database or ""
        if file and not file.startswith((":memory:", "file:")):
            end_when_lost(Path(file))
    app = create_prefects_app()
    app.router.lifespan_context = _saying_why_not(app.router.lifespan_context)
    return app


def _saying_why_not(lifespan: Lifespan[Any]) -> Lifespan[Any]:
    """As Prefect's, with a line of our log where it cannot begin."""

    @asynccontextmanager
    async def told(app: Any) -> AsyncIterator[Any]:
        async with AsyncExitStack() as stack:
            try:
                state = await stack.enter_async_context(lifespan(app))
            except Exception as caught:
                log.critical("Prefect's server cannot start: %s", why_not(caught))
                raise
            yield state

    return told
