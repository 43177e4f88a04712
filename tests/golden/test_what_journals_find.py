"""What a change of code does to open cases is found in a journal of one, from wherever such a case may stand."""

from __future__ import annotations

from typing import Any

import pytest

from models.durations import working_days
from models.roles import Role
from tasks.durable import RUN, SKIP, Verb, after, ask, audited, first_of, tell
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, WheelchairLoan, install, ledger
from tests.golden.journals import Journal, same_names
from tests.golden.replaying import lost

NAME = "golden_lending"


@audited("The chair is ordered")
def order_chair() -> str:
    """Order a chair."""
    return "SO-7"


@audited("The chair is ordered")
def buy_chair() -> str:
    """The same under another name."""
    return "SO-7"


@audited("The chair is cleaned")
def clean_chair() -> str:
    """Clean it."""
    return "clean"


@audited("The chair is insured")
def insure_chair() -> str:
    """A step that is newer than the journal, and says nothing of cases past it."""
    return "insured"


@audited("The chair is insured", for_cases_past=RUN)
def insure_every_chair() -> str:
    """The same, for cases past it too."""
    return "insured"


@audited("The chair is insured", for_cases_past=SKIP)
def insure_new_chairs() -> str | None:
    """The same, for new cases only."""
    return "insured"


def as_it_was(loan: WheelchairLoan) -> str:
    """Order, clean, tell, choose, rest."""
    order_chair()
    clean_chair()
    tell(Role.DUTY_WORKER, Verb.READ, "a-chair")
    ask(ChairChosen, of=Role.DUTY_WORKER)
    first_of(after("rest", working_days(5)))
    return "done"


def renamed(loan: WheelchairLoan) -> str:
    """A step has another name."""
    buy_chair()
    clean_chair()
    return _from_telling_on()


def taken_out(loan: WheelchairLoan) -> str:
    """A step is gone."""
    clean_chair()
    return _from_telling_on()


def swapped(loan: WheelchairLoan) -> str:
    """Two steps have changed places."""
    clean_chair()
    order_chair()
    return _from_telling_on()


def asked_before_told(loan: WheelchairLoan) -> str:
    """What is said to people stands in another order."""
    order_chair()
    clean_chair()
    ask(ChairChosen, of=Role.DUTY_WORKER)
    tell(Role.DUTY_WORKER, Verb.READ, "a-chair")
    first_of(after("rest", working_days(5)))
    return "done"


def with_a_new_step(loan: WheelchairLoan) -> str:
    """A step is new in the middle."""
    order_chair()
    insure_chair()
    clean_chair()
    return _from_telling_on()


def with_a_new_step_for_all(loan: WheelchairLoan) -> str:
    """A step is new in the middle, and for cases past it."""
    order_chair()
    insure_every_chair()
    clean_chair()
    return _from_telling_on()


def with_a_new_step_for_new_cases(loan: WheelchairLoan) -> str:
    """A step is new in the middle, and not for cases past it."""
    order_chair()
    insure_new_chairs()
    clean_chair()
    return _from_telling_on()


def with_a_new_step_for_new_cases_and_one_taken_out(loan: WheelchairLoan) -> str:
    """What is declared does not hide what is not, further on."""
    order_chair()
    insure_new_chairs()
    return _from_telling_on()


def asking_once_more(loan: WheelchairLoan) -> str:
    """A question is new in the middle, and for cases past it: they wait there first."""
    order_chair()
    ask(ChairChosen, of=Role.DUTY_WORKER, key="second-opinion", for_cases_past=RUN)
    clean_chair()
    return _from_telling_on()


def going_on_longer(loan: WheelchairLoan) -> str:
    """A step is new at the end."""
    as_it_was(loan)
    insure_chair()
    return "insured too"


def _from_telling_on() -> str:
    tell(Role.DUTY_WORKER, Verb.READ, "a-chair")
    ask(ChairChosen, of=Role.DUTY_WORKER)
    first_of(after("rest", working_days(5)))
    return "done"


@pytest.fixture
def journal(office: Office) -> Journal:
    """A loan from its beginning to its end, under the code as it was."""
    case = office.start(install(as_it_was, name=NAME), WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(9)
    assert office.is_closed(case)
    return Journal("golden-lending", "here", tuple(same_names(ledger(office, case))))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (renamed, "buy-chair"),
        (taken_out, "order-chair"),
        (swapped, "clean-chair"),
        (asked_before_told, "chair-chosen"),
        (with_a_new_step, "insure-chair"),
        (with_a_new_step_for_new_cases_and_one_taken_out, "clean-chair"),
    ],
)
def test_change_that_would_send_a_case_another_way_is_found(journal: Journal, code: Any, found: str) -> None:
    """Somewhere on its way a case like this one would be parked, and the step is named."""
    install(code, name=NAME)
    assert found in " ".join(lost(journal))


@pytest.mark.parametrize(
    ("code", "retired"),
    [
        (as_it_was, ()),
        (going_on_longer, ()),
        (with_a_new_step_for_all, ()),
        (with_a_new_step_for_new_cases, ()),
        (asking_once_more, ()),
        (taken_out, ("order-chair",)),
        (with_a_new_step_for_new_cases_and_one_taken_out, ("clean-chair",)),
    ],
)
def test_change_that_is_declared_passes(journal: Journal, code: Any, retired: tuple[str, ...]) -> None:
    """What the code says of cases past it, and what lies ahead of all, is no fault."""
    install(code, name=NAME, retired=retired)
    assert lost(journal) == []


def test_two_steps_that_have_changed_places_are_found_only_between_them(journal: Journal) -> None:
    """The whole ledger meets both: it takes the ledger of a case that stands between the two."""
    install(swapped, name=NAME)
    between = next(no for no, entry in enumerate(journal.entries, 1) if entry.key == "order-chair")
    assert [line.split(":")[0] for line in lost(journal)] == [f"after {between} done order-chair"]
