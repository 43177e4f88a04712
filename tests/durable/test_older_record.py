"""Our database comes from a backup and Prefect does not: noticed case by case, and nothing is done on an old record."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta

import pytest
from prefect.client.schemas.objects import StateType
from sqlalchemy import update

from models.cases import Case
from models.durations import calendar_days
from models.entry_kinds import EntryKind
from models.forms.house import HowItGoesOn, RecordOlder, StepAttention
from models.states import CaseStatus
from tasks.audit.verifying import verify
from tasks.durable import after, ask, audited, decision, first_of, procedure
from tasks.durable.prefect_clerk import Declared
from tasks.durable.procedure import procedure_named
from tasks.durable.record_age import LISTED, Head, after_entry, head_said
from tasks.durable.recovering import recover, settle_before_legs, wait_until_settled
from tasks.durable.testing import Office
from tasks.worklist.case_view import beware_of
from tests.durable.lending import FOLDING, MONDAY, ChairChosen, Effects, WheelchairLoan, answer_quietly, leave, ledger
from tests.durable.simulated_prefect import SimulatedPrefect

FOUND = RecordOlder(what_happened="The chair was chosen on Tuesday: folding. Dana has it in her notebook.")


@audited("Chair sent")
def chair_sent() -> None:
    """Send it."""
    leave("sent")


@procedure(follows="Lending wheelchairs")
def lending_by_choice(loan: WheelchairLoan) -> str:
    """Somebody chooses a chair, and it is sent."""
    chosen = ask(ChairChosen, of="practitioner", about="which chair")
    chair_sent()
    return chosen.chair


@procedure(follows="Lending wheelchairs")
def asking_many(loan: WheelchairLoan) -> None:
    """Many choose at once."""
    first_of(**{f"n{number}": decision(ChairChosen, of="practitioner", key=f"n{number}") for number in range(14)})


@procedure(follows="Lending wheelchairs")
def resting_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


def open_ids(office: Office, ref: str) -> list[str]:
    """Ids of the case's open questions."""
    return [one.id for one in office._open_items(ref)]


@pytest.fixture
def prefect(office: Office) -> SimulatedPrefect:
    """A Prefect that is older than every case of the test."""
    return SimulatedPrefect(office.council, MONDAY - timedelta(days=30))


@pytest.fixture
def loan(office: Office, effects: Effects) -> str:
    """A case that waits for a choice; its record has two entries."""
    case = office.start(lending_by_choice, WheelchairLoan())
    assert [entry.kind for entry in ledger(office, case)] == [EntryKind.OPENED, EntryKind.ASKED]
    return case


def kinds(office: Office, ref: str) -> list[EntryKind]:
    """The kinds of the case's entries behind the first two."""
    return [entry.kind for entry in ledger(office, ref)[2:]]


