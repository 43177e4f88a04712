"""What a flow says is kept back and entered with what follows: nothing is locked, lost or said twice meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models.durations import calendar_days
from models.entry_kinds import EntryKind
from models.outbox import OutboxMessage
from models.roles import Role
from tasks.durable import Verb, after, ask, audited, decision, first_of, outside, procedure, signal, tell, withdraw
from tasks.durable.arrivals import send_signal
from tasks.durable.audited import StepFailed
from tasks.durable.running import NotOurs, Slept, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    ChairReturned,
    Effects,
    NoteFromFamily,
    RampBuilt,
    WheelchairLoan,
    answer_quietly,
    leave,
    ledger,
    lines,
    open_quietly,
)

DUTY = Role.DUTY_WORKER
meanwhile: list[Callable[[], None]] = []


@pytest.fixture(autouse=True)
def nothing_happens_meanwhile() -> Iterator[None]:
    """What one test plans happens in no other."""
    meanwhile.clear()
    yield
    meanwhile.clear()


def something_may_happen() -> None:
    """The place in a flow at which the rest of the world acts, once."""
    if meanwhile:
        meanwhile.pop()()


class Killed(BaseException):
    """The process is gone."""


def killed() -> None:
    """The process is gone."""
    raise Killed


@audited("Weighed")
def weigh_chair() -> int:
    """One effect."""
    leave("weighed")
    return 80


@procedure(follows="Lending wheelchairs")
def saying_much(loan: WheelchairLoan) -> None:
    """Tell, ask and wait for several things; do one step; and wait."""
    tell(DUTY, Verb.READ, "chair-wanted")
    chosen = decision(ChairChosen, of=DUTY)
    something_may_happen()
    rest = after("rest", calendar_days(7))
    weigh_chair()
    first_of(chosen, rest, signal(RampBuilt))
    ask(ChairReturned, of=DUTY)


SAID = ["told tell:chair-wanted", "asked chair-chosen", "awaited rest", "done weigh-chair", "awaited ramp-built"]


def writes_of(office: Office, work: Callable[[], Any]) -> int:
    """How many transactions that write are begun meanwhile."""
    begun = [0]

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        begun[0] += "FOR UPDATE" in statement or statement == "BEGIN IMMEDIATE"

    engine = office.council.database.engine
    event.listen(engine, "before_cursor_execute", on_statement)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
    return begun[0]


def test_leg_with_one_step_is_three_transactions(office: Office, effects: Effects) -> None:
    """It begins, does its step with all that was said before, and goes to sleep with what was said after."""
    case = open_quietly(office, saying_much)

    assert writes_of(office, lambda: run_leg(office.council, case)) == 3
    assert lines(office, case) == SAID


def test_nothing_is_locked_while_the_flow_goes_on(office: Office, effects: Effects) -> None:
    """Between what a flow says and the step that it is entered with, anybody else can write, in this very case."""
    case, tasks = open_quietly(office, saying_much), list[str]()
    meanwhile.append(lambda: take_note(office, case))

    def as_task(key: str, work: Callable[[], None]) -> None:
        send_signal(office.council, case, NoteFromFamily(text="before the step"))
        tasks.append(key)
        work()

    assert isinstance(run_leg(office.council, case, as_task), Slept)

    assert tasks == ["weigh-chair"]
    entered = lines(office, case)
    assert entered.count("signalled note-from-family") == 2
    assert [one for one in entered if one in SAID] == SAID
    assert effects.of(case) == ["weighed"]


def take_note(office: Office, case: str) -> None:
    """The family writes."""
    send_signal(office.council, case, NoteFromFamily(text="in the middle"))


def test_what_a_killed_leg_had_said_is_said_by_the_next(office: Office, effects: Effects) -> None:
    """Killed before any of it was entered: the ledger has nothing of it, and the next leg says it once."""
    case = open_quietly(office, saying_much)
    meanwhile.append(killed)
    with pytest.raises(Killed):
        run_leg(office.council, case)
    assert lines(office, case) == []

    office.clock.advance(timedelta(seconds=61))  # until then its lease stands
    office.runtime.run_what_is_due()

    assert lines(office, case) == SAID
    assert told(office, case) == ["chair-chosen", "chair-wanted"]


def test_leg_that_lost_its_lease_says_nothing_of_what_it_kept_back(office: Office, effects: Effects) -> None:
    """Another leg has carried the case on meanwhile, and has said it all: nothing is said twice."""
    case = open_quietly(office, saying_much)

    def rest_too_long() -> None:
        office.clock.advance(timedelta(seconds=61))
        assert isinstance(run_leg(office.council, case), Slept)

    meanwhile.append(rest_too_long)

    assert isinstance(run_leg(office.council, case), NotOurs)
    assert lines(office, case) == SAID
    assert effects.of(case) == ["weighed"]


def told(office: Office, case: str) -> list[str]:
    """What is said to staff about a case."""
    with office.council.database.read() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == case)).all()
    return sorted(row.notice["what"] for row in rows)


van_is_broken = [True]


@audited("Delivered")
def deliver_by_van() -> None:
    """Leave a trace, and fail while the van is broken."""
    leave("delivered")
    if van_is_broken[-1]:
        raise RuntimeError("the van is broken")


@procedure(follows="Lending wheelchairs")
def delivering_by_van(loan: WheelchairLoan) -> None:
    """Say what will come, and do what may fail."""
    tell(DUTY, Verb.READ, "chair-comes")
    returned = decision(ChairReturned, of=DUTY)
    deliver_by_van()
    first_of(returned)


def test_failing_step_takes_nothing_with_it_that_was_said_before(office: Office, effects: Effects) -> None:
    """Its own effect is gone and its failure is entered; notice and question stand, and are there once."""
    case = open_quietly(office, delivering_by_van)
    run_leg(office.council, case)
    said = ["told tell:chair-comes", "asked chair-returned", "failed deliver-by-van"]
    assert lines(office, case) == said
    assert told(office, case) == ["chair-comes", "chair-returned"]
    assert effects.of(case) == []

    van_is_broken.append(False)
    try:
        office.hours_pass(1)
    finally:
        van_is_broken.pop()
    assert lines(office, case) == [*said, "done deliver-by-van"]
    assert told(office, case) == ["chair-comes", "chair-returned"]
    assert effects.of(case) == ["delivered"]


@procedure(follows="Lending wheelchairs")
def telling_nobody(loan: WheelchairLoan) -> None:
    """Say one thing that can be said and one that cannot, and do a step."""
    tell(DUTY, Verb.READ, "chair-comes")
    tell([], Verb.READ, "nobody-hears-this")
    tell(DUTY, Verb.READ, "chair-is-late")
    weigh_chair()


def test_what_cannot_be_said_fails_the_flow_and_not_the_step_after_it(office: Office, effects: Effects) -> None:
    """What was said before stands; the flow has failed, by its own name and with the whole story in the ledger."""
    case = open_quietly(office, telling_nobody)
    assert isinstance(run_leg(office.council, case), Slept)

    assert lines(office, case) == ["told tell:chair-comes", "failed flow"]
    failure = ledger(office, case)[-1]
    assert failure.step == "NobodyToTell"
    assert "Traceback" in failure.data["account"]
    assert effects.of(case) == []
    office.days_pass(1)
    assert lines(office, case).count("told tell:chair-comes") == 1
    assert office.case(case).status == "needs_attention"


@procedure(follows="Lending wheelchairs")
def changing_its_mind(loan: WheelchairLoan) -> str:
    """Ask, and give the question up when the ramp is there."""
    chosen = decision(ChairChosen, of=DUTY)
    first_of(signal(RampBuilt))
    withdraw(chosen)
    something_may_happen()
    if loan.chairs > 1:
        weigh_chair()
    ask(ChairReturned, of=DUTY)
    return "done"


@pytest.mark.parametrize("chairs", [1, 2])
def test_answer_that_comes_before_a_withdrawal_is_entered_stands(office: Office, effects: Effects, chairs: int) -> None:
    """The leg finds that it came too late with its withdrawal and looks again from the top; no step was done twice."""
    case, troubles = office.start(changing_its_mind, WheelchairLoan(chairs=chairs)), list[BaseException]()
    send_signal(office.council, case, RampBuilt())
    meanwhile.append(lambda: answer_quietly(office, case, FOLDING))

    def as_task(_key: str, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as trouble:
            troubles.append(trouble)
            raise

    assert isinstance(run_leg(office.council, case, as_task), Slept)

    entered = lines(office, case)
    assert entered.count("answered chair-chosen") == 1
    assert not any(one.startswith("withdrew") for one in entered)
    assert "failed" not in {one.split()[0] for one in entered}
    assert effects.of(case) == ["weighed"] * (chairs - 1)
    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]
    assert [type(one) for one in troubles] == [StepFailed] * (chairs - 1)  # what runs the task sees a plain failure
    office.answer(case, ChairReturned(), by="duty-worker")
    assert office.outcome_of(case) == "done"


seen_outside: list[list[str]] = []


@audited("Asked the builder", reads_outside=True)
def ask_the_builder() -> str:
    """Look at the case from outside, and write to it as another process would."""
    moment = outside()
    with moment.council.change() as change:
        change.lock(moment.ref)
    meanwhile.pop()()
    return "in May"


@procedure(follows="Lending wheelchairs")
def asking_the_builder(loan: WheelchairLoan) -> None:
    """Say something, ask another system, and wait."""
    tell(DUTY, Verb.READ, "builder-is-asked")
    after("patience", calendar_days(7))
    ask_the_builder()
    ask(ChairReturned, of=DUTY)


def test_all_is_entered_before_another_system_is_asked(office: Office) -> None:
    """While it is asked nothing is locked, and whoever looks finds what the flow has said."""
    case = open_quietly(office, asking_the_builder)
    meanwhile.append(lambda: seen_outside.append(lines(office, case)))
    run_leg(office.council, case)

    assert seen_outside.pop() == ["told tell:builder-is-asked", "awaited patience"]
    assert lines(office, case)[2] == "done ask-the-builder"


about_which_chair = ["the red one"]


@procedure(follows="Lending wheelchairs")
def asking_about_a_chair(loan: WheelchairLoan) -> None:
    """Ask with words that are made as the question is put, and change afterwards what they are made of."""
    which = list(about_which_chair)
    chosen = decision(ChairChosen, of=DUTY, about=lambda _step: which[0])
    which[0] = "the blue one"
    first_of(chosen)


def test_question_whose_words_are_made_on_asking_is_put_at_once(office: Office) -> None:
    """What the flow changes after asking is not in the question."""
    case = office.start(asking_about_a_chair, WheelchairLoan())
    asked = next(one for one in ledger(office, case) if one.kind is EntryKind.ASKED)
    assert asked.data["about"] == "the red one"
