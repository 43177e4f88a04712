"""Waiting for whichever comes first: the ledger's order decides, each signal counts once, a timer fires once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.cases import WorkItem
from models.clock import VirtualClock
from models.durations import calendar_days, calendar_hours, working_days
from models.entry_kinds import EntryKind
from models.forms.house import MessageRead
from models.roles import Role
from tasks.durable import (
    Closed,
    Due,
    after,
    ask,
    at,
    audited,
    closed,
    day,
    decision,
    first_of,
    now,
    open_case,
    procedure,
    signal,
    which_of,
    withdraw,
    worklist,
)
from tasks.durable.arrivals import send_signal
from tasks.durable.ledger import CaseIsClosed
from tasks.durable.running import run_leg
from tasks.durable.testing import Office
from tests.durable.lending import (
    FOLDING,
    MONDAY,
    POWERED,
    ChairChosen,
    ChairReturned,
    NoteFromFamily,
    RampBuilt,
    WheelchairLoan,
    answer_quietly,
    interruptible,
    ledger,
    lines,
    open_quietly,
)

DUTY = Role.DUTY_WORKER
got: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    """Each test begins with nothing noted."""
    got.clear()


@audited("Noted", keyed_by="what")
def note(what: str) -> str:
    """Enter what came, so that another way would show in the ledger."""
    return what


# ---------------------------------------------------------------- whichever comes first


@procedure(follows="Lending wheelchairs")
def waiting_for_several(loan: WheelchairLoan) -> str:
    """Wait for a choice, a ramp or the third day, and say which it was."""
    came = first_of(decision(ChairChosen, of=DUTY), signal(RampBuilt), day("third-day", 3, since=MONDAY))
    note(type(came).__name__)
    return type(came).__name__


def test_answer_that_comes_first_decides(office: Office) -> None:
    """An answer on the first day is what came."""
    case = office.start(waiting_for_several, WheelchairLoan())
    assert office.waiting_for(case) == ["third-day, due 2026-01-08 00:00", "ChairChosen of duty-worker", "RampBuilt"]
    office.answer(case, FOLDING, by="duty-worker")
    assert office.outcome_of(case) == "ChairChosen"


def test_signal_that_comes_first_decides(office: Office) -> None:
    """A signal on the first day is what came."""
    case = office.start(waiting_for_several, WheelchairLoan())
    office.signal(case, RampBuilt())
    assert office.outcome_of(case) == "RampBuilt"


def test_day_that_comes_first_decides(office: Office) -> None:
    """Day 3 since Monday is Thursday, at its first moment."""
    case = office.start(waiting_for_several, WheelchairLoan())
    office.today_is("2026-01-07 23:59")
    assert not office.is_closed(case)
    office.today_is("2026-01-08 00:00")
    assert office.outcome_of(case) == "Due"


@procedure(follows="Lending wheelchairs")
def asking_duty_and_the_manager(loan: WheelchairLoan) -> str:
    """Ask two people on the same form until both have answered, and say in which order they did."""
    open_ = {one: decision(ChairChosen, of=one, key=f"asked-{one}") for one in (DUTY, Role.TEAM_MANAGER)}
    answered = []
    while open_:
        who, chosen = which_of(open_)
        del open_[who]
        answered.append(f"{who} {chosen.chair}")
    return note("; ".join(answered))


@pytest.mark.parametrize("first", ["duty-worker", "team-manager"])
def test_which_of_several_questions_on_one_form_was_answered(office: Office, first: str) -> None:
    """Each answer is known by the name of its question, whoever answers first."""
    case = office.start(asking_duty_and_the_manager, WheelchairLoan(person="P-104"))
    second = "team-manager" if first == "duty-worker" else "duty-worker"
    answers = {first: FOLDING, second: POWERED}
    for who in (first, second):
        with office.council.database.read() as session:
            item = session.scalars(
                select(WorkItem).where(WorkItem.case_ref == case, WorkItem.asked_of == f"role-{who}")
            ).one()
        worklist.answer(office.council, item.id, answers[who].model_dump(mode="json"), by=who)
        office.hours_pass(1)
    said = {who: answer.chair for who, answer in answers.items()}
    assert office.outcome_of(case) == f"{first} {said[first]}; {second} {said[second]}"


def test_order_in_the_ledger_decides_where_several_have_come(office: Office) -> None:
    """A signal and an answer come while no leg can run, and the time passes: the one entered first is taken."""
    case = office.start(waiting_for_several, WheelchairLoan())
    office.clock.advance(timedelta(days=5))
    send_signal(office.council, case, RampBuilt())
    answer_quietly(office, case, FOLDING)
    office.hours_pass(0)

    assert lines(office, case)[3:6] == ["signalled ramp-built", "answered chair-chosen", "fell-due third-day"]
    assert office.outcome_of(case) == "RampBuilt"


def test_timers_that_fell_due_together_are_entered_in_the_order_of_their_times(office: Office) -> None:
    """After a night without a worker everything is entered by its own time, not by the order in the code."""

    @procedure(follows="Lending wheelchairs")
    def three_times(loan: WheelchairLoan) -> str:
        waits = [after(f"t{hours}", calendar_hours(hours), since=MONDAY) for hours in (6, 2, 4)]
        return first_of(*waits).name  # type: ignore[call-overload, no-any-return]

    case = office.start(three_times, WheelchairLoan())
    office.clock.advance(timedelta(hours=12))
    office.hours_pass(0)

    assert [line for line in lines(office, case) if "fell-due" in line] == ["fell-due t2", "fell-due t4", "fell-due t6"]
    assert office.outcome_of(case) == "t2"


# ---------------------------------------------------------------- timers


@procedure(follows="Lending wheelchairs")
def looking_in(loan: WheelchairLoan) -> str:
    """Wait for the chair's return, warned once on day 3, and looking in every two days since the last arrival."""
    while True:
        returned = decision(ChairReturned, of=DUTY)
        warned = day("warned", 3, since=MONDAY)
        look_in = after("look-in", calendar_days(2))
        came = first_of(returned, warned, look_in)
        got.append(came.name if isinstance(came, Due) else "returned")
        match came:
            case ChairReturned():
                return "returned"
            case Due():
                pass


