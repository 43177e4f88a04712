"""Code that changes while cases are open: what is new in the past must say what it means, and nothing is guessed at."""

from __future__ import annotations

from typing import Any

import pytest

from models.durations import working_days
from models.entry_kinds import EntryKind
from models.forms.house import HowItGoesOn, StepAttention
from models.roles import Role
from models.states import CaseStatus
from tasks.durable import RUN, SKIP, after, ask, audited, closed, decision, first_of, signal, withdraw
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    ChairReturned,
    Effects,
    RampBuilt,
    WheelchairLoan,
    install,
    leave,
    ledger,
    lines,
)

DUTY = Role.DUTY_WORKER
NAME = "long_lending"
RETRY = StepAttention(how=HowItGoesOn.RETRY)
got: list[Any] = []


@audited("The chair is ordered")
def order() -> str:
    """Order a chair."""
    leave("order")
    return "SO-7"


@audited("The tyres are pumped up")
def pump_up() -> str:
    """A step that the first version does not have."""
    leave("pump-up")
    return "hard"


@audited("The tyres are pumped up", for_cases_past=RUN)
def pump_up_for_all() -> str:
    """The same, for cases that are past it too."""
    leave("pump-up")
    return "hard"


@audited("The tyres are pumped up", for_cases_past=SKIP)
def pump_up_for_new_ones() -> str | None:
    """The same, for new cases only."""
    leave("pump-up")
    return "hard"


@audited("A visit is made", keyed_by="person")
def make_visit(person: str) -> str:
    """Visit somebody."""
    return person


def first_version(loan: WheelchairLoan) -> str:
    """Order, and wait for two answers."""
    order()
    ask(ChairChosen, of=DUTY)
    ask(ChairReturned, of=DUTY)
    return "done"


def started_with_the_first_version(office: Office) -> str:
    """A case that waits for a chair to be chosen."""
    return office.start(install(first_version, name=NAME), WheelchairLoan())


def carried_on_with(office: Office, version: Any, *, retired: tuple[str, ...] = ()) -> ProcedureFlow:
    """Install another version of the code."""
    return install(version, name=NAME, retired=retired)


def test_new_step_in_the_past_parks_the_case(office: Office, effects: Effects) -> None:
    """A step that a case has already passed, and that says nothing about it, is not carried out; a person is asked."""

    def with_a_new_step(loan: WheelchairLoan) -> str:
        pump_up()
        return first_version(loan)

    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_step)
    office.answer(case, FOLDING, by="duty-worker")

    assert effects.of(case) == ["order"]
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    assert "StepAttention of team-manager" in office.waiting_for(case)[0]
    parked = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.PARKED)
    assert (parked.key, parked.step) == ("pump-up", "LedgerMismatch")


def test_parked_case_goes_on_where_it_was_once_the_code_is_put_right(office: Office, effects: Effects) -> None:
    """Nothing is lost while a case is parked: with the right code and "retry" the answer given meanwhile counts."""

    def with_a_new_step(loan: WheelchairLoan) -> str:
        pump_up()
        return first_version(loan)

    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_step)
    office.answer(case, FOLDING, by="duty-worker")
    carried_on_with(office, first_version)
    office.answer(case, RETRY, by="team-manager")

    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]
    assert office.case(case).status == CaseStatus.OPEN


def test_new_step_for_cases_past_is_run_for_them(office: Office, effects: Effects) -> None:
    """With RUN a case that is past the step does it now, once."""

    def with_a_new_step(loan: WheelchairLoan) -> str:
        got.append(pump_up_for_all())
        return first_version(loan)

    got.clear()
    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_step)
    office.answer(case, FOLDING, by="duty-worker")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert office.is_closed(case)
    assert effects.of(case) == ["order", "pump-up"]
    assert got == ["hard", "hard"]


def test_new_step_not_for_cases_past_is_entered_as_skipped(office: Office, effects: Effects) -> None:
    """With SKIP a case that is past the step gets None, and its ledger says that the step was not for it."""

    def with_a_new_step(loan: WheelchairLoan) -> str:
        got.append(pump_up_for_new_ones())
        return first_version(loan)

    got.clear()
    case = started_with_the_first_version(office)
    flow = carried_on_with(office, with_a_new_step)
    office.answer(case, FOLDING, by="duty-worker")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert office.is_closed(case)
    assert effects.of(case) == ["order"]
    assert got == [None, None]
    assert lines(office, case).count("skipped pump-up-for-new-ones") == 1

    new = office.start(flow, WheelchairLoan())
    assert effects.of(new) == ["order", "pump-up"]


def test_new_question_not_for_cases_past_is_not_asked_and_the_case_goes_on(office: Office, effects: Effects) -> None:
    """A skipped question gives None; the case does not sleep for an answer that nobody was asked for."""

    def with_a_new_question(loan: WheelchairLoan) -> str:
        got.append(ask(ChairChosen, of=DUTY, key="second-opinion", for_cases_past=SKIP))
        return first_version(loan)

    got.clear()
    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_question)
    office.answer(case, FOLDING, by="duty-worker")

    assert got == [None]
    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]


def test_new_wait_not_for_cases_past_never_comes_and_can_be_withdrawn(office: Office, effects: Effects) -> None:
    """Beside other waits a skipped one is as if it never came; withdrawing it does nothing."""

    def with_a_new_wait(loan: WheelchairLoan) -> str:
        ramp = signal(RampBuilt, for_cases_past=SKIP)
        order()
        got.append(first_of(ramp, decision(ChairChosen, of=DUTY)))
        withdraw(ramp)
        ask(ChairReturned, of=DUTY)
        return "done"

    got.clear()
    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_wait)
    office.signal(case, RampBuilt())
    office.answer(case, FOLDING, by="duty-worker")

    assert got == [FOLDING]
    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]


