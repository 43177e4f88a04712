"""The replay check: what a change of code would do to open cases is known before it is installed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from models.durations import working_days
from models.entry_kinds import EntryKind
from models.roles import Role
from tasks.durable import RUN, after, ask, audited, first_of
from tasks.durable.replay import OpenCase, Way, open_cases, replay, replay_each, replay_ledger
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, Effects, WheelchairLoan, install, leave, ledger

NAME = "replayed_lending"


@audited("The chair is ordered")
def order_chair() -> str:
    """Order a chair."""
    leave("order")
    return "SO-7"


@audited("The chair is paid for")
def pay_for_chair() -> None:
    """A step that only newer code has."""
    leave("pay")


@audited("The chair is insured", for_cases_past=RUN)
def insure_chair() -> None:
    """A newer step that says what it means for cases past it."""
    leave("insure")


def as_it_was(loan: WheelchairLoan) -> None:
    """Order, choose, rest."""
    order_chair()
    ask(ChairChosen, of=Role.DUTY_WORKER)
    first_of(after("rest", working_days(5)))


def with_a_step_at_the_end(loan: WheelchairLoan) -> None:
    """The same, and one step after the rest."""
    as_it_was(loan)
    pay_for_chair()


def with_a_step_in_the_middle(loan: WheelchairLoan) -> None:
    """A new step where open cases have passed."""
    pay_for_chair()
    as_it_was(loan)


def with_a_declared_step_in_the_middle(loan: WheelchairLoan) -> None:
    """A new step that is to be done by cases past it too."""
    insure_chair()
    as_it_was(loan)


def without_the_order(loan: WheelchairLoan) -> None:
    """A recorded step is gone."""
    ask(ChairChosen, of=Role.DUTY_WORKER)
    first_of(after("rest", working_days(5)))


def that_fails(loan: WheelchairLoan) -> None:
    """New code with a fault."""
    raise ZeroDivisionError("Mrs Canary")


@pytest.mark.parametrize(
    ("code", "way", "why"),
    [
        (as_it_was, Way.SAME, ""),
        (with_a_step_at_the_end, Way.SAME, ""),
        (with_a_declared_step_in_the_middle, Way.DECLARED, "insure-chair"),
        (with_a_step_in_the_middle, Way.OTHER, "pay-for-chair"),
        (without_the_order, Way.OTHER, "order-chair"),
        (that_fails, Way.FAILS, "ZeroDivisionError"),
    ],
)
def test_replay_tells_whether_an_open_case_would_go_on_the_same_way(
    office: Office, effects: Effects, code: Any, way: Way, why: str
) -> None:
    """Each kind of change is told apart, and the check itself does nothing and writes nothing."""
    case = office.start(install(as_it_was, name=NAME), WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    before = ledger(office, case)
    install(code, name=NAME)

    found = replay(office.council, case)

    assert found.way is way
    assert why in found.why
    assert "Canary" not in found.why
    assert effects.of(case) == ["order"]
    assert ledger(office, case) == before
    assert list(replay_each(office.council, open_cases(office.council))) == [found]


@audited("The calendar is read", reads_outside=True)
def read_calendar() -> str:
    """Ask another system."""
    asked_outside.append("calendar")
    return "free"


asked_outside: list[str] = []


def that_reads_a_calendar_next(loan: WheelchairLoan) -> None:
    """The same, and then another system is asked."""
    as_it_was(loan)
    read_calendar()


def test_replay_asks_no_other_system(office: Office, effects: Effects) -> None:
    """A step that reads from outside is new work like any other: the replay ends before it."""
    case = office.start(install(as_it_was, name=NAME), WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    install(that_reads_a_calendar_next, name=NAME)
    came = [entry for entry in ledger(office, case) if entry.kind is EntryKind.AWAITED]
    rested = [*ledger(office, case), replace(came[-1], no=99, kind=EntryKind.FELL_DUE)]

    found = replay_ledger(office.council, OpenCase(case, "replayed-lending", restricted=False), rested)
    assert (found.way, asked_outside) == (Way.SAME, [])


def test_many_ledgers_are_read_with_one_query(office: Office, effects: Effects) -> None:
    """What ten thousand cases cost does not hang on how fast the database answers ten thousand times."""
    flow = install(as_it_was, name=NAME)
    cases = [office.start(flow, WheelchairLoan()) for _ in range(5)]
    asked: list[str] = []
    event.listen(office.council.database.engine, "before_cursor_execute", lambda *call: asked.append(str(call[2])))

    found = list(replay_each(office.council, open_cases(office.council)))

    assert {one.ref for one in found} == set(cases)
    assert len([statement for statement in asked if "FROM" in statement]) == 2, "the cases, and their ledgers"


def test_open_case_whose_ledger_is_empty_is_named(office: Office) -> None:
    """It would go nowhere; the check goes on to the next."""
    install(as_it_was, name=NAME)
    found = replay_ledger(office.council, OpenCase("7K3Q-9PXM", "replayed-lending", restricted=False), [])
    assert (found.way, found.why) == (Way.FAILS, "its ledger is empty")


def test_case_of_a_procedure_that_is_gone_is_named(office: Office) -> None:
    """This version would leave it asleep for good."""
    found = replay_ledger(office.council, OpenCase("7K3Q-9PXM", "lending-stilts", restricted=False), [])
    assert found.way is Way.UNKNOWN
    assert "lending-stilts" in found.why
