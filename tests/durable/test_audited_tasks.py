"""Audited tasks: done once, entered with their effect or not at all, and recalled as what they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import func, select

from models.cases import Entry
from models.entry_kinds import EntryKind
from models.notices import Notice, Recipient, Verb
from models.outbox import OutboxMessage
from models.roles import Role
from models.states import CaseStatus
from tasks.durable import ask, audited, decision, here, procedure
from tasks.durable.audited import _in_words
from tasks.durable.ledger import Fact
from tasks.durable.leg import OutsideACase
from tasks.durable.running import Slept, run_leg
from tasks.durable.testing import Office
from tasks.telling.queueing import queue
from tests.durable.lending import (
    FOLDING,
    MONDAY,
    Chair,
    ChairChosen,
    ChairReturned,
    Effects,
    WheelchairLoan,
    leave,
    ledger,
    lines,
)

DUTY = Role.DUTY_WORKER
passes: list[str] = []


@audited("The chair is ordered", clauses="DUTY-16 DUTY-17")
def order_chair(chair: Chair) -> str:
    """Order a chair."""
    leave(f"ordered {chair}")
    return "SO-7"


@procedure(follows="Lending wheelchairs")
def ordering_a_chair(loan: WheelchairLoan) -> str:
    """Order a chair and wait until it is chosen and returned."""
    passes.append("pass")
    number = order_chair(Chair.FOLDING)
    ask(ChairChosen, of=DUTY)
    ask(ChairReturned, of=DUTY)
    return number


def test_step_is_done_once_however_often_the_flow_runs(office: Office, effects: Effects) -> None:
    """The flow runs from the top at every leg, and the order is placed by the first of them alone."""
    passes.clear()
    case = office.start(ordering_a_chair, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert len(passes) == 3
    assert effects.of(case) == ["ordered folding"]
    assert [line for line in lines(office, case) if line.startswith("done")] == ["done order-chair"]
    assert office.outcome_of(case) == "SO-7"


def test_recalled_step_does_nothing_at_all(office: Office, effects: Effects) -> None:
    """A leg that only recalls starts no task for its steps."""
    tasks: list[str] = []

    def as_task(key: str, work: Any) -> None:
        tasks.append(key)
        work()

    case = office.start(ordering_a_chair, WheelchairLoan())
    end = run_leg(office.council, case, as_task)

    assert isinstance(end, Slept)
    assert tasks == []


def test_entry_says_who_when_and_by_which_clauses(office: Office, effects: Effects) -> None:
    """A step's entry carries its line, the actor, the time, the clauses and the version of the policy."""
    case = office.start(ordering_a_chair, WheelchairLoan())
    done = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.DONE)

    assert (done.text, done.by, done.at) == (
        "The chair is ordered: SO-7",
        "system",
        MONDAY,
    )
    with office.council.database.read() as session:
        row = session.get_one(Entry, (case, done.no))
    assert row.clauses == "DUTY-16 DUTY-17"
    assert row.policy == office.council.policy.version


@audited("The chair is sent")
def send_chair_and_break() -> None:
    """Leave every kind of trace there is, and then fail."""
    step = here()
    leave("sent")
    entry = step.pen.enter(Fact(EntryKind.TOLD, "the-driver-was-told", "Told the driver"))
    notice = Notice(verb=Verb.READ, what="chair-sent", case_ref=step.case.ref)
    queue(step.session, notice, [Recipient.role(DUTY)], step.case.ref, entry.no, step.now)
    step.session.flush()
    raise RuntimeError("the van is broken")


@procedure(follows="Lending wheelchairs")
def sending_a_chair(loan: WheelchairLoan) -> None:
    """Send a chair, which fails."""
    send_chair_and_break()


def test_failing_step_leaves_no_effect_no_entry_and_no_message(office: Office, effects: Effects) -> None:
    """Effect, entry and outbox go together: a body that raises takes all three back."""
    case = office.start(sending_a_chair, WheelchairLoan())

    assert effects.of(case) == []
    assert lines(office, case) == ["failed send-chair-and-break"]
    with office.council.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


class Measured(BaseModel):
    """What was measured."""

    width_mm: int
    on: date
    fits: Chair | None = None


@dataclass(frozen=True)
class Place:
    """Where the chair stands."""

    street: str
    since: datetime


