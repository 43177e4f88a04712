"""A leg that hangs: its case goes on in another slot, and what it writes when it comes back is refused."""

from __future__ import annotations

import contextvars
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deployments.worker.counts import Counts
from deployments.worker.settings import WorkerSettings
from deployments.worker.slots import Slots
from deployments.worker.watching import Watch
from deployments.worker.work_in_hand import Due, WorkInHand
from models.roles import Role
from tasks.durable import ask, audited, procedure
from tasks.durable.prefect_flow import CaseFlow
from tasks.durable.testing import Office
from tasks.open_writes import open_writes
from tests.durable.lending import FOLDING, ChairChosen, WheelchairLoan, answer_quietly, lines
from tests.worker.conftest import comes_true
from tests.worker.pretended_prefect import PretendedPrefect

supplier_answers = threading.Event()
first_caller_only = threading.Lock()
disk_answers = threading.Event()
in_the_middle = threading.Event()


@audited("Supplier asked", reads_outside=True)
def ask_supplier() -> str:
    """A supplier who lets the first caller wait, and answers the second at once."""
    if first_caller_only.acquire(blocking=False):
        supplier_answers.wait()
    return "in stock"


@procedure(follows="Lending wheelchairs")
def chair_from_supplier(loan: WheelchairLoan) -> None:
    """Ask the duty worker, ask the supplier, and ask the duty worker again."""
    ask(ChairChosen, of=Role.DUTY_WORKER)
    ask_supplier()
    ask(ChairChosen, of=Role.DUTY_WORKER)


@audited("Chair entered in the stock book")
def enter_in_stock_book() -> None:
    """A disk that does not answer, in the middle of the step's transaction."""
    in_the_middle.set()
    disk_answers.wait()


@procedure(follows="Lending wheelchairs")
def chair_entered_in_a_book(loan: WheelchairLoan) -> None:
    """Ask the duty worker, and enter the chair."""
    ask(ChairChosen, of=Role.DUTY_WORKER)
    enter_in_stock_book()


class Quiet(CaseFlow):
    """A case's flow whose steps are not shown."""

    shows_steps = False


@pytest.fixture(autouse=True)
def supplier() -> Iterator[None]:
    """A supplier nobody has called yet."""
    for event in (supplier_answers, disk_answers, in_the_middle):
        event.clear()
    yield
    disk_answers.set()
    supplier_answers.set()
    if first_caller_only.locked():
        first_caller_only.release()


