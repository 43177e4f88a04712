"""Leases: one leg acts for a case at a time, and one that lost its lease writes nothing more."""

from __future__ import annotations

import socket
import subprocess
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.cases import Lease, Milestone
from models.durations import calendar_days
from models.roles import Role
from tasks.durable import after, ask, audited, first_of, lease, procedure
from tasks.durable.ledger import LeaseLost, recall
from tasks.durable.leg import Leg
from tasks.durable.memory import Memory
from tasks.durable.running import NotOurs, Slept, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    Effects,
    WheelchairLoan,
    answer_quietly,
    leave,
    lines,
    open_quietly,
)

DUTY = Role.DUTY_WORKER
between_steps: list[Any] = []


@audited("First")
def first_step() -> None:
    """One effect."""
    leave("first")


@audited("Second")
def second_step() -> None:
    """Another effect."""
    leave("second")


@procedure(follows="Lending wheelchairs")
def two_steps(loan: WheelchairLoan) -> None:
    """Wait, do two steps, and wait again; something may happen between the steps."""
    ask(ChairChosen, of=DUTY)
    first_step()
    if between_steps:
        between_steps.pop()()
    second_step()
    ask(ChairChosen, of=DUTY)


def answered_while_no_leg_runs(office: Office) -> str:
    """A case that has something to do."""
    case = office.start(two_steps, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    return case


def test_two_legs_at_once_act_once(office: Office, effects: Effects) -> None:
    """Two threads run the same case at the same instant, many times over: each step is done by one of them."""
    cases = [answered_while_no_leg_runs(office) for _ in range(12)]
    for case in cases:
        barrier, ends = threading.Barrier(2), list[Any]()

        def leg(case: str = case, barrier: threading.Barrier = barrier, ends: list[Any] = ends) -> None:
            barrier.wait()
            ends.append(run_leg(office.council, case))

        run_together(leg, leg)
        assert effects.of(case) == ["first", "second"]
        assert lines(office, case).count("done first-step") == 1
        assert len(lines(office, case)) == len(set(lines(office, case)))
        assert any(isinstance(end, Slept) for end in ends)


def test_leg_that_was_taken_for_dead_does_nothing_more(office: Office, effects: Effects) -> None:
    """A leg rests for over a minute between steps and another carries the case on: it leaves and touches nothing."""
    case = answered_while_no_leg_runs(office)

    def rest_too_long() -> None:
        office.clock.advance(timedelta(seconds=61))
        assert isinstance(run_leg(office.council, case), Slept)

    between_steps.append(rest_too_long)
    end = run_leg(office.council, case)

    assert isinstance(end, NotOurs)
    assert effects.of(case) == ["first", "second"]
    assert lines(office, case)[-2:] == ["done second-step", "asked chair-chosen[2]"]


def test_write_under_a_lost_lease_is_refused(office: Office, effects: Effects) -> None:
    """Whoever finds another fence than its own is told so, and its transaction leaves nothing."""
    case = answered_while_no_leg_runs(office)
    old = held(office, case)
    office.clock.advance(timedelta(seconds=61))
    new = held(office, case)
    assert new.fence == old.fence + 1
    before = lines(office, case)

    with office.council.database.read() as session:
        entries = recall(session, case)
    leg = Leg(office.council, old, Memory(entries), lambda _key, work: work())
    with pytest.raises(LeaseLost), leg.transaction():
        pytest.fail("the body of a step ran under a lost lease")
    assert lines(office, case) == before
    with office.council.database.read() as session:
        assert session.get_one(Lease, case).fence == new.fence


def test_leg_leaves_a_case_alone_that_a_living_leg_has(office: Office, effects: Effects) -> None:
    """Another thread of this process holds the lease: it is alive for as long as its time runs."""
    case = answered_while_no_leg_runs(office)
    held(office, case)
    before = lines(office, case)

    assert isinstance(run_leg(office.council, case), NotOurs)
    assert lines(office, case) == before

    office.clock.advance(timedelta(seconds=60))  # a minute of silence, and it counts as dead
    assert isinstance(run_leg(office.council, case), Slept)


@audited("Oiled")
def oil() -> None:
    """One small step."""
    leave("oiled")


@procedure(follows="Lending wheelchairs")
def long_work(loan: WheelchairLoan) -> None:
    """Work on, with forty seconds between the steps."""
    for _ in range(loan.chairs):
        oil()
        between_steps[-1]()
    ask(ChairChosen, of=DUTY)


def test_leg_that_gives_signs_of_life_keeps_its_case(office: Office, effects: Effects) -> None:
    """A leg that takes many minutes, and no minute without a step, is not taken for dead by any other."""
    case, others = open_quietly(office, long_work, chairs=6), list[Any]()

    def forty_seconds_later() -> None:
        office.clock.advance(timedelta(seconds=40))
        with office.council.change() as change:
            others.append(lease.take(change.session, case, change.now, timedelta(seconds=60)))

    between_steps.append(forty_seconds_later)
    try:
        assert isinstance(run_leg(office.council, case), Slept)
    finally:
        between_steps.clear()
    assert others == [None] * 6
    assert effects.of(case) == ["oiled"] * 6


def gone() -> str:
    """A process of this machine that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:123:1"


def same_number_later() -> str:
    """This process's number, but of one that began at another time."""
    host, pid, _started, thread = lease.this_holder().rsplit(":", 3)
    return f"{host}:{pid}:1:{thread}"


@pytest.mark.parametrize(
    ("holder", "taken_over"),
    [(gone, True), (same_number_later, True), (lease.this_holder, False), (lambda: "other-host:1:1:1", False)],
)
def test_dead_holders_lease_is_taken_over_at_once(
    office: Office, effects: Effects, holder: Any, taken_over: bool
) -> None:
    """A process of this machine that is gone is known to be; another machine's is believed until its time runs out."""
    case = answered_while_no_leg_runs(office)
    held(office, case)
    with office.council.database.write() as session:
        session.execute(update(Lease).where(Lease.case_ref == case).values(holder=holder(), fence=Lease.fence + 1))

    assert isinstance(run_leg(office.council, case), Slept if taken_over else NotOurs)
    assert effects.of(case) == (["first", "second"] if taken_over else [])


def test_case_that_cannot_begin_its_leg_is_left_alone_for_the_time_of_a_lease(office: Office) -> None:
    """What falls due cannot be understood: nothing is entered, and it is not tried again at every turn."""
    case = office.start(two_steps, WheelchairLoan())
    with office.council.database.write() as session:
        rule = update(Milestone).where(Milestone.case_ref == case)
        session.execute(rule.values(kind="of-another-version", due=office.clock.now()))
    before = lines(office, case)

    with pytest.raises(ValueError, match="of-another-version"):
        run_leg(office.council, case)

    assert lines(office, case) == before
    assert isinstance(run_leg(office.council, case), NotOurs)
    office.clock.advance(timedelta(seconds=61))
    with pytest.raises(ValueError, match="of-another-version"):
        run_leg(office.council, case)


@procedure(follows="Lending wheelchairs")
def a_day_later(loan: WheelchairLoan) -> None:
    """Wait for a day, and do a step."""
    first_of(after("a-day", calendar_days(1)))
    first_step()


@pytest.mark.timeout(60)
def test_case_whose_leg_died_as_it_fell_due_goes_on_once_its_lease_is_over(office: Office, effects: Effects) -> None:
    """It is due and nobody's to run for a minute; the clock goes on to the end of that minute, and not for ever."""
    case = office.start(a_day_later, WheelchairLoan())
    office.clock.advance(timedelta(days=1))
    held(office, case)

    assert office.runtime.next_due() == office.clock.now() + timedelta(seconds=60)
    office.hours_pass(0.1)

    assert effects.of(case) == ["first"]
    assert office.is_closed(case)


def test_sleeping_case_has_no_holder(office: Office) -> None:
    """What sleeps holds nothing: its lease is given back with the time of that."""
    case = office.start(two_steps, WheelchairLoan())
    with office.council.database.read() as session:
        row = session.get_one(Lease, case)
    assert (row.holder, row.expires_at, row.released_at) == (None, None, office.clock.now())


def held(office: Office, case: str) -> lease.HeldLease:
    """Take the lease of a case."""
    with office.council.change() as change:
        taken = lease.take(change.session, case, change.now, change.policy.lease.lasts)
    assert taken is not None
    return taken


def run_together(*works: Any) -> None:
    """Run each in a thread of its own, and raise what any of them raised."""
    failures: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as failed:
            failures.append(failed)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
