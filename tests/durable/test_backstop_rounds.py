"""A round of the backstop in a world that changes between its questions."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from prefect.client.schemas.objects import StateType
from sqlalchemy import update

from models.cases import Case
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from tasks.durable import after, first_of, procedure
from tasks.durable.backstop import Backstop
from tasks.durable.ledger import recall
from tasks.durable.prefect_clerk import Declared
from tasks.durable.testing import Office
from tests.durable.lending import MONDAY, WheelchairLoan, ledger
from tests.durable.simulated_prefect import SimulatedPrefect

TITLE = "Sleeping for a week"


@procedure(follows="Lending wheelchairs")
def sleeping_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


class PrefectThatLosesItsDatabase:
    """Answers the first question from a database that is lost before the second, and made anew by a deployment."""

    def __init__(self) -> None:
        self.old = {TITLE: Declared(MONDAY - timedelta(days=30), "pathways")}
        self.questions = 0
        self.declared_anew: dict[str, Declared] = {}
        self.started: list[str] = []

    def runs(self, run_ids: list[str]) -> dict[str, object]:
        """None: whether asked before the loss or after it, the run is not there to be seen any more."""
        self.questions += 1
        return {}

    def deployments(self) -> dict[str, Declared]:
        """As they were before the loss; after it, those that were declared again."""
        self.questions += 1
        return self.old if self.questions == 1 else self.declared_anew

    def runs_of_case(self, ref: str, generation: int) -> list[object]:
        """None of any generation either."""
        return []

    def under_way(self) -> list[object]:
        """None is Running."""
        return []

    def declare(self) -> None:
        """What `prefect deploy` does."""
        self.declared_anew = {TITLE: Declared(MONDAY + timedelta(hours=1), "pathways")}

    def start(self, ref: str) -> None:
        """A run for a case."""
        self.started.append(ref)


def test_a_database_lost_in_the_middle_of_a_round_is_not_taken_for_deleted_runs(office: Office) -> None:
    """Nobody is asked why they deleted a run that Prefect itself has lost."""
    case = office.start(sleeping_for_a_week, WheelchairLoan())
    with office.council.database.write() as session:
        run = {"flow_run_id": "00000000-0000-0000-0000-000000000017", "run_created_at": MONDAY}
        session.execute(update(Case).where(Case.ref == case).values(**run))
    prefect = PrefectThatLosesItsDatabase()
    backstop = Backstop(office.council, prefect.declare)
    backstop.clerk = backstop.lookout = prefect  # type: ignore[assignment]

    backstop.look_round()

    with office.council.database.read() as session:
        kinds = [entry.kind for entry in recall(session, case)]
    assert EntryKind.RUN_REPLACED in kinds and EntryKind.RUN_INTERFERED not in kinds
    assert prefect.started == [case]


def sleeping_cases(office: Office, number: int) -> list[str]:
    """So many cases that sleep for a week, in the order of their refs."""
    return sorted(office.start(sleeping_for_a_week, WheelchairLoan()) for _ in range(number))


def test_a_run_somebody_deleted_is_asked_about(office: Office) -> None:
    """Prefect remembers the time when the run was made, and the run is not there."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    del prefect.of[prefect.sleeping(case)]
    assert prefect.backstop().look_round().brought_back == {case: "its run was deleted"}
    assert EntryKind.RUN_INTERFERED in [entry.kind for entry in ledger(office, case)]


def test_an_act_in_the_dashboard_that_two_processes_see_at_once_is_noted_once(office: Office) -> None:
    """Each has read the run as paused before the other set it going again; somebody acts again later, and is noted."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    run = prefect.sleeping(case)
    for minutes in (1, 2):
        prefect.say(run, StateType.PAUSED, "Paused")
        as_both_read_it = prefect.of[run]
        for _process in ("a worker's", "a worklist's"):
            prefect.of[run] = as_both_read_it
            prefect.backstop().look_round()
        office.hours_pass(minutes / 60)
    assert [entry.kind for entry in ledger(office, case)].count(EntryKind.RUN_INTERFERED) == 2


def test_a_run_made_since_prefects_backup_is_nobodys_doing(office: Office) -> None:
    """Prefect came from last night's copy: it remembers nothing of the time when the run was made."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30), knows_times=False)
    del prefect.of[prefect.sleeping(case)]
    report = prefect.backstop().look_round()
    assert report.brought_back == {case: "Prefect does not remember the time when its run was there"}
    assert [entry.kind for entry in ledger(office, case)][-1] is EntryKind.RUN_REPLACED
    assert len(prefect.living(case)) == 1


