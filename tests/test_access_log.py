"""Looking at a person's record is an entry in a log of its own, chained like a ledger."""

from __future__ import annotations

import getpass
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.audit import AccessEntry
from tasks.audit.access_log import FIRST, access_hash, note_access, os_user
from tasks.database import Database
from tests.audit_world import faults

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def log_of(database: Database) -> list[AccessEntry]:
    """The whole log."""
    with database.read() as session:
        return list(session.scalars(select(AccessEntry).order_by(AccessEntry.no)))


def test_each_look_is_chained_to_the_one_before(council_database: Database) -> None:
    """Who, what, about whom and when are covered by the hash, and so is the entry before."""
    for who, about in (("duty-worker", "7K3Q-9PXM"), ("os:root", "7K3Q-9PXM")):
        with council_database.write() as session:
            note_access(session, who, "read-case", about, MONDAY)
    first, second = log_of(council_database)
    assert (first.who, first.what, first.about, first.at) == ("duty-worker", "read-case", "7K3Q-9PXM", MONDAY)
    assert first.hash == access_hash(1, MONDAY, "duty-worker", "read-case", "7K3Q-9PXM", FIRST)
    assert second.hash == access_hash(2, MONDAY, "os:root", "read-case", "7K3Q-9PXM", first.hash)


def test_a_time_is_hashed_as_it_is_kept(council_database: Database) -> None:
    """A time from another zone is kept and hashed in UTC, so that the entry holds."""
    with council_database.write() as session:
        summer = MONDAY.astimezone(timezone(timedelta(hours=1)))
        note_access(session, "duty-worker", "read-case", "7K3Q-9PXM", summer)
    assert faults(council_database) == []


def test_looks_at_the_same_instant_are_all_entered(council_database: Database) -> None:
    """Many who look at once wait for each other, and the chain holds."""
    together = Barrier(8)

    def look(number: int) -> int:
        together.wait()
        with council_database.write() as session:
            return note_access(session, f"os:user-{number}", "read-case", "7K3Q-9PXM", MONDAY)

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(look, range(8)))
    assert numbers == list(range(1, 9))
    assert {entry.who for entry in log_of(council_database)} == {f"os:user-{number}" for number in range(8)}
    assert faults(council_database) == []


@pytest.mark.parametrize("statement", ["UPDATE access_entry SET who = 'nobody'", "DELETE FROM access_entry"])
def test_the_database_refuses_to_change_the_log(council_database: Database, statement: str) -> None:
    """The log is added to and nothing else."""
    with council_database.write() as session:
        note_access(session, "duty-worker", "read-case", "7K3Q-9PXM", MONDAY)
    with pytest.raises(DBAPIError, match="append-only"), council_database.write() as session:
        session.execute(text(statement))
    assert len(log_of(council_database)) == 1


def test_whoever_has_not_signed_in_is_the_system_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system's user stands for them, by number where it has no name."""
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    assert os_user() == "os:ada"

    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert os_user().removeprefix("os:").isdigit()
