"""A leg that hangs: its case goes on in another slot, and what it writes when it comes back is refused."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from deployments.worker.counts import Counts
from deployments.worker.slots import Slots
from deployments.worker.work_in_hand import Due, WorkInHand
from models.roles import Role
from tasks.durable import ask, audited, procedure
from tasks.durable.prefect_flow import CaseFlow
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, WheelchairLoan, answer_quietly, lines
from tests.worker.conftest import comes_true
from tests.worker.pretended_prefect import PretendedPrefect

supplier_answers = threading.Event()
first_caller_only = threading.Lock()


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


class Quiet(CaseFlow):
    """A case's flow whose steps are not shown."""

    shows_steps = False


@pytest.fixture(autouse=True)
def supplier() -> Iterator[None]:
    """A supplier nobody has called yet."""
    supplier_answers.clear()
    yield
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
