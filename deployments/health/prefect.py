"""What Prefect's server says of how things stand, asked by its API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from deployments.running.exposure import prefect_headers
from deployments.worker.settings import NAME
from models.clock import SystemClock
from models.errors import PathwaysError
from tasks.automations import NAMES
from tasks.durable.prefect_clerk import DEPLOYMENT, declared_pool
from tasks.installation import Installation

TIMEOUT_SECONDS = 3
LATE_AFTER = timedelta(minutes=2)
_NAME = re.compile(rf"{NAME} \S+ \S+$")


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
    if _workers(installation):
        return ""
    return "no worker polls the pool: cases do not wake; start a worker, or see its log"


def versions(installation: Installation) -> str:
    """Whether the workers that poll our pool run one version of our code; of Prefect's own workers nothing is known."""
    try:
        found = [_Stay.of(one) for one in _workers(installation) if _NAME.match(one["name"])]
    except Unanswered:  # its own part says so
        return ""
    together = {one.version for one in found for other in found if one.version != other.version and one.meets(other)}
    if not together:
        return ""
    return (
        f"workers of {len(together)} versions run at the same time ({', '.join(sorted(together))}): stop all but those "
        "of the version that you mean to run"
    )


@dataclass(frozen=True)
class _Stay:
    """From when until when Prefect has heard a worker, and of which version it is."""

    version: str
    begun: datetime
    heard: datetime

    @classmethod
    def of(cls, worker: Mapping[str, Any]) -> _Stay:
        times = (datetime.fromisoformat(worker[name]) for name in ("created", "last_heartbeat_time"))
        return cls(worker["name"].split()[1], *times)

    def meets(self, other: _Stay) -> bool:
        """Whether both were there at some time; not where one was stopped before the other was started."""
        return self.begun < other.heard and other.begun < self.heard


def _workers(installation: Installation) -> list[dict[str, Any]]:
    """Those of our pool that Prefect has heard in the last minutes."""
    found = _ask(installation, "POST", f"/work_pools/{declared_pool()}/workers/filter", {}).json()
    return [one for one in found if one["status"] == "ONLINE"]


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
