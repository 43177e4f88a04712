"""Given to a worker straight from triage: until one has accepted nobody is forgotten, nor given away twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from flows.pwt_allocation import pwt_allocation
from flows.pwt_review import pwt_review
from models.cases import WorkItem
from models.forms.base import Form
from models.forms.handover import HandoverReply
from models.forms.house import MessageRead
from models.forms.tray_allocation import AllocationReply, WorkerChosen
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_decision import TrayDecision
from models.forms.tray_signals import CircumstancesChanged, LeavingReported, ReportedBy
from models.policy.gaps.tray_exits import LeavingReason
from models.register import Person
from models.states import WorkItemState
from tasks.deaths import heed_deaths
from tasks.durable import worklist
from tasks.durable.arrivals import send_signal
from tasks.durable.testing import Office
from tasks.tray.taking_over import take_over_list
from tasks.unseen.lines import Beware, one_list
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import allocated, before_a_manager, children, contact, placed, taken_on

REFUSED = AllocationReply(reply=HandoverReply.REFUSE, reason="my diary is full")
ANOTHER = "She has fallen twice since."


def given(office: Office) -> tuple[str, str]:
    """Triage of P-104, and the case in which the practitioner is asked to take them on."""
    case = before_a_manager(office)
    office.answer(case, allocated(), by="team-leader")
    [allocation] = children(office, case, pwt_allocation)
    return case, allocation


def answered_at_once(office: Office, *answers: tuple[str, Form]) -> None:
    """The team leader answers one after the other, before any of the cases has gone on."""
    for case, answer in answers:
        with office.council.database.read() as session:
            item = session.scalars(
                select(WorkItem.id).where(
                    WorkItem.case_ref == case, WorkItem.form == answer.name(), WorkItem.state == WorkItemState.OPEN
                )
            ).one()
        worklist.answer(office.council, item, answer.model_dump(mode="json"), by="team-leader")
    for case, _ in answers:
        office.runtime.run(case)  # before anything else that waits to begin
    office.hours_pass(0)


# ---------------------------------------------------------------- nobody takes them on


@pytest.mark.clauses("PWT-11", "PWT-24")
def test_whom_nobody_can_take_on_is_decided_about_again_and_can_be_placed(office: Office) -> None:
    """PWT-24: the manager reads who refused and why, and places them; then all the clocks of waiting run."""
    case, allocation = given(office)
    office.answer(allocation, REFUSED, by="practitioner")
    office.answer(allocation, WorkerChosen(reasons="nobody has room this week"), by="team-leader")

    [question] = office.waiting_for(case)
    assert question.startswith("TrayDecision of team-leader")
    beside = read_beside(office, case, TrayDecision)
    assert "Refused by practitioner: my diary is full" in beside
    assert "nobody has room this week" in beside
    office.answer(case, placed(), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"
    assert len(office.cases(pwt_review)) == 1


@pytest.mark.clauses("PWT-11", "GAP-02")
def test_whom_nobody_has_taken_on_in_a_few_days_is_decided_about_again(office: Office) -> None:
    """GAP-02: the manager was silent; on the third working day the offer ends, and somebody must decide."""
    case, allocation = given(office)
    office.answer(allocation, REFUSED, by="practitioner")
    office.today_is("2026-01-08 16:59")
    assert asked(office, case) == []
    with office.council.database.read() as session:
        [line] = [line for line in one_list(session, office.clock.now()).lines if line.person == "P-104"]
    assert Beware.OVERDUE in line.beware
    assert {one.ref for one in line.cases} == {case, allocation}

    office.today_is("2026-01-08 17:00")
    assert asked(office, case) == ["TrayDecision of team-leader"]
    assert "Nobody has taken them on in time." in read_beside(office, case, TrayDecision)
    assert (office.outcome_of(allocation), asked(office, allocation)) == ("not allocated", [])
    office.answer(case, allocated(), by="team-leader")
    office.answer(
        children(office, case, pwt_allocation)[-1], AllocationReply(reply=HandoverReply.ACCEPT), by="practitioner"
    )
    assert office.outcome_of(case) == "given to a worker"


def test_who_is_taken_on_in_time_is_asked_about_no_more(office: Office) -> None:
    """PWT-11: accepted, so nothing is left of the days that a manager was given."""
    case, _ = given(office)
    taken_on(office, case)
    assert office.outcome_of(case) == "given to a worker"
    office.days_pass(10)
    assert office.waiting_for(case) == []


@pytest.mark.clauses("PWT-52")
def test_a_death_while_a_worker_is_asked_ends_both_and_is_read_once(office: Office) -> None:
    """GAP-53: the offer is gone at once, and one person reads what follows."""
    case, allocation = given(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").died_on = office.clock.now().date()
    heed_deaths(office.council)
    office.hours_pass(0)

    assert (office.outcome_of(allocation), asked(office, allocation)) == ("the person has died", [])
    assert asked(office, case) == ["MessageRead of duty-worker"]
    office.answer(case, MessageRead(what_follows="wrote to his niece"), by="duty-worker")
    assert office.outcome_of(case) == "the person has died"


# ---------------------------------------------------------------- nobody is given away or placed twice


@pytest.mark.clauses("PWT-24")
def test_another_referral_is_read_by_whoever_is_asked_to_take_them_on(office: Office) -> None:
    """PWT-24: no second worker is asked; the first reads it, and so does the manager who decides again."""
    case, allocation = given(office)
    again = before_a_manager(office, contact=contact(ANOTHER))
    assert office.outcome_of(again) == "is being given to a worker already"
    assert office.cases(pwt_allocation) == [allocation]
    assert ANOTHER in read_beside(office, allocation, AllocationReply)

    office.answer(allocation, REFUSED, by="practitioner")
    assert ANOTHER in read_beside(office, allocation, WorkerChosen)
    office.answer(allocation, WorkerChosen(reasons="nobody has room"), by="team-leader")
    assert ANOTHER in read_beside(office, case, TrayDecision)


@pytest.mark.clauses("PWT-03", "PWT-24", "GAP-15")
@pytest.mark.parametrize("first", [allocated(), placed()], ids=["allocate", "place"])
@pytest.mark.parametrize("second", [allocated(), placed()], ids=["allocate", "place"])
def test_of_two_decisions_in_the_same_moment_one_is_carried_out(
    office: Office, first: TrayDecision, second: TrayDecision
) -> None:
    """PWT-03, PWT-24: a place, or an offer, counts from when it is opened; what is new is reported there."""
    one = before_a_manager(office, contact=contact("My father fell."))
    two = before_a_manager(office, contact=contact(ANOTHER))
    answered_at_once(office, (one, first), (two, second))

    [seen_to_in] = [*office.cases(pwt_review), *office.cases(pwt_allocation)]
    assert office.case(seen_to_in).parent_ref in (one, two)
    reported = {"waits on the tray already", "is being given to a worker already"}
    [other] = [case for case in (one, two) if office.outcome_of(case) in reported]
    assert any(f"Sent to case {seen_to_in}" in line for line in office.story_of(other))


HEADER = "person_id,team_id,requested_on,placed_on,last_contact_on,colour,priority,complexity"


@pytest.mark.clauses("PWT-03", "GAP-15")
@pytest.mark.parametrize(
    ("person", "outcome"), [("P-104", "waits on the tray already"), ("P-105", "placed on the tray")]
)
def test_who_has_just_been_taken_over_from_a_list_is_not_placed_again(
    office: Office, tmp_path: Path, person: str, outcome: str
) -> None:
    """GAP-15: hundreds are taken over and begin one after the other; whoever has not begun waits all the same."""
    case = before_a_manager(office)
    file = tmp_path / "tray.csv"
    file.write_text(f"{HEADER}\n{person},hazel,2025-12-20,,,Amber,Medium,Low\n")
    take_over_list(office.council, file, by="team-leader")
    answered_at_once(office, (case, placed()))

    assert office.outcome_of(case) == outcome


@pytest.mark.clauses("PWT-03", "GAP-15")
def test_who_has_left_the_tray_waits_there_no_longer_though_somebody_still_reads_what_came(office: Office) -> None:
    """GAP-53: the case is open until what came at the end has been read, and a new request is decided by itself."""
    tray = on_the_tray(office)
    office.signal(tray, LeavingReported(reason=LeavingReason.WITHDRAWAL, told_by="himself"), by="duty-worker")
    leaves = LeavingConfirmed(leaves=True, what_was_discussed="rang him")
    with office.council.database.read() as session:
        item = session.scalars(
            select(WorkItem.id).where(WorkItem.case_ref == tray, WorkItem.form == leaves.name())
        ).one()
    worklist.answer(office.council, item, leaves.model_dump(mode="json"), by="team-leader")
    fallen = CircumstancesChanged(reported_by=ReportedBy.CARER, what="she has fallen")
    send_signal(office.council, tray, fallen, by="duty-worker")
    office.hours_pass(0)
    assert asked(office, tray) == ["MessageRead of team-leader"]

    case = before_a_manager(office)
    assert asked(office, case) == ["TrayDecision of team-leader"]
