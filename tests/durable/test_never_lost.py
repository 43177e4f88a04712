"""Nothing is lost: not what comes while a leg runs, and not what a killed leg left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models.cases import Case
from models.durations import calendar_hours
from models.outbox import OutboxMessage, OutboxState
from models.roles import Role
from models.states import CaseStatus
from tasks.durable import Verb, after, ask, audited, decision, first_of, open_case, procedure, signal, tell, withdraw
from tasks.durable.arrivals import send_signal
from tasks.durable.running import Finished, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    Chair,
    ChairChosen,
    ChairReturned,
    Effects,
    RampBuilt,
    WheelchairLoan,
    answer_quietly,
    interruptible,
    leave,
    ledger,
    lines,
    open_quietly,
)

DUTY = Role.DUTY_WORKER
LOOKS_OF_A_LEG = 9
"""More often than this no leg of these tests looks at the clock; the last moments lie after it."""


@audited("Ordered")
def order(what: str) -> str:
    """One effect."""
    leave(what)
    return what


@procedure(follows="Lending wheelchairs")
def listening(loan: WheelchairLoan) -> str:
    """Do two things, and wait for an answer or a ramp."""
    order("a")
    order("b")
    came = first_of(decision(ChairChosen, of=DUTY), signal(RampBuilt))
    return type(came).__name__


def answered(office: Office, case: str) -> str:
    """Answer the question where it is open; else send the signal, which needs no question. Says which it was."""
    try:
        answer_quietly(office, case, FOLDING)
    except StopIteration:
        send_signal(office.council, case, RampBuilt())
        return "signal"
    return "answer"


@pytest.mark.parametrize("moment", range(1, LOOKS_OF_A_LEG + 1))
def test_what_comes_while_a_leg_runs_is_never_lost(office: Office, effects: Effects, moment: int) -> None:
    """Whenever an answer or a signal comes, up to the transaction in which the leg goes to sleep, the case hears it."""
    clock = interruptible(office)
    case = open_quietly(office, listening)
    came: list[str] = []
    clock.at_look(moment, lambda: came.append(answered(office, case)))
    end = run_leg(office.council, case)
    if came:
        assert isinstance(end, Finished)  # it came during the leg, which did not go to sleep over it
    for _ in range(LOOKS_OF_A_LEG):
        clock.now()  # where the leg was over by then, it comes now
    office.runtime.run_what_is_due()

    assert office.is_closed(case)
    assert effects.of(case) == ["a", "b"]
    assert len(came) == 1


class Killed(BaseException):
    """The process is gone."""


@audited("Fitted", keyed_by="part")
def fit(part: str) -> str:
    """Fit a part."""
    leave(part)
    return part


@procedure(follows="Lending wheelchairs")
def fitting_alone(loan: WheelchairLoan) -> str:
    """A case of its own."""
    return fit("cushion")


@procedure(follows="Lending wheelchairs")
def everything_once(loan: WheelchairLoan) -> str:
    """Every kind of thing a flow does, around one answer."""
    fit("frame")
    returned = decision(ChairReturned, of=DUTY)
    chosen = ask(ChairChosen, of=DUTY, about="Mill Lane")
    tell([DUTY, Role.TEAM_LEADER], Verb.READ, "chair-chosen")
    withdraw(returned)
    first_of(after("an-hour", calendar_hours(1)), signal(RampBuilt))
    open_case(fitting_alone, WheelchairLoan(), owner=DUTY)
    fit("wheels")
    return str(chosen.chair)


def kill_at(office: Office, statement: int) -> Callable[[], int]:
    """From now on the process is killed at that statement; gives back what counts and ends it."""
    counted = [0]

    def on_statement(*_: Any) -> None:
        counted[0] += 1
        if counted[0] == statement:
            raise Killed

    engine = office.council.database.engine
    event.listen(engine, "before_cursor_execute", on_statement)

    def stop() -> int:
        event.remove(engine, "before_cursor_execute", on_statement)
        return counted[0]

    return stop


def carried_through(office: Office, kill: int) -> tuple[str, int]:
    """A case from opening to close, killed at one statement of its second leg and found again a minute later."""
    case = office.start(everything_once, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    send_signal(office.council, case, RampBuilt())
    stop = kill_at(office, kill)
    try:
        run_leg(office.council, case)
    except Killed:
        pass
    finally:
        statements = stop()
    office.hours_pass(0.1)
    return case, statements


def test_leg_killed_at_any_statement_is_carried_on_with_nothing_lost_and_nothing_twice(
    office: Office, effects: Effects
) -> None:
    """
    A leg of fifty-odd statements is killed at each of them in turn.

    Whatever was committed before stays, the rest is done once by the next leg; ledger, effects, messages and the other
    case are those of a leg that nobody killed.
    """
    unharmed, statements = carried_through(office, kill=0)
    assert office.outcome_of(unharmed) == "folding"
    assert statements > 40

    for kill in range(1, statements + 1):
        case, _ = carried_through(office, kill)
        assert office.is_closed(case), kill
        assert lines(office, case) == lines(office, unharmed), kill
        assert effects.of(case) == ["frame", "wheels"], kill
        assert told_about(office, case) == told_about(office, unharmed), kill
    assert len(told_about(office, unharmed)) == 4
    office.digest_goes_out()
    read = [line for digest in office.inbox("duty-worker") for line in digest.lines]
    assert len(read) == len(set(read)) == statements + 1
    fittings = office.cases(fitting_alone)
    assert len(fittings) == statements + 1
    assert all(office.is_closed(one) and effects.of(one) == ["cushion"] for one in fittings)


def told_about(office: Office, ref: str) -> list[tuple[str, bool]]:
    """To whom something is said about a case, and whether it was withdrawn."""
    with office.council.database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == ref)).all()
    return sorted((row.recipient, row.state == OutboxState.WITHDRAWN) for row in rows)


@procedure(follows="Lending wheelchairs")
def hearing_only(loan: WheelchairLoan) -> str:
    """Wait for a ramp, however long it takes."""
    return str(first_of(signal(RampBuilt)).width_mm)


def test_case_that_no_time_is_set_for_is_looked_at_within_four_weeks(office: Office) -> None:
    """Even where nothing but a message from outside is awaited, a case is never asleep for ever."""
    case = office.start(hearing_only, WheelchairLoan())
    for _ in range(3):
        assert office.case(case).next_due == office.clock.now() + timedelta(days=28)
        office.clock.advance(timedelta(days=28))
        office.runtime.run_what_is_due()
    office.signal(case, RampBuilt())
    assert office.is_closed(case)


def test_state_of_a_sleeping_case_says_what_it_waits_for(office: Office, effects: Effects) -> None:
    """What stands in Prefect's list are the titles of forms and signals, and never anything personal."""
    case = office.start(listening, WheelchairLoan())
    assert office.case(case).awaiting == "Awaiting choosing a chair"
    row: Case = office.case(case)
    assert (row.status, row.wake_no, row.asleep_wake_no) == (CaseStatus.OPEN, 0, 0)
    assert ledger(office, case)[0].data == {"person": "P-104", "chairs": 1}
    assert FOLDING.chair is Chair.FOLDING
