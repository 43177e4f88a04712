"""What fails is tried again by policy's pauses and then put to a person; a case never ends by an exception."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from models.cases import Entry
from models.durations import calendar_hours
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused
from models.forms.house import HowItGoesOn, StepAttention
from models.roles import Role
from models.states import CaseStatus
from tasks.durable import Due, after, ask, audited, first_of, procedure, signal
from tasks.durable.arrivals import send_signal
from tasks.durable.audited import StepFailed
from tasks.durable.running import Slept, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    Chair,
    ChairChosen,
    Effects,
    RampBuilt,
    WheelchairLoan,
    leave,
    ledger,
    lines,
)

DUTY = Role.DUTY_WORKER
CANARY = "Edith Tilling, 4 Mill Lane"
RETRY = StepAttention(how=HowItGoesOn.RETRY)
broken: set[str] = set()
seen: list[Any] = []


@pytest.fixture(autouse=True)
def all_in_order() -> None:
    """Each test begins with nothing broken."""
    broken.clear()
    seen.clear()


class Order(BaseModel):
    """What ordering gives."""

    number: str
    chair: Chair


def breaks(what: str) -> None:
    """Raise, with a name and an address in it, where that is broken."""
    if what in broken:
        raise ValueError(f"no {what} for {CANARY}")


@audited("The chair is ordered")
def place_order() -> Order:
    """Order a chair, unless the shop is shut."""
    leave("order")
    breaks("order")
    return Order(number="SO-7", chair=Chair.FOLDING)


@audited("The chair is driven out")
def drive_out() -> None:
    """Drive the chair out, unless the van is broken."""
    breaks("van")


@procedure(follows="Lending wheelchairs")
def delivering(loan: WheelchairLoan) -> str:
    """Order and deliver; the flow itself can be broken too."""
    ordered = place_order()
    breaks("flow")
    drive_out()
    ask(ChairChosen, of=DUTY)
    return f"{ordered.number} {ordered.chair}"


def failed_at(office: Office, ref: str) -> list[str]:
    """The times of the failed tries."""
    return [f"{entry.at:%H:%M:%S} {entry.key}" for entry in ledger(office, ref) if entry.kind is EntryKind.FAILED]


def test_failing_step_is_tried_by_policys_pauses_and_then_parked(office: Office, effects: Effects) -> None:
    """Four tries, 5, 20 and 80 seconds apart; then the case sleeps and the role named by policy is asked at once."""
    broken.add("order")
    case = office.start(delivering, WheelchairLoan())
    assert office.case(case).awaiting == "Trying a step again"
    assert office.case(case).status == CaseStatus.OPEN
    office.hours_pass(1)

    assert failed_at(office, case) == [
        "09:00:00 place-order",
        "09:00:05 place-order",
        "09:00:25 place-order",
        "09:01:45 place-order",
    ]
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    assert office.case(case).awaiting == "Needs attention"
    assert office.waiting_for(case) == ["StepAttention of team-manager"]
    assert "URGENT" in office.inbox("team-manager")[0].body
    assert effects.of(case) == []
    assert lines(office, case)[-1].startswith(("asked house:step-attention[1]", "escalated house:step-attention[1]"))


def test_step_that_recovers_in_time_goes_on_without_anybody(office: Office, effects: Effects) -> None:
    """The third try works: nobody is asked, and the next step has all its tries again."""
    broken.add("order")
    case = office.start(delivering, WheelchairLoan())
    office.today_is("2026-01-05 09:00")
    office.hours_pass(10 / 3600)
    broken.add("van")
    broken.discard("order")
    office.hours_pass(16 / 3600)

    assert failed_at(office, case) == ["09:00:00 place-order", "09:00:05 place-order", "09:00:25 drive-out"]
    assert "try 1" in ledger(office, case)[-1].text
    broken.clear()
    office.hours_pass(1)
    assert office.waiting_for(case) == ["ChairChosen of duty-worker"]
    assert office.case(case).failures == 0
    assert office.inbox("team-manager") == []


def parked(office: Office) -> str:
    """A case parked at its order."""
    broken.add("order")
    case = office.start(delivering, WheelchairLoan())
    office.today_is("2026-01-05 09:10")
    return case


def test_parked_step_is_tried_again_when_a_person_says_so(office: Office, effects: Effects) -> None:
    """With "retry" the step is done once what was wrong is put right, and every later step too."""
    case = parked(office)
    broken.clear()
    office.answer(case, RETRY, by="team-manager")

    assert effects.of(case) == ["order"]
    assert office.waiting_for(case) == ["ChairChosen of duty-worker"]
    assert office.case(case).status == CaseStatus.OPEN
    resumed = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.RESUMED)
    assert (resumed.key, resumed.by) == ("place-order", "team-manager")
    office.answer(case, FOLDING, by="duty-worker")
    assert office.outcome_of(case) == "SO-7 folding"


def test_parked_step_that_fails_again_has_all_its_tries_and_is_asked_again(office: Office, effects: Effects) -> None:
    """Nothing is worn out by being parked once: four more tries, and a second question."""
    case = parked(office)
    office.answer(case, RETRY, by="team-manager")
    office.hours_pass(1)

    assert len(failed_at(office, case)) == 8
    assert [line for line in lines(office, case) if line.startswith("asked")] == [
        "asked house:step-attention[1]",
        "asked house:step-attention[2]",
    ]


def test_parked_case_hears_what_comes_and_goes_on_with_it(office: Office, effects: Effects) -> None:
    """A signal to a parked case is entered, moves nothing, and is there when the case goes on."""

    @procedure(follows="Lending wheelchairs")
    def waiting_after_an_order(loan: WheelchairLoan) -> str:
        place_order()
        return str(first_of(signal(RampBuilt)).width_mm)

    broken.add("order")
    case = office.start(waiting_after_an_order, WheelchairLoan())
    office.hours_pass(1)
    office.signal(case, RampBuilt(width_mm=850))
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    assert len(failed_at(office, case)) == 4

    broken.clear()
    office.answer(case, RETRY, by="team-manager")
    assert office.outcome_of(case) == "850"


def test_timer_of_a_parked_case_is_entered_in_its_time(office: Office, effects: Effects) -> None:
    """Time does not stand still for a parked case; what fell due is there, with its own time, when it goes on."""

    @procedure(follows="Lending wheelchairs")
    def timing_an_order(loan: WheelchairLoan) -> str:
        patience = after("patience", calendar_hours(2))
        place_order()
        came: Due = first_of(patience)
        return f"{came.at:%H:%M}"

    broken.add("order")
    case = office.start(timing_an_order, WheelchairLoan())
    office.hours_pass(5)
    broken.clear()
    office.answer(case, RETRY, by="team-manager")
    assert office.outcome_of(case) == "11:00"


@pytest.mark.parametrize(
    ("outcome", "accepted"),
    [
        ({"number": "BY-HAND", "chair": "powered"}, True),
        ({"number": "BY-HAND", "chair": "flying"}, False),
        ({"number": "BY-HAND"}, False),
        (None, False),
        ("BY-HAND", False),
    ],
)
def test_step_done_by_hand_gives_what_the_step_would_have_given(
    office: Office, effects: Effects, outcome: Any, accepted: bool
) -> None:
    """The person says what came of it; what the procedure could not go on with is refused, with the shape wanted."""
    case = parked(office)
    by_hand = StepAttention(how=HowItGoesOn.DONE_BY_HAND, what_was_done="Rang the shop.", outcome=outcome)
    if not accepted:
        with pytest.raises(AnswerRefused, match=r"outcome: give what the step would have returned, as .*number"):
            office.answer(case, by_hand, by="team-manager")
        assert office.waiting_for(case) == ["StepAttention of team-manager"]
        return
    office.answer(case, by_hand, by="team-manager")
    office.answer(case, FOLDING, by="duty-worker")

    assert effects.of(case) == []
    assert office.outcome_of(case) == "BY-HAND powered"
    done = next(entry for entry in ledger(office, case) if entry.key == "place-order" and entry.kind is EntryKind.DONE)
    assert (done.by, done.text) == ("team-manager", "The chair is ordered (by hand: Rang the shop.)")


def test_doing_it_by_hand_must_be_told(office: Office) -> None:
    """By hand without saying what was done is no answer."""
    with pytest.raises(AnswerRefused, match="what_was_done"):
        StepAttention.read({"how": "done-by-hand"})


def test_bug_in_the_flow_parks_the_case_and_cannot_be_done_by_hand(office: Office, effects: Effects) -> None:
    """An exception outside every step is treated alike; there is nothing a person could do in the flow's stead."""
    broken.add("flow")
    case = office.start(delivering, WheelchairLoan())
    office.hours_pass(1)

    assert failed_at(office, case)[-1] == "09:01:45 flow"
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    with pytest.raises(AnswerRefused, match="choose retry once it is put right"):
        by_hand = StepAttention(how=HowItGoesOn.DONE_BY_HAND, what_was_done="?", outcome=1)
        office.answer(case, by_hand, by="team-manager")
    broken.clear()
    office.answer(case, RETRY, by="team-manager")
    assert office.waiting_for(case) == ["ChairChosen of duty-worker"]
    assert effects.of(case) == ["order"]


