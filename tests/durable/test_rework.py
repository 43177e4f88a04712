"""Another policy comes into force: open due times are worked out by it, each change is entered, and cases wake."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from deployments.example_council import example_policy, example_policy_text
from models.audit import PolicyActivation
from models.cases import Milestone, Wait, WorkItem
from models.decision_tables.levels import Rag
from models.due_rules import due_under
from models.durations import working_days
from models.entry_kinds import EntryKind
from models.forms.base import CaseFacts
from models.outbox import OutboxMessage
from models.policy import Policy, parse_policy
from models.roles import Role
from models.states import MilestoneState, WaitState, WorkItemState
from models.tray_clocks import contact_asked, contact_due
from models.working_time import LONDON
from tasks.audit.verifying import verify
from tasks.database import Database
from tasks.durable import Due, after, ask, at, decision, first_of, now, procedure, signal
from tasks.durable.council import Change
from tasks.durable.ledger import recall
from tasks.durable.rework import changes_under, policy_in_force, unknown_under, work_due_times_out_anew
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, ChairReturned, RampBuilt

DUTY = Role.DUTY_WORKER


class Waiting(CaseFacts):
    """Somebody who waits, in a colour."""

    colour: Rag = Rag.AMBER
    remark: str = ""


@procedure(follows="the stories of changed policies")
def keeping_in_touch(waiting: Waiting) -> str:
    """Ask for a contact on its day, and say whether it came before it was due."""
    begun = now()
    first_of(at("contact", contact_asked(waiting.colour, begun)))
    asked = decision(ChairReturned, of=DUTY, wanted_within=contact_due(waiting.colour, begun))
    came = first_of(asked, at("contact-missed", contact_due(waiting.colour, begun)))
    return "missed" if isinstance(came, Due) else "reached"


@procedure(follows="the stories of changed policies")
def waiting_for_a_while(waiting: Waiting) -> str:
    """Wait three working days, or for a ramp."""
    first_of(after("three-days", working_days(3)), signal(RampBuilt))
    return "waited"


@procedure(follows="the stories of changed policies")
def asking_for_a_while(waiting: Waiting) -> str:
    """Ask, and take silence for an answer after three working days."""
    return "silence" if ask(ChairChosen, of=DUTY, within=working_days(3)) is None else "answer"


@procedure(follows="the stories of changed policies")
def asking_patiently(waiting: Waiting) -> str:
    """Ask for an answer within three working days, and wait for it for ever."""
    return str(ask(ChairChosen, of=DUTY, about=waiting.remark, wanted_within=working_days(3)).chair)


@procedure(follows="the stories of changed policies")
def waiting_for_a_date(waiting: Waiting) -> str:
    """Wait for a fixed moment."""
    first_of(at("the-date", datetime(2026, 1, 12, 10, tzinfo=UTC)))
    return "came"


def with_settings(*changes: tuple[str, str]) -> Policy:
    """The example council's policy with some lines written otherwise."""
    text = example_policy_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_policy(text, "policy.toml")


def amber_every(length: str) -> Policy:
    """The example policy with another rhythm for Amber."""
    return with_settings(('fortnight = "P14D"', f'fortnight = "{length}"'))


def with_bank_holiday(day: str) -> Policy:
    """The example policy with one bank holiday more."""
    return with_settings(("extra_bank_holidays = []", f"extra_bank_holidays = [{day}]"))


def changes_in(office: Office, case: str) -> list[tuple[str, str, str]]:
    """What was entered of changed due times: key, new time, version of the policy."""
    with office.council.database.read() as session:
        entries = [entry for entry in recall(session, case) if entry.kind is EntryKind.DUE_CHANGED]
    return [(one.key, one.data["due"], one.text) for one in entries]


def local(moment: str) -> str:
    """A moment on the wall clock, as entries have it."""
    return datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC).isoformat()


# ------------------------------------------------------------------ what moves


