"""A durable step against a bare transaction that writes the same rows through the same driver."""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from deployments.example_council import example_policy
from deployments.migrating import upgrade
from models.forms.base import CaseFacts
from models.notices import Recipient
from tasks.database import Database
from tasks.durable import audited, procedure
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.lease import take
from tasks.durable.ledger import recall
from tasks.durable.leg import Leg, running
from tasks.durable.memory import Memory
from tasks.durable.running import run_leg

ROUNDS, STEPS = 15, 100


class Counted(CaseFacts):
    """How many steps the case takes."""

    steps: int


@audited("Took a step")
def small_step(number: int) -> int:
    """The smallest step there is."""
    return number


@procedure(follows="benchmark")
def counting_case(counted: Counted) -> None:
    """Take so many steps."""
    for number in range(counted.steps):
        small_step(number)
    from models.durations import calendar_days
    from tasks.durable import after
    from tasks.durable.waits import first_of

    first_of(after("rest", calendar_days(7)))


def step_against_bare() -> dict[str, float]:
    """Seconds for each, and the median of the ratios pair by pair."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.db"
        council = Council(Database(f"sqlite:///{file}"), example_policy())
        upgrade(council.database)
        ref = open_new(council, "counting-case", Counted(steps=1), owner=Recipient.role("duty-worker"))
        with council.change() as change:
            held = take(change.session, ref, change.now, change.policy.lease.lasts)
        assert held is not None
        bare = _bare_connection(file)
        pairs = []
        for _ in range(ROUNDS):
            with council.database.read() as session:
                leg = Leg(council, held, Memory(recall(session, ref)), lambda _name, work: work())
            leg.memory._unmet.clear()
            leg.counts["small-step"] = len(leg.memory._made)
            with running(leg):
                ours = _timed(lambda number: small_step(number))
            pairs.append((ours, _timed(lambda number: _bare_step(bare, ref, number))))
        ours, theirs = (statistics.median(column) / STEPS for column in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        return {"step_seconds": ours, "bare_seconds": theirs, "ratio": ratio}


def leg_by_length() -> dict[str, float]:
    """Wall time of a leg with 1,000 recorded steps against one with 10."""
    with tempfile.TemporaryDirectory() as folder:
        council = Council(Database(f"sqlite:///{Path(folder) / 'bench.db'}"), example_policy())
        upgrade(council.database)
        refs = {
            steps: open_new(council, "counting-case", Counted(steps=steps), owner=Recipient.role("duty-worker"))
            for steps in (10, 1000)
        }
        for ref in refs.values():
            run_leg(council, ref)
        times: dict[int, list[float]] = {10: [], 1000: []}
        for _ in range(ROUNDS):
            for steps, ref in refs.items():
                begun = time.perf_counter()
                run_leg(council, ref)
                times[steps].append(time.perf_counter() - begun)
        short, long = (statistics.median(times[steps]) for steps in (10, 1000))
        return {"leg_of_10_seconds": short, "leg_of_1000_seconds": long, "ratio": long / short}


def _timed(step: Any) -> float:
    begun = time.perf_counter()
    for number in range(STEPS):
        step(number)
    return time.perf_counter() - begun


def _bare_connection(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare_entry AS SELECT * FROM entry WHERE false")
    connection.execute("CREATE TABLE bare_payload AS SELECT * FROM entry_payload WHERE false")
    connection.execute("CREATE UNIQUE INDEX bare_one ON bare_entry (case_ref, no)")
    connection.execute("CREATE UNIQUE INDEX bare_two ON bare_payload (case_ref, no)")
    return connection


_numbers = iter(range(10**9))


def _bare_step(connection: sqlite3.Connection, ref: str, number: int) -> None:
    """The same rows: an entry, its payload, the case's head."""
    no, digest = next(_numbers), "0" * 64
    content = json.dumps({"text": f"Took a step: {number}", "data": number})
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "SELECT * FROM care_case JOIN lease ON lease.case_ref = care_case.ref WHERE ref = ?", (ref,)
    ).fetchall()
    row = (ref, no, "2026-01-05 09:00:00.000000", "done", f"small-step[{no}]", "small-step", "system", "", "p")
    connection.execute(f"INSERT INTO bare_entry VALUES ({','.join('?' * 12)})", (*row, digest, digest, digest))
    connection.execute("INSERT INTO bare_payload VALUES (?, ?, ?, ?)", (ref, no, "1" * 32, content))
    connection.execute("UPDATE care_case SET awaiting = awaiting WHERE ref = ?", (ref,))
    connection.execute("COMMIT")