WHAT_STEPS_GIVE: dict[str, Any] = {
    "text": "blue",
    "empty-text": "",
    "number": 0,
    "yes-or-no": False,
    "nothing": None,
    "enum": Chair.POWERED,
    "day": date(2026, 3, 29),
    "moment": datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC),
    "length": timedelta(days=3, seconds=1),
    "money": Decimal("12.50"),
    "model": Measured(width_mm=640, on=date(2026, 1, 5), fits=Chair.FOLDING),
    "dataclass": Place("Mill Lane", datetime(2026, 1, 1, tzinfo=UTC)),
    "several": (Measured(width_mm=1, on=date(2026, 1, 5)), Measured(width_mm=2, on=date(2026, 1, 6))),
    "set": frozenset({Chair.FOLDING, Chair.POWERED}),
    "by-name": {"hall": date(2026, 2, 1), "attic": date(2026, 2, 2)},
}
given: list[dict[str, Any]] = []


@audited("Text")
def give_text() -> str:
    """A text."""
    return str(WHAT_STEPS_GIVE["text"])


@audited("Empty text")
def give_empty_text() -> str:
    """An empty text."""
    return ""


@audited("Number")
def give_number() -> int:
    """A number."""
    return 0


@audited("Yes or no")
def give_yes_or_no() -> bool:
    """No."""
    return False


@audited("Nothing")
def give_nothing() -> Chair | None:
    """Nothing, where there could be something."""
    return None


@audited("Enum")
def give_enum() -> Chair:
    """A member of an enum."""
    return Chair.POWERED


@audited("Day")
def give_day() -> date:
    """A day."""
    return date(2026, 3, 29)


@audited("Moment")
def give_moment() -> datetime:
    """A moment."""
    return datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)


@audited("Length")
def give_length() -> timedelta:
    """A length of time."""
    return timedelta(days=3, seconds=1)


@audited("Money")
def give_money() -> Decimal:
    """An amount."""
    return Decimal("12.50")


@audited("Model")
def give_model() -> Measured:
    """A model."""
    return Measured(width_mm=640, on=date(2026, 1, 5), fits=Chair.FOLDING)


@audited("Dataclass")
def give_dataclass() -> Place:
    """A dataclass."""
    return Place("Mill Lane", datetime(2026, 1, 1, tzinfo=UTC))


@audited("Several")
def give_several() -> tuple[Measured, ...]:
    """Several models."""
    return (Measured(width_mm=1, on=date(2026, 1, 5)), Measured(width_mm=2, on=date(2026, 1, 6)))


@audited("Set")
def give_set() -> frozenset[Chair]:
    """A set."""
    return frozenset(Chair)


@audited("By name")
def give_by_name() -> dict[str, date]:
    """Days by name."""
    return {"hall": date(2026, 2, 1), "attic": date(2026, 2, 2)}


GIVERS = [
    give_text,
    give_empty_text,
    give_number,
    give_yes_or_no,
    give_nothing,
    give_enum,
    give_day,
    give_moment,
    give_length,
    give_money,
    give_model,
    give_dataclass,
    give_several,
    give_set,
    give_by_name,
]


@procedure(follows="Lending wheelchairs")
def giving_everything(loan: WheelchairLoan) -> None:
    """Run every giver, note what came, and wait."""
    given.append({giver.name.removeprefix("give-"): giver() for giver in GIVERS})
    ask(ChairChosen, of=DUTY)