@pytest.mark.clauses("PWT-54")
def test_a_shorter_rhythm_brings_the_next_contact_forward(office: Office) -> None:
    """Amber weekly in place of fortnightly: the timer moves to the week's end, with one entry."""
    case = office.start(keeping_in_touch, Waiting())
    assert office.waiting_for(case) == ["contact, due 2026-01-19 08:30"]

    office.policy_becomes(amber_every("P7D"))

    assert office.waiting_for(case) == ["contact, due 2026-01-12 08:30"]
    moved = "Due time of contact is now Monday 12 January 2026, 8:30am, by the new policy"
    assert changes_in(office, case) == [("contact", local("2026-01-12 08:30"), moved)]


def test_a_case_that_is_overdue_by_the_new_policy_acts_at_once(office: Office) -> None:
    """Ten days have passed when Amber becomes weekly: the contact is asked for, and has been missed, at that moment."""
    case = office.start(keeping_in_touch, Waiting())
    office.days_pass(10)

    office.policy_becomes(amber_every("P7D"))

    assert office.outcome_of(case) == "missed"
    assert office.story_of(case)[-1].startswith("2026-01-15 09:00")


def test_a_question_moves_with_the_rule_it_was_asked_by(office: Office) -> None:
    """It does not lapse: its time stands with the work item, and moves there; the timer beside it moves as well."""
    case = office.start(keeping_in_touch, Waiting())
    office.today_is("2026-01-19 08:30")
    assert office.waiting_for(case) == [
        "ChairReturned of duty-worker, due 2026-01-19 17:00",
        "contact-missed, due 2026-01-19 17:00",
    ]

    office.policy_becomes(amber_every("P15D"))

    assert office.waiting_for(case) == [
        "ChairReturned of duty-worker, due 2026-01-20 17:00",
        "contact-missed, due 2026-01-20 17:00",
    ]
    assert [key for key, _, _ in changes_in(office, case)] == ["chair-returned", "contact-missed"]
    office.today_is("2026-01-20 16:59")
    office.answer(case, ChairReturned(), by="duty-worker")
    assert office.outcome_of(case) == "reached"


def test_a_longer_rhythm_puts_the_contact_off(office: Office) -> None:
    """Nothing happens on the old day; the case wakes on the new one."""
    case = office.start(keeping_in_touch, Waiting())
    office.policy_becomes(amber_every("P21D"))
    office.today_is("2026-01-25 09:00")
    assert office.waiting_for(case) == ["contact, due 2026-01-26 08:30"]
    office.today_is("2026-01-26 08:30")
    assert office.waiting_for(case)[0].startswith("ChairReturned")


@pytest.mark.clauses("GAP-51")
def test_a_new_bank_holiday_brings_a_contact_forward_and_puts_working_days_off(office: Office) -> None:
    """Monday 19 January is proclaimed one: the contact comes on the Friday; three working days end a day later."""
    contact = office.start(keeping_in_touch, Waiting())
    office.today_is("2026-01-15 09:00")
    working = office.start(waiting_for_a_while, Waiting())
    assert office.waiting_for(working) == ["three-days, due 2026-01-20 17:00", "RampBuilt"]

    office.policy_becomes(with_bank_holiday("2026-01-19"))

    assert office.waiting_for(contact) == ["contact, due 2026-01-16 08:30"]
    assert office.waiting_for(working) == ["three-days, due 2026-01-21 17:00", "RampBuilt"]
    assert [due for _, due, _ in changes_in(office, working)] == [local("2026-01-21 17:00")]


@pytest.mark.parametrize("asking", [asking_for_a_while, asking_patiently])
def test_questions_and_their_chasing_move_with_the_calendar(office: Office, asking: Any) -> None:
    """Three working days from Monday end on Friday where the Wednesday is closed, and so does the ladder above."""
    case = office.start(asking, Waiting())
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-08 17:00"]

    office.policy_becomes(with_bank_holiday("2026-01-07"))

    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-09 16:30"]
    moved = [text for _, _, text in changes_in(office, case)]
    assert moved[0] == "Due time of chair-chosen is now Friday 9 January 2026, 4:30pm, by the new policy"
    assert "To escalate is now due Thursday 8 January 2026, 5pm, by the new policy" in moved
    office.today_is("2026-01-09 16:29")
    assert office.waiting_for(case) == ["ChairChosen of duty-worker, due 2026-01-09 16:30"]
    office.today_is("2026-01-09 16:30")
    assert office.is_closed(case) is (asking is asking_for_a_while)


