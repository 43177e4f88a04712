"""What Prefect's server says of how things stand, asked by its API."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from deployments.running.exposure import prefect_headers
from models.clock import SystemClock
from models.errors import PathwaysError
from tasks.automations import NAMES
from tasks.durable.prefect_clerk import DEPLOYMENT, declared_pool
from tasks.installation import Installation

TIMEOUT_SECONDS = 3
LATE_AFTER = timedelta(minutes=2)


class Unanswered(PathwaysError):
    """Prefect's server gave no answer that can be used."""

    def __init__(self) -> None:
        super().__init__("Prefect's server does not answer: no case wakes until it does; start it, or see its log")


def server(installation: Installation) -> str:
    """Whether it answers."""
    _ask(installation, "GET", "/health")
    return ""


def worker(installation: Installation) -> str:
    """Whether a worker polls our pool."""
    found = _ask(installation, "POST", f"/work_pools/{declared_pool()}/workers/filter", {}).json()
    if any(one["status"] == "ONLINE" for one in found):
        return ""
    return "no worker polls the pool: cases do not wake; start a worker, or see its log"


def late_runs(installation: Installation) -> str:
    """Whether Prefect has runs of cases that should have started and have not."""
    before = (SystemClock().now() - LATE_AFTER).isoformat()
    runs = {"state": {"type": {"any_": ["SCHEDULED"]}}, "next_scheduled_start_time": {"before_": before}}
    asked = {"flow_runs": runs, "deployments": {"name": {"any_": [DEPLOYMENT]}}}
    count = _ask(installation, "POST", "/flow_runs/count", asked).json()
    if not count:
        return ""
    return f"Prefect has {count} runs of cases that should have started over two minutes ago: see that workers keep up"


def automations(installation: Installation) -> str:
    """Whether the automations that this installation declares are there and switched on."""
    found = _ask(installation, "POST", "/automations/filter", {"limit": 200}).json()
    working = {one["name"] for one in found if one["enabled"]}
    missing = [name for name in NAMES if name not in working]
    if not missing:
        return ""
    return f"missing or switched off in Prefect: {', '.join(missing)}; run `pathways deploy`"


def seconds_off(installation: Installation) -> float:
    """How far the clock of Prefect's server is from ours, in seconds, as well as whole seconds can tell."""
    before = SystemClock().now()
    answer = _ask(installation, "GET", "/health")
    after = SystemClock().now()
    theirs = parsedate_to_datetime(answer.headers["date"])
    if before - timedelta(seconds=1) <= theirs <= after:
        return 0.0
    return (theirs - before).total_seconds()


def _ask(installation: Installation, method: str, path: str, json: Any = None) -> httpx.Response:
    url = installation.prefect_environment().get("PREFECT_API_URL", "")
    try:
        asked = httpx.request(method, f"{url}{path}", json=json, timeout=TIMEOUT_SECONDS, headers=prefect_headers())
        return asked.raise_for_status()
    except httpx.HTTPError:
        raise Unanswered from None
