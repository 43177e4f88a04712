"""A real running system, once for the session: Prefect's server, worker and serving part, as `make run` has it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
STARTED_WITHIN_SECONDS = 480

RUNS_AT_ONCE = 200
"""The most runs that Prefect's server gives in one answer."""


@dataclass
class System:
    """The running system, seen from outside."""

    home: Path
    ports: dict[str, int]
    process: subprocess.Popen[bytes]
    settings: dict[str, str] = field(default_factory=dict)
    """What its environment says besides."""

    @property
    def api(self) -> str:
        """Prefect's API."""
        own = f"http://127.0.0.1:{self.ports['PATHWAYS_PREFECT_PORT']}/api"
        return self.settings.get("PREFECT_API_URL", own)

    @property
    def environment(self) -> dict[str, str]:
        """The environment a command for this system runs in."""
        ours = {name: str(port) for name, port in self.ports.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
        return kept | ours | {"PATHWAYS_HOME": str(self.home), "PATHWAYS_BACKSTOP_SECONDS": "20"} | self.settings

    def is_ready(self) -> bool:
        """Whether it has said that it is ready."""
        return b"ready\n" in (self.home.parent / "up.log").read_bytes()

    def pids(self, part: str) -> list[int]:
        """The processes of a part: `worker`, `serve`, or `uvicorn` for Prefect's server."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (command := _command_of(entry)) and part in command:
                environment = _environment_of(entry)
                if f"PATHWAYS_HOME={self.home}" in environment:
                    found.append(int(entry.name))
        return found

    def kill(self, part: str) -> None:
        """kill -9 every process of a part."""
        for pid in self.pids(part):
            os.kill(pid, signal.SIGKILL)

    def runs(self) -> list[dict[str, Any]]:
        """All flow runs that Prefect has, which gives so many in one answer."""
        found: list[dict[str, Any]] = []
        while some := self._runs_after(len(found)):
            found += some
        return found

    def _runs_after(self, offset: int) -> list[dict[str, Any]]:
        asked = {"sort": "ID_DESC", "offset": offset, "limit": RUNS_AT_ONCE}
        return list(self.prefect("POST", "/flow_runs/filter", json=asked).json())

    def prefect(self, method: str, path: str, **request: Any) -> httpx.Response:
        """What Prefect's API answers; a server that has just been started may be slow, which is no failure.

        Raises httpx.HTTPError when it does not answer in time or answers with an error, for `eventually` to try again.
        """
        answer = httpx.request(method, f"{self.api}{path}", timeout=60, **request)
        return answer.raise_for_status()

    def run_of(self, ref: str) -> dict[str, Any] | None:
        """The newest run whose parameter is that case."""
        runs = [run for run in self.runs() if run["parameters"].get("ref") == ref]
        return max(runs, key=lambda run: run["created"], default=None)


def eventually(what: Callable[[], Any], within_seconds: float = 240, every_seconds: float = 0.2) -> Any:
    """What becomes true in time; fails naming nothing but the last answer."""
    until, last = time.monotonic() + within_seconds, None
    while time.monotonic() < until:
        try:
            last = what()
        except (httpx.HTTPError, OSError) as away:
            last = type(away).__name__
        else:
            if last:
                return last
        time.sleep(every_seconds)
    raise AssertionError(f"it did not become true in {within_seconds} seconds; last it was {last!r}")


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system on free ports, with the example council and its letters."""
    with started(tmp_path_factory.mktemp("home") / "pathways", CHECKOUT) as running:
        yield running


@contextmanager
def started(home: Path, checkout: Path, **settings: str) -> Iterator[System]:
    """A running system from the code in `checkout`, on free ports; `settings` go into its environment."""
    names = ("PATHWAYS_PORT", "PATHWAYS_SMTP_PORT", "PATHWAYS_PREFECT_PORT")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    running = System(home, ports, None, settings)  # type: ignore[arg-type]
    out = (home.parent / "up.log").open("wb")
    running.process = subprocess.Popen(
        [sys.executable, "-m", "deployments.running", "up"],
        env=running.environment | {"PYTHONPATH": str(checkout)},
        stdout=out,
        stderr=subprocess.STDOUT,
        cwd=checkout,
    )
    try:
        eventually(lambda: running.is_ready() or running.process.poll() is not None, STARTED_WITHIN_SECONDS)
        assert running.is_ready(), (home.parent / "up.log").read_text()[-2000:]
        yield running
    finally:
        running.process.terminate()
        try:
            running.process.wait(60)
        except subprocess.TimeoutExpired:
            running.process.kill()
        out.close()


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _command_of(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _environment_of(entry: Path) -> list[str]:
    try:
        return (entry / "environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