def test_other_office_hours_move_what_ends_at_closing(office: Office) -> None:
    """Closing at four: what was due by Monday's closing is due an hour earlier."""
    case = office.start(keeping_in_touch, Waiting())
    office.today_is("2026-01-19 09:00")
    shorter = ('monday = { opens = "08:30", closes = "17:00" }', 'monday = { opens = "08:30", closes = "16:00" }')

    office.policy_becomes(with_settings(shorter))

    assert office.waiting_for(case)[0] == "ChairReturned of duty-worker, due 2026-01-19 16:00"


def test_a_fixed_moment_and_what_has_ended_stay(office: Office) -> None:
    """Nothing is entered for a case that has nothing to move, and it is not woken."""
    fixed, over = office.start(waiting_for_a_date, Waiting()), office.start(asking_patiently, Waiting())
    office.answer(over, FOLDING, by="duty-worker")
    before = office.case(fixed).wake_no

    office.policy_becomes(with_bank_holiday("2026-01-07"))

    assert changes_in(office, fixed) == changes_in(office, over) == []
    assert office.case(fixed).wake_no == before
    assert office.waiting_for(fixed) == ["the-date, due 2026-01-12 10:00"]


def test_the_ledger_verifies_after_due_times_have_moved(office: Office) -> None:
    """Rows and entries say the same of every due time, moved once or twice."""
    for start in (keeping_in_touch, waiting_for_a_while, asking_for_a_while, asking_patiently):
        office.start(start, Waiting())
    office.policy_becomes(with_bank_holiday("2026-01-07"))
    office.policy_becomes(amber_every("P7D"))

    with office.council.database.read() as session:
        assert list(verify(session)) == []


# ------------------------------------------------------------------ once, and not undone


def test_a_policy_comes_into_force_once(office: Office) -> None:
    """A second look changes nothing, enters nothing and wakes nobody."""
    case = office.start(keeping_in_touch, Waiting())
    office.policy_becomes(amber_every("P7D"))
    before = (changes_in(office, case), office.case(case).wake_no)

    assert work_due_times_out_anew(office.council, settles_in=timedelta(0)) == []
    assert work_due_times_out_anew(office.council) == []

    assert (changes_in(office, case), office.case(case).wake_no) == before
    with office.council.database.read() as session:
        assert len(session.scalars(select(PolicyActivation)).all()) == 1


def test_going_back_to_an_earlier_policy_moves_everything_back(office: Office) -> None:
    """A mistaken rhythm is taken back: the due times are those of before, and each way is entered."""
    office.policy_becomes(example_policy())
    case = office.start(keeping_in_touch, Waiting())
    office.policy_becomes(amber_every("P28D"))
    assert office.waiting_for(case) == ["contact, due 2026-02-02 08:30"]

    office.policy_becomes(example_policy())

    assert office.waiting_for(case) == ["contact, due 2026-01-19 08:30"]
    assert len(changes_in(office, case)) == 2
    with office.council.database.read() as session:
        in_force = policy_in_force(session)
        assert in_force is not None and in_force.version == example_policy().version


def test_two_machines_with_different_policies_do_not_pull_cases_to_and_fro(office: Office) -> None:
    """An earlier policy comes back only once the present one has been in force for ten minutes."""
    office.policy_becomes(example_policy())
    case = office.start(keeping_in_touch, Waiting())
    office.policy_becomes(amber_every("P7D"))
    office.council.policy = example_policy()
    for _ in range(5):
        assert work_due_times_out_anew(office.council) == []
        office.clock.advance(timedelta(minutes=1))
    assert len(changes_in(office, case)) == 1

    office.clock.advance(timedelta(minutes=5))
    assert work_due_times_out_anew(office.council) == [case]