def test_spent_timer_does_not_fire_again(office: Office) -> None:
    """Named again in a loop with the same moment, a timer that has fired stays spent."""
    case = office.start(looking_in, WheelchairLoan())
    office.days_pass(9)
    office.answer(case, ChairReturned(), by="duty-worker")

    fallen = [line for line in lines(office, case) if line.startswith("fell-due")]
    assert fallen.count("fell-due warned") == 1
    assert office.is_closed(case)


def test_timer_with_another_moment_is_set_anew(office: Office) -> None:
    """Counted from the latest arrival, the looking in moves on after each; the one before is withdrawn or spent."""
    case = office.start(looking_in, WheelchairLoan())
    assert office.waiting_for(case)[0] == "look-in, due 2026-01-07 09:00"
    office.today_is("2026-01-07 09:00")
    assert office.waiting_for(case)[:2] == ["warned, due 2026-01-08 00:00", "look-in[2], due 2026-01-09 09:00"]
    office.today_is("2026-01-08 00:00")
    assert office.waiting_for(case)[0] == "look-in[3], due 2026-01-10 00:00"
    assert "withdrew withdraw:look-in[2]" in lines(office, case)

    office.today_is("2026-01-09 12:00")  # what was withdrawn does not fire
    assert not any("fell-due look-in[2]" in line for line in lines(office, case))


