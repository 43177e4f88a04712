"""An export holds all that is needed to check a ledger without us."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tasks.audit.exporting import export_lines
from tasks.database import Database
from tasks.durable.ledger import UnknownCase
from tasks.durable.testing import Office
from tests.audit_world import CANARY, World, live_a_little

FIELDS = ["case_ref", "no", "at", "kind", "key", "step", "by", "clauses", "policy", "payload_digest", "previous_hash"]


@pytest.fixture
def world(office: Office, tmp_path: Path) -> World:
    """Three cases with a past, one of them partly erased."""
    return live_a_little(office, tmp_path / "seals.log")


def export(database: Database, ref: str | None = None) -> list[str]:
    """The lines of an export."""
    with database.read() as session:
        return list(export_lines(session, ref))


def sha256(text: str) -> str:
    """The digest as the recipe means it."""
    return hashlib.sha256(text.encode()).hexdigest()


def holds(lines: list[str]) -> bool:
    """The recipe in the module's own words, with nothing but the standard library."""
    ledgers: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        entry = json.loads(line)
        ledgers.setdefault(entry["case_ref"], []).append(entry)
    for ref, entries in ledgers.items():
        records = [json.loads(one["content"])["data"]["erased"] for one in entries if one["kind"] == "erased"]
        previous = sha256(f"ledger of {ref}")
        for no, entry in enumerate(entries, start=1):
            array = json.dumps([entry[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))
            if (entry["no"], entry["previous_hash"], entry["hash"]) != (no, previous, sha256(array)):
                return False
            if entry["content"] is None:
                if not any(no in record for record in records):
                    return False
            elif entry["payload_digest"] != sha256(f"{entry['salt']}\n{entry['content']}"):
                return False
            previous = entry["hash"]
    return True


def test_an_export_is_checked_by_its_recipe(world: World, council_database: Database) -> None:
    """Whoever follows the recipe finds every ledger whole, an erased one too."""
    lines = export(council_database)
    assert {json.loads(line)["case_ref"] for line in lines} == set(world.refs)
    assert holds(lines)


@pytest.mark.parametrize(
    ("before", "after"), [("team leader", "team reader"), ('"by": "duty-worker"', '"by": "nobody"'), ("09:00", "09:01")]
)
def test_a_changed_export_does_not_hold(world: World, council_database: Database, before: str, after: str) -> None:
    """The recipe finds a text, a name or a time that was changed."""
    lines = export(council_database)
    place = next(place for place, line in enumerate(lines) if before in line)
    assert not holds([*lines[:place], lines[place].replace(before, after, 1), *lines[place + 1 :]])


def test_an_export_without_an_entry_does_not_hold(world: World, council_database: Database) -> None:
    """The recipe misses an entry from the middle."""
    lines = export(council_database, world.closed)
    assert not holds([*lines[:4], *lines[5:]])


def test_one_case_is_exported_alone(world: World, council_database: Database) -> None:
    """The lines are that case's, in order, with what is left of what they said."""
    entries = [json.loads(line) for line in export(council_database, world.closed)]
    assert [entry["no"] for entry in entries] == list(range(1, len(entries) + 1))
    assert {entry["case_ref"] for entry in entries} == {world.closed}
    assert [entry["no"] for entry in entries if entry["content"] is None and entry["salt"] is None] == [1, 3]
    assert json.loads(export(council_database, world.waiting)[0])["content"].count(CANARY) == 1


def test_an_unknown_case_is_said_before_anything_is_written(council_database: Database) -> None:
    """The error comes at once, and not after half a file."""
    with council_database.read() as session, pytest.raises(UnknownCase):
        export_lines(session, "7K3Q-9PXM")