def test_a_round_that_was_cut_off_is_finished_by_the_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between two cases: the next round changes the second, and the first not once more."""
    cases = [office.start(keeping_in_touch, Waiting()) for _ in range(3)]
    office.council.policy = amber_every("P7D")
    with pytest.raises(Died), dying_at(office, change_no=2):
        work_due_times_out_anew(office.council)
    assert sum(len(changes_in(office, case)) for case in cases) == 1

    assert len(work_due_times_out_anew(office.council)) == 2

    assert [len(changes_in(office, case)) for case in cases] == [1, 1, 1]


class Died(BaseException):
    """The process is gone."""


@contextmanager
def dying_at(office: Office, change_no: int, error: type[BaseException] = Died) -> Iterator[None]:
    """Within, the so-many-th transaction that the council begins raises."""
    real, begun = office.council.change, [0]

    @contextmanager
    def change() -> Iterator[Change]:
        begun[0] += 1
        if begun[0] == change_no:
            raise error
        with real() as one:
            yield one

    office.council.change = change  # type: ignore[method-assign]
    try:
        yield
    finally:
        office.council.change = real  # type: ignore[method-assign]


def test_a_case_that_cannot_be_changed_now_keeps_none_of_the_others_back(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged by its reference, and tried again in the next round until the policy is wholly in force."""
    cases = sorted(office.start(keeping_in_touch, Waiting()) for _ in range(3))
    office.council.policy = amber_every("P7D")
    with dying_at(office, change_no=2, error=ValueError):
        assert work_due_times_out_anew(office.council) == [cases[0], cases[2]]
    assert f"due times of case {cases[1]} could not be worked out anew (ValueError)" in caplog.text

    assert work_due_times_out_anew(office.council) == [cases[1]]
    assert work_due_times_out_anew(office.council) == []


# ------------------------------------------------------------------ what this version cannot work out


def under_a_rule_nobody_knows(office: Office, case: str, setting: str = "rule tray-patience Amber") -> None:
    """The case's timers stand under a rule that this version does not have."""
    with office.council.database.write() as session:
        for row in session.scalars(select(Wait).where(Wait.case_ref == case, Wait.length.is_not(None))):
            row.length = setting


@pytest.mark.parametrize("setting", ["rule tray-patience Amber", "rule tray-contact Purple", "a while"])
def test_a_due_time_by_a_rule_nobody_knows_stays_and_is_told(office: Office, setting: str) -> None:
    """The others move; it keeps its time, with an entry, and those who run the system hear of it once."""
    unknown, known = office.start(keeping_in_touch, Waiting()), office.start(keeping_in_touch, Waiting())
    under_a_rule_nobody_knows(office, unknown, setting)

    office.policy_becomes(amber_every("P7D"))

    assert office.waiting_for(known) == ["contact, due 2026-01-12 08:30"]
    assert office.waiting_for(unknown) == ["contact, due 2026-01-19 08:30"]
    stays = "Due time of contact stays Monday 19 January 2026, 8:30am: no rule of this version gives it"
    assert changes_in(office, unknown) == [("contact", local("2026-01-19 08:30"), stays)]
    office.digest_goes_out()
    (told,) = [one for one in office.inbox("systems") if "nobody knows" in one.body]
    assert "1 in all" in told.body
    assert unknown not in told.body
    office.today_is("2026-01-19 08:29")
    assert not office.is_closed(unknown)
    office.today_is("2026-01-19 08:30")
    assert office.outcome_of(unknown) == "missed"  # by the rules that the flow itself goes by
    with office.council.database.read() as session:
        assert [fault.reason for fault in verify(session)] == []


def test_what_cannot_be_worked_out_is_entered_once_though_the_round_is_repeated(office: Office) -> None:
    """Another case cannot be changed for a while, so that the whole round comes again."""
    first, second = sorted(office.start(keeping_in_touch, Waiting()) for _ in range(2))
    under_a_rule_nobody_knows(office, first)
    office.council.policy = amber_every("P7D")
    for _ in range(3):
        with dying_at(office, change_no=2, error=ValueError):
            work_due_times_out_anew(office.council)
    work_due_times_out_anew(office.council)

    assert len(changes_in(office, first)) == len(changes_in(office, second)) == 1
    with office.council.database.read() as session:
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "role-systems")).all()
    assert len(told) == 1