def test_now_is_the_time_of_the_latest_arrival(office: Office) -> None:
    """A flow's now is when it was opened, then when the latest wait ended, whenever it happens to run."""

    @procedure(follows="Lending wheelchairs")
    def telling_the_time(loan: WheelchairLoan) -> None:
        moments = [now()]
        first_of(at("noon", MONDAY + timedelta(hours=3)))
        moments.append(now())
        ask(ChairChosen, of=DUTY)
        moments.append(now())
        got.append(moments)
        ask(ChairReturned, of=DUTY)

    case = office.start(telling_the_time, WheelchairLoan())
    office.hours_pass(3)
    office.hours_pass(2)
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(2)
    office.answer(case, ChairReturned(), by="duty-worker")

    assert len(got) >= 2
    assert all(one == [MONDAY, MONDAY + timedelta(hours=3), MONDAY + timedelta(hours=5)] for one in got)


def test_timer_in_working_time_rests_on_closed_days(office: Office) -> None:
    """Two working days from Thursday 2 April 2026 pass over Good Friday, the weekend and Easter Monday."""

    @procedure(follows="Lending wheelchairs")
    def over_easter(loan: WheelchairLoan) -> None:
        first_of(after("two-days", working_days(2)))

    office.today_is("2026-04-02 10:00")
    case = office.start(over_easter, WheelchairLoan())
    assert office.waiting_for(case) == ["two-days, due 2026-04-08 17:00"]


def test_timer_withdrawn_and_named_again_is_set_again(office: Office) -> None:
    """What was withdrawn is over; named once more, it is a new timer for the same moment."""

    @procedure(follows="Lending wheelchairs")
    def twice_noon(loan: WheelchairLoan) -> str:
        noon = MONDAY + timedelta(hours=3)
        withdraw(at("noon", noon))
        return first_of(at("noon", noon)).name

    case = office.start(twice_noon, WheelchairLoan())
    assert office.waiting_for(case) == ["noon[2], due 2026-01-05 12:00"]
    office.hours_pass(3)
    assert office.outcome_of(case) == "noon"


# ---------------------------------------------------------------- signals


@procedure(follows="Lending wheelchairs")
def two_ramps(loan: WheelchairLoan) -> None:
    """Ask, and then wait for two ramps, one after the other."""
    ask(ChairChosen, of=DUTY)
    got.append([first_of(signal(RampBuilt)).width_mm, first_of(signal(RampBuilt)).width_mm])
    ask(ChairReturned, of=DUTY)


@pytest.mark.parametrize("before", [0, 1, 2])
def test_signal_counts_once_whether_it_came_before_or_while_it_was_awaited(office: Office, before: int) -> None:
    """Two signals are two signals, in their order, however many of them came before anybody waited."""
    case = office.start(two_ramps, WheelchairLoan())
    widths = [800, 1000]
    for width in widths[:before]:
        office.signal(case, RampBuilt(width_mm=width))
    office.answer(case, FOLDING, by="duty-worker")
    for width in widths[before:]:
        assert "RampBuilt" in office.waiting_for(case)
        office.signal(case, RampBuilt(width_mm=width))
    office.answer(case, ChairReturned(), by="duty-worker")

    assert got == [widths, widths]
    assert office.is_closed(case)


def test_signal_with_the_same_id_counts_once(office: Office) -> None:
    """A sender that sends twice, or ten times, is heard once, and gets the same entry each time."""
    case = office.start(two_ramps, WheelchairLoan())
    numbers = {send_signal(office.council, case, RampBuilt(), signal_id="builder-17") for _ in range(10)}
    other = send_signal(office.council, case, RampBuilt(), signal_id="builder-18")

    assert len(numbers) == 1
    assert other not in numbers
    assert lines(office, case).count("signalled ramp-built") == 2


def test_signal_that_was_taken_in_is_known_again_after_the_case_was_closed(office: Office) -> None:
    """The sender's second try comes late: it hears that we have it, while anything new is refused."""
    case = office.start(waiting_for_several, WheelchairLoan())
    first = send_signal(office.council, case, RampBuilt(), signal_id="builder-17")
    office.hours_pass(0)
    assert office.is_closed(case)

    assert send_signal(office.council, case, RampBuilt(), signal_id="builder-17") == first
    with pytest.raises(CaseIsClosed):
        send_signal(office.council, case, RampBuilt(), signal_id="builder-18")


