"""A leg that only has somebody to remind does so in one transaction, and leaves the flow asleep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.cases import Case, Lease
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from models.roles import Role
from tasks.durable import after, ask, audited, decision, first_of, procedure
from tasks.durable.lease import take
from tasks.durable.running import NotOurs, Slept, run_leg
from tasks.durable.testing import Office
from tests.durable.lending import Chair, ChairChosen, WheelchairLoan, ledger

WATCHED: list[str] = []


@procedure(follows="Lending wheelchairs")
def watched_asking(loan: WheelchairLoan) -> None:
    """Ask somebody; each run of the flow is written down."""
    WATCHED.append("ran")
    ask(ChairChosen, of=Role.DUTY_WORKER)


@procedure(follows="Lending wheelchairs")
def asking_until_the_reminder(loan: WheelchairLoan) -> None:
    """Ask somebody, and do something else at the very time at which they are reminded."""
    WATCHED.append("ran")
    first_of(
        chosen=decision(ChairChosen, of=Role.DUTY_WORKER),
        rested=after("rest", calendar_days(2)),
    )


@audited("Polished")
def polish() -> None:
    """A step that cannot be done."""
    raise RuntimeError("no polish")


@pytest.fixture(autouse=True)
def runs() -> list[str]:
    """How often a flow ran in this test."""
    WATCHED.clear()
    return WATCHED


def kinds(office: Office, ref: str) -> list[str]:
    """What was entered, in order."""
    return [str(entry.kind) for entry in ledger(office, ref)]


def test_a_reminder_is_entered_without_a_run_of_the_flow(office: Office, runs: list[str]) -> None:
    """The question is chased as ever, the case sleeps until the next step of the ladder, and the flow is not run."""
    case = office.start(watched_asking, WheelchairLoan())
    assert runs == ["ran"]
    office.today_is("2026-01-07 09:00")
    assert kinds(office, case)[-2:] == [EntryKind.ESCALATED, EntryKind.REMINDED]
    assert runs == ["ran"]
    with office.council.database.read() as session:
        slept, lease = session.get_one(Case, case), session.get_one(Lease, case)
        assert (slept.awaiting, slept.wake_no, lease.holder) == (
            "Awaiting choosing a chair",
            slept.asleep_wake_no,
            None,
        )
        assert slept.next_due is not None and slept.next_due > office.clock.now()
    office.answer(case, ChairChosen(chair=Chair.FOLDING), by="duty-worker")
    assert office.is_closed(case)


def test_a_timer_that_falls_due_with_a_reminder_runs_the_flow(office: Office, runs: list[str]) -> None:
    """Where a wait has ended as well, the flow hears of it in the same leg."""
    office.today_is("2026-01-05 17:00")
    case = office.start(asking_until_the_reminder, WheelchairLoan())
    office.clock.move_to(office.clock.now() + timedelta(days=3))
    run_leg(office.council, case)
    assert EntryKind.FELL_DUE in kinds(office, case) and EntryKind.REMINDED in kinds(office, case)
    assert len(runs) == 2


def test_what_came_meanwhile_runs_the_flow_though_only_a_reminder_was_due(office: Office, runs: list[str]) -> None:
    """A wake that no leg has looked at is not slept over."""
    case = office.start(watched_asking, WheelchairLoan())
    office.clock.move_to(office.clock.now() + timedelta(days=2))
    with office.council.change() as change:
        change.session.execute(update(Case).where(Case.ref == case).values(wake_no=Case.wake_no + 1))
    assert isinstance(run_leg(office.council, case), Slept)
    assert len(runs) == 2


def test_a_leg_that_broke_off_is_taken_up_though_only_a_reminder_was_due(office: Office, runs: list[str]) -> None:
    """Where the last leg never came to its sleep, the flow goes on from where it stood."""
    case = office.start(watched_asking, WheelchairLoan())
    with office.council.change() as change:
        assert take(change.session, case, change.now, timedelta(minutes=1)) is not None
    assert isinstance(run_leg(office.council, case), NotOurs)
    office.clock.move_to(office.clock.now() + timedelta(days=2))
    assert isinstance(run_leg(office.council, case), Slept)
    assert len(runs) == 2


def test_a_step_that_failed_is_tried_again_though_a_reminder_is_due_too(office: Office, runs: list[str]) -> None:
    """Chasing never takes the place of the next try."""

    @procedure(follows="Lending wheelchairs")
    def polishing(loan: WheelchairLoan) -> None:
        WATCHED.append("ran")
        decision(ChairChosen, of=Role.DUTY_WORKER)
        polish()

    case = office.start(polishing, WheelchairLoan())
    tried = len(runs)
    office.clock.move_to(office.clock.now() + timedelta(days=2))
    run_leg(office.council, case)
    assert len(runs) == tried + 1
    assert kinds(office, case).count(EntryKind.FAILED) == 2


def test_in_the_long_run_the_flow_is_run_though_only_reminders_were_due(office: Office, runs: list[str]) -> None:
    """Of eight legs one looks at the whole case, however long silence lasts."""
    case = office.start(watched_asking, WheelchairLoan())
    office.days_pass(120)
    chased = sum(kind in (EntryKind.REMINDED, EntryKind.ESCALATED) for kind in kinds(office, case))
    assert chased > 16 and len(runs) == 1 + chased // 8
