"""An earlier Prefect in an environment of its own, whose server the rehearsal of an upgrade begins with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tasks.installation import CHECKOUT, Installation
from tests.real_prefect.conftest import eventually

FOLDER = CHECKOUT / ".venv-earlier-prefect"
LOCK = CHECKOUT / "requirements-earlier-prefect.lock"
NO_REGISTRY = ("No matching distribution", "Could not find a version", "Connection", "ProxyError", "timed out")
"""What pip says where it reaches no registry; whatever else it says is a fault of the lock."""


def earlier_python() -> Path:
    """
    The environment's Python; it is made where it is not there yet.

    Skips the test, and says so, where the package registry cannot be reached.
    """
    python, installed = FOLDER / "bin" / "python", FOLDER / ".installed"
    if installed.exists() and installed.read_text(encoding="utf-8") == LOCK.read_text(encoding="utf-8"):
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run([str(python), *install], capture_output=True, text=True, timeout=1200, check=False)
    if done.returncode != 0:
        if any(sign in done.stderr for sign in NO_REGISTRY):
            pytest.skip("REHEARSAL NOT DONE: no package registry is reached, and the earlier Prefect is not installed")
        raise AssertionError(f"the earlier Prefect cannot be installed from {LOCK.name}:\n{done.stderr[-1500:]}")
    installed.write_text(LOCK.read_text(encoding="utf-8"), encoding="utf-8")
    return python


def version_of(python: Path) -> str:
    """Which Prefect that Python has."""
    said = [str(python), "-c", "from importlib.metadata import version; print(version('prefect'))"]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def earlier_server(python: Path, home: Path, port: int) -> Iterator[str]:
    """The earlier Prefect's server on the Prefect database of that home folder; gives its API's address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS", "PYTHON"))}
    installation = Installation.from_environment({"PATHWAYS_HOME": str(home), "PATHWAYS_PREFECT_PORT": str(port)})
    settings = {"PREFECT_HOME": str(installation.prefect_home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    installation.prefect_home.mkdir(parents=True, exist_ok=True)
    command = ["-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--host", "127.0.0.1"]
    with (home.parent / "earlier-server.log").open("ab") as log:
        server = subprocess.Popen(
            [str(python), *command, "--port", str(port), "--log-level", "warning"],
            env=kept | settings,
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            api = f"http://127.0.0.1:{port}/api"
            eventually(lambda: httpx.get(f"{api}/health", timeout=5).status_code == 200 or server.poll() is not None)
            assert server.poll() is None, (home.parent / "earlier-server.log").read_text(encoding="utf-8")[-2000:]
            yield api
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(30)
