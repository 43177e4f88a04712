"""What cannot wait is done at the duty point, and nobody is placed meanwhile (PWT-07, PWT-18, GAP-11, GAP-48)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.disclosure import disclosure
from flows.pwt_review import pwt_review
from flows.pwt_triage import pwt_triage
from flows.urgent_action import urgent_action
from models.decision_tables.levels import Rag
from models.durations import calendar_hours
from models.forms.base import AnswerRefused
from models.forms.tray_decision import TrayDecision
from models.forms.tray_triage import BackAtDuty, Residence, SafeguardingCheck, Triage, TriageResult
from models.forms.urgent_action import UrgentActionFacts, UrgentActionTaken, UrgentStep
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.triage_stories import (
    allocated,
    at_triage,
    before_a_manager,
    children,
    gaps_are,
    placed,
    referral,
    sent_back,
    taken_on,
    triaged,
)

CANNOT_WAIT = SafeguardingCheck(nine_nine_nine_considered=True, concern=False, act_now="no heating since yesterday")
DONE = UrgentActionTaken(step=UrgentStep.DONE, what_was_done="heaters brought, plumber booked", person_reached=True)


def urgent(office: Office, **changes: Any) -> str:
    """An urgent action about P-104, known now."""
    facts = {"what": "no heating", "about_person": "P-104", "known_at": office.clock.now()} | changes
    return office.start(urgent_action, UrgentActionFacts.model_validate(facts))


# ---------------------------------------------------------------- the action itself


@pytest.mark.clauses("PWT-07")
def test_it_is_asked_of_the_duty_point_at_once_and_by_closing(office: Office) -> None:
    """PWT-07: immediately, urgent, and before the office closes; the duty worker hears of it at once."""
    case = urgent(office)

    assert office.waiting_for(case) == [
        "UrgentActionTaken of duty-worker, due 2026-01-05 17:00",
        "urgent-action-overdue, due 2026-01-05 17:00",
    ]
    assert [message for message in office.inbox("duty-worker") if case in message.body]
    assert (UrgentActionTaken.__doc__ or "").strip().startswith("If anybody may be in danger now, ring 999")
    office.answer(case, DONE, by="duty-worker")
    assert office.outcome_of(case) == "done"


@pytest.mark.clauses("PWT-07", "GAP-11")
def test_its_clock_never_runs_longer_than_a_day(office: Office) -> None:
    """GAP-11, PWT-07: known on Friday after closing, it is due within 24 hours and not on Monday evening."""
    office.today_is("2026-01-09 18:00")
    case = urgent(office)

    assert "UrgentActionTaken of duty-worker, due 2026-01-10 18:00" in office.waiting_for(case)


@pytest.mark.clauses("PWT-18")
def test_it_is_chased_urgently_and_a_named_manager_hears_when_its_time_has_passed(office: Office) -> None:
    """PWT-18: the ladder of urgent work from the first half hour; at closing the manager named for it hears."""
    case = urgent(office, manager="team-manager")
    office.hours_pass(2.5)
    story = " ".join(office.story_of(case))
    assert "Passed on to the team leader" in story
    assert "not done in time" not in story

    office.today_is("2026-01-05 17:00")
    told = "Told team-manager and the on call manager: an urgent action is not done in time"
    assert told in " ".join(office.story_of(case))
    assert any("not done in time" in message.body for message in office.inbox("staff-team-manager"))
    assert asked(office, case) == ["UrgentActionTaken of duty-worker"]


@pytest.mark.clauses("PWT-18")
def test_all_of_it_is_done_before_it_ends(office: Office) -> None:
    """PWT-18: what is left is asked for again, with what was done so far beside the form."""
    case = urgent(office)
    office.answer(
        case,
        UrgentActionTaken(step=UrgentStep.MORE_TO_DO, what_was_done="heaters brought", still_to_do="no food either"),
        by="duty-worker",
    )

    assert "Still to be done: no food either" in read_beside(office, case, UrgentActionTaken)
    with pytest.raises(AnswerRefused, match="still_to_do"):
        UrgentActionTaken.read({"step": "more-to-do", "what_was_done": "heaters brought"})
    office.answer(case, DONE, by="duty-worker")
    assert office.outcome_of(case) == "done"


@pytest.mark.clauses("PWT-18")
def test_what_out_of_hours_has_taken_on_is_asked_about_in_the_morning(office: Office) -> None:
    """PWT-18: handed over before closing; as the office opens somebody asks what came of it, and it is not over."""
    case = urgent(office)
    handed = UrgentActionTaken(step=UrgentStep.HANDED_TO_OUT_OF_HOURS, what_was_done="the night team visits at 8")
    office.answer(case, handed, by="duty-worker")
    office.today_is("2026-01-06 08:00")
    assert asked(office, case) == ["UrgentActionTonight of on-call-manager"]

    office.today_is("2026-01-06 08:30")
    assert "UrgentActionTaken of duty-worker, due 2026-01-06 17:00" in office.waiting_for(case)
    assert "the night team visits at 8" in read_beside(office, case, UrgentActionTaken)
    assert "not done in time" not in " ".join(office.story_of(case))
    office.today_is("2026-01-06 17:00")
    assert "not done in time" in " ".join(office.story_of(case))


def test_it_may_turn_out_that_it_can_wait(office: Office) -> None:
    """PWT-07: somebody looked, and says why."""
    case = urgent(office)
    office.answer(case, UrgentActionTaken(step=UrgentStep.NOT_URGENT, what_was_done="it works again"), by="duty-worker")

    assert office.outcome_of(case) == "not urgent"


def test_what_was_done_reached_the_person_or_did_not() -> None:
    """PWT-09: the one list of who was reached can tell from the answer."""
    assert DONE.reached_the_person
    assert not UrgentActionTaken(step=UrgentStep.DONE, what_was_done="left a note").reached_the_person


# ---------------------------------------------------------------- and triage


@pytest.mark.clauses("PWT-07", "PWT-18", "GAP-48")
def test_what_cannot_wait_is_begun_before_residence_or_money_is_asked(office: Office) -> None:
    """GAP-48, PWT-07: from the very first form, in a case of its own, while triage goes on."""
    case = at_triage(office, CANNOT_WAIT)

    [action] = children(office, case, urgent_action)
    assert "UrgentActionTaken of duty-worker, due 2026-01-05 17:00" in office.waiting_for(action)
    assert asked(office, case) == ["Triage of duty-worker"]


@pytest.mark.clauses("GAP-48", "PWT-14")
def test_another_authoritys_person_is_helped_at_once_all_the_same(office: Office) -> None:
    """GAP-48, PWT-14: the referral goes to the other authority; what cannot wait stays open here until it is done."""
    case = at_triage(office, CANNOT_WAIT)
    elsewhere = triaged(
        TriageResult.PASSED_ON, residence=Residence.ANOTHER_AUTHORITY, residence_details="Northshire, since March"
    )
    office.answer(case, elsewhere, by="duty-worker")

    assert office.outcome_of(case) == "passed to another authority"
    assert children(office, case, disclosure)
    [action] = children(office, case, urgent_action)
    assert asked(office, action) == ["UrgentActionTaken of duty-worker"]


@pytest.mark.clauses("PWT-07", "PWT-18", "GAP-11")
def test_nobody_is_placed_while_an_urgent_action_is_open(office: Office) -> None:
    """GAP-11, PWT-18: the answer is refused with the reason; a worker can be asked at once (PWT-10)."""
    case = before_a_manager(office, check=CANNOT_WAIT)
    with pytest.raises(AnswerRefused, match="nobody is placed while an urgent action is open"):
        office.answer(case, placed(), by="team-leader")

    office.answer(case, allocated(), by="team-leader")
    taken_on(office, case)
    assert office.outcome_of(case) == "given to a worker"


@pytest.mark.clauses("PWT-18", "GAP-11")
def test_once_it_has_ended_the_manager_is_asked_with_what_came_of_it(office: Office) -> None:
    """GAP-11: the residual case may be placed then; what was done stands beside the form (PWT-18)."""
    case = before_a_manager(office, check=CANNOT_WAIT)
    assert "still open" in read_beside(office, case, TrayDecision)
    [action] = children(office, case, urgent_action)
    office.answer(action, DONE, by="duty-worker")

    assert asked(office, case) == ["TrayDecision of team-leader"]
    assert "heaters brought, plumber booked" in read_beside(office, case, TrayDecision)
    office.answer(case, placed(), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-11")
def test_a_council_may_place_while_an_urgent_action_is_open(office: Office) -> None:
    """GAP-11, the other way (PWT-18)."""
    gaps_are(office, tray_after_urgency={"never_while_urgent_action_open": False})
    case = before_a_manager(office, check=CANNOT_WAIT)
    office.answer(case, placed(), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-11", "PWT-10", "PWT-64")
def test_nobody_is_placed_while_a_response_within_a_day_is_due(office: Office) -> None:
    """GAP-11: rated as needing an answer within 24 hours, it is given to a worker or acted on, not placed (PWT-07)."""
    case = before_a_manager(office, requested_at=office.clock.now())
    soon = placed(facts={"within_24_hours": True})
    with pytest.raises(AnswerRefused, match="a response is due by Tuesday 6 January 2026, 9am"):
        office.answer(case, soon, by="team-leader")

    office.answer(case, sent_back(act_now="somebody must see him today"), by="team-leader")
    [action] = children(office, case, urgent_action)
    assert "somebody must see him today" in read_beside(office, action, UrgentActionTaken)


@pytest.mark.clauses("GAP-11", "PWT-64")
def test_a_council_may_bar_only_what_is_due_sooner(office: Office) -> None:
    """GAP-11, the other way: four hours; due tomorrow morning, it may be placed, with the word urgent (PWT-64)."""
    gaps_are(office, tray_after_urgency={"never_if_response_due_within": calendar_hours(4)})
    case = before_a_manager(office, requested_at=office.clock.now())
    office.answer(case, placed(facts={"within_24_hours": True}), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-11")
@pytest.mark.parametrize("matrix", [Rag.RED, Rag.GREEN])
def test_a_council_names_who_places_red_and_high_cases(office: Office, matrix: Rag) -> None:
    """GAP-11, the other way: Red and High only by team managers; a Green case by the team leader as before (PWT-10)."""
    gaps_are(
        office,
        tray_after_urgency={"residual_placed_by": (Role.TEAM_MANAGER,)},
        red_contact={"first_contact_before_placing": False},
    )
    case = before_a_manager(office)
    if matrix is Rag.RED:
        with pytest.raises(AnswerRefused, match="Red or High is placed by a team manager only"):
            office.answer(case, placed(matrix), by="team-leader")
    office.answer(case, placed(matrix), by="team-manager" if matrix is Rag.RED else "team-leader")

    assert children(office, case, pwt_review)


@pytest.mark.clauses("PWT-18")
def test_what_turns_out_later_to_be_urgent_is_acted_on_then(office: Office) -> None:
    """PWT-18: found in triage, or when duty has the case back; each time before anything is placed (PWT-07)."""
    case = before_a_manager(office, triaged(act_now="his key is lost"))
    office.answer(case, sent_back(), by="team-leader")
    back = BackAtDuty(settled=False, what_was_done="rang again", act_now="he has not eaten")
    office.answer(case, back, by="duty-worker")

    actions = children(office, case, urgent_action)
    assert len(actions) == 2
    office.answer(actions[0], DONE, by="duty-worker")
    with pytest.raises(AnswerRefused, match="an urgent action is open"):
        office.answer(case, placed(), by="team-leader")
    office.answer(actions[1], DONE, by="duty-worker")
    office.answer(case, placed(), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("PWT-07")
def test_what_its_sender_calls_urgent_is_looked_at_first(office: Office) -> None:
    """PWT-07: every question about it is urgent and due before closing."""
    case = office.start(pwt_triage, referral(urgent=True))
    assert office.waiting_for(case) == ["SafeguardingCheck of duty-worker, due 2026-01-05 17:00"]
    office.answer(case, SafeguardingCheck(nine_nine_nine_considered=True, concern=False), by="duty-worker")

    assert office.waiting_for(case) == ["Triage of duty-worker, due 2026-01-05 17:00"]
    assert "Whoever sent it says that something cannot wait" in read_beside(office, case, Triage)


def test_the_clock_runs_from_when_it_was_known(office: Office) -> None:
    """GAP-11: known the evening before, it is due before today's closing, and not a moment in the past (PWT-18)."""
    case = urgent(office, known_at=datetime(2026, 1, 2, 18, tzinfo=UTC))

    assert "UrgentActionTaken of duty-worker, due 2026-01-05 09:00" in office.waiting_for(case)
