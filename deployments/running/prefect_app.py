"""
Prefect's server as we start it on one machine: the same application, whose writers on SQLite wait for one another.

Prefect begins most transactions on SQLite as readers and writes later. Where somebody else has written in between,
SQLite refuses at once ("database is locked"), and the request is answered by 503; and what was refused can make the
whole server stand still. A burst of sixteen letters was enough. So whoever writes waits for a turn: see
`queuing_sqlite.py`. On PostgreSQL nothing is changed.

Where it cannot start, our log says why; where SQLite's file is lost under it, it ends, to be started again.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prefect.server.api.server import create_app as create_prefects_app
from prefect.server.database.dependencies import set_database_config
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy import make_url
from starlette.types import Lifespan

from deployments.running.lost_file import end_when_lost
from deployments.running.queuing_sqlite import QueuingSqlite
from deployments.running.why_not import why_not

log = logging.getLogger("pathways")


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
