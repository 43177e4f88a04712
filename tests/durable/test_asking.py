"""Asking: an answer comes typed, silence is an outcome where it was allowed for, and late answers are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.cases import WorkItem
from models.durations import working_days, working_hours
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused
from models.roles import Role
from models.states import WorkItemState
from tasks.durable import ask, audited, decision, first_of, now, procedure, staff, team, withdraw
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, NotTheirs, UnknownWorkItem, answer, item_named, open_items, take
from tests.durable.lending import (
    FOLDING,
    POWERED,
    Chair,
    ChairChosen,
    ChairReturned,
    WheelchairLoan,
    item_of,
    ledger,
    lines,
)

DUTY = Role.DUTY_WORKER
got: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_yet() -> None:
    """Each test begins with nothing noted."""
    got.clear()


@audited("Noted")
def note(what: str) -> str:
    """A step after an answer."""
    return what


@procedure(follows="Lending wheelchairs")
def choosing(loan: WheelchairLoan) -> None:
    """Ask once, without end."""
    got.append(ask(ChairChosen, of=DUTY, about="Edith, Mill Lane", wanted_within=working_days(1)))
    got.append(now())


@procedure(follows="Lending wheelchairs")
def choosing_in_time(loan: WheelchairLoan) -> str:
    """Ask, and go on without an answer after four hours of office time."""
    match ask(ChairChosen, of=DUTY, within=working_hours(4)):
        case None:
            note("nobody chose")
            ask(ChairReturned, of=DUTY)
            return "lapsed"
        case chosen:
            return f"chosen: {chosen.chair}"


def test_answer_comes_typed_and_says_when(office: Office) -> None:
    """What a person answers reaches the flow as the form, with the time of the answer as its now."""
    case = office.start(choosing, WheelchairLoan())
    office.hours_pass(2)
    chosen = ChairChosen(chair=Chair.POWERED, fitted_on=date(2026, 1, 9), remark="needs a ramp")
    office.answer(case, chosen, by="duty-worker")

    assert got == [chosen, office.clock.now()]
    answered = next(entry for entry in ledger(office, case) if entry.kind is EntryKind.ANSWERED)
    assert (answered.by, answered.step, answered.at) == ("duty-worker", "ChairChosen", office.clock.now())


def test_question_says_what_it_is_about_in_the_ledger_alone(office: Office) -> None:
    """What the person reads beside the form is in the entry's payload, and in no column and no message."""
    case = office.start(choosing, WheelchairLoan())

    data = ledger(office, case)[-1].data
    assert data["about"] == "Edith, Mill Lane"
    office.digest_goes_out()
    (told,) = office.inbox("duty-worker")
    assert "Edith" not in f"{told.subject} {told.body}"
    with office.council.database.read() as session:
        item = item_named(session, open_items(session, ref=case)[0].id)
    assert "Edith" not in str(vars(item))


def test_silence_is_none_and_the_item_leaves_the_list(office: Office) -> None:
    """Four office hours from 9am are 1pm: then the flow goes on without an answer, and nobody is asked any more."""
    case = office.start(choosing_in_time, WheelchairLoan())
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-05 13:00"]

    office.today_is("2026-01-05 12:59")
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-05 13:00"]

    office.today_is("2026-01-05 13:00")
    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]
    assert lines(office, case)[1:3] == ["lapsed chair-chosen", "done note"]


def test_answer_in_time_is_taken(office: Office) -> None:
    """An answer before the time is over is an answer, and the time passes without effect."""
    case = office.start(choosing_in_time, WheelchairLoan())
    office.today_is("2026-01-05 12:59")
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(3)

    assert office.outcome_of(case) == "chosen: folding"
    assert "lapsed chair-chosen" not in lines(office, case)


def test_late_answer_is_refused_with_what_happened(office: Office) -> None:
    """Whoever answers after the time hears that the case has gone on, and the ledger stays as it was."""
    case = office.start(choosing_in_time, WheelchairLoan())
    item = item_of(office, case)
    office.today_is("2026-01-05 13:00")
    before = lines(office, case)

    with pytest.raises(NoLongerOpen, match=f"{item} was not answered in time and the case {case} has gone on"):
        answer(office.council, item, {"chair": "folding"}, by="duty-worker")
    with pytest.raises(NoLongerOpen, match="was not answered in time"):
        take(office.council, item, by="duty-worker")
    assert lines(office, case) == before


