"""As much of Prefect's server as a leg speaks to, in memory, at an address of its own; it notes what it was asked."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import prefect.settings

from tasks.durable.council import Council
from tasks.durable.leg_calls import DueRun
from tasks.durable.prefect_clerk import close_prefect_client, describe

DONE_FOR = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")


@dataclass
class PretendedPrefect:
    """Its runs by id, as their last state, name and tags; `asked` is every request as "METHOD path kind"."""

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """States that runs were in before, by the run's id."""
    asked: list[str] = field(default_factory=list)
    before_answering: Callable[[str], None] = lambda _request: None
    """What happens meanwhile; it is told the request."""
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    losing_answers: int = 0
    """So many changes of state are made, and answered by 503."""

    def has_run_of(self, council: Council, ref: str, *, name: str | None = None) -> DueRun:
        """A run of the case's present generation that is due, looking as the case stands unless named otherwise."""
        case, run_id, self.now = describe(council, ref), str(uuid4()), council.clock.now
        self.runs[run_id] = {
            "id": run_id,
            "name": name or case.name,
            "tags": list(case.tags),
            "deployment_id": None,
            "parameters": {"ref": ref},
            "idempotency_key": case.idempotency_key,
            "state": {"type": "SCHEDULED", "name": "Woken", "message": None, "state_details": {}},
        }
        return self.due(UUID(run_id))

    def due(self, run_id: UUID) -> DueRun:
        """The run as a worker gets it."""
        return DueRun.from_answer(self.runs[str(run_id)])

    def state_of(self, run: DueRun) -> tuple[str, str]:
        """The type and name of a run's state."""
        state = self.runs[str(run.id)]["state"]
        return state["type"], state["name"]

    def answer(self, method: str, path: str, body: dict[str, Any], query: str = "") -> tuple[int, Any]:
        """What is answered to a request."""
        if path == "/api/flow_run_states/":
            run_id = query.removeprefix("flow_run_id=")
            there = self.runs.get(run_id)
            return 200, [*self.earlier.get(run_id, []), *([there["state"]] if there else [])]
        found = re.fullmatch(r"/api/flow_runs/([0-9a-f-]{36})(/set_state)?", path)
        if found is None:
            return (200, "3.8.8") if path.endswith("/version") else (404, {"detail": "Not Found"})
        kind = body["state"]["type"] if found[2] else ""
        self.asked.append(f"{method} {kind or 'run'}")
        self.before_answering(self.asked[-1])
        run = self.runs.get(found[1])
        if run is None:
            return 404, {"detail": "Flow run not found"}
        if not found[2]:
            run.update(body)
            return 204, None
        status, answer = self._set_state(run, body["state"])
        if self.losing_answers:
            self.losing_answers -= 1
            return 503, {"exception_message": "Service Unavailable"}
        return status, answer

    def _set_state(self, run: dict[str, Any], wanted: dict[str, Any]) -> tuple[int, Any]:
        stands = run["state"]
        same = stands["state_details"].get("transition_id") == wanted["state_details"].get("transition_id")
        if stands["type"] in DONE_FOR:
            return 200, {"status": "ABORT", "state": None, "details": {"reason": "This run has ended."}}
        if same:
            return 200, {"status": "REJECT", "state": stands, "details": {"reason": "Made already."}}
        due = stands["state_details"].get("scheduled_time")
        if wanted["type"] == "RUNNING" and due is not None and datetime.fromisoformat(due) > self.now():
            return 200, {"status": "WAIT", "state": None, "details": {"delay_seconds": 60}}
        run["state"] = wanted
        return 201, {"status": "ACCEPT", "state": wanted, "details": {}}


@contextmanager
def pretended_prefect() -> Iterator[PretendedPrefect]:
    """A server of that kind on loopback, which Prefect's client speaks to while the block runs."""
    pretended = PretendedPrefect()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PATCH(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            path, _, query = self.path.partition("?")
            status, answer = pretended.answer(self.command, path, body, query)
            sent = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = {
        prefect.settings.PREFECT_API_URL: f"http://127.0.0.1:{server.server_address[1]}/api",
        prefect.settings.PREFECT_CLIENT_MAX_RETRIES: 2,
        prefect.settings.PREFECT_CLIENT_RETRY_JITTER_FACTOR: 0,
    }
    try:
        with prefect.settings.temporary_settings(there):
            try:
                yield pretended
            finally:
                close_prefect_client()
    finally:
        server.shutdown()
        server.server_close()
