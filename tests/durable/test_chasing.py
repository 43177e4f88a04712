"""Chasing: reminders, acknowledgement and escalation come at policy's times, in working time, to the nearest people."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.cases import Milestone
from models.durations import working_days
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.outbox import OutboxMessage, OutboxState
from models.roles import Role
from models.states import MilestoneKind, MilestoneState
from tasks.durable import ask, procedure, staff, team
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, ChairReturned, WheelchairLoan, ledger

DUTY = Role.DUTY_WORKER


def asking(whom: Any, *, urgent: bool = False) -> Any:
    """A procedure that asks somebody once."""

    @procedure(follows="Lending wheelchairs")
    def asking_somebody(loan: WheelchairLoan) -> None:
        ask(ChairChosen, of=whom, urgent=urgent)

    return asking_somebody


def chased(office: Office, ref: str) -> list[str]:
    """When a case's item was chased, in words."""
    words = [entry for entry in ledger(office, ref) if entry.kind in (EntryKind.REMINDED, EntryKind.ESCALATED)]
    return [line for line in office.story_of(ref) if any(entry.text in line for entry in words)]


def test_silence_is_chased_in_working_time(office: Office) -> None:
    """
    Asked on Monday 9am: told on after four office hours, reminded at Tuesday's close, and up the ladder from there.

    Monday 5 January 2026: 13:00 the first role up hears that nobody opened it; 6th 17:00 reminder; 7th team leaders;
    8th team manager; the fifth working day is Monday 12th: strategic manager.
    """
    case = office.start(asking(DUTY), WheelchairLoan())
    office.days_pass(14)

    assert [line[:16] for line in chased(office, case)] == [
        "2026-01-05 13:00",
        "2026-01-06 17:00",
        "2026-01-07 17:00",
        "2026-01-08 17:00",
        "2026-01-12 17:00",
    ]
    assert "nobody has opened" in chased(office, case)[0]
    assert "Reminded the duty worker" in chased(office, case)[1]
    assert "Passed on to the strategic manager" in chased(office, case)[4]
    # Each of them was told, at that time, and by a message that says why.
    assert [why(message) for message in office.inbox("duty-worker")] == ["new", "reminder"]
    assert [why(message) for message in office.inbox("team-leader")] == ["not-acknowledged", "not-answered"]
    assert [why(message) for message in office.inbox("team-manager")] == ["not-answered"]


