"""Where the database cannot be used in the middle of a step the case rests: no step is blamed, and nobody is asked."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError

from models.entry_kinds import EntryKind
from tasks.database import is_out_of_order
from tasks.durable import audited, here, procedure
from tasks.durable.running import Finished, NotOurs, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import WheelchairLoan, ledger, open_quietly

TROUBLES: list[OperationalError] = []


def trouble(words: str, code: int) -> OperationalError:
    """What SQLAlchemy raises for an error of SQLite's."""
    said = sqlite3.OperationalError(words)
    said.sqlite_errorcode = code  # type: ignore[misc]
    return OperationalError("UPDATE wheelchair", None, said)


BUSY = ("database is locked", sqlite3.SQLITE_BUSY)
FULL = ("database or disk is full", sqlite3.SQLITE_FULL)
UNREADABLE = ("disk I/O error", sqlite3.SQLITE_IOERR)


@audited("Greased")
def grease() -> None:
    """A step in whose middle the database may fail."""
    if TROUBLES:
        raise TROUBLES.pop()


@audited("Misspelt")
def misspell() -> None:
    """A step that asks for what there is not."""
    here().session.execute(text("SELECT no_such_column FROM care_case"))


@procedure(follows="Lending wheelchairs")
def greasing(loan: WheelchairLoan) -> None:
    """One step."""
    grease()


@procedure(follows="Lending wheelchairs")
def misspelling(loan: WheelchairLoan) -> None:
    """One step that is wrong."""
    misspell()


@pytest.mark.parametrize("kind", [BUSY, FULL, UNREADABLE], ids=["busy", "full", "unreadable"])
def test_the_case_rests_however_often_it_happens_and_then_goes_on(office: Office, kind: tuple[str, int]) -> None:
    """Ten legs in which the database fails leave no entry; the eleventh does the step, once."""
    TROUBLES[:] = [trouble(*kind) for _ in range(10)]
    case = open_quietly(office, greasing)
    for _ in range(10):
        assert isinstance(run_leg(office.council, case), NotOurs)
        office.clock.move_to(office.clock.now() + timedelta(minutes=5))
    assert [entry.kind for entry in ledger(office, case)] == [EntryKind.OPENED]
    assert isinstance(run_leg(office.council, case), Finished)
    assert [entry.kind for entry in ledger(office, case)] == [EntryKind.OPENED, EntryKind.DONE, EntryKind.CLOSED]


def test_a_wrong_statement_is_the_steps_own_fault(office: Office) -> None:
    """It is tried again, and then somebody is asked: it would not mend itself."""
    case = open_quietly(office, misspelling)
    office.days_pass(1)
    assert [entry.kind for entry in ledger(office, case)].count(
        EntryKind.FAILED
    ) == office.council.policy.steps.attempts
    assert EntryKind.PARKED in [entry.kind for entry in ledger(office, case)]


def test_a_database_without_our_tables_cannot_be_used() -> None:
    """SQLite says so with the code of a wrong statement; it is no step's fault all the same."""
    assert is_out_of_order(trouble("no such table: care_case", sqlite3.SQLITE_ERROR))
    assert not is_out_of_order(trouble("no such column: no_such_column", sqlite3.SQLITE_ERROR))


@pytest.mark.parametrize(
    "said",
    [
        errors.AdminShutdown("stopped"), errors.ConnectionFailure("gone"), errors.DeadlockDetected("two"),
        errors.DiskFull("full"), errors.LockNotAvailable("locked"), errors.QueryCanceled("too long"),
        errors.ReadOnlySqlTransaction("a standby"), errors.TooManyConnections("no room"),
        psycopg.OperationalError("lost"),
    ],
    ids=lambda said: type(said).__name__,
)  # fmt: skip
def test_postgresql_that_cannot_be_used_makes_cases_rest(said: psycopg.Error) -> None:
    """It will be there again, and no step could have done better."""
    assert is_out_of_order(OperationalError("UPDATE wheelchair", None, said))


@pytest.mark.parametrize(
    "said",
    [errors.InFailedSqlTransaction("aborted"), errors.ProgramLimitExceeded("too long"), errors.InternalError_("a bug")],
    ids=lambda said: type(said).__name__,
)
def test_what_postgresql_will_refuse_for_ever_is_the_steps_own_fault(said: psycopg.Error) -> None:
    """A step that goes on after an error of its own, or writes more than an index takes, is put to somebody."""
    assert not is_out_of_order(InternalError("UPDATE wheelchair", None, said))
    assert not is_out_of_order(OperationalError("UPDATE wheelchair", None, said))
