"""Allocation from the tray: offered, accepted, and never to somebody who is away (PWT-08, PWT-10, PWT-11, PWT-35)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.pwt_allocation import pwt_allocation
from models.calendars import CalendarAnswer, CalendarTrouble
from models.decision_tables.levels import Complexity, Rag
from models.forms.handover import HandoverReply
from models.forms.recording import PersonHasDied
from models.forms.tray_allocation import AllocationFacts, AllocationReply, WorkerChosen
from models.forms.tray_signals import AllocationWanted, TrayLeft
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tasks.tray.allocating import away_by_calendar
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_people import a_listening_case, heard
from tests.procedures.tray_stories import rated

ACCEPTED = AllocationReply(reply=HandoverReply.ACCEPT)
REFUSED = AllocationReply(reply=HandoverReply.REFUSE, reason="I live next door to him")


def allocation_of(office: Office, tray_case: str | None, **changes: Any) -> str:
    """P-104 is to be given to the practitioner by hazel's manager."""
    facts = {
        "person": "P-104",
        "team": "hazel",
        "worker": "practitioner",
        "manager": "team-manager",
        "rated": rated(Rag.AMBER),
        "tray_case": tray_case,
    }
    return office.start(pwt_allocation, AllocationFacts.model_validate(facts | changes), owner="staff-team-manager")


@pytest.mark.clauses("PWT-11", "PWT-24")
def test_who_accepts_owns_it_and_the_tray_hears(office: Office) -> None:
    """PWT-11: until the practitioner has accepted it is the manager's; then it is hers, and the waiting is over."""
    tray = a_listening_case(office)
    case = allocation_of(office, tray)
    assert asked(office, case) == ["AllocationReply of practitioner"]
    assert office.case(case).owner == "staff-team-manager"

    office.answer(case, ACCEPTED, by="practitioner")
    assert office.case(case).owner == "staff-practitioner"
    assert office.outcome_of(case) == "accepted"
    assert heard(office, tray) == [("AllocationSettled", {"accepted_by": "practitioner", "because": ""})]


def test_a_refusal_goes_back_to_the_manager_with_its_reason(office: Office) -> None:
    """PWT-11: refused with a reason, so the manager chooses another, who accepts."""
    case = allocation_of(office, a_listening_case(office))
    office.answer(case, REFUSED, by="practitioner")
    assert asked(office, case) == ["WorkerChosen of team-manager"]
    assert "I live next door to him" in read_beside(office, case, WorkerChosen)

    office.answer(case, WorkerChosen(worker="duty-worker", reasons="knows him"), by="team-manager")
    assert asked(office, case) == ["AllocationReply of duty-worker"]
    office.answer(case, ACCEPTED, by="duty-worker")
    assert office.case(case).owner == "staff-duty-worker"


def test_silence_goes_back_to_the_manager_after_a_working_day(office: Office) -> None:
    """PWT-11, GAP-05: nobody is left waiting for a worker who does not reply."""
    case = allocation_of(office, a_listening_case(office))
    office.today_is("2026-01-06 16:59")
    assert asked(office, case) == ["AllocationReply of practitioner"]

    office.today_is("2026-01-06 17:00")
    assert asked(office, case) == ["WorkerChosen of team-manager"]
    assert "practitioner has not replied in time." in read_beside(office, case, WorkerChosen)


def test_nobody_is_offered_work_while_away(office: Office) -> None:
    """The practitioner is on leave until 2028: the manager is asked for another at once, and told until when."""
    case = allocation_of(office, a_listening_case(office), worker="practitioner-2")
    assert asked(office, case) == ["WorkerChosen of team-manager"]
    assert office.inbox("staff-practitioner-2") == []
    beside = read_beside(office, case, WorkerChosen)
    assert "practitioner-2 is away, back Monday 10 January 2028." in beside
    assert "practitioner-3 (practitioner): away, no return is known" in beside

    office.answer(case, WorkerChosen(worker="practitioner-3", reasons="her turn"), by="team-manager")
    assert asked(office, case) == ["WorkerChosen of team-manager"]