def test_whoever_heard_last_hears_again_every_week_of_silence(office: Office) -> None:
    """After the last step of the ladder nothing is left to silence: the strategic manager hears every five days."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.days_pass(30)

    assert [line[:10] for line in chased(office, case)][4:] == ["2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"]
    assert [why(message) for message in office.inbox("strategic-manager")] == ["not-answered"] * 4


def test_chasing_rests_over_christmas(office: Office) -> None:
    """Asked on Wednesday 23 December 2026, 4pm: bank holidays, the weekend and three closure days do not count."""
    office.today_is("2026-12-23 16:00")
    case = office.start(asking(DUTY), WheelchairLoan())
    office.today_is("2027-01-08 09:00")

    # 24 Dec is a working day: an hour on the 23rd, and three on the 24th; one working day ends on the 24th.
    # 25 and 28 Dec are bank holidays (the 26th is a Saturday), 29 to 31 closed, 1 Jan a bank holiday: then Monday 4th.
    assert [line[:16] for line in chased(office, case)] == [
        "2026-12-24 11:30",
        "2026-12-24 17:00",
        "2027-01-04 17:00",
        "2027-01-05 17:00",
        "2027-01-07 17:00",
    ]


def test_urgent_item_is_chased_by_the_clock_day_and_night(office: Office) -> None:
    """Urgent work asked on Friday evening is passed on within hours, not on Monday."""
    office.today_is("2026-01-09 20:00")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.today_is("2026-01-10 21:00")

    assert [line[:16] for line in chased(office, case)] == [
        "2026-01-09 20:30",
        "2026-01-09 21:00",
        "2026-01-09 22:00",
        "2026-01-09 23:00",
        "2026-01-10 00:00",
        "2026-01-10 20:00",
    ]
    # Whoever is on call hears every step at once; the others, in the morning, the latest that concerns them.
    assert [why(message) for message in office.inbox("on-call-manager")] == [
        "not-acknowledged",
        "reminder",
        *["not-answered"] * 4,
    ]
    assert [why(message) for message in office.inbox("duty-worker")] == ["reminder"]
    assert office.inbox("head-of-service") == []
    office.today_is("2026-01-11 08:00")
    assert [why(message) for message in office.inbox("head-of-service")] == ["not-answered"]


def test_everybody_above_hears_of_urgent_work_that_was_taken_and_left(office: Office) -> None:
    """Taken on Friday evening, it interrupts nobody; each step of the night is read by its own manager all the same."""
    office.today_is("2026-01-09 20:00")
    case = office.start(asking(DUTY, urgent=True), WheelchairLoan())
    office.take(case, ChairChosen, by="duty-worker")
    office.today_is("2026-01-12 12:00")

    for role in ("team-leader", "team-manager", "strategic-manager", "head-of-service"):
        assert [why(message) for message in office.inbox(role)] == ["not-answered"], role


def test_taking_an_item_ends_the_wait_for_its_acknowledgement_alone(office: Office) -> None:
    """Somebody has opened it: nobody is told that nobody has, and the reminder goes to whoever has it."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.take(case, ChairChosen, by="duty-worker-2")
    office.today_is("2026-01-06 17:00")
    office.digest_goes_out()

    assert [entry.kind for entry in ledger(office, case)][2:] == [EntryKind.ACKNOWLEDGED, EntryKind.REMINDED]
    assert office.inbox("team-leader") == []
    assert [why(message) for message in office.inbox("staff-duty-worker-2")] == ["reminder"]
    assert office.inbox("duty-worker") == []  # who need not hear any more of what a colleague has taken


def test_story_says_who_was_really_reminded(office: Office) -> None:
    """The entry of a reminder names the person who took the item, to whom the message went."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.take(case, ChairChosen, by="duty-worker-2")
    office.today_is("2026-01-06 17:00")

    assert "Reminded duty-worker-2" in chased(office, case)[0]


def test_escalation_reaches_the_leader_of_the_team_concerned(office: Office) -> None:
    """Where the person or the team asked has one leader, that leader hears and no other."""
    for whom in (staff("practitioner-4"), team("rowan")):
        case = office.start(asking(whom), WheelchairLoan())
        office.days_pass(7)

        assert "staff" not in chased(office, case)[0]
        assert {why(message) for message in office.inbox("staff-rowan-team-leader") if case in message.body} == {
            "not-acknowledged",
            "not-answered",
        }
    assert office.inbox("team-leader") == []


@pytest.mark.parametrize("urgent", [False, True])
def test_where_a_team_has_another_lead_they_hear_what_a_team_leader_would(office: Office, urgent: bool) -> None:
    """Reablement has no team leader: its lead hears, and the leaders of other teams are left alone."""
    case = office.start(asking(staff("reablement-worker"), urgent=urgent), WheelchairLoan())
    office.days_pass(3)

    told = [why(message) for message in office.inbox("staff-reablement-lead") if case in message.body]
    assert set(told) == {"not-acknowledged", "not-answered"}
    assert office.inbox("team-leader") == []


def test_where_somebody_of_no_team_is_asked_the_lead_of_the_teams_case_hears(office: Office) -> None:
    """Duty is asked in a case of reablement's: its lead hears, and no team leader."""
    case = office.start(asking(DUTY), WheelchairLoan(), owner="team-reablement")
    office.days_pass(3)

    told = [why(message) for message in office.inbox("reablement-lead") if case in message.body]
    assert set(told) == {"not-acknowledged", "not-answered"}
    assert office.inbox("team-leader") == []


