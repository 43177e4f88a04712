"""
The serving part: the mail door, the HTTP port with /health, the delivery of notices, and housekeeping beside Prefect.
"""

from __future__ import annotations

import dataclasses
import logging
import queue
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import select

from deployments.intake.smtp import SmtpDoor
from deployments.intake.webhook import webhook_doors
from deployments.intake.webhook_door import DoorKeeper
from deployments.intake.webhook_signature import Signatures
from deployments.monitoring.collector import Watch
from deployments.monitoring.doors import LookNow, monitoring_doors
from deployments.running.exposure import check_worklist
from deployments.running.health import health_of
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from models.mail import MailDoor
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council, Waker
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.housekeeping import (
    bring_cases_back,
    keep_collecting,
    keep_delivering,
    keep_house,
    keep_waking,
    keep_writing,
    keep_writing_to_people,
    tried,
)
from tasks.installation import Installation
from tasks.intake import keep_mail, take_up_what_is_stored

log = logging.getLogger("pathways")
CONNECTIONS_AT_ONCE = 200
"""HTTP connections that are served at the same time; who comes beyond that is told to come again."""
LAST_REQUESTS_SECONDS = 20
"""How long requests that are being answered may take once we are told to stop."""


def serve(installation: Installation) -> None:
    """Serve until told to stop by SIGTERM or Ctrl-C."""
    council = council_of_this_process()
    check_worklist(installation, council.connections)
    app = application(council, installation)
    uvicorn.run(
        app,
        host=installation.host,
        port=installation.port,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS_AT_ONCE,
        timeout_graceful_shutdown=LAST_REQUESTS_SECONDS,
    )


class WakingDesk:
    """Wakes cases in a thread of its own, so that whoever changed them need not wait for Prefect."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self._to_wake: queue.SimpleQueue[str] = queue.SimpleQueue()

    def wake(self, ref: str) -> None:
        """See that the case's leg runs soon."""
        self._to_wake.put(ref)

    def keep_waking(self, stop: threading.Event) -> None:
        """Wake one after the other until told to stop; one that is missed is found by the backstop."""
        while not stop.is_set():
            try:
                ref = self._to_wake.get(timeout=1)
                self._waker.wake(ref)
            except queue.Empty:
                continue
            except Exception as failed:  # no text of the error, which may be personal
                log.warning("a case could not be woken now (%s); the backstop will", type(failed).__name__)


class PostRoom:
    """
    Between the mail door and the cases: a message is accepted as soon as it is stored, and taken up at once after.

    So nobody who sends us a letter waits for Prefect, and a letter that was stored is taken up whatever happens.
    """

    def __init__(self, council: Council, waker: Waker) -> None:
        self._council = dataclasses.replace(council, waker=waker)
        self._something_came = threading.Event()

    def accept(self, raw: bytes, envelope_from: str | None, envelope_to: list[str]) -> str:
        """Store a message safely; gives its id. Raises `DatabaseUnavailable`: the sender keeps it then."""
        mail_id = keep_mail(self._council, raw, envelope_from, envelope_to, door=MailDoor.SMTP)
        self._something_came.set()
        return mail_id

    def keep_taking_up(self, stop: threading.Event) -> None:
        """Take up what was stored, as it comes, until told to stop."""
        while not stop.is_set():
            self._something_came.clear()
            tried("take up stored mail", take_up_what_is_stored, self._council)
            self._something_came.wait(timeout=1)


def application(council: Council, installation: Installation) -> FastAPI:
    """The HTTP application; the mail door and the background threads live as long as it does."""
    desk = WakingDesk(council.waker)
    look = LookNow(lambda: tried("bring cases back", bring_cases_back, council))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        post = PostRoom(council, desk)
        door = SmtpDoor(installation.smtp_host, installation.smtp_port, post.accept, council.policy.mail.message_bytes)
        door.start()
        threads = [
            threading.Thread(target=post.keep_taking_up, args=(stop,), name="post", daemon=True),
            threading.Thread(target=desk.keep_waking, args=(stop,), name="waking desk", daemon=True),
            threading.Thread(target=keep_waking, args=(council, stop), name="waking", daemon=True),
            threading.Thread(target=look.keep_looking, args=(stop,), name="looking", daemon=True),
            threading.Thread(target=keep_delivering, args=(council, stop), name="outbox", daemon=True),
            threading.Thread(target=keep_collecting, args=(council, stop), name="mailboxes", daemon=True),
            threading.Thread(target=keep_writing, args=(council, stop), name="notes", daemon=True),
            threading.Thread(target=keep_writing_to_people, args=(council, stop), name="people", daemon=True),
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
        """What works and what does not, in the answer itself: whoever asks for a status alone asks /ready."""
        return JSONResponse(health_of(council, installation))

    @app.get("/ready")
    def ready() -> JSONResponse:
        """Whether this process can serve, for a proxy that has others to turn to; 503 where its database is away."""
        try:
            with council.database.read() as session:
                session.execute(select(1))
        except DatabaseUnavailable:
            return JSONResponse({"ready": False}, status_code=503)
        return JSONResponse({"ready": True})

    # Whoever calls does not wait until the case was woken through Prefect.
    keeper = DoorKeeper(dataclasses.replace(council, waker=desk), Signatures(installation.webhook_secrets))
    app.include_router(webhook_doors(keeper))
    app.include_router(monitoring_doors(installation, Watch(council, installation), look))
    app.mount("/", worklist(Desk(dataclasses.replace(council, waker=desk), installation)))
    return app