def test_leg_never_raises_what_went_wrong_in_its_case(office: Office, effects: Effects) -> None:
    """Whatever a step or a flow raises, the leg ends by going to sleep; even where the words are no proper text."""

    @audited("Breaks")
    def break_with_half_a_character() -> None:
        raise RuntimeError("half a character: \udc80, and none: \x00")

    @procedure(follows="Lending wheelchairs")
    def breaking(loan: WheelchairLoan) -> None:
        break_with_half_a_character()

    case = office.start(breaking, WheelchairLoan())
    for _ in range(4):
        office.clock.advance(timedelta(minutes=10))
        assert isinstance(run_leg(office.council, case), Slept)
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    assert "\udc80, and none: \x00" in ledger(office, case)[1].data["account"]


@procedure(follows="Lending wheelchairs")
def catching(loan: WheelchairLoan) -> None:
    """A flow that looks at the exception a step leaves with, as Prefect does."""
    try:
        place_order()
    except StepFailed as failed:
        seen.append(failed)
        raise


@pytest.mark.parametrize("flow", [delivering, catching])
@pytest.mark.parametrize("what", ["order", "flow"])
def test_personal_words_of_an_exception_stay_in_the_ledger(
    office: Office, effects: Effects, flow: Any, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the exception that leaves a step nor any log line carries them; the ledger's payload has them in full."""
    caplog.set_level(logging.DEBUG)
    broken.add(what)
    case = office.start(flow, WheelchairLoan())
    office.hours_pass(1)
    if what == "flow" and flow is catching:
        assert office.is_closed(case)
        return

    account = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.FAILED).data["account"]
    assert CANARY in account
    assert "ValueError" in account
    assert CANARY not in caplog.text
    for message in [*office.inbox("team-manager"), *office.inbox("strategic-manager")]:
        assert CANARY not in message.subject + message.body
    with office.council.database.read() as session:
        assert all(CANARY not in str(vars(row)) for row in session.query(Entry))


def test_exception_that_leaves_a_step_holds_references_only(office: Office, effects: Effects) -> None:
    """Its words, arguments, cause and context say which step and which kind of error, and nothing else."""
    broken.add("order")
    office.start(catching, WheelchairLoan())
    (failed,) = seen

    assert failed.__cause__ is None
    assert failed.__context__ is None
    assert str(failed) == "step place-order failed (ValueError); it is tried again, then somebody is asked"
    for shown in (repr(failed), str(failed.args), "".join(traceback.format_exception(failed))):
        assert CANARY not in shown


def test_signal_while_a_step_rests_before_its_next_try_is_heard(office: Office, effects: Effects) -> None:
    """A case that waits for its next try is awake for what comes."""
    broken.add("order")
    case = office.start(delivering, WheelchairLoan())
    send_signal(office.council, case, RampBuilt())
    broken.clear()
    office.hours_pass(0)
    assert office.waiting_for(case) == ["ChairChosen of duty-worker"]