def test_ended_item_says_so_before_its_answer_is_looked_at(office: Office) -> None:
    """Whoever comes too late hears just that, and is not first sent round to mend the form."""
    case = office.start(choosing_in_time, WheelchairLoan())
    item = item_of(office, case)
    office.answer(case, FOLDING, by="duty-worker")

    with pytest.raises(NoLongerOpen, match=f"{item} was answered by duty-worker on Monday 5 January 2026"):
        answer(office.council, item, {"no": "such field"}, by="duty-worker")


def test_unknown_member_of_staff_is_refused_without_repeating_what_was_typed(office: Office) -> None:
    """People type names where an id is wanted; no error text carries them on."""
    item = item_of(office, office.start(choosing_in_time, WheelchairLoan()))

    with pytest.raises(NotTheirs, match="the register has no member of staff of that id") as refused:
        answer(office.council, item, {"chair": "folding"}, by="Ada Canary")
    assert "Canary" not in str(refused.value)


def test_story_says_what_was_answered(office: Office) -> None:
    """A reader of the story sees the decision, not only that one was made."""
    case = office.start(choosing_in_time, WheelchairLoan())
    office.answer(case, FOLDING.model_copy(update={"remark": "for the stairs"}), by="duty-worker")

    assert any("choosing a chair (chair: folding; remark: for the stairs)" in line for line in office.story_of(case))


def test_answer_given_while_no_leg_could_run_still_counts(office: Office) -> None:
    """The ledger's order decides: an answer entered before the silence was is an answer, even after the hour."""
    case = office.start(choosing_in_time, WheelchairLoan())
    item = item_of(office, case)
    office.clock.advance(working_hours(6).time)  # the worker is down, and nobody enters that the time came
    answer(office.council, item, {"chair": "folding"}, by="duty-worker")
    office.hours_pass(1)

    assert office.outcome_of(case) == "chosen: folding"


def test_question_that_is_only_wanted_by_a_time_stays(office: Office) -> None:
    """With `wanted_within` the item is due then and chased, and the case waits on for weeks."""
    case = office.start(choosing, WheelchairLoan())
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-06 17:00"]

    office.days_pass(30)
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-06 17:00"]
    office.answer(case, FOLDING, by="duty-worker")
    assert office.is_closed(case)


def test_wrong_answer_names_every_problem_and_changes_nothing(office: Office) -> None:
    """An answer that does not meet the form is refused with every problem, never with what was typed."""
    case = office.start(choosing, WheelchairLoan())
    with pytest.raises(AnswerRefused) as refused:
        answer(office.council, item_of(office, case), {"chair": "CANARY", "colour": "CANARY"}, by="duty-worker")

    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["chair", "colour"]
    assert "CANARY" not in str(refused.value)
    assert item_of(office, case)


def test_answer_with_a_character_that_no_database_keeps_is_refused(office: Office) -> None:
    """PostgreSQL keeps no NUL: the answer is refused with what to take out, on every database alike."""
    case = office.start(choosing, WheelchairLoan())
    with pytest.raises(AnswerRefused, match="take out the character NUL"):
        answer(office.council, item_of(office, case), {"chair": "folding", "remark": "a\x00b"}, by="duty-worker")


@pytest.mark.parametrize(
    ("asked", "may", "may_not"),
    [
        (
            DUTY,
            ["duty-worker", "duty-worker-2", "team-leader", "head-of-service"],
            ["practitioner", "brokerage-officer"],
        ),
        (
            staff("practitioner"),
            ["practitioner", "team-leader", "team-manager"],
            ["practitioner-2", "rowan-team-leader"],
        ),
        (team("hazel"), ["practitioner", "practitioner-2", "team-leader"], ["duty-worker", "rowan-team-leader"]),
        (Role.TEAM_MANAGER, ["team-manager", "strategic-manager"], ["team-leader", "duty-worker"]),
        (Role.BROKERAGE, ["brokerage-officer"], ["duty-worker", "head-of-service"]),
    ],
)
def test_item_is_answered_by_those_asked_or_by_managers_above(
    office: Office, asked: Any, may: list[str], may_not: list[str]
) -> None:
    """Others hear for whom the item is; nobody who is not in the register, or has left, answers anything."""

    @procedure(follows="Lending wheelchairs")
    def choosing_by_somebody(loan: WheelchairLoan) -> None:
        ask(ChairChosen, of=asked)

    for who in may:
        case = office.start(choosing_by_somebody, WheelchairLoan())
        office.answer(case, FOLDING, by=who)
        assert office.is_closed(case)
    case = office.start(choosing_by_somebody, WheelchairLoan())
    for who in [*may_not, "nobody-of-that-name", "practitioner-6"]:
        with pytest.raises(NotTheirs):
            office.answer(case, FOLDING, by=who)
    assert lines(office, case) == ["asked chair-chosen"]