def test_outcome_is_recalled_as_what_it_was(office: Office) -> None:
    """Models, enums, days, moments and nothing come back from the ledger equal and of the same type."""
    given.clear()
    case = office.start(giving_everything, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")

    done_now, recalled = given
    assert done_now == WHAT_STEPS_GIVE
    assert recalled == WHAT_STEPS_GIVE
    assert {name: type(one) for name, one in recalled.items()} == {
        name: type(one) for name, one in WHAT_STEPS_GIVE.items()
    }


@audited("A chair is fetched")
def fetch_chair() -> int:
    """Fetch one more chair."""
    leave("fetched")
    return 1


@audited("Somebody is told", keyed_by="person")
def tell_person(greeting: str, person: str) -> str:
    """Tell one person."""
    leave(f"{greeting} {person}")
    return person


told_in_order = ["P-101", "P-102", "P-103"]


@procedure(follows="Lending wheelchairs")
def going_round(loan: WheelchairLoan) -> None:
    """Fetch chairs in a loop, and tell people in whatever order they come."""
    for _ in range(loan.chairs):
        fetch_chair()
    for person in told_in_order:
        assert tell_person("told", person=person) == person
    ask(ChairChosen, of=DUTY)


def test_step_in_a_loop_is_numbered(office: Office, effects: Effects) -> None:
    """The second call of a step has the key name[2], the third name[3]."""
    case = office.start(going_round, WheelchairLoan(chairs=3))
    assert lines(office, case)[:3] == ["done fetch-chair", "done fetch-chair[2]", "done fetch-chair[3]"]
    assert effects.of(case).count("fetched") == 3


def test_step_keyed_by_person_keeps_its_outcome_in_any_order(office: Office, effects: Effects) -> None:
    """Where there is no natural order the person stands in the key, and another order tells nobody twice."""
    case = office.start(going_round, WheelchairLoan(chairs=0))
    told_in_order.reverse()
    try:
        office.answer(case, FOLDING, by="duty-worker")
    finally:
        told_in_order.reverse()

    assert lines(office, case)[:3] == ["done tell-person:P-101", "done tell-person:P-102", "done tell-person:P-103"]
    assert effects.of(case) == ["told P-101", "told P-102", "told P-103"]
    assert office.is_closed(case)


@audited("A number is given")
def promise_a_number() -> int:
    """Give something else than was promised."""
    leave("promised")
    return "Edith Tilling"  # type: ignore[return-value]


@procedure(follows="Lending wheelchairs")
def promising(loan: WheelchairLoan) -> None:
    """One step that does not keep its word."""
    promise_a_number()


def test_outcome_of_another_type_than_announced_is_a_failed_step(
    office: Office, effects: Effects, recwarn: pytest.WarningsRecorder
) -> None:
    """What could not be recalled is not entered: the step fails whole, and no warning shows what it gave."""
    case = office.start(promising, WheelchairLoan())

    assert lines(office, case) == ["failed promise-a-number"]
    assert [str(one.message) for one in recwarn] == []
    assert effects.of(case) == []
    office.hours_pass(1)
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION


@audited("Outer")
def step_in_a_step() -> int:
    """Call another step from inside this one."""
    leave("outer")
    return fetch_chair()


@audited("Asks")
def ask_in_a_step() -> None:
    """Put a question from inside a step."""
    decision(ChairChosen, of=DUTY)


@procedure(follows="Lending wheelchairs")
def nesting(loan: WheelchairLoan) -> None:
    """A step inside a step, or a question inside one."""
    step_in_a_step() if loan.chairs == 1 else ask_in_a_step()


@pytest.mark.parametrize(("chairs", "key"), [(1, "step-in-a-step"), (2, "ask-in-a-step")])
def test_step_cannot_hold_another_step_or_a_question(office: Office, effects: Effects, chairs: int, key: str) -> None:
    """A step is one transaction: what wants one of its own inside it fails at once, and nothing is left."""
    case = office.start(nesting, WheelchairLoan(chairs=chairs))

    assert lines(office, case) == [f"failed {key}"]
    assert effects.of(case) == []
    assert "NotInsideAStep" in ledger(office, case)[-1].text


def test_words_of_a_flow_are_refused_outside_a_case() -> None:
    """Without a running case there is no ledger to enter a step in, and the sentence says so."""
    for word in (lambda: fetch_chair(), lambda: here(), lambda: ask(ChairChosen, of=DUTY)):
        with pytest.raises(OutsideACase, match="inside a procedure"):
            word()


def test_what_a_step_came_to_is_told_in_words_and_never_as_a_program_writes_it() -> None:
    """Several are named one after the other, nothing is nothing, and what has no words of its own is left out."""

    class Found(BaseModel):
        letter: str = "Dear Priya"

    class Said(Found):
        in_words: str = "two letters"

    assert _in_words(("P-101", "P-102")) == "P-101, P-102"
    assert _in_words(frozenset({"b", "a"})) == "a, b"
    assert _in_words(()) == ""
    assert _in_words(Found()) == ""
    assert _in_words(Said()) == "two letters"
    assert _in_words((date(2026, 1, 5), True)) == "Monday 5 January 2026, yes"