def test_a_leaver_is_offered_nothing(office: Office) -> None:
    """Whoever the register shows as gone is not asked."""
    case = allocation_of(office, a_listening_case(office), worker="practitioner-6")
    assert asked(office, case) == ["WorkerChosen of team-manager"]
    assert "practitioner-6 is no longer there." in read_beside(office, case, WorkerChosen)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (CalendarAnswer(known=True, away=True), "practitioner is away, no return is known, by their calendar."),
        (
            CalendarAnswer(known=True, away=True, back_at=datetime(2026, 1, 12, 8, 30, tzinfo=UTC)),
            "practitioner is away, back Monday 12 January 2026, 8:30am, by their calendar.",
        ),
        (CalendarAnswer(known=True, in_time=True), ""),
        (CalendarAnswer(known=True), ""),  # busy is not away
        (CalendarAnswer(known=False, trouble=CalendarTrouble.NO_ANSWER), ""),  # their silence will tell
        (None, ""),
    ],
)
def test_a_calendar_that_shows_somebody_away_counts_as_the_register_does(
    answer: CalendarAnswer | None, said: str
) -> None:
    """Away by either of them is away; what cannot be read says nothing."""
    assert away_by_calendar("practitioner", answer) == said


@pytest.mark.clauses("PWT-35")
@pytest.mark.parametrize(
    ("worker", "complexity", "warned"),
    [
        ("duty-worker", Complexity.HIGH, True),
        ("practitioner", Complexity.HIGH, False),
        ("duty-worker", Complexity.MEDIUM, False),
    ],
)
def test_complexity_guides_who_is_suitable(office: Office, worker: str, complexity: Complexity, warned: bool) -> None:
    """PWT-35: High complexity offered to somebody who is no practitioner is warned of; it is not forbidden."""
    case = allocation_of(office, a_listening_case(office), worker=worker, rated=rated(Rag.AMBER, complexity=complexity))
    assert asked(office, case) == [f"AllocationReply of {worker}"]
    assert ("WARNING: complexity High" in read_beside(office, case, AllocationReply)) is warned


@pytest.mark.clauses("PWT-35")
def test_the_manager_sees_what_the_work_calls_for_and_who_is_there(office: Office) -> None:
    """PWT-35: those who are there stand first, with how many people they have."""
    case = allocation_of(office, a_listening_case(office), rated=rated(Rag.AMBER, complexity=Complexity.HIGH))
    office.answer(case, REFUSED, by="practitioner")

    lines = read_beside(office, case, WorkerChosen).splitlines()
    assert "It calls for a practitioner with the training and experience for it (PWT-69)." in lines
    workers = [line.split(" (")[0] for line in lines if "people allocated" in line]
    assert workers == ["practitioner", "practitioner-2", "practitioner-3"]
    assert "practitioner (practitioner): there; people allocated: 5" in lines


def test_a_manager_may_name_another_worker_at_any_time(office: Office) -> None:
    """The offer is withdrawn and made to the other; naming the same one again changes nothing."""
    case = allocation_of(office, a_listening_case(office))
    office.signal(case, AllocationWanted(worker="practitioner"), by="team-manager")
    assert asked(office, case) == ["AllocationReply of practitioner"]
    assert not any("No longer waits" in line for line in office.story_of(case))

    office.signal(case, AllocationWanted(worker="practitioner-4", reasons="has room"), by="team-manager")
    assert asked(office, case) == ["AllocationReply of practitioner-4"]
    office.days_pass(1)
    office.answer(case, ACCEPTED, by="practitioner-4")
    assert office.outcome_of(case) == "accepted"


def test_another_worker_may_be_named_while_the_manager_is_asked(office: Office) -> None:
    """The question is withdrawn: nothing is keyed twice."""
    case = allocation_of(office, a_listening_case(office))
    office.answer(case, REFUSED, by="practitioner")
    office.signal(case, AllocationWanted(worker="practitioner"), by="team-manager")
    assert asked(office, case) == ["AllocationReply of practitioner"]


def test_nobody_for_now_leaves_them_on_the_tray(office: Office) -> None:
    """PWT-08: the manager gives up for now, the tray hears why, and the person waits on."""
    tray = a_listening_case(office)
    case = allocation_of(office, tray)
    office.answer(case, REFUSED, by="practitioner")
    office.answer(case, WorkerChosen(reasons="nobody has room this week"), by="team-manager")

    assert office.outcome_of(case) == "not allocated"
    assert heard(office, tray) == [("AllocationSettled", {"accepted_by": None, "because": "nobody has room this week"})]


