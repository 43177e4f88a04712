"""
The serving part: the mail door, the HTTP port with /health, the delivery of notices, and housekeeping beside Prefect.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from deployments.intake.smtp import SmtpDoor
from deployments.running.health import health_of
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.housekeeping import keep_delivering, keep_house, keep_waking
from tasks.installation import Installation
from tasks.intake import accept_mail

log = logging.getLogger("pathways")
LOOPBACK = "127.0.0.1"


def serve(installation: Installation) -> None:
    """Serve until told to stop by SIGTERM or Ctrl-C."""
    council = council_of_this_process()
    app = application(council, installation)
    uvicorn.run(app, host=LOOPBACK, port=installation.port, log_level="warning", access_log=False)


def application(council: Council, installation: Installation) -> FastAPI:
    """The HTTP application; the mail door and the background threads live as long as it does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        door = SmtpDoor(LOOPBACK, installation.smtp_port, partial(accept_mail, council))
        door.start()
        threads = [
            threading.Thread(target=keep_waking, args=(council, stop), name="waking", daemon=True),
            threading.Thread(target=keep_delivering, args=(council, stop), name="outbox", daemon=True),
            threading.Thread(
                target=keep_house,
                args=(council, stop),
                kwargs={"every_seconds": installation.backstop_seconds},
                name="housekeeping",
                daemon=True,
            ),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            door.stop()
            for thread in threads:
                thread.join(timeout=10)

    app = FastAPI(title="Safe Pathways", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> JSONResponse:
        """What works and what does not; 503 where something is wrong."""
        report = health_of(council, installation)
        return JSONResponse(report, status_code=200 if report["status"] == "ok" else 503)

    return app
