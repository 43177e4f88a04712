"""Verifying the ledgers of 100,000 cases against those of 1,000: time for each, and what the check holds at once."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from pathlib import Path

from models.notices import Recipient
from tasks.audit.verifying import find_faults
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime
from tests.benchmarks.copies import copy_case
from tests.benchmarks.scratch import scratch_council
from tests.procedures.letters import letter

FEW, MANY, ROUNDS = 1_000, 100_000, 3


def measured(kind: str = "sqlite", *, few: int = FEW, many: int = MANY) -> dict[str, float]:
    """Cases a second at either size, the ratio for each case, and bytes on disk for each sleeping case."""
    with scratch_council(kind) as small, scratch_council(kind) as large:
        empty = _bytes(large)
        for council, cases in ((small, few), (large, many)):
            ref = open_new(council, "written-contact-transfer", letter(), owner=Recipient.role("duty-worker"))
            LocalRuntime(council).run_what_is_due()
            copy_case(council.database, ref, cases - 1)
        on_disk = (_bytes(large) - empty) / many
        entries = _verified(small)[1] / few
        times = [(_verified(small)[0] / few, _verified(large)[0] / many) for _ in range(ROUNDS)]
        held = _held(large) / max(_held(small), 1)
    return {
        "entries_a_case": entries,
        "few": few,
        "many": many,
        "cases_a_second_at_few": round(1 / statistics.median(one for one, _ in times), 1),
        "cases_a_second_at_many": round(1 / statistics.median(one for _, one in times), 1),
        "time_a_case_many_to_few": round(statistics.median(b / a for a, b in times), 2),
        "memory_many_to_few": round(held, 2),
        "kilobytes_on_disk_a_sleeping_case": round(on_disk / 1024, 2),
    }


def _verified(council: Council) -> tuple[float, int]:
    begun = time.process_time() if council.database.is_sqlite else time.perf_counter()
    with council.database.read() as session:
        faults = list(find_faults(session))
        entries = _entries(council)
    assert faults == [], faults[:3]
    ended = time.process_time() if council.database.is_sqlite else time.perf_counter()
    return ended - begun, entries


def _entries(council: Council) -> int:
    with council.database.read() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM entry").scalar_one())


def _held(council: Council) -> int:
    """The most that the check held at once, in bytes of Python's own."""
    tracemalloc.start()
    try:
        _verified(council)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _bytes(council: Council) -> int:
    if council.database.is_sqlite:
        with council.database.write() as session:
            session.connection().exec_driver_sql("SELECT 1")
        council.database.dispose()
        return Path(council.database.url.database or "").stat().st_size
    with council.database.read() as session:
        return int(session.connection().exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
