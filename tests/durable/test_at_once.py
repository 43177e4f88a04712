"""Two people at the same instant, or one person twice: one answer is left, and a clear message for the other."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from models.cases import Entry
from models.entry_kinds import EntryKind
from models.roles import Role
from models.working_time import for_people
from tasks.durable import ask, procedure
from tasks.durable.arrivals import count_of, send_signal
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, answer, take
from tests.durable.lending import ChairChosen, RampBuilt, WheelchairLoan, item_of, lines

ROUNDS = 15


@procedure(follows="Lending wheelchairs")
def choosing_at_once(loan: WheelchairLoan) -> str:
    """Ask once."""
    return str(ask(ChairChosen, of=Role.DUTY_WORKER).chair)


def at_the_same_instant(*works: Any) -> list[Any]:
    """What each gave or raised, in the order of the arguments."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index: int, work: Any) -> None:
        barrier.wait()
        try:
            results[index] = work()
        except Exception as raised:
            results[index] = raised

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("other", ["duty-worker-2", "duty-worker"])
def test_two_answers_at_the_same_instant_leave_one(office: Office, other: str) -> None:
    """Two people, or one person with two clicks: one entry, and the other hears who was first and when."""
    for _ in range(ROUNDS):
        case = office.start(choosing_at_once, WheelchairLoan())
        item = item_of(office, case)
        results = at_the_same_instant(
            lambda item=item: answer(office.council, item, {"chair": "folding"}, by="duty-worker"),
            lambda item=item: answer(office.council, item, {"chair": "powered"}, by=other),
        )
        refused = [one for one in results if isinstance(one, Exception)]
        office.hours_pass(0)

        assert [type(one) for one in refused] == [NoLongerOpen]
        with office.council.database.read() as session:
            assert count_of(session, case, EntryKind.ANSWERED) == 1
            first = session.scalars(
                select(Entry.by).where(Entry.case_ref == case, Entry.kind == EntryKind.ANSWERED)
            ).one()
        assert str(refused[0]) == f"{item} was answered by {first} on {for_people(office.clock.now())}"
        if other != "duty-worker":
            assert office.outcome_of(case) == {"duty-worker": "folding", other: "powered"}[first]


def test_taking_and_answering_at_the_same_instant_do_not_hinder_each_other(office: Office) -> None:
    """One takes the item while another answers it: the answer stands, and whoever came too late is told."""
    for _ in range(ROUNDS):
        case = office.start(choosing_at_once, WheelchairLoan())
        item = item_of(office, case)
        taken, given = at_the_same_instant(
            lambda item=item: take(office.council, item, by="duty-worker-2"),
            lambda item=item: answer(office.council, item, {"chair": "folding"}, by="duty-worker"),
        )
        office.hours_pass(0)
        assert taken is None or isinstance(taken, NoLongerOpen)
        assert given == case
        assert office.is_closed(case)


def test_same_signal_from_several_connections_at_once_is_entered_once(office: Office) -> None:
    """A message that is delivered several times at the same instant is one entry, and each sender gets its number."""
    for round_no in range(ROUNDS):
        case = office.start(choosing_at_once, WheelchairLoan())
        send = partial(send_signal, office.council, case, RampBuilt(), signal_id=f"m-{round_no}")
        results = at_the_same_instant(send, send, send, send)
        assert len(set(results)) == 1, results
        assert lines(office, case).count("signalled ramp-built") == 1


def test_many_signals_at_once_are_all_entered_in_one_chain(office: Office) -> None:
    """Different messages at the same instant all get a number, without a gap and without a fork."""
    case = office.start(choosing_at_once, WheelchairLoan())
    at_the_same_instant(
        *[lambda width=width: send_signal(office.council, case, RampBuilt(width_mm=width)) for width in range(12)]
    )
    with office.council.database.read() as session:
        numbers = list(session.scalars(select(Entry.no).where(Entry.case_ref == case).order_by(Entry.no)))
        previous = session.scalar(select(func.count(func.distinct(Entry.previous_hash))).where(Entry.case_ref == case))
    assert numbers == list(range(1, 15))
    assert previous == 14
