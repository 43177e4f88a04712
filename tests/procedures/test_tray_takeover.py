"""Taking over a tray: what had been missed before is one list for the manager, and no storm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.pwt_allocation import pwt_allocation
from flows.pwt_escalation import pwt_escalation
from flows.tray_takeover import tray_takeover
from models.forms.base import AnswerRefused
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported
from models.forms.tray_takeover import TakeoverAction, TakeoverSeen, TakeoverStep
from models.policy.gaps.tray_exits import LeavingReason
from tasks.durable.testing import Office
from tasks.tray.taking_over import take_over_list
from tests.procedures.letters import asked, read_beside

HEADER = "person_id,team_id,requested_on,placed_on,last_contact_on,colour,priority,complexity,manager"
EDITH = "P-101,hazel,2025-12-01,2025-12-02,2025-12-20,Red,High,High,team-manager"
FRANCIS = "P-102,hazel,2025-11-10,2025-11-12,2025-12-01,Amber,Medium,Low,team-manager"
LEONARD = "P-103,hazel,2025-11-03,2025-11-05,,Green,Low,Low,team-manager"
HAROLD = "P-104,hazel,2025-12-18,,,,,,team-manager"
MEI_LING = "P-105,hazel,2026-01-02,,2026-01-02,Amber,Low,Low,team-manager"


@pytest.fixture
def tray(office: Office, tmp_path: Path) -> Tray:
    """A list of five that was taken over on Monday 5 January 2026, 9am; four were over a limit already."""
    return Tray(office, tmp_path, EDITH, FRANCIS, LEONARD, HAROLD, MEI_LING)


class Tray:
    """A list that was taken over: the manager's list, and everybody's case by their register id."""

    def __init__(self, office: Office, folder: Path, *rows: str) -> None:
        file = folder / "tray.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        self.office = office
        report = take_over_list(office.council, file, by="systems-officer")
        (self.list,) = report.lists
        self.case = dict(report.opened)
        office.hours_pass(0)

    def seen(self, *people: str, done: TakeoverStep = TakeoverStep.WAITS, worker: str | None = None) -> TakeoverAction:
        """What is done about those; about everybody else where none is named."""
        cases = tuple(self.case[person] for person in people)
        return TakeoverAction(cases=cases, done=done, worker=worker, reasons="Spoken about on Monday.")

    def answer(self, *actions: TakeoverAction, by: str = "team-manager") -> None:
        """The manager says what is done."""
        self.office.answer(self.list, TakeoverSeen(actions=actions), by=by)

    def listed(self) -> list[str]:
        """The lines of the list as the manager reads it now."""
        return read_beside(self.office, self.list, TakeoverSeen).splitlines()

    def people(self) -> list[str]:
        """Who stands on it, in its order."""
        return [person for line in self.listed() for person, case in self.case.items() if case in line]


@pytest.mark.clauses("PWT-59", "GAP-15")
def test_whoever_had_waited_too_long_is_on_one_list_worst_first(office: Office, tray: Tray) -> None:
    """By risk, who is not rated next to Red, then by how long ago they asked; each with what had passed."""
    assert tray.people() == ["P-101", "P-104", "P-102", "P-103"]
    first, unrated, second, third = tray.listed()
    assert first == (
        f"1. {tray.case['P-101']} Edith Tilling (P-101), Red: asked for help 35 days ago, on Monday 1 December 2025; "
        "last reached on Saturday 20 December 2025. Over already: without a worker for longer than 28 days; Red for "
        "longer than 28 days: the head of service hears of it; the deadline of their priority; contact was due "
        "Wednesday 24 December 2025, 5pm."
    )
    assert "not rated: asked for help 18 days ago" in unrated
    assert "contact was due" in second and "never reached, as far as the list says" in third
    assert asked(office, tray.list) == ["TakeoverSeen of team-manager"]
    assert office.case(tray.list).owner == "staff-team-manager"


@pytest.mark.clauses("PWT-59", "PWT-61", "GAP-17")
def test_those_above_hear_once_of_all_of_them(office: Office, tray: Tray) -> None:
    """One line in the next digest for each of them, and no alarm for every person."""
    told = [one.subject for one in office.inbox("strategic-manager") + office.inbox("head-of-service")]
    assert told == []

    office.digest_goes_out()

    for above in ("strategic-manager", "head-of-service"):
        (message,) = office.inbox(above)
        assert message.body.count("over limits") == 1 and tray.list in message.subject + message.body
    assert office.cases(pwt_escalation) == []


def test_a_red_person_who_was_not_contacted_in_time_makes_the_list_urgent(office: Office, tray: Tray) -> None:
    """One interruption for the whole list, and it is wanted before closing."""
    assert office.waiting_for(tray.list) == ["TakeoverSeen of team-manager, due 2026-01-05 17:00"]
    (message,) = [one for one in office.inbox("staff-team-manager") if tray.list in one.subject]
    assert message.subject.startswith("URGENT: ")


def test_a_list_without_such_a_person_waits_for_the_digest(office: Office, tmp_path: Path) -> None:
    """It is wanted in a reasonable time."""
    tray = Tray(office, tmp_path, FRANCIS, LEONARD)

    assert office.waiting_for(tray.list) == ["TakeoverSeen of team-manager, due 2026-01-07 17:00"]
    assert office.inbox("staff-team-manager") == []


@pytest.mark.clauses("PWT-59")
def test_who_was_left_out_stands_on_the_next_list(office: Office, tray: Tray) -> None:
    """By name, until something was said about everybody."""
    tray.answer(tray.seen("P-101"), tray.seen("P-102"))
    assert tray.people() == ["P-104", "P-103"]
    assert office.waiting_for(tray.list) == ["TakeoverSeen of team-manager, due 2026-01-07 17:00"]

    tray.answer(tray.seen())
    assert office.outcome_of(tray.list) == "all seen to"


@pytest.mark.clauses("GAP-17")
def test_the_others_are_answered_for_together_but_never_the_red_ones(office: Office, tray: Tray) -> None:
    """Whoever is Red is looked at one by one."""
    tray.answer(tray.seen())

    assert tray.people() == ["P-101"]
    tray.answer(tray.seen("P-101", done=TakeoverStep.CONTACT))
    assert office.is_closed(tray.list)


@pytest.mark.clauses("PWT-10", "PWT-60")
def test_what_is_decided_on_the_list_is_done_and_not_keyed_again(office: Office, tray: Tray) -> None:
    """A worker is asked to accept, and the strategic manager has the case before them."""
    allocated = tray.seen("P-101", done=TakeoverStep.ALLOCATE, worker="practitioner")
    tray.answer(allocated, tray.seen("P-102", done=TakeoverStep.ESCALATE), tray.seen())

    assert office.is_closed(tray.list)
    (allocation,) = office.cases(pwt_allocation)
    (escalation,) = office.cases(pwt_escalation)
    assert office.case(allocation).parent_ref == tray.case["P-101"]
    assert office.case(escalation).parent_ref == tray.case["P-102"]


def test_who_no_longer_waits_leaves_the_list(office: Office, tmp_path: Path) -> None:
    """Somebody who left the tray meanwhile is not asked about again; an empty list ends."""
    tray = Tray(office, tmp_path, EDITH, FRANCIS)
    gone = LeavingReported(reason=LeavingReason.WITHDRAWAL, since=date(2026, 1, 5), told_by="her son")
    office.signal(tray.case["P-102"], gone, by="duty-worker")
    left = LeavingConfirmed(leaves=True, what_was_discussed="With her son.")
    office.answer(tray.case["P-102"], left, by="team-leader")
    assert office.is_closed(tray.case["P-102"])

    tray.answer(tray.seen("P-101"))
    assert office.outcome_of(tray.list) == "all seen to"


@pytest.mark.clauses("PWT-59")
def test_a_list_that_nobody_answers_goes_to_the_managers_above(office: Office, tmp_path: Path) -> None:
    """It is chased like any question, and whoever it escalates to may answer it."""
    tray = Tray(office, tmp_path, FRANCIS)
    office.days_pass(8)
    office.digest_goes_out()

    assert any(tray.list in one.body for one in office.inbox("strategic-manager"))
    tray.answer(tray.seen("P-102"), by="strategic-manager")
    assert office.is_closed(tray.list)


@pytest.mark.clauses("GAP-14", "GAP-15")
def test_single_cases_raise_no_alarm_for_what_had_passed(office: Office, tray: Tray) -> None:
    """The list is the one interruption; their own cases ask for the contact and are quiet about the rest."""
    interrupted = [one for one in office.inbox("staff-team-manager") if tray.list not in one.subject]
    assert interrupted == []
    for role in ("team-manager", "team-leader", "strategic-manager", "head-of-service", "duty-worker"):
        assert office.inbox(role) == []

    for person in ("P-101", "P-102", "P-103"):
        assert any("ContactReview" in line for line in asked(office, tray.case[person])), person


# ------------------------------------------------------------------ the form


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ({"done": "allocate", "reasons": "x"}, "give worker to allocate"),
        ({"done": "waits", "worker": "practitioner", "reasons": "x"}, "give worker to allocate, and leave it out"),
        ({"done": "allocate", "worker": "practitioner", "reasons": "x"}, "name in cases who is allocated"),
        ({"cases": ["7K3Q"], "done": "waits", "reasons": "x"}, "write each case in cases as it stands on the list"),
        ({"done": "waits", "reasons": ""}, "reasons"),
    ],
)
def test_what_is_done_is_said_whole(action: dict[str, object], problem: str) -> None:
    """Whoever is given to a worker is named, and so is the worker; nothing is done without a reason."""
    with pytest.raises(AnswerRefused, match=problem):
        TakeoverSeen.read({"actions": [action]})


def test_nobody_is_answered_for_twice(tray: Tray) -> None:
    """One person, one decision; and only one is for everybody else."""
    for actions in ((tray.seen("P-101"), tray.seen("P-101")), (tray.seen(), tray.seen())):
        with pytest.raises(AnswerRefused, match="actions"):
            TakeoverSeen.read({"actions": [one.model_dump() for one in actions]})


def test_a_case_that_is_not_on_the_list_is_a_slip_of_the_pen(tray: Tray) -> None:
    """It is said at the door, and nothing is done for anybody."""
    with pytest.raises(AnswerRefused, match=r"actions.1.cases: .* is not on this list"):
        tray.answer(tray.seen("P-101"), tray.seen("P-105"))
    with pytest.raises(AnswerRefused, match=r"actions.0.worker: the register has no"):
        tray.answer(tray.seen("P-101", done=TakeoverStep.ALLOCATE, worker="practitioner-6"))
    assert tray.people() == ["P-101", "P-104", "P-102", "P-103"]


def test_no_list_is_opened_again_by_the_same_import(office: Office, tray: Tray, tmp_path: Path) -> None:
    """The same file once more: one list, as before."""
    take_over_list(office.council, tmp_path / "tray.csv", by="systems-officer")
    assert office.cases(tray_takeover) == [tray.list]
