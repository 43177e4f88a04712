"""
Legs a second on a running system: cases are opened at once, and counted until all of them sleep in Prefect.

Run it against a system that is up (`python -m tests.benchmarks.legs 60`); run the same with `process` as the pool's
name in `prefect.yaml` for Prefect's stock worker, and compare on the same machine.
"""

from __future__ import annotations

import json
import sys
import time

from sqlalchemy import func, select

from tasks.installation import Installation, settle_prefect_in

settle_prefect_in(Installation.from_environment())  # before anything imports prefect

from models.cases import Case  # noqa: E402
from models.notices import Recipient  # noqa: E402
from tasks.durable.cases import open_new  # noqa: E402
from tasks.durable.council import Council  # noqa: E402
from tasks.durable.prefect_runtime import council_of_this_process  # noqa: E402
from tests.procedures.letters import letter  # noqa: E402


def legs_a_second(council: Council, cases: int) -> dict[str, float]:
    """Open so many cases and wait until each has had its first leg and sleeps."""
    begun = time.perf_counter()
    refs = [
        open_new(council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))
        for _ in range(cases)
    ]
    opened = time.perf_counter()
    while True:
        with council.database.read() as session:
            asleep = session.scalar(select(func.count()).where(Case.ref.in_(refs), Case.asleep_wake_no >= 0))
        if asleep == cases:
            break
        time.sleep(0.05)
    ended = time.perf_counter()
    return {
        "cases": cases,
        "opening_seconds": opened - begun,
        "seconds": ended - begun,
        "legs_a_second": cases / (ended - begun),
    }


if __name__ == "__main__":
    json.dump(legs_a_second(council_of_this_process(), int(sys.argv[1])), sys.stdout, indent=2)
    sys.stdout.write("\n")
