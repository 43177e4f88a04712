"""
What a sleeping case costs while it sleeps: the memory of a process that watches over few and over many of them.

Each size is looked at by a fresh process, which does what serving and worker do beside their work: the quick look
every few seconds for what is overdue, and the whole comparison's own list of every open case.
"""

from __future__ import annotations

import json
import subprocess
import sys

import psutil

from deployments.example_council import example_policy
from models.notices import Recipient
from tasks.database import Database
from tasks.durable.backstop import Backstop
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime
from tests.benchmarks.copies import copy_case
from tests.benchmarks.scratch import scratch_council
from tests.procedures.letters import letter

FEW, MANY = 1_000, 100_000


def measured(kind: str = "sqlite", *, few: int = FEW, many: int = MANY) -> dict[str, float]:
    """Megabytes of a process at either size, and kilobytes that each further sleeping case costs it."""
    found: dict[int, dict[str, float]] = {}
    for cases in (few, many):
        with scratch_council(kind) as council:
            ref = open_new(council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))
            LocalRuntime(council).run_what_is_due()
            copy_case(council.database, ref, cases - 1)
            url = council.database.url.render_as_string(hide_password=False)
            said = subprocess.run([sys.executable, "-m", __name__, url], check=True, capture_output=True, text=True)
            found[cases] = json.loads(said.stdout)
    more = many - few
    return {
        "few": few,
        "many": many,
        "megabytes_at_few": found[few]["quick"],
        "megabytes_at_many": found[many]["quick"],
        "ratio": round(found[many]["quick"] / found[few]["quick"], 3),
        "kilobytes_a_case": round((found[many]["quick"] - found[few]["quick"]) * 1024 / more, 3),
        "kilobytes_a_case_in_the_whole_comparison": round(
            (found[many]["whole"] - found[few]["whole"]) * 1024 / more, 3
        ),
    }


def _watched_over(url: str) -> dict[str, float]:
    """Megabytes after the quick look, and at the whole comparison."""
    backstop = Backstop(Council(Database(url), example_policy()), redeploy=lambda: None)
    for _ in range(5):
        backstop._sleepers(only_overdue=True)
    quick = _megabytes()
    listed = backstop._sleepers(only_overdue=False)
    return {"quick": quick, "whole": _megabytes(), "listed": len(listed)}


def _megabytes() -> float:
    return psutil.Process().memory_info().rss / 2**20


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_watched_over(sys.argv[1])))