@pytest.mark.clauses("PWT-10")
def test_an_urgent_case_is_allocated_the_same_day_or_managers_hear(office: Office) -> None:
    """PWT-10, GAP-15: four hours to reply; at closing without a worker the strategic manager is told at once."""
    case = allocation_of(office, a_listening_case(office), rated=rated(Rag.AMBER, urgent=True))
    assert office.waiting_for(case)[0] == "AllocationReply of practitioner, due 2026-01-05 13:00"
    assert "URGENT" in office.inbox("staff-practitioner")[0].subject
    office.today_is("2026-01-05 13:00")
    assert asked(office, case) == ["WorkerChosen of team-manager"]

    office.today_is("2026-01-05 17:00")
    assert any("urgent case not allocated" in one.subject for one in office.inbox("staff-strategic-manager"))
    assert any("urgent case not allocated" in one.subject for one in office.inbox("staff-team-manager"))
    office.answer(case, WorkerChosen(worker="practitioner", reasons="asked her again"), by="team-manager")
    office.answer(case, ACCEPTED, by="practitioner")
    assert office.outcome_of(case) == "accepted"


@pytest.mark.clauses("PWT-10")
def test_an_urgent_case_allocated_in_time_troubles_nobody(office: Office) -> None:
    """PWT-10: accepted within the hour."""
    case = allocation_of(office, a_listening_case(office), rated=rated(Rag.AMBER, urgent=True))
    office.answer(case, ACCEPTED, by="practitioner")
    office.days_pass(1)
    assert not any("not allocated" in one.subject for one in office.inbox("staff-strategic-manager"))


@pytest.mark.parametrize("refused_first", [False, True])
def test_who_leaves_the_tray_is_offered_no_longer(office: Office, refused_first: bool) -> None:
    """GAP-53: the question leaves the worklist, whoever it was put to."""
    case = allocation_of(office, a_listening_case(office))
    if refused_first:
        office.answer(case, REFUSED, by="practitioner")
    office.signal(case, TrayLeft(because="left: move"))
    assert office.outcome_of(case) == "left the tray"
    assert asked(office, case) == []


@pytest.mark.clauses("PWT-11")
def test_a_worker_named_before_who_was_away_is_offered_them_once_they_are_back(office: Office) -> None:
    """PWT-11: she was away when she was named first; named again after her return, she is asked."""
    office.away("practitioner", until="2026-01-07 09:00")
    case = allocation_of(office, a_listening_case(office))
    assert asked(office, case) == ["WorkerChosen of team-manager"]

    office.days_pass(3)
    office.signal(case, AllocationWanted(worker="practitioner", reasons="she is back"), by="team-manager")
    assert asked(office, case) == ["AllocationReply of practitioner"]


@pytest.mark.clauses("PWT-11")
@pytest.mark.parametrize("by", ["team-leader", "team-manager", "on-call-manager"])
def test_nobody_takes_somebody_on_for_the_worker_who_was_asked(office: Office, by: str) -> None:
    """PWT-11: neither leader nor manager accepts in her name, nor takes the question; they may name another."""
    case = allocation_of(office, a_listening_case(office), rated=rated(Rag.AMBER, urgent=True))
    with pytest.raises(NotTheirs, match="practitioner, who alone can take it on"):
        office.answer(case, ACCEPTED, by=by)
    with pytest.raises(NotTheirs):
        office.take(case, AllocationReply, by=by)
    office.answer(case, ACCEPTED, by="practitioner")
    assert office.case(case).owner == "staff-practitioner"


def test_after_a_death_nobody_is_offered_them(office: Office) -> None:
    """GAP-53: no worker rings a family because an offer still stood in a list."""
    case = allocation_of(office, None)
    office.signal(case, PersonHasDied.model_validate({"person": "P-104", "died_on": "2026-01-04"}))
    assert asked(office, case) == []
    assert office.outcome_of(case) == "the person has died"