@procedure(follows="Lending wheelchairs")
def giving_up_on_the_ramp(loan: WheelchairLoan) -> str:
    """Wait for a ramp for a day, do without, and wait again once the chair was chosen."""
    ramp = signal(RampBuilt)
    came = first_of(ramp, at("a-day-later", MONDAY + timedelta(days=1)))
    note("came" if isinstance(came, RampBuilt) else "given up")
    withdraw(ramp)
    ask(ChairChosen, of=DUTY)
    note("chosen")
    return f"{first_of(signal(RampBuilt)).width_mm} mm"


def test_signal_after_its_wait_was_withdrawn_goes_to_the_next_wait(office: Office) -> None:
    """What comes while nobody waits is kept for whoever waits next; the way taken before stays as it was."""
    case = office.start(giving_up_on_the_ramp, WheelchairLoan())
    office.days_pass(1)
    office.signal(case, RampBuilt(width_mm=850))
    office.answer(case, FOLDING, by="duty-worker")

    assert office.outcome_of(case) == "850 mm"
    assert lines(office, case).count("withdrew withdraw:ramp-built") == 1


def test_case_that_waits_again_after_a_withdrawal_hears_what_comes(office: Office) -> None:
    """A second wait for the same signal is a wait of its own."""
    case = office.start(giving_up_on_the_ramp, WheelchairLoan())
    office.days_pass(1)
    office.answer(case, FOLDING, by="duty-worker")
    assert office.waiting_for(case) == ["RampBuilt"]
    office.signal(case, RampBuilt(width_mm=700))

    assert office.outcome_of(case) == "700 mm"


def test_note_that_the_owner_reads_is_a_question_of_the_house(office: Office) -> None:
    """Whatever the flow waits for, the note is read by the owner; and the flow goes on as before."""
    case = office.start(two_ramps, WheelchairLoan(), owner="staff-practitioner")
    office.signal(case, NoteFromFamily(text="She fell."))
    assert "MessageRead of practitioner, due 2026-01-05 13:00" in office.waiting_for(case)

    office.answer(case, FOLDING, by="duty-worker")
    office.signal(case, RampBuilt())
    office.signal(case, RampBuilt())
    assert "ChairReturned of duty-worker" in office.waiting_for(case)


def test_case_is_not_closed_before_its_owner_has_read_the_note(office: Office) -> None:
    """The procedure is at its end, and the case stays open for what was sent to it."""
    case = office.start(waiting_for_several, WheelchairLoan(), owner="staff-practitioner")
    office.signal(case, NoteFromFamily(text="She fell."))
    office.answer(case, FOLDING, by="duty-worker")

    assert not office.is_closed(case)
    assert "MessageRead of practitioner, due 2026-01-05 13:00" in office.waiting_for(case)
    office.answer(case, MessageRead(what_follows="Rang her daughter."), by="practitioner")
    assert office.outcome_of(case) == "ChairChosen"


# ---------------------------------------------------------------- withdrawing


