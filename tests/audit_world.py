"""A few cases with a past, sealed and looked at, and somebody who can change the database behind our back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, create_engine, text

from models.durations import calendar_days
from models.forms.base import CaseFacts, Form, Signal
from models.notices import Verb
from models.roles import Role
from tasks.audit import verifying
from tasks.audit.access_log import note_access
from tasks.audit.erasing import erase_payloads
from tasks.audit.sealing import seal
from tasks.audit.verifying import Fault
from tasks.database import Database
from tasks.durable import after, ask, first_of, open_case, procedure, signal, tell
from tasks.durable.testing import Office

CANARY = "Ottoline Featherstonehaugh"
"""Somebody's name, which only payloads may hold."""


class Errand(CaseFacts):
    """What an errand is opened with."""

    about: str


class ErrandPlanned(Form):
    """How the errand is to be done."""

    title: ClassVar[str] = "planning the errand"

    how: str


class ErrandChanged(Signal):
    """Something about the errand has changed."""

    title: ClassVar[str] = "the errand changed"

    what: str


@procedure(follows="the tests of the audit")
def small_errand(case: Errand) -> str:
    """An errand within an errand."""
    return ask(ErrandPlanned, of=Role.DUTY_WORKER, about=case.about).how


@procedure(follows="the tests of the audit")
def errand(case: Errand) -> str:
    """Plan it, tell the duty worker, open a small errand, wait a day, and close when it changes."""
    planned = ask(ErrandPlanned, of=Role.DUTY_WORKER, about=case.about)
    tell(Role.DUTY_WORKER, Verb.READ, "errand-planned")
    open_case(small_errand, case, owner=Role.DUTY_WORKER)
    first_of(after("rest", calendar_days(1)))
    first_of(signal(ErrandChanged))
    return planned.how


@dataclass(frozen=True)
class World:
    """The refs of an errand that was closed and partly erased, of its small errand, and of one that waits."""

    closed: str
    small: str
    waiting: str
    witness: Path

    @property
    def refs(self) -> tuple[str, str, str]:
        """All cases."""
        return (self.closed, self.small, self.waiting)


def live_a_little(office: Office, witness: Path) -> World:
    """Three cases, three seals on three days, looks at two of the cases, and one erasure."""
    database, clock = office.council.database, office.clock
    about = Errand(about=f"Bath seat for {CANARY}")
    waiting = office.start(errand, about)
    closed = office.start(errand, about)
    office.answer(closed, ErrandPlanned(how=f"Ring {CANARY}"), by="duty-worker")
    seal(database, clock.now(), witness)
    office.days_pass(2)
    for who, ref in (("duty-worker", closed), ("os:root", waiting), ("team-leader", closed)):
        with database.write() as session:
            note_access(session, who, "read-case", ref, clock.now())
    office.signal(closed, ErrandChanged(what="all done"), signal_id="errand-1")
    assert office.is_closed(closed)
    seal(database, clock.now(), witness)
    office.days_pass(1)
    with office.council.change() as change:
        erase_payloads(change, closed, [1, 3], reason="kept for one day", by="systems-officer")
    seal(database, clock.now(), witness)
    small = next(ref for ref in office.cases(small_errand))
    return World(closed, small, waiting, witness)


class Attacker:
    """Has the rights to the database that nobody should have: no trigger, check or foreign key stands in the way."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.is_sqlite = database.is_sqlite
        self._engine = create_engine(database.url)

    @contextmanager
    def at_work(self) -> Iterator[Connection]:
        """A transaction in which nothing is refused."""
        with self._engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
                names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for (name,) in names.all():
                    connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            connection.commit()
            yield connection
            connection.commit()
        self._engine.dispose()

    def does(self, *statements: str, **given: Any) -> None:
        """Carry out statements in one transaction."""
        with self.at_work() as connection:
            for statement in statements:
                named = {name: value for name, value in given.items() if f":{name}" in statement}
                assert connection.execute(text(statement), named).rowcount > 0, statement


def faults(database: Database, ref: str | None = None, witness: Path | None = None) -> list[Fault]:
    """What verification finds."""
    with database.read() as session:
        return verifying.verify(session, ref, witness)


def kinds(found: list[Fault]) -> list[tuple[str, int, str]]:
    """Faults without their reasons."""
    return [(one.ref, one.no, str(one.kind)) for one in found]


def quoted(name: str) -> str:
    """A column's name as SQL wants it where it is a word of SQL's own."""
    return f'"{name}"'
