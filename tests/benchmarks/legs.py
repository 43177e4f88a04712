"""
Legs a second: Prefect's stock process worker and ours, side by side, and Prefect's server alone.

One server, one flow, one run: cases are rung while the pool is paused, then it goes on, and the time counts from the
worker's first change of a run's state to the last case's sleep. `server_alone` makes the same changes of state by
itself, with nothing between them: what the server sustains. `python -m tests.benchmarks.legs --help` names the sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.installation import Installation, settle_prefect_in


def fresh_installation(folder: Path) -> Installation:
    """A home of its own, with Prefect's settings in the environment; before anything imports prefect."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
    os.environ.clear()
    os.environ.update(kept, PATHWAYS_HOME=str(folder / "pathways"), PATHWAYS_PREFECT_PORT=str(port))
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    return installation


def legs_of(world: Any, pool: str, cases: int) -> dict[str, float]:
    """Legs a second of a pool's worker, and processor seconds for each leg; it has run legs before it is measured."""
    from tests.benchmarks.leg_world import cpu_seconds, until

    world.use_pool(pool)
    refs = world.open_cases(cases)
    with world.worker(pool) as worker:
        until(lambda: world.all_asleep(refs))
        world.pause(pool, True)
        world.ring(refs)
        begun = datetime.now(UTC)
        before = cpu_seconds(worker), cpu_seconds(world.server)
        world.pause(pool, False)
        until(lambda: world.all_asleep(refs), every=0.5)
        after = cpu_seconds(worker), cpu_seconds(world.server)
    times = [moment for run in world.runs_of(refs) for moment in world.states_since(run, begun)]
    seconds = (max(times) - min(times)).total_seconds()
    return {
        "legs": cases,
        "seconds": seconds,
        "legs_a_second": cases / seconds,
        "worker_cpu_seconds_a_leg": (after[0] - before[0]) / cases,
        "server_cpu_seconds_a_leg": (after[1] - before[1]) / cases,
    }


def server_alone(world: Any, runs: list[Any], threads: int) -> dict[str, float]:
    """The same changes by themselves: each run set to Running, its name and tags changed, and set to Scheduled."""
    import httpx

    from tests.benchmarks.leg_world import cpu_seconds

    def change(client: httpx.Client, method: str, run: Any, path: str, body: dict[str, Any]) -> None:
        for _ in range(20):
            answer = client.request(method, f"/flow_runs/{run}{path}", json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                answer.raise_for_status()
                return
            time.sleep(0.05)
        raise RuntimeError("the server stays unavailable")

    def state(kind: str, name: str, at: datetime | None = None) -> dict[str, Any]:
        details = {} if at is None else {"scheduled_time": at.isoformat()}
        return {"state": {"type": kind, "name": name, "state_details": details}}

    with httpx.Client(base_url=world.api, timeout=60) as client:
        for run in runs:
            change(client, "POST", run, "/set_state", state("SCHEDULED", "Woken", datetime.now(UTC)))
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for run in runs:
        waiting.put(run)

    def work() -> None:
        with httpx.Client(base_url=world.api, timeout=60) as client:
            while True:
                try:
                    run = waiting.get_nowait()
                except queue.Empty:
                    return
                change(client, "POST", run, "/set_state", state("RUNNING", "Running"))
                change(client, "PATCH", run, "", {"name": f"{run} · awaiting", "tags": ["benchmark", str(run)]})
                later = datetime.now(UTC) + timedelta(days=28)
                change(client, "POST", run, "/set_state", state("SCHEDULED", "Awaiting", later))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    before, begun = cpu_seconds(world.server), time.perf_counter()
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    seconds = time.perf_counter() - begun
    return {
        "legs": len(runs),
        "seconds": seconds,
        "legs_a_second": len(runs) / seconds,
        "server_cpu_seconds_a_leg": (cpu_seconds(world.server) - before) / len(runs),
    }


def measured(*, stock_cases: int = 12, our_cases: int = 120) -> dict[str, Any]:
    """All three in one run; the ratios that we hold ourselves to."""
    with tempfile.TemporaryDirectory(prefix="pathways-legs-", ignore_cleanup_errors=True) as folder:
        installation = fresh_installation(Path(folder))
        from deployments.worker import SLOTS
        from tests.benchmarks.leg_world import OURS, STOCK, world

        with world(installation) as here:
            stock = legs_of(here, STOCK, stock_cases) if stock_cases else {}
            ours = legs_of(here, OURS, our_cases)
            refs = list(here.calls)[-our_cases:]
            alone = server_alone(here, here.runs_of(refs), SLOTS)
    found: dict[str, Any] = {"ours": ours, "server_alone": alone}
    found["ours_to_server_alone"] = ours["legs_a_second"] / alone["legs_a_second"]
    if stock:
        found |= {"stock": stock, "ours_to_stock": ours["legs_a_second"] / stock["legs_a_second"]}
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stock-cases", type=int, default=12, help="0: leave the stock worker out")
    asked.add_argument("--our-cases", type=int, default=120)
    sizes = asked.parse_args()
    json.dump(measured(stock_cases=sizes.stock_cases, our_cases=sizes.our_cases), sys.stdout, indent=2)
    sys.stdout.write("\n")