def test_withdrawing_twice_or_what_has_come_does_nothing(office: Office) -> None:
    """There is one entry for one withdrawal, and none for what has come already."""

    @procedure(follows="Lending wheelchairs")
    def tidy(loan: WheelchairLoan) -> None:
        chosen, returned = decision(ChairChosen, of=DUTY), decision(ChairReturned, of=DUTY)
        first_of(chosen)
        withdraw(chosen)
        withdraw(returned)
        withdraw(returned)
        ask(ChairChosen, of=DUTY)

    case = office.start(tidy, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.answer(case, POWERED, by="duty-worker")

    assert [line for line in lines(office, case) if "withdrew" in line] == ["withdrew withdraw:chair-returned"]
    assert office.is_closed(case)


# ---------------------------------------------------------------- other cases


@procedure(follows="Lending wheelchairs")
def fitting_a_chair(loan: WheelchairLoan) -> str:
    """A case of its own that ends with an answer."""
    return str(ask(ChairChosen, of=DUTY).chair)


@procedure(follows="Lending wheelchairs")
def lending_with_a_fitting(loan: WheelchairLoan) -> str:
    """Open a fitting, ask, and then wait for the fitting to close, at most until February."""
    fitting = open_case(fitting_a_chair, WheelchairLoan(), owner=DUTY)
    ask(ChairReturned, of=DUTY)
    came = first_of(closed(fitting), at("february", MONDAY + timedelta(days=27)))
    match came:
        case Closed(ref, outcome):
            note(f"{ref == fitting} {outcome}")
            return f"fitted: {outcome}"
        case Due():
            return "gave up"


@pytest.mark.parametrize("child_first", [True, False])
def test_closing_of_another_case_is_heard_before_and_after_it_is_awaited(office: Office, child_first: bool) -> None:
    """Whether the fitting closes before or while the loan waits for it, the loan hears how it ended."""
    case = office.start(lending_with_a_fitting, WheelchairLoan())
    (fitting,) = office.cases(fitting_a_chair)
    if child_first:
        office.answer(fitting, POWERED, by="duty-worker")
        assert office.is_closed(fitting)
        office.answer(case, ChairReturned(), by="duty-worker")
    else:
        office.answer(case, ChairReturned(), by="duty-worker")
        assert fitting in office.waiting_for(case)
        office.answer(fitting, POWERED, by="duty-worker")

    assert office.outcome_of(case) == "fitted: powered"
    assert lines(office, case).count(f"case-closed closed:{fitting}") == 1


def test_wait_for_another_case_can_run_out(office: Office) -> None:
    """The fitting does not close: the other wait comes first, and the fitting goes on alone."""
    case = office.start(lending_with_a_fitting, WheelchairLoan())
    office.answer(case, ChairReturned(), by="duty-worker")
    office.days_pass(27)

    assert office.outcome_of(case) == "gave up"
    (fitting,) = office.cases(fitting_a_chair)
    office.answer(fitting, FOLDING, by="duty-worker")  # tells nobody, as the loan is closed
    assert office.is_closed(fitting)
    assert ledger(office, case)[-1].kind is EntryKind.CLOSED


def test_way_is_the_same_where_an_answer_comes_while_a_closed_case_is_looked_up(office: Office) -> None:
    """The answer was entered before the wait for a case that had closed: it is what came first, now and ever after."""
    fitting = office.start(fitting_a_chair, WheelchairLoan())
    office.answer(fitting, FOLDING, by="duty-worker")
    clock = interruptible(office)

    @procedure(follows="Lending wheelchairs")
    def looking_up_the_fitting(loan: WheelchairLoan) -> None:
        chosen = decision(ChairChosen, of=DUTY)
        came = type(first_of(chosen, closed(loan.person))).__name__
        note("what came")
        got.append(came)
        ask(ChairReturned, of=DUTY)

    case = open_quietly(office, looking_up_the_fitting, person=fitting)
    before_it_is_looked_up = 3  # the leg begins, enters its question, and then locks the other case
    clock.at_look(before_it_is_looked_up, lambda: answer_quietly(office, case, POWERED))
    run_leg(office.council, case)
    office.answer(case, ChairReturned(), by="duty-worker")

    assert set(got) == {"ChairChosen"}
    assert office.is_closed(case)


def test_virtual_clock_never_goes_back(office: Office) -> None:
    """Time in these tests passes as it does outside: forward."""
    with pytest.raises(ValueError, match="cannot go back"):
        VirtualClock(MONDAY).move_to(MONDAY - timedelta(seconds=1))
