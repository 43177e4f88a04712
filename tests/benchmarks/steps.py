"""
A durable step against a bare transaction that writes the same rows through the same driver, and against DBOS's steps.

The three take turns, round by round, so that a busy machine slows each of them. The bare transaction commits to the
disk as ours does. `leg_by_length` is the leg of a long case against that of a short one.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import make_url

from models.forms.base import CaseFacts
from models.notices import Recipient
from tasks.durable import audited, procedure
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.lease import take
from tasks.durable.ledger import recall
from tasks.durable.leg import Leg, running
from tasks.durable.memory import Memory
from tasks.durable.running import run_leg
from tests.benchmarks.rival import Rival
from tests.benchmarks.scratch import scratch_council, scratch_url

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


def measured(kind: str = "sqlite", *, rounds: int = ROUNDS, rival: bool = True) -> dict[str, float]:
    """Microseconds of a step, of a bare transaction and of a step of DBOS, and the medians of their ratios."""
    with scratch_council(kind) as council, scratch_url(kind) as beside, _bare(council) as bare_step:
        ours, bare, theirs = [], [], []
        take_steps = _our_steps(council)
        dbos = Rival("dbos_steps", beside.replace("postgresql+psycopg", "postgresql")) if rival else None
        try:
            if dbos is not None:
                dbos.round(10)
            for _ in range(rounds):
                ours.append(take_steps())
                bare.append(_timed(bare_step))
                theirs.append(dbos.round(STEPS) if dbos is not None else float("nan"))
        finally:
            if dbos is not None:
                dbos.__exit__(None, None, None)
    return {
        "step_us": _micro(ours),
        "bare_us": _micro(bare),
        "dbos_us": _micro(theirs),
        "times_a_bare_transaction": round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 2),
        "times_the_rate_of_dbos": round(statistics.median(b / a for a, b in zip(ours, theirs, strict=True)), 2),
    }


def leg_by_length(kind: str = "sqlite", *, rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of a leg with 1,000 recorded steps against one with 10, without Prefect around it."""
    with scratch_council(kind) as council:
        refs = {
            steps: open_new(council, "counting-case", Counted(steps=steps), owner=Recipient.role("duty-worker"))
            for steps in (10, 1000)
        }
        for ref in refs.values():
            run_leg(council, ref)
        times: dict[int, list[float]] = {10: [], 1000: []}
        for _ in range(rounds):
            for steps, ref in refs.items():
                begun = time.perf_counter()
                run_leg(council, ref)
                times[steps].append(time.perf_counter() - begun)
    short, long = (statistics.median(times[steps]) for steps in (10, 1000))
    return {
        "leg_of_10_ms": round(short * 1000, 2),
        "leg_of_1000_ms": round(long * 1000, 2),
        "ratio": round(statistics.median(b / a for a, b in zip(times[10], times[1000], strict=True)), 2),
        "more_ms": round((long - short) * 1000, 2),
    }


def _our_steps(council: Council) -> Callable[[], float]:
    """Takes a round of steps in a leg that holds its lease; gives the seconds."""
    ref = open_new(council, "counting-case", Counted(steps=1), owner=Recipient.role("duty-worker"))
    with council.change() as change:
        held = take(change.session, ref, change.now, change.policy.lease.lasts)
    assert held is not None

    def one_round() -> float:
        with council.database.read() as session:
            leg = Leg(council, held, Memory(recall(session, ref)), lambda _name, work: work())
        leg.memory._unmet.clear()
        leg.counts["small-step"] = len(leg.memory._made)
        with running(leg):
            return _timed(small_step)

    return one_round


def _timed(step: Callable[[int], object]) -> float:
    begun = time.perf_counter()
    for number in range(STEPS):
        step(number)
    return time.perf_counter() - begun


def _micro(rounds: list[float]) -> float:
    return round(statistics.median(rounds) / STEPS * 1e6, 1)


@contextmanager
def _bare(council: Council) -> Iterator[Callable[[int], None]]:
    """A step by the driver alone: look at the case, an entry, its payload, the case's head, on the disk."""
    sqlite = council.database.is_sqlite
    mark, begin = ("?", "BEGIN IMMEDIATE") if sqlite else ("%s", "BEGIN")
    for_update = "" if sqlite else " FOR UPDATE OF care_case"
    ref = open_new(council, "counting-case", Counted(steps=0), owner=Recipient.role("duty-worker"))
    connection: Any
    if sqlite:
        connection = sqlite3.connect(council.database.url.database or "", isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
    else:
        address = make_url(council.database.url).set(drivername="postgresql")
        connection = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
    for table in ("entry", "entry_payload"):
        connection.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE false")
        connection.execute(f"CREATE UNIQUE INDEX bare_{table}_key ON bare_{table} (case_ref, no)")
    numbers = count()

    def bare_step(number: int) -> None:
        no, digest = next(numbers), "0" * 64
        content = json.dumps({"text": f"Took a step: {number}", "data": number})
        connection.execute(begin)
        connection.execute(
            "SELECT care_case.*, lease.fence FROM care_case JOIN lease ON lease.case_ref = care_case.ref "
            f"WHERE ref = {mark}{for_update}",
            (ref,),
        ).fetchall()
        row = (ref, no, "2026-01-05 09:00:00.000000", "done", f"small-step[{no}]", "small-step", "system", "", "p")
        connection.execute(f"INSERT INTO bare_entry VALUES ({', '.join([mark] * 12)})", (*row, digest, digest, digest))
        connection.execute(
            f"INSERT INTO bare_entry_payload VALUES ({', '.join([mark] * 4)})", (ref, no, "1" * 32, content)
        )
        connection.execute(f"UPDATE care_case SET awaiting = awaiting WHERE ref = {mark}", (ref,))
        connection.execute("COMMIT")

    try:
        yield bare_step
    finally:
        connection.close()