# ------------------------------------------------------------------ beforehand


def test_the_look_beforehand_is_what_happens_then(office: Office) -> None:
    """The same cases, keys and times; and nothing is changed by looking."""
    known, unknown = office.start(keeping_in_touch, Waiting()), office.start(keeping_in_touch, Waiting())
    under_a_rule_nobody_knows(office, unknown)
    asking = office.start(asking_patiently, Waiting())
    weekly = ('fortnight = "P14D"', 'fortnight = "P7D"')
    new = with_settings(weekly, ("extra_bank_holidays = []", "extra_bank_holidays = [2026-01-07]"))
    with office.council.database.read() as session:
        foreseen = list(changes_under(session, new))
        stays = [(one.ref, one.key) for one in unknown_under(session, new)]
    assert changes_in(office, known) == []

    office.policy_becomes(new)

    entered = [(case, key, due) for case in (known, asking) for key, due, _ in changes_in(office, case)]
    assert sorted((one.ref, one.key, one.new.isoformat()) for one in foreseen) == sorted(entered)
    assert stays == [(unknown, "contact")]


# ------------------------------------------------------------------ whatever is changed

SETTINGS = st.fixed_dictionaries(
    {
        'fortnight = "P14D"': st.integers(1, 28).map(lambda days: f'fortnight = "P{days}D"'),
        'red_contact_every = "P7D"': st.integers(1, 28).map(lambda days: f'red_contact_every = "P{days}D"'),
        'month = "P28D"': st.integers(1, 40).map(lambda days: f'month = "P{days}D"'),
        "extra_bank_holidays = []": st.sets(st.integers(0, 40), max_size=8).map(
            lambda days: f"extra_bank_holidays = [{', '.join(str(date(2026, 1, 5) + timedelta(days=n)) for n in days)}]"
        ),
        "safety_comes_earlier_on_closed_days = true": st.booleans().map(
            lambda earlier: f"safety_comes_earlier_on_closed_days = {str(earlier).lower()}"
        ),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(SETTINGS, st.integers(0, 6)), min_size=1, max_size=3))
def test_after_activation_every_open_due_time_is_what_its_rule_gives(
    prepared_sqlite: Path, steps: list[tuple[dict[str, str], int]]
) -> None:
    """Whatever policies follow one another, and however many days lie between."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pathways.db"
        file.write_bytes(prepared_sqlite.read_bytes())
        database = Database(f"sqlite:///{file}")
        office = Office(database, example_policy())
        for colour in Rag:
            office.start(keeping_in_touch, Waiting(colour=colour))
        for start in (waiting_for_a_while, asking_for_a_while, asking_patiently):
            office.start(start, Waiting())
        for changed, days in steps:
            office.days_pass(days)
            office.policy_becomes(with_settings(*changed.items()))
            assert_every_due_time_is_by_its_rule(office)
            assert office.runtime.next_due() is None or office.runtime.next_due() > office.clock.now()  # type: ignore[operator]
        with database.read() as session:
            assert list(verify(session)) == []
        database.dispose()


def assert_every_due_time_is_by_its_rule(office: Office) -> None:
    """Of timers, of questions that lapse and that do not, and of their chasing."""
    now_in_force = office.council.policy
    with office.council.database.read() as session:
        for wait in session.scalars(select(Wait).where(Wait.state == WaitState.OPEN, Wait.counted_from.is_not(None))):
            assert wait.counted_from is not None and wait.length is not None
            by_rule = due_under(now_in_force, wait.counted_from, wait.length)
            item = session.scalars(
                select(WorkItem).where(
                    WorkItem.case_ref == wait.case_ref, WorkItem.key == wait.key, WorkItem.state == WorkItemState.OPEN
                )
            ).first()
            assert wait.due in (None, by_rule)
            assert item is None or item.due == by_rule
            assert wait.due is not None or item is not None
        for step in session.scalars(select(Milestone).where(Milestone.state == MilestoneState.PENDING)):
            assert step.due == due_under(now_in_force, step.counted_from, step.length)