def test_a_record_that_is_older_than_its_run_is_entered_and_asked_about(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """The record says which entries are missing, the case is parked, and a manager is told what to look at."""
    old = prefect.sleeping(loan, after=5)
    report = prefect.backstop().look_round()

    assert report.older == [loan]
    assert kinds(office, loan) == [EntryKind.RUN_REPLACED, EntryKind.PARKED, EntryKind.ASKED]
    replaced, _, asked = ledger(office, loan)[2:]
    assert replaced.text.endswith("entries 3 to 5 are known to have been written")
    assert replaced.data["known"] == 5
    assert "those from number 3 on are gone; it was last seen as: Awaiting choosing a chair" in asked.data["about"]
    assert office.case(loan).status == CaseStatus.NEEDS_ATTENTION
    assert [line.partition(",")[0] for line in office.waiting_for(loan)] == [
        "ChairChosen of practitioner", "RecordOlder of team-manager",
    ]  # fmt: skip
    (new,) = prefect.living(loan)
    assert (prefect.state(old), str(new)) == ("Superseded", office.case(loan).flow_run_id)


def test_whoever_is_asked_sees_which_questions_are_open(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """By title and id, the oldest first and no more than a dozen; what they are about is not repeated."""
    first = open_ids(office, loan)[0]
    prefect.sleeping(loan, after=5)
    prefect.backstop().look_round()
    about = ledger(office, loan)[-1].data["about"]
    assert f"these questions of the case are open: choosing a chair ({first}). Answer first those" in about
    assert "which chair" not in about

    busy = office.start(asking_many, WheelchairLoan())
    prefect.sleeping(busy, after=50)
    prefect.backstop().look_round()
    about = ledger(office, busy)[-1].data["about"]
    assert about.count("choosing a chair (W-") == LISTED and " and 2 more. Answer first" in about


def test_where_no_question_is_open_that_is_said(office: Office, prefect: SimulatedPrefect) -> None:
    """Nobody looks for what is not there."""
    resting = office.start(resting_for_a_week, WheelchairLoan())
    prefect.sleeping(resting, after=9)
    prefect.backstop().look_round()
    assert "By its record this case has no open question." in ledger(office, resting)[-1].data["about"]


def test_the_page_says_why_the_case_rests(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """No step has failed: its record is older than what happened."""
    prefect.sleeping(loan, after=5)
    prefect.backstop().look_round()
    with office.council.database.read() as session:
        (said,) = beware_of(session, session.get_one(Case, loan), ())
    assert said == (
        "This case needs attention: its record is older than what happened, and somebody must find out what is missing."
    )


def test_recover_says_what_nobody_has_answered_yet(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """Also where it was found and asked about before, so that nobody thinks that all is well."""
    prefect.sleeping(loan, after=5)
    prefect.backstop().look_round()
    again = recover(office.council, lambda: None, prefect.backstop())
    assert again.round.older == []
    assert [(one.case, one.title) for one in again.unsettled] == [(loan, RecordOlder.title)]
    office.answer(loan, FOUND, by="team-manager")
    assert recover(office.council, lambda: None, prefect.backstop()).unsettled == []


def test_one_missing_entry_is_said_to_be_one(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """Words fit the number."""
    prefect.sleeping(loan, after=3)
    prefect.backstop().look_round()
    assert ledger(office, loan)[2].text.endswith("entry 3 is known to have been written")


def test_what_is_settled_is_not_asked_twice(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """Neither in the next round nor when a run that knows of the lost entries is met again."""
    prefect.sleeping(loan, after=25)
    backstop = prefect.backstop()
    backstop.look_round()
    settled = kinds(office, loan)

    assert backstop.look_round().brought_back == {}
    (new,) = prefect.living(loan)
    prefect.say(new, StateType.CRASHED, "Crashed")
    assert backstop.look_round().older == []
    assert kinds(office, loan) == [*settled, EntryKind.RUN_REPLACED]


def test_a_parked_case_does_nothing_on_its_old_record_and_is_chased(
    office: Office, prefect: SimulatedPrefect, loan: str, effects: Effects
) -> None:
    """Answers are taken and silence is chased as ever; the flow goes on only once somebody knows what happened."""
    prefect.sleeping(loan, after=5)
    prefect.backstop().look_round()
    office.days_pass(8)
    assert EntryKind.ESCALATED in kinds(office, loan) or EntryKind.REMINDED in kinds(office, loan)

    office.answer(loan, FOLDING, by="practitioner")
    assert effects.of(loan) == []

    office.answer(loan, FOUND, by="team-manager")
    assert effects.of(loan) == ["sent"]
    assert office.outcome_of(loan) == "folding"
    with office.council.database.read() as session:
        assert verify(session, loan) == []


def test_a_record_that_has_grown_meanwhile_is_not_older(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """The record is read before the run: a leg in between makes the run know more, and that is nobody's loss."""
    prefect.sleeping(loan, after=3)
    backstop = prefect.backstop()
    sleepers = backstop._sleepers()
    backstop._sleepers = lambda **_: sleepers  # type: ignore[method-assign]
    office.take(loan, ChairChosen, by="practitioner")
    assert office.case(loan).head_no == 3

    assert backstop.look_round().brought_back == {}
    assert EntryKind.PARKED not in kinds(office, loan)


@pytest.mark.parametrize(("colour", "urgent"), [("Red", True), ("Green", False), (None, False)])
def test_somebody_looks_today_where_it_cannot_wait(
    office: Office, prefect: SimulatedPrefect, loan: str, colour: str | None, urgent: bool
) -> None:
    """A Red case's question interrupts; hundreds of others come in the next digest."""
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == loan).values(colour=colour))
    prefect.sleeping(loan, after=5)
    prefect.backstop().look_round()
    office.hours_pass(0)
    assert bool(office.inbox("team-manager")) == urgent


def test_a_case_that_was_closed_meanwhile_is_asked_about(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """Its run is finished and says after which entry: that is no reason to begin anew in silence."""
    run = prefect.sleeping(loan, after=2)
    prefect.say(run, StateType.COMPLETED, "Closed", after=9)
    assert prefect.backstop().look_round().older == [loan]
    assert "last seen as: Closed" in ledger(office, loan)[-1].data["about"]


def test_a_run_that_broke_off_in_its_leg_is_asked_what_it_knew_before(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """While it runs, its state does not say how far the record was; the states before it do."""
    run = prefect.sleeping(loan, after=5)
    prefect.say(run, StateType.RUNNING, "Running")
    office.hours_pass(1)
    assert prefect.backstop().look_round().older == [loan]


def test_runs_of_later_generations_are_known_and_ended(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """In the lost time the case was given another run: it is not taken up again, and its number is not used again."""
    first = prefect.sleeping(loan, after=2)
    prefect.say(first, StateType.CANCELLED, "Cancelled")
    second = prefect.sleeping(loan, after=7, generation=1, bare=True)

    report = prefect.backstop().look_round()

    assert report.older == [loan]
    assert office.case(loan).generation == 2
    assert prefect.state(second) == "Superseded"
    assert len(prefect.living(loan)) == 1


def test_a_case_whose_run_was_not_known_yet_is_asked_about(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """The backup was taken before its run was written down: the run is there, and knows what the case did since."""
    prefect.sleeping(loan, after=6, bare=True)
    office.hours_pass(1)
    assert prefect.backstop().look_round().older == [loan]
    assert len(prefect.living(loan)) == 1


def test_a_case_parked_before_is_answered_for_both_reasons(
    office: Office, prefect: SimulatedPrefect, effects: Effects
) -> None:
    """A step had failed for good when the backup was taken: it goes on when both questions are answered."""

    @audited("Ramp measured")
    def ramp_measured() -> None:
        raise OSError

    @procedure(follows="Lending wheelchairs")
    def measuring_first(loan: WheelchairLoan) -> None:
        """Measures."""
        ramp_measured()

    assert procedure_named("measuring-first")
    case = office.start(measuring_first, WheelchairLoan())
    office.days_pass(2)
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION
    prefect.sleeping(case, after=40)
    prefect.backstop().look_round()
    assert sum(entry.kind is EntryKind.PARKED for entry in ledger(office, case)) == 1

    office.answer(case, FOUND, by="team-manager")
    assert not office.is_closed(case)
    by_hand = StepAttention(how=HowItGoesOn.DONE_BY_HAND, what_was_done="Measured with a stick.")
    office.answer(case, by_hand, by="team-manager")
    assert office.is_closed(case)
    with office.council.database.read() as session:
        assert verify(session, case) == []


def test_what_is_due_is_settled_before_legs_run(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """At the start only runs that begin soon are looked at: those of a case that sleeps for days can wait."""
    later = office.start(lending_by_choice, WheelchairLoan(person="P-105"))
    due, sleeping = prefect.sleeping(loan, after=5), prefect.sleeping(later, after=5)
    prefect.say(due, StateType.SCHEDULED, "Awaiting choosing a chair", after=5, at=office.clock.now())
    prefect.say(sleeping, StateType.SCHEDULED, "Awaiting choosing a chair", after=5, at=MONDAY + timedelta(days=3))

    settle_before_legs(office.council, lambda: None, prefect.backstop())
    assert [EntryKind.PARKED in kinds(office, one) for one in (loan, later)] == [True, False]
    recover(office.council, lambda: None, prefect.backstop())
    assert [EntryKind.PARKED in kinds(office, one) for one in (loan, later)] == [True, True]


ANOTHER = "00000000"
"""How the hash of no entry of ours begins."""


def head_of(office: Office, ref: str) -> Head:
    """How far the case's record is."""
    case = office.case(ref)
    return Head.of(case.head_no, case.head_hash)


def test_a_state_says_which_entry_it_knows_and_an_earlier_one_its_number_alone() -> None:
    """Runs that went to sleep before the hash was said are still understood."""
    assert after_entry(Head(4, "9f3a12bc")) == "after entry 4 (9f3a12bc) of the record"
    assert head_said("closed, after entry 4 (9f3a12bc) of the record") == Head(4, "9f3a12bc")
    assert head_said("after entry 4 of the record") == Head(4)
    assert head_said("after entry 4 (soon) of the record") is None


@pytest.mark.parametrize("behind", [0, 1])
def test_an_older_record_that_has_grown_to_the_same_number_is_noticed(
    office: Office, prefect: SimulatedPrefect, loan: str, effects: Effects, behind: int
) -> None:
    """An answer came in after the restore: the entry has the number that its run knows, and another hash."""
    answer_quietly(office, loan, FOLDING, by="practitioner")
    no = office.case(loan).head_no
    assert no == 3
    prefect.sleeping(loan, after=Head(no - behind, ANOTHER))
    report = prefect.backstop().look_round()

    assert report.older == [loan]
    replaced, _, asked = ledger(office, loan)[no:]
    assert replaced.text.endswith(f"entry {no - behind} is known to have been another")
    assert replaced.data["hash"] == ANOTHER
    assert f"had another entry {no - behind} than it has now" in asked.data["about"]
    office.hours_pass(1)
    assert effects.of(loan) == []
    assert prefect.backstop().look_round(every=True).older == []


def test_a_run_that_knows_what_the_record_has_is_left_alone(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """Whether the record has grown since it went to sleep, or not."""
    prefect.sleeping(loan, after=head_of(office, loan))
    assert prefect.backstop().look_round(every=True).brought_back == {}
    answer_quietly(office, loan, FOLDING, by="practitioner")
    assert prefect.backstop().look_round(every=True).older == []


def test_a_second_restore_is_noticed_though_the_first_knew_of_more_entries(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """What was settled is what had been seen by then, whatever its number."""
    prefect.sleeping(loan, after=25)
    prefect.backstop().look_round()
    office.hours_pass(1)
    (run,) = prefect.living(loan)
    prefect.say(run, StateType.SCHEDULED, "Awaiting", after=9, at=MONDAY + timedelta(days=3))
    assert office.case(loan).head_no < 9
    assert prefect.backstop().look_round().older == [loan]


def test_what_prefect_forgot_as_a_run_came_due_is_found_in_its_earlier_states(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """Nothing worked for a while and Prefect called the run late, or somebody moved it: that state says no entry."""
    run = prefect.sleeping(loan, after=5)
    prefect.say(run, StateType.SCHEDULED, "Late", at=office.clock.now())
    settle_before_legs(office.council, lambda: None, prefect.backstop())
    assert EntryKind.PARKED in kinds(office, loan)


def deploying_fails() -> None:
    """What `prefect deploy` does where its file is gone."""
    raise subprocess.CalledProcessError(1, ["prefect", "deploy", "--all"])


def test_cases_are_brought_back_though_deploying_fails(office: Office, prefect: SimulatedPrefect, loan: str) -> None:
    """One procedure's deployment is missing and cannot be made: every other case is seen to, and it is said."""
    office.start(lending_by_choice, WheelchairLoan(person="P-105"))
    prefect.say(prefect.sleeping(loan), StateType.CRASHED, "Crashed")
    prefect.deployments = dict  # type: ignore[method-assign]
    backstop = prefect.backstop()
    backstop._redeploy = deploying_fails
    report = backstop.look_round(every=True)
    assert loan in report.brought_back
    assert (report.deployed, report.not_deployed) == (False, "CalledProcessError")
    settle_before_legs(office.council, deploying_fails, backstop)


def test_a_move_to_another_pool_that_cannot_be_declared_keeps_nobody_from_being_brought_back(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """`pathways recover` says so and sees to every case."""
    prefect.say(prefect.sleeping(loan), StateType.CRASHED, "Crashed")
    elsewhere = Declared(prefect.made_at, "elsewhere")
    prefect.deployments = lambda: {procedure_named("lending-by-choice").title: elsewhere}  # type: ignore[method-assign]
    done = recover(office.council, deploying_fails, prefect.backstop())
    assert (done.round.not_deployed, list(done.round.brought_back)) == ("CalledProcessError", [loan])


def test_one_case_that_cannot_be_brought_back_does_not_keep_the_others(
    office: Office, prefect: SimulatedPrefect, loan: str
) -> None:
    """Its trouble is named by its kind alone, which names nobody."""
    other = office.start(lending_by_choice, WheelchairLoan(person="P-105"))
    for ref in (loan, other):
        prefect.say(prefect.sleeping(ref), StateType.CRASHED, "Crashed")
    first = min(loan, other)
    backstop, start = prefect.backstop(), prefect.start

    def starting(ref: str) -> object:
        if ref == first:
            raise ValueError("Ottoline")
        return start(ref)

    prefect.start = starting  # type: ignore[method-assign, assignment]
    report = backstop.look_round()
    assert list(report.brought_back) == [max(loan, other)]
    assert report.failed == {first: "its run was crashed, and bringing it back failed (ValueError)"}


def test_the_worker_starts_though_settling_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble that does not go away by waiting keeps no leg from running: each looks at its own record."""
    read = office.council.database.read

    def failing() -> object:
        raise ValueError("Ottoline")

    monkeypatch.setattr(office.council.database, "read", failing)
    wait_until_settled(office.council, lambda: None, threading.Event())
    monkeypatch.setattr(office.council.database, "read", read)
