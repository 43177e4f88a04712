"""What a worker says of itself on this machine: /health for people and supervisors, /metrics for Prometheus."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from deployments.worker.watching import Watched, memory_of_this_process
from tasks.code_version import code_version

log = logging.getLogger("pathways")

LOOPBACK = "127.0.0.1"
SILENT_SECONDS = 60.0
"""A worker that Prefect has not answered for so long does not do its work."""


def health_of_worker(worker: Watched) -> dict[str, Any]:
    """
    Slots, legs since the start by how they ended, seconds since Prefect last answered, megabytes of memory.

    `status` is ok, or the first that holds of draining (it ends, and takes on nothing more), not_polling and failing
    (none of its latest legs came to an end that helps a case).
    """
    silent = worker.counts.seconds_since_poll
    status = "ok"
    if worker.is_draining:
        status = "draining"
    elif silent is None or silent > SILENT_SECONDS:
        status = "not_polling"
    elif worker.counts.only_fails:
        status = "failing"
    return {
        "status": status,
        "worker": worker.name,
        "version": code_version(),
        "slots": worker.bounds.slots,
        "running": worker.legs.running,
        "waiting": worker.legs.waiting,
        "lost": worker.legs.lost,
        "legs": worker.counts.legs,
        "seconds_since_poll": None if silent is None else round(silent, 1),
        "memory_megabytes": round(memory_of_this_process()),
    }


@contextmanager
def served(report: Callable[[], dict[str, Any]], metrics: Callable[[], bytes], port: int) -> Iterator[int]:
    """Serve both on loopback while the block runs; gives the port, which the system chooses where `port` is 0."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/health":
                told = report()
                well = told["status"] == "ok"
                self._answer(well, json.dumps(told).encode(), "application/json")
            elif self.path == "/metrics":
                self._answer(True, metrics(), CONTENT_TYPE_LATEST)
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _answer(self, well: bool, body: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Who asks is not logged."""

    server = ThreadingHTTPServer((LOOPBACK, port), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="worker health", daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def health_served(worker: Watched) -> Iterator[int | None]:
    """
    Serve the worker's health where its settings name a port; gives the port.

    None where they name none, or another program has it: cases do not wait for that.
    """
    port = worker.bounds.health_port
    if port is None:
        yield None
        return
    with ExitStack() as serving:
        chosen: int | None = None
        try:
            chosen = serving.enter_context(
                served(lambda: health_of_worker(worker), lambda: generate_latest(worker.counts.registry), port)
            )
        except OSError as refused:
            log.error(
                "port %d (PATHWAYS_WORKER_PORT) cannot be opened (%s): this worker works, and its health is not "
                "served; free the port or choose another, and start it again",
                port,
                os.strerror(refused.errno or 0),
            )
        yield chosen