def test_case_whose_leg_hangs_goes_on_in_another_slot(office: Office, prefect_server: PretendedPrefect) -> None:
    """The hanging call comes back after the case has gone on without it: its step is refused, and was done once."""
    now = [0.0]
    counts = Counts()
    work = WorkInHand(office.council, counts)
    as_here = contextvars.copy_context()  # threads that are already there do not know Prefect's settings of this test
    slots: Slots[Due] = Slots(
        2, lambda due: as_here.copy().run(work.carry_on, due), hung_after=300, name="leg", clock=lambda: now[0]
    )
    flow = Quiet(lambda ref: None, name="Quiet")
    case = office.start(chair_from_supplier, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    run = prefect_server.has_run_of(office.council, case)

    assert slots.offer(run.id, Due(run, flow))
    assert comes_true(first_caller_only.locked)
    now[0] = 301
    office.clock.advance(timedelta(seconds=301))  # nothing was heard of it, so its lease has run out
    assert slots.write_off() == [run.id]
    assert slots.offer(run.id, Due(run, flow))
    assert comes_true(lambda: counts.legs["slept"] == 1)
    carried_on = lines(office, case)
    assert carried_on[-2:] == ["done ask-supplier", "asked chair-chosen[2]"]

    supplier_answers.set()
    assert comes_true(lambda: counts.legs["lease_lost"] == 1)
    assert lines(office, case) == carried_on
    assert prefect_server.state_of(run) == ("SCHEDULED", "Awaiting choosing a chair")
    assert comes_true(lambda: slots.lost == 0)
    slots.close()


@dataclass
class Watched:
    """A worker of four slots as it is watched."""

    legs: Slots[Any]
    house: Slots[Any]
    name: str = "PathwaysWorker on the bench"
    is_draining: bool = False
    bounds: WorkerSettings = field(default_factory=WorkerSettings)
    counts: Counts = field(default_factory=Counts)


def slots_on(office: Office, clock: Callable[[], float]) -> tuple[Slots[Due], Slots[Due]]:
    """Four slots that run legs of this office as a worker does, and two for its house; `clock` gives seconds."""
    work, as_here = WorkInHand(office.council, Counts()), contextvars.copy_context()
    legs: Slots[Due] = Slots(
        4, lambda due: as_here.copy().run(work.carry_on, due), hung_after=300, name="leg", clock=clock
    )
    return legs, Slots(2, lambda due: None, hung_after=3600, name="house", clock=clock)


def test_leg_that_hangs_in_a_transaction_ends_the_worker_at_once(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """One of four slots is enough: what it has locked is given back only when its process ends."""
    now = [0.0]
    slots, house = slots_on(office, lambda: now[0])
    case = office.start(chair_entered_in_a_book, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    run = prefect_server.has_run_of(office.council, case)
    watch = Watch(Watched(slots, house), memory=lambda: 100)

    assert slots.offer(run.id, Due(run, Quiet(lambda ref: None, name="Quiet")))
    assert in_the_middle.wait(20)
    assert [watch.look(), watch.look()] == [None, None], "it has not hung for long yet"
    if office.council.database.is_sqlite:
        another_writer = sqlite3.connect(str(office.council.database.url.database), timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            another_writer.execute("BEGIN IMMEDIATE")
        another_writer.close()
    now[0] = 301
    said = watch.look() or watch.look()
    assert said == "something hangs in the middle of a write, and others wait for what it has locked"

    disk_answers.set()
    assert comes_true(lambda: not open_writes())
    assert comes_true(lambda: slots.running + slots.lost == 0), "the leg speaks to Prefect to its end"
    slots.close()
    house.close()


def test_leg_that_hangs_outside_transactions_leaves_the_worker_be(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """It holds nothing that others wait for: its case goes on in another slot."""
    now = [0.0]
    slots, house = slots_on(office, lambda: now[0])
    case = office.start(chair_from_supplier, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    run = prefect_server.has_run_of(office.council, case)
    watch = Watch(Watched(slots, house), memory=lambda: 100)
    assert slots.offer(run.id, Due(run, Quiet(lambda ref: None, name="Quiet")))
    assert comes_true(first_caller_only.locked)
    now[0] = 301
    assert [watch.look(), watch.look()] == [None, None]
    assert slots.lost == 1
    supplier_answers.set()
    assert comes_true(lambda: slots.lost == 0)
    slots.close()
    house.close()


def test_only_transactions_that_write_and_have_begun_are_noted(office: Office) -> None:
    """Reading is not, nor is a transaction that has asked nothing yet; what has ended is forgotten, failed or not."""
    database = office.council.database
    with database.read() as session:
        session.execute(select(1))
        assert open_writes() == []
    with database.write() as session:
        assert open_writes() == []
        session.execute(select(1))
        with database.read() as other:
            other.execute(select(1))
        with session.begin_nested():
            pass
        assert [one.thread for one in open_writes()] == [threading.get_ident()]
    assert open_writes() == []

    def fail() -> None:
        with database.write() as session:
            session.execute(select(1))
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert open_writes() == []


def test_writer_that_waits_for_its_turn_is_not_the_one_that_hangs(office: Office) -> None:
    """On SQLite others queue behind the one that holds the file: it alone is noted."""
    database = office.council.database
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no such queue")
    waiting, turns = threading.Event(), list[bool]()

    def wait() -> None:
        with database.write() as session:
            waiting.set()
            session.execute(select(1))
            turns.append(True)

    thread = threading.Thread(target=wait)
    with database.write() as session:
        session.execute(select(1))
        thread.start()
        assert waiting.wait(20)
        assert [one.thread for one in open_writes()] == [threading.get_ident()]
    thread.join()
    assert turns == [True]