@pytest.mark.parametrize("urgent", [True, False])
def test_whoever_is_on_call_answers_what_is_urgent_and_nothing_else(office: Office, urgent: bool) -> None:
    """They hear of urgent work when nobody else does, so they may act on it; the rest waits for those asked."""

    @procedure(follows="Lending wheelchairs")
    def choosing_at_night(loan: WheelchairLoan) -> None:
        ask(ChairChosen, of=DUTY, urgent=urgent)

    case = office.start(choosing_at_night, WheelchairLoan())
    if not urgent:
        with pytest.raises(NotTheirs):
            office.answer(case, FOLDING, by="on-call-manager")
        return
    office.answer(case, FOLDING, by="on-call-manager")
    assert office.is_closed(case)


def test_item_that_does_not_exist_is_named(office: Office) -> None:
    """A wrong id says where to look the right one up."""
    with pytest.raises(UnknownWorkItem, match="no work item W-NOSUCH"):
        answer(office.council, "W-NOSUCH", {}, by="duty-worker")


@procedure(follows="Lending wheelchairs")
def choosing_twice(loan: WheelchairLoan) -> None:
    """Ask the same form twice in a row."""
    got.extend([ask(ChairChosen, of=DUTY), ask(ChairChosen, of=Role.TEAM_LEADER)])


def test_same_form_asked_again_is_a_new_question(office: Office) -> None:
    """The second question has a key of its own and an answer of its own."""
    case = office.start(choosing_twice, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    assert office.waiting_for(case) == ["ChairChosen of team-leader"]
    office.answer(case, POWERED, by="team-leader")

    assert got == [FOLDING, POWERED]
    assert [line for line in lines(office, case) if line.startswith("asked")] == [
        "asked chair-chosen",
        "asked chair-chosen[2]",
    ]


@procedure(follows="Lending wheelchairs")
def changing_ones_mind(loan: WheelchairLoan) -> None:
    """Ask, take the question back when the chair returns, and ask again."""
    first = decision(ChairChosen, of=DUTY)
    first_of(decision(ChairReturned, of=DUTY))
    withdraw(first)
    ask(ChairReturned, of=DUTY)
    got.append(ask(ChairChosen, of=Role.TEAM_LEADER))


def test_withdrawn_question_leaves_the_list_and_cannot_be_answered(office: Office) -> None:
    """What the flow no longer asks is gone from the worklist, and an answer to it is refused with a clear message."""
    case = office.start(changing_ones_mind, WheelchairLoan())
    item = next(one.id for one in items(office, case) if one.form == "ChairChosen")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert office.waiting_for(case) == ["ChairReturned of duty-worker"]
    assert "withdrew withdraw:chair-chosen" in lines(office, case)
    with pytest.raises(NoLongerOpen, match=f"{item} is no longer asked"):
        answer(office.council, item, {"chair": "folding"}, by="duty-worker")


def test_question_asked_again_after_it_was_withdrawn_is_put_anew(office: Office) -> None:
    """A case never waits for a question that was taken back: it is put again, to whom the flow now says."""
    case = office.start(changing_ones_mind, WheelchairLoan())
    office.answer(case, ChairReturned(), by="duty-worker")
    office.answer(case, ChairReturned(), by="duty-worker")

    assert office.waiting_for(case) == ["ChairChosen of team-leader"]
    office.answer(case, POWERED, by="team-leader")
    assert got == [POWERED]
    assert office.is_closed(case)


def test_taken_item_is_shown_as_ones_own_and_can_be_taken_over(office: Office) -> None:
    """Taking is an entry; taking one's own again is none, and a colleague who takes it over is another."""
    case = office.start(choosing, WheelchairLoan())
    office.take(case, ChairChosen, by="duty-worker")
    office.take(case, ChairChosen, by="duty-worker")
    office.take(case, ChairChosen, by="duty-worker-2")

    assert items(office, case)[0].assignee == "duty-worker-2"
    assert lines(office, case)[1:] == ["acknowledged chair-chosen", "reassigned chair-chosen"]


def test_answer_is_one_row_with_a_name_and_a_time(office: Office) -> None:
    """The work item itself says who answered and when."""
    case = office.start(choosing, WheelchairLoan())
    item_id = item_of(office, case)
    office.answer(case, FOLDING, by="Duty-Worker")
    with office.council.database.read() as session:
        item = session.get_one(WorkItem, item_id)
    assert (item.state, item.answered_by, item.answered_at) == (
        WorkItemState.ANSWERED,
        "duty-worker",
        office.clock.now(),
    )


def items(office: Office, ref: str) -> Any:
    """The open items of a case."""
    with office.council.database.read() as session:
        return open_items(session, ref=ref)
