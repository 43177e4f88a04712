"""The replay check: what a change of code would do to open cases is known before it is installed."""

from __future__ import annotations

from typing import Any

import pytest

from models.durations import working_days
from models.roles import Role
from tasks.durable import RUN, after, ask, audited, first_of
from tasks.durable.replay import Way, replay, replay_all
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
        (with_a_declared_step_in_the_middle, Way.SAME, ""),
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
    assert [one.ref for one in replay_all(office.council)] == [case]
