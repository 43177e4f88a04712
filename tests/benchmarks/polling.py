"""
What a poll costs: with nothing asleep, with many runs asleep, and with many of them due at once after an outage.

The runs are copies of one real sleeping run, written into Prefect's own SQLite file while its server runs; a poll asks
as our worker does. `python -m tests.benchmarks.polling --sleeping 100000 --due 10000` is the whole size.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.benchmarks.legs import fresh_installation

POLLS = 25
WRITTEN_AS = "%Y-%m-%d %H:%M:%S.%f"


def poll_seconds(api: str, pool: str, limit: int) -> dict[str, float]:
    """The median of so many polls, and how many runs one gives."""
    import httpx

    times, given = [], 0
    with httpx.Client(base_url=api, timeout=120) as client:
        for _ in range(POLLS):
            body = {"work_queue_names": [], "scheduled_before": datetime.now(UTC).isoformat(), "limit": limit}
            begun = time.perf_counter()
            answer = client.post(f"/work_pools/{pool}/get_scheduled_flow_runs", json=body).raise_for_status()
            times.append(time.perf_counter() - begun)
            given = len(answer.json())
    return {"seconds": statistics.median(times), "runs_given": given}


def copy_runs(file: Path, template: str, count: int, at: datetime) -> None:
    """Write so many copies of a sleeping run that come due at a time, each with a state of its own."""
    with sqlite3.connect(file, timeout=60) as database:
        database.row_factory = sqlite3.Row
        run = dict(database.execute("SELECT * FROM flow_run WHERE id = ?", (template,)).fetchone())
        state = dict(database.execute("SELECT * FROM flow_run_state WHERE id = ?", (run["state_id"],)).fetchone())
        written = at.strftime(WRITTEN_AS)
        runs, states = [], []
        for number in range(count):
            run_id, state_id = str(uuid4()), str(uuid4())
            moved = {
                "id": run_id,
                "state_id": state_id,
                "name": f"copy {number}",
                "idempotency_key": None,
                "next_scheduled_start_time": written,
                "expected_start_time": written,
            }
            runs.append(run | moved)
            states.append(state | {"id": state_id, "flow_run_id": run_id})
        for table, rows in (("flow_run", runs), ("flow_run_state", states)):
            columns = ", ".join(rows[0])
            places = ", ".join(f":{name}" for name in rows[0])
            database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def measured(*, sleeping: int = 10_000, due: int = 1_000) -> dict[str, Any]:
    """Seconds of a poll in each world, and each as a ratio to that with hardly anything asleep."""
    with tempfile.TemporaryDirectory(prefix="pathways-polling-", ignore_cleanup_errors=True) as folder:
        installation = fresh_installation(Path(folder))
        from deployments.worker.prefect_worker import AHEAD, SLOTS
        from tests.benchmarks.leg_world import OURS, database_of_prefect, until, world

        limit = SLOTS * AHEAD
        with world(installation) as here:
            here.use_pool(OURS)
            refs = here.open_cases(1)
            with here.worker(OURS):
                until(lambda: here.all_asleep(refs))
            (template,) = here.runs_of(refs)
            found: dict[str, Any] = {"empty": poll_seconds(here.api, OURS, limit)}
            file = database_of_prefect(installation)
            copy_runs(file, str(template), sleeping, datetime.now(UTC) + timedelta(days=20))
            found["asleep"] = poll_seconds(here.api, OURS, limit)
            copy_runs(file, str(template), due, datetime.now(UTC) - timedelta(seconds=1))
            found["due"] = poll_seconds(here.api, OURS, limit)
    for world_name in ("asleep", "due"):
        found[f"{world_name}_to_empty"] = found[world_name]["seconds"] / found["empty"]["seconds"]
    return found | {"sleeping": sleeping, "due_at_once": due}


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sleeping", type=int, default=10_000)
    asked.add_argument("--due", type=int, default=1_000)
    sizes = asked.parse_args()
    json.dump(measured(sleeping=sizes.sleeping, due=sizes.due), sys.stdout, indent=2)
    sys.stdout.write("\n")
