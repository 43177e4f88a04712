"""`pathways health`: what works and what does not, with the serving part and without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.cli.conftest import Pathways

WELL = {"status": "ok", "parts": {"database": {"ok": True, "says": "works"}}}
ILL = {
    "status": "degraded",
    "parts": {"disk": {"ok": False, "says": "7 MB are free: free some space", "page": "docs/runbook/disk.md"}},
}


@contextmanager
def serving(report: dict[str, Any]) -> Iterator[int]:
    """A serving part that says so; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(report).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_system_that_works_ends_with_nought(pathways: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the serving part says is shown as it is."""
    with serving(WELL) as port:
        monkeypatch.setenv("PATHWAYS_PORT", str(port))
        shown, told = pathways("health"), pathways("health", "--json")
    assert shown.code == 0 and "Everything works." in shown.out
    assert told.code == 0 and told.json == WELL


def test_a_part_that_is_wrong_ends_with_one_and_names_its_page(
    pathways: Pathways, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do, and where it is explained."""
    with serving(ILL) as port:
        monkeypatch.setenv("PATHWAYS_PORT", str(port))
        shown, told = pathways("health"), pathways("health", "--json")
    assert shown.code == 1 and "free some space" in shown.out and "docs/runbook/disk.md" in shown.out
    assert told.code == 1 and told.json == ILL


def test_without_a_serving_part_the_command_looks_itself(pathways: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that nobody serves, and how everything else is."""
    monkeypatch.setenv("PATHWAYS_PORT", "9")
    told = pathways("health", "--json")
    assert told.code == 1
    assert told.json["parts"]["serving"]["page"] == "docs/runbook/serving.md"
    assert told.json["parts"]["database"] == {"ok": True, "says": "works"}
    assert told.json["parts"]["prefect"]["ok"] is False


def test_without_a_database_it_says_what_to_do(command: Pathways, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with nothing in it is no error of the command's."""
    monkeypatch.setenv("PATHWAYS_PORT", "9")
    told = command("health", "--json")
    assert told.code == 1 and "start with `pathways up`" in told.json["parts"]["database"]["says"]