def test_a_case_moves_with_its_pool_and_leaves_no_run_behind(office: Office) -> None:
    """After another pool was declared, the run that sleeps in the old one is ended, and a new one takes its place."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30), pool="process")
    old = prefect.sleeping(case)
    prefect.pool = "pathways"
    assert prefect.backstop().look_round().brought_back == {case: "its run waited in another pool"}
    (new,) = prefect.living(case)
    assert prefect.of[new].work_pool_name == "pathways" and prefect.state(old) == "Superseded"


def test_a_round_that_may_not_act_only_tells(office: Office) -> None:
    """What is still wrong after a recovery is told by the same comparison, without doing anything."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    run = prefect.sleeping(case)
    prefect.say(run, StateType.CRASHED, "Crashed")
    assert prefect.backstop().look_round(act=False).failed == {case: "its run was crashed"}
    assert prefect.living(case) == []


def test_what_is_ordinary_is_no_warning(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A case opened by a command has no run yet, and gets one; where a run broke off, the log warns of it."""
    caplog.set_level(logging.INFO, logger="pathways")
    (broken,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    prefect.say(prefect.sleeping(broken), StateType.CRASHED, "Crashed")
    opened = office.start(sleeping_for_a_week, WheelchairLoan())
    office.hours_pass(0.1)
    assert set(prefect.backstop().look_round().brought_back) == {opened, broken}
    said = {record.getMessage().split(" ")[1]: record.levelname for record in caplog.records if "case" in record.msg}
    assert said == {opened: "INFO", broken: "WARNING"}


def test_many_cases_are_compared_in_turns(office: Office) -> None:
    """A minute's round looks at a part of those that seem well; within so many minutes as there are parts, at all."""
    cases = sleeping_cases(office, 5)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    for case in cases:
        prefect.say(prefect.sleeping(case), StateType.CRASHED, "Crashed")
    backstop = prefect.backstop()
    backstop.slice = 2
    rounds = []
    for _ in range(3):
        rounds.append(sorted(backstop.look_round().brought_back))
        office.hours_pass(1 / 60)
    assert sorted(one for found in rounds for one in found) == cases
    assert all(len(found) <= 2 for found in rounds)


def test_the_run_of_a_closed_case_that_was_left_running_is_ended(office: Office) -> None:
    """Prefect was away when the leg that closed the case came to end its run; an open case's run goes on."""
    (case,) = sleeping_cases(office, 1)
    prefect = SimulatedPrefect(office.council, MONDAY - timedelta(days=30))
    run, stray = prefect.sleeping(case), prefect.run_for(case, "of another installation", bare=True).id
    office.days_pass(7)
    other = prefect.sleeping(sleeping_cases(office, 1)[0])
    with office.council.database.read() as session:
        closed_at = session.get_one(Case, case).closed_at
    assert closed_at is not None
    office.clock.move_to(closed_at + timedelta(seconds=59))
    for one in (run, other, stray):
        prefect.say(one, StateType.RUNNING, "Running")
    assert prefect.backstop().look_round().ended == [], "its leg may be about to say so itself"
    office.clock.move_to(closed_at + timedelta(seconds=61))
    assert prefect.backstop().look_round(only_overdue=True).ended == []
    assert prefect.backstop().look_round(act=False).ended == []
    assert prefect.backstop().look_round().ended == [case]
    assert prefect.state(run) == "Closed"
    assert prefect.state(other) != "Closed"
    assert prefect.state(stray) == "Running", "a run that we have not written down for the case is not ours to end"
