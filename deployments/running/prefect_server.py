"""Prefect's server as a part: its command, waiting for it, and declaring our pool and deployments to it."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import httpx
import yaml

from deployments.running.parts import Part, python
from models.errors import PathwaysError
from tasks.durable.prefect_clerk import count_deployments, make_pool
from tasks.housekeeping import deploy, see_to_automations
from tasks.installation import CHECKOUT, LOGGING_FILE, Installation

START_PATIENCE_SECONDS = 180


class PrefectDidNotStart(PathwaysError):
    """Prefect's server did not come up; its log tells why."""


def server_part(installation: Installation, environment: dict[str, str]) -> Part:
    """The server on loopback, one process."""
    command = python(
        "-m", "uvicorn", "--factory", "deployments.running.prefect_app:create_app",
        "--host", "127.0.0.1", "--port", str(installation.prefect_port),
        "--timeout-keep-alive", "5", "--log-level", "warning", "--no-access-log",
        "--log-config", str(LOGGING_FILE),
    )  # fmt: skip
    return Part("Prefect server", command, environment, installation.home / "logs" / "prefect-server.log")


def answers(api_url: str) -> bool:
    """Whether a Prefect server answers at that address now."""
    try:
        return httpx.get(f"{api_url}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for_server(api_url: str, part: Part) -> None:
    """Return when the server answers. Raises `PrefectDidNotStart`."""
    until = time.monotonic() + START_PATIENCE_SECONDS
    while time.monotonic() < until:
        if part.process is not None and part.process.poll() is not None:
            break
        if answers(api_url):
            return
        time.sleep(0.2)
    trouble = part.trouble or "none"
    raise PrefectDidNotStart(f"Prefect's server did not come up; the last trouble in {part.log_file}: {trouble}")


def declare(installation: Installation) -> None:
    """Make the work pool and every deployment of `prefect.yaml`; at once where nothing has changed since."""
    make_pool()
    mark = installation.prefect_home / "declared"
    fingerprint = _fingerprint()
    if mark.exists() and mark.read_text() == fingerprint and _all_declared():
        see_to_automations()
        return
    deploy()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(fingerprint)


def _all_declared() -> bool:
    wanted = len(yaml.safe_load((CHECKOUT / "prefect.yaml").read_text())["deployments"])
    return count_deployments() >= wanted


def _fingerprint() -> str:
    """What the declarations depend on: the file, and the flows' own descriptions."""
    files = [CHECKOUT / "prefect.yaml", *sorted((CHECKOUT / "flows").glob("*.py"))]
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
