"""
A pytest plugin that keeps the ledgers which passing stories leave behind; `tests.golden.record` loads it.

A story is any test with an office: what its cases have entered in the ledger when it ends is a journal.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models.cases import Case
from tasks.database import Database
from tasks.durable.ledger import recall
from tests.golden.journals import Journal, same_names, written_to

FOLDER = "GOLDEN_HARVEST"
"""The environment variable that names the folder into which journals go."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run the story, and keep its ledgers where it passes."""
    yield
    database = getattr(item, "funcargs", {}).get("council_database")
    if isinstance(database, Database):
        for number, journal in enumerate(_ledgers(database, item.nodeid)):
            name = f"{abs(hash(item.nodeid)):020}-{number:03}.jsonl"
            written_to(Path(os.environ[FOLDER]) / name, journal)


def _ledgers(database: Database, story: str) -> list[Journal]:
    with database.read() as session:
        cases = session.execute(select(Case.ref, Case.procedure).order_by(Case.opened_at, Case.ref)).all()
        ledgers = [(procedure, recall(session, ref)) for ref, procedure in cases]
    return [Journal(procedure, story, tuple(same_names(entries))) for procedure, entries in ledgers]
