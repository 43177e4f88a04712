"""
The two doors for machines that watch over us: GET /metrics, and POST /monitoring/look-now.

Neither is for the public: a reverse proxy passes neither on (docs/runbook/README.md). Where PATHWAYS_METRICS_TOKEN is
set, whoever calls must bear it; where it is not, only this machine may call, and nothing that came through a proxy.
"""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Callable

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from deployments.monitoring.collector import Watch
from deployments.running.exposure import is_beyond_loopback
from tasks.automations import LOOK_NOW, Watched
from tasks.installation import Installation

log = logging.getLogger("pathways")
THROUGH_A_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
LONGEST_CALL = 200
PAUSE_SECONDS = 10
"""However often it is asked to look, it looks no more often than this."""


def monitoring_doors(installation: Installation, watch: Watch, look: LookNow) -> APIRouter:
    """Both doors."""

    def guard(request: Request) -> None:
        if not _may_call(request, installation.metrics_token):
            raise HTTPException(404)

    router = APIRouter(dependencies=[Depends(guard)])

    @router.get("/metrics")
    def metrics() -> Response:
        """The numbers, as Prometheus reads them."""
        return Response(generate_latest(watch.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    @router.post(LOOK_NOW, status_code=202)
    async def look_now(request: Request) -> dict[str, bool]:
        """Compare the open cases with Prefect's runs now. What the call says is only which automation it was."""
        said = (await request.body())[:LONGEST_CALL].decode("ascii", errors="replace")
        watched = next((one for one in Watched if f'"{one.value}"' in said), None)
        if watched is not None:
            watch.calls.labels(watched.value).inc()
            log.warning("Prefect's automation %s had us look at the open cases", watched.value)
        look.now()
        return {"looks": True}

    return router


class LookNow:
    """Looks round when it is told to, in a thread of its own, and not again for a while after."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look
        self._wanted = threading.Event()

    def now(self) -> None:
        """See that it looks soon."""
        self._wanted.set()

    def keep_looking(self, stop: threading.Event, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        """Look whenever it is wanted, until told to stop."""
        while not stop.is_set():
            if self._wanted.wait(timeout=1):
                self._wanted.clear()
                self._look()
                stop.wait(pause_seconds)


def _may_call(request: Request, token: str | None) -> bool:
    if token is not None:
        kind, _, borne = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(borne.strip().encode(), token.encode())
    came_from = request.client.host if request.client else ""
    is_here = came_from != "" and not is_beyond_loopback(came_from)
    return is_here and not any(name in request.headers for name in THROUGH_A_PROXY)