def test_case_that_would_wait_for_skipped_things_alone_is_parked(office: Office, effects: Effects) -> None:
    """Where all that is awaited is newer than the case, nothing could ever come: a person is asked at once."""

    def with_a_new_wait_alone(loan: WheelchairLoan) -> str:
        first_of(signal(RampBuilt, for_cases_past=SKIP))
        return first_version(loan)

    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_new_wait_alone)
    office.answer(case, FOLDING, by="duty-worker")

    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION


def test_new_step_at_the_end_needs_no_word(office: Office, effects: Effects) -> None:
    """What lies ahead of a case can change freely."""

    def longer(loan: WheelchairLoan) -> str:
        order()
        ask(ChairChosen, of=DUTY)
        pump_up()
        ask(ChairReturned, of=DUTY)
        return "longer"

    case = started_with_the_first_version(office)
    carried_on_with(office, longer)
    office.answer(case, FOLDING, by="duty-worker")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert office.outcome_of(case) == "longer"
    assert effects.of(case) == ["order", "pump-up"]


def test_key_that_stands_for_another_kind_parks(office: Office, effects: Effects) -> None:
    """Where the ledger has a question and the code a timer of that name, nobody guesses."""

    def with_a_timer(loan: WheelchairLoan) -> str:
        order()
        first_of(after("chair-chosen", working_days(3)))
        return "done"

    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_timer)
    office.answer(case, FOLDING, by="duty-worker")

    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    assert "the ledger has asked of ChairChosen here, the code says awaited of timer" in _account(office, case)


def test_key_that_stands_for_another_form_parks(office: Office, effects: Effects) -> None:
    """An answer on one form is never read as another."""

    def with_another_form(loan: WheelchairLoan) -> str:
        order()
        ask(ChairReturned, of=DUTY, key="chair-chosen")
        return "done"

    case = started_with_the_first_version(office)
    carried_on_with(office, with_another_form)
    office.answer(case, FOLDING, by="duty-worker")

    assert "the ledger has asked of ChairChosen here, the code says asked of ChairReturned" in _account(office, case)


@pytest.mark.parametrize("retired", [(), ("order",)])
def test_step_taken_out_of_the_code_is_named_as_retired(
    office: Office, effects: Effects, retired: tuple[str, ...]
) -> None:
    """An old ledger may hold a step that the code no longer has, where the code says so; else new steps park."""

    def without_order(loan: WheelchairLoan) -> str:
        ask(ChairChosen, of=DUTY)
        pump_up()
        return "shorter"

    case = started_with_the_first_version(office)
    carried_on_with(office, without_order, retired=retired)
    office.answer(case, FOLDING, by="duty-worker")

    assert office.is_closed(case) is bool(retired)
    assert effects.of(case) == (["order", "pump-up"] if retired else ["order"])


@pytest.mark.parametrize("retired", [(), ("order",)])
def test_case_is_not_closed_by_code_that_leaves_out_what_was_recorded(
    office: Office, effects: Effects, retired: tuple[str, ...]
) -> None:
    """A version that ends without a recorded step may have lost its way: it closes nothing, unless it retired it."""

    def without_order(loan: WheelchairLoan) -> str:
        ask(ChairChosen, of=DUTY)
        return "shorter"

    case = started_with_the_first_version(office)
    carried_on_with(office, without_order, retired=retired)
    office.answer(case, FOLDING, by="duty-worker")

    assert office.case(case).status == (CaseStatus.CLOSED if retired else CaseStatus.NEEDS_ATTENTION)
    assert retired or "comes to its end without this step" in _account(office, case)


def test_retired_name_covers_its_numbers_and_its_persons(office: Office, effects: Effects) -> None:
    """Retiring make-visit covers make-visit:P-101[2] as well, and retiring closed covers every case awaited."""

    def with_visits(loan: WheelchairLoan) -> str:
        make_visit("P-101"), make_visit("P-101"), make_visit("P-102")
        order()
        first_of(closed(other), decision(ChairChosen, of=DUTY))
        return "done"

    def without(loan: WheelchairLoan) -> str:
        decision(ChairChosen, of=DUTY)
        first_of(decision(ChairChosen, of=DUTY))
        pump_up()
        return "shorter"

    other = started_with_the_first_version(office)
    case = office.start(install(with_visits, name=NAME), WheelchairLoan())
    carried_on_with(office, without, retired=("make-visit", "order", "closed"))
    office.answer(case, FOLDING, by="duty-worker")

    assert office.is_closed(case)


def test_step_done_by_hand_takes_the_place_of_what_stood_under_its_key(office: Office, effects: Effects) -> None:
    """After a mismatch that a person settles by hand the case goes on, past every later new step too."""

    @audited("The chair is chosen")
    def chair_chosen() -> str:
        return "by the machine"

    def with_a_step_instead(loan: WheelchairLoan) -> str:
        order()
        got.append(chair_chosen())
        pump_up()
        return "done"

    got.clear()
    case = started_with_the_first_version(office)
    carried_on_with(office, with_a_step_instead)
    office.answer(case, FOLDING, by="duty-worker")
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION

    by_hand = StepAttention(how=HowItGoesOn.DONE_BY_HAND, what_was_done="chosen at the desk", outcome="by hand")
    office.answer(case, by_hand, by="team-manager")

    assert got == ["by hand"]
    assert office.is_closed(case)
    assert effects.of(case) == ["order", "pump-up"]


def _account(office: Office, ref: str) -> str:
    failed = next(entry for entry in ledger(office, ref) if entry.kind is EntryKind.FAILED)
    return str(failed.data["account"])
