"""
Many cases by copying one: every row of the case under new references, its chain of hashes worked out anew.

The copies verify, sleep and can be answered like the first; making them costs a hundredth of living through each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select

from models.base import Base
from models.refs import new_ref
from tasks.database import Database
from tasks.durable.ledger import entry_hash, first_hash, payload_digest

TABLES = ("care_case", "lease", "entry", "entry_payload", "wait", "work_item", "milestone")
AT_ONCE = 2_000


def copy_case(database: Database, ref: str, copies: int) -> list[str]:
    """Make so many copies of a case that has no people and no messages of its own; gives their refs."""
    tables = [Base.metadata.tables[name] for name in TABLES]
    with database.read() as session:
        rows = {
            table.name: [dict(row) for row in session.execute(select(table).where(_of(table, ref))).mappings()]
            for table in tables
        }
    refs: list[str] = []
    made = zip(_refs_nobody_has({ref}), range(copies), strict=False)
    while batch := list(islice(made, AT_ONCE)):
        copied: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for new, number in batch:
            for name, row in _copied(rows, new, number):
                copied[name].append(row)
        with database.write() as session:
            for table in tables:
                if copied[table.name]:
                    session.connection().execute(insert(table), copied[table.name])
        refs += [new for new, _ in batch]
    return refs


def _refs_nobody_has(taken: set[str]) -> Iterator[str]:
    """Among 100,000 at random two are the same in one run of six, and here nothing opens a case a second time."""
    while True:
        if (ref := new_ref()) not in taken:
            taken.add(ref)
            yield ref


def _of(table: Table, ref: str) -> Any:
    return table.c["ref" if table.name == "care_case" else "case_ref"] == ref


def _copied(rows: dict[str, list[dict[str, Any]]], ref: str, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    payloads = {row["no"]: row for row in rows["entry_payload"]}
    previous = first_hash(ref)
    entries = []
    for row in sorted(rows["entry"], key=lambda one: one["no"]):
        said = payloads[row["no"]]
        entry = row | {
            "case_ref": ref,
            "previous_hash": previous,
            "payload_digest": payload_digest(said["salt"], said["content"]),
        }
        previous = entry["hash"] = entry_hash(entry)
        entries.append(("entry", entry))
    for row in rows["care_case"]:
        yield "care_case", row | {"ref": ref, "head_hash": previous, "flow_run_id": None}
    yield from (("lease", row | {"case_ref": ref}) for row in rows["lease"])
    yield from entries
    for name in ("entry_payload", "wait"):
        yield from ((name, row | {"case_ref": ref}) for row in rows[name])
    for name, column in (("work_item", "id"), ("milestone", "work_item_id")):
        yield from ((name, row | {"case_ref": ref, column: f"{row[column]}-{number}"}) for row in rows[name])
