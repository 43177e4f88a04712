"""
`pathways replay --all` over so many open cases: a mix of every procedure, made from the golden journals.

Seconds of processor time and on the wall for each number, and how the price of a case grows from few to many. Loading
the code is no part of it: it is the same for one case and for all.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert

from deployments.example_council import example_policy
from deployments.migrating import upgrade
from models.cases import Case, Entry, EntryPayload
from models.entry_kinds import EntryKind
from models.states import CaseStatus
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.ledger import Recorded
from tasks.durable.replay import open_cases, replay_each
from tests.benchmarks.scratch import scratch_database
from tests.golden.journals import journals
from tests.golden.replaying import our_procedures

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT_A_TIME = 500
"""So many cases are made in one transaction."""


def measured(kind: str = "sqlite", *, few: int = 1_000, many: int = 10_000) -> dict[str, Any]:
    """Replay few and many open cases, and what a case costs among many against among few."""
    our_procedures()
    found = {name: _measured(kind, number) for name, number in (("few", few), ("many", many))}
    each = {name: one["cpu_seconds"] / one["cases"] for name, one in found.items()}
    return found | {"price_of_a_case_many_to_few": round(each["many"] / each["few"], 2)}


def _measured(kind: str, number: int) -> dict[str, Any]:
    with scratch_database(kind) as database:
        upgrade(database)
        entries = _make(database, number)
        return _replayed(Council(database, example_policy()), number, entries)


def _replayed(council: Council, number: int, entries: int) -> dict[str, Any]:
    cpu, wall = time.process_time(), time.perf_counter()
    ways = Counter(str(one.way) for one in replay_each(council, open_cases(council)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert ways.total() == number, "every case is looked at"
    return {
        "cases": number,
        "entries": entries,
        "ways": dict(ways),
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(wall, 2),
        "cases_a_cpu_second": round(number / cpu),
        "cases_a_second": round(number / wall),
    }


def _make(database: Database, number: int) -> int:
    """So many open cases, each as one of the journals' cases stands before it is closed; gives all their entries."""
    case, entry, payload = (cast(Table, model.__table__) for model in (Case, Entry, EntryPayload))
    ledgers = itertools.cycle([(one.procedure, _while_open(one.entries)) for one in journals().values()])
    entered = 0
    for start in range(0, number, AT_A_TIME):
        with database.write() as session:
            for at in range(start, min(start + AT_A_TIME, number)):
                ref, (procedure, ledger) = f"B-{at:08}", next(ledgers)
                session.execute(insert(case), _case_row(ref, procedure, len(ledger), at))
                session.execute(insert(entry), [_entry_row(ref, one) for one in ledger])
                session.execute(
                    insert(payload),
                    [{"case_ref": ref, "no": one.no, "salt": "s", "content": one.content} for one in ledger],
                )
                entered += len(ledger)
    return entered


def _while_open(entries: Sequence[Recorded]) -> list[Recorded]:
    return list(itertools.takewhile(lambda entry: entry.kind is not EntryKind.CLOSED, entries))


def _case_row(ref: str, procedure: str, head_no: int, number: int) -> dict[str, Any]:
    return {
        "ref": ref,
        "procedure": procedure,
        "status": str(CaseStatus.OPEN),
        "restricted": False,
        "owner": "role-duty-worker",
        "opened_at": OPENED + timedelta(seconds=number),
        "closed_at": None,
        "parent_ref": None,
        "head_no": head_no,
        "head_hash": "0" * 64,
        "wake_no": 0,
        "asleep_wake_no": 0,
        "next_due": None,
        "colour": None,
        "awaiting": "",
        "failures": 0,
        "generation": 0,
        "flow_run_id": None,
        "run_created_at": None,
    }


def _entry_row(ref: str, entry: Recorded) -> dict[str, Any]:
    """Its chain need not hold: a replay does not look at it."""
    return {
        "case_ref": ref,
        "no": entry.no,
        "at": entry.at,
        "kind": str(entry.kind),
        "key": entry.key,
        "step": entry.step,
        "by": entry.by,
        "clauses": "",
        "policy": "benchmark",
        "payload_digest": "0" * 64,
        "previous_hash": "0" * 64,
        "hash": "0" * 64,
    }
