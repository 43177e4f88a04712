"""Escalation from the tray: discussed with a senior manager, noted, and never lost in silence (PWT-59 to PWT-62)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from flows.pwt_escalation import pwt_escalation
from models.decision_tables.levels import Rag
from models.forms.tray_escalation import EscalationDiscussed, EscalationFacts, EscalationReason
from models.forms.tray_signals import RatedAgain, TrayLeft
from models.forms.tray_waiting import ContactLogged, ContactOutcome
from models.recording import CaseNote
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_people import ASKED_FOR_HELP, a_listening_case, heard
from tests.procedures.tray_stories import facts_for, on_the_tray, rated

DISCUSSED = EscalationDiscussed(
    what_was_discussed="with the team manager: his carer is worn out", what_follows="a sitter twice a week from Monday"
)


def brought_before(office: Office, tray_case: str, **changes: Any) -> str:
    """P-104, who is Red and waits on hazel's tray, is brought before the strategic manager."""
    facts: dict[str, Any] = {
        "tray_case": tray_case,
        "person": "P-104",
        "team": "hazel",
        "manager": "team-leader",
        "to": Role.STRATEGIC_MANAGER,
        "reason": EscalationReason.RED_TOO_LONG,
        "requested_at": ASKED_FOR_HELP,
        "rated": rated(Rag.RED),
    }
    return office.start(pwt_escalation, EscalationFacts(**facts | changes), owner="staff-team-leader")


def notes_of(office: Office, case: str) -> list[CaseNote]:
    """The notes that a case has left for the recording system."""
    with office.council.database.read() as session:
        return list(session.scalars(select(CaseNote).where(CaseNote.case_ref == case)))


@pytest.mark.clauses("PWT-59", "PWT-61", "PWT-62")
def test_the_discussion_is_noted_and_the_manager_is_told(office: Office) -> None:
    """PWT-62: one form makes the note with its literal title, by whoever discussed it, and tells the manager."""
    case = brought_before(office, a_listening_case(office))
    assert asked(office, case) == ["EscalationDiscussed of strategic-manager"]
    beside = read_beside(office, case, EscalationDiscussed)
    assert "A Red case has waited for as long as it may." in beside
    assert "21 days ago" in beside

    office.answer(case, DISCUSSED, by="strategic-manager")
    assert office.outcome_of(case) == "discussed"
    [note] = notes_of(office, case)
    assert (note.title, note.author, note.person_id) == (
        "Management Discussion / Decision",
        "strategic-manager",
        "P-104",
    )
    assert "his carer is worn out" in note.text
    office.digest_goes_out()
    told = [one.body for one in office.inbox("staff-team-leader")]
    assert any("what was decided about an escalation" in one for one in told)


@pytest.mark.clauses("PWT-59", "PWT-60")
def test_a_managers_belief_is_ground_enough(office: Office) -> None:
    """PWT-60: what the manager wrote stands first beside the form."""
    why = {"reason": EscalationReason.MANAGER, "reasons": "she no longer opens the door", "rated": rated(Rag.GREEN)}
    case = brought_before(office, a_listening_case(office), **why)
    first = read_beside(office, case, EscalationDiscussed).splitlines()[0]
    assert first == "A manager believes that you should know. she no longer opens the door"


@pytest.mark.clauses("PWT-59")
def test_whoever_is_asked_reads_how_they_stand_now(office: Office) -> None:
    """PWT-59: Amber when they were brought before the strategic manager, Red by the time the head of service reads."""
    tray = on_the_tray(office, Rag.AMBER)
    case = brought_before(office, tray, rated=rated(Rag.AMBER))
    assert "Rated Amber, priority Medium" in read_beside(office, case, EscalationDiscussed)
    assert "Last reached: never." in read_beside(office, case, EscalationDiscussed)

    office.today_is("2026-01-06 10:00")
    office.signal(tray, ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True), by="duty-worker")
    worse = RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="his carer has left")
    office.signal(tray, worse, by="team-leader")
    office.today_is("2026-01-07 17:00")
    assert asked(office, case) == ["EscalationDiscussed of head-of-service"]
    beside = read_beside(office, case, EscalationDiscussed)
    assert "Rated Red, priority Medium" in beside
    assert "Rated Amber" not in beside
    assert "Last reached: Tuesday 6 January 2026, 10am." in beside


@pytest.mark.clauses("PWT-11")
def test_a_missed_aim_says_so(office: Office) -> None:
    """PWT-11: nobody had a worker by day 28."""
    case = brought_before(office, a_listening_case(office), reason=EscalationReason.LIMIT_REACHED)
    assert "were to have a named worker by now" in read_beside(office, case, EscalationDiscussed)


def test_silence_goes_to_the_head_of_service_and_stays_there(office: Office) -> None:
    """GAP-17: two working days of silence; then the head of service has it, and nobody else, until it is answered."""
    case = brought_before(office, a_listening_case(office))
    office.today_is("2026-01-07 16:59")
    assert asked(office, case) == ["EscalationDiscussed of strategic-manager"]

    office.today_is("2026-01-07 17:00")
    assert asked(office, case) == ["EscalationDiscussed of head-of-service"]
    assert "Strategic manager: no answer in time." in read_beside(office, case, EscalationDiscussed)
    office.days_pass(30)
    assert asked(office, case) == ["EscalationDiscussed of head-of-service"]
    office.answer(case, DISCUSSED, by="head-of-service")
    assert office.outcome_of(case) == "discussed"


def test_above_the_head_of_service_there_is_nobody(office: Office) -> None:
    """GAP-17: the question stays where it is, and they are reminded."""
    case = brought_before(office, a_listening_case(office), to=Role.HEAD_OF_SERVICE)
    office.days_pass(14)
    assert asked(office, case) == ["EscalationDiscussed of head-of-service"]
    assert sum("Asked" in line for line in office.story_of(case)) == 1


def test_a_worker_who_is_named_is_asked_through_the_tray(office: Office) -> None:
    """PWT-11: the decision to allocate goes to the waiting person's own case."""
    tray = a_listening_case(office)
    case = brought_before(office, tray)
    office.answer(case, DISCUSSED.model_copy(update={"worker": "practitioner"}), by="strategic-manager")
    wanted = {"worker": "practitioner", "reasons": "a sitter twice a week from Monday"}
    assert heard(office, tray) == [("AllocationWanted", wanted)]


@pytest.mark.parametrize("days", [0, 5])
def test_who_leaves_the_tray_is_discussed_no_longer(office: Office, days: int) -> None:
    """GAP-53: the question leaves the worklist, the head of service's too."""
    case = brought_before(office, a_listening_case(office))
    office.days_pass(days)
    office.signal(case, TrayLeft(because="allocated"))
    assert office.outcome_of(case) == "left the tray"
    assert asked(office, case) == []
    assert notes_of(office, case) == []


@pytest.mark.clauses("PWT-59", "PWT-61", "GAP-17")
def test_limits_that_follow_one_another_are_one_discussion_with_whoever_stands_higher(office: Office) -> None:
    """A Red case that nobody discusses is on day 28 one question to the head of service, with all that led to it."""
    case = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-19 09:00")
    (escalation,) = [ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"]
    assert asked(office, escalation) == ["EscalationDiscussed of strategic-manager"]
    office.today_is("2026-02-02 09:00")
    assert [ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"] == [escalation]
    assert asked(office, escalation) == ["EscalationDiscussed of head-of-service"]
    beside = read_beside(office, escalation, EscalationDiscussed)
    assert "no answer in time" in beside and "have a named worker by now" in beside
    assert case in beside