@pytest.mark.parametrize(
    ("asked", "first_up"),
    [
        (staff("reablement-lead"), "role-team-manager"),
        (Role.TEAM_LEADER, "role-team-manager"),
        (Role.TEAM_MANAGER, "role-strategic-manager"),
        (Role.STRATEGIC_MANAGER, "role-head-of-service"),
        (Role.HEAD_OF_SERVICE, None),
        (Role.BROKERAGE, "role-team-leader"),
        (staff("team-manager"), "role-strategic-manager"),
    ],
)
def test_escalation_goes_upwards_only(office: Office, asked: Any, first_up: str | None) -> None:
    """Whoever is asked is passed over on the ladder, and so is everybody below them, who could not answer it."""
    case = office.start(asking(asked, urgent=True), WheelchairLoan())
    with office.council.database.read() as session:
        told = session.scalars(
            select(Milestone.told_to)
            .where(Milestone.case_ref == case, Milestone.kind == MilestoneKind.ESCALATE)
            .order_by(Milestone.due)
        ).all()

    assert (told[0] if told else None) == first_up
    if isinstance(asked, Role) and asked.is_manager:
        assert all(Role(tag.removeprefix("role-")).outranks(asked) for tag in told)


def test_answer_ends_all_chasing(office: Office) -> None:
    """Once it is answered nobody is reminded, and nobody above hears."""
    case = office.start(asking(DUTY), WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(30)

    assert chased(office, case) == []
    with office.council.database.read() as session:
        states = set(session.scalars(select(Milestone.state).where(Milestone.case_ref == case)))
    assert states == {MilestoneState.CALLED_OFF}


def test_message_of_an_answered_item_is_not_sent_any_more(office: Office) -> None:
    """A notice that waits for its service to come back is withdrawn when the item is answered."""
    office.cannot_reach("role-duty-worker")
    office.today_is("2026-01-05 12:00")
    case = office.start(asking(DUTY), WheelchairLoan())
    office.digest_goes_out()
    assert outbox(office, case) == [OutboxState.QUEUED]

    office.answer(case, FOLDING, by="duty-worker")
    assert outbox(office, case) == [OutboxState.WITHDRAWN]

    office.can_reach_again("role-duty-worker")
    office.hours_pass(2)
    assert office.inbox("duty-worker") == []


def test_item_of_a_form_that_is_gone_from_the_code_is_chased_all_the_same(office: Office) -> None:
    """A version that no longer has the form still tells people that something waits, and the case goes on sleeping."""
    case = office.start(asking(DUTY), WheelchairLoan())
    known = Form._known.pop("ChairChosen")
    try:
        office.today_is("2026-01-06 17:00")
    finally:
        Form._known["ChairChosen"] = known

    assert len(chased(office, case)) == 2
    assert office.waiting_for(case) == ["ChairChosen of duty-worker"]


@procedure(follows="Lending wheelchairs")
def deciding_in_the_tray_rhythm(loan: WheelchairLoan) -> None:
    """Two questions, one after the other, of which the second lapses."""
    ask(ChairChosen, of=DUTY)
    ask(ChairReturned, of=DUTY, within=working_days(1))


def test_lapsed_item_is_not_chased_any_more(office: Office) -> None:
    """Where the procedure has gone on without an answer, nobody is troubled for one."""
    case = office.start(deciding_in_the_tray_rhythm, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    office.days_pass(20)

    assert office.is_closed(case)
    assert {line[:16] for line in chased(office, case)} <= {"2026-01-05 13:00", "2026-01-06 17:00"}
    assert office.inbox("team-manager") == []


def why(message: Any) -> str:
    """Why a message came, from its words."""
    text = message.body
    if "This is a reminder." in text:
        return "reminder"
    if "Nobody has opened it yet." in text:
        return "not-acknowledged"
    return "not-answered" if "Nobody has answered it in time." in text else "new"


def outbox(office: Office, ref: str) -> list[str]:
    """The states of a case's messages."""
    with office.council.database.read() as session:
        return list(session.scalars(select(OutboxMessage.state).where(OutboxMessage.case_ref == ref)))
