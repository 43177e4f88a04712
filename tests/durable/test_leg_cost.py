"""The price of a leg: it does not grow with the calls to the database that a long ledger could cost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from models.entry_kinds import EntryKind
from models.roles import Role
from tasks.durable import ask, audited, procedure
from tasks.durable.ledger import Fact
from tasks.durable.running import Slept, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import ChairChosen, WheelchairLoan, ledger, open_quietly


@audited("Oiled")
def oil(chair: int) -> int:
    """One small step."""
    return chair


@procedure(follows="Lending wheelchairs")
def oiling(loan: WheelchairLoan) -> None:
    """Oil so many chairs, and wait."""
    for number in range(loan.chairs):
        assert oil(number) == number
    ask(ChairChosen, of=Role.DUTY_WORKER)


def statements_of_a_leg(office: Office, recorded: int) -> list[str]:
    """What a leg says to the database that recalls so many steps and has nothing to do."""
    case = open_quietly(office, oiling, chairs=recorded)
    with office.council.change() as change:  # as if earlier legs had done them
        pen = change.pen(change.lock(case))
        for number in range(recorded):
            key = "oil" if number == 0 else f"oil[{number + 1}]"
            pen.enter(Fact(EntryKind.DONE, key, "Oiled", "oil", number))
    run_leg(office.council, case)
    assert len(ledger(office, case)) == recorded + 2
    said: list[str] = []

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(office.council.database.engine, "before_cursor_execute", on_statement)
    try:
        assert isinstance(run_leg(office.council, case), Slept)
    finally:
        event.remove(office.council.database.engine, "before_cursor_execute", on_statement)
    assert len(ledger(office, case)) == recorded + 2
    return said


def test_leg_with_a_thousand_steps_asks_the_database_no_more_than_one_with_ten(office: Office) -> None:
    """The ledger is recalled in one query, and nothing is asked or written for a step that is recorded."""
    few, many = statements_of_a_leg(office, 10), statements_of_a_leg(office, 1_000)
    assert len(many) == len(few)
    assert len(few) <= 13
    assert sum("FROM entry" in one for one in few) == 1


def test_step_costs_a_fixed_number_of_statements(office: Office) -> None:
    """The hundredth step of a leg asks the database for as much as the tenth."""

    def statements(chairs: int) -> int:
        case, counted = open_quietly(office, oiling, chairs=chairs), [0]

        def on_statement(*_: Any) -> None:
            counted[0] += 1

        event.listen(office.council.database.engine, "before_cursor_execute", on_statement)
        try:
            run_leg(office.council, case)
        finally:
            event.remove(office.council.database.engine, "before_cursor_execute", on_statement)
        return counted[0]

    ten, twenty, hundred = statements(10), statements(20), statements(100)
    assert hundred - twenty == 8 * (twenty - ten)
    assert (twenty - ten) / 10 == pytest.approx(5, abs=1)
