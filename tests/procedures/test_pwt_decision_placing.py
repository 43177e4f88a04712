"""Placing: what comes first for Red, and from when waiting counts (PWT-03, GAP-12, GAP-15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.pwt_review import pwt_review
from flows.pwt_triage import pwt_triage
from models.decision_tables.levels import Rag
from models.forms.base import AnswerRefused
from models.forms.recording import PersonHasDied
from models.forms.tray_decision import TrayDecision
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_waiting import (
    ContactMeans,
    ContactOutcome,
    ContactReview,
    RedContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    ShouldWait,
)
from models.policy.gaps.tray import UnreachedStep
from models.roles import Role
from models.tray import TrayPlace
from models.tray_findings import TrayOutcome
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.triage_stories import (
    ASKED_AT,
    before_a_manager,
    children,
    contact,
    gaps_are,
    notes_of,
    placed,
    placement_of,
    referral,
    triaged,
)

REACHED = RedContactReview(
    outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, reassured=True, means=ContactMeans.TELEPHONE
)
NO_ANSWER = RedContactReview(outcome=ContactOutcome.NO_ANSWER)


def red(office: Office, **changes: Any) -> str:
    """A manager has decided to place P-104 as Red."""
    case = before_a_manager(office)
    office.answer(case, placed(Rag.RED, **changes), by="team-leader")
    return case


def was_on_the_tray(office: Office, left_because: str | None = TrayOutcome.ALLOCATED, **changes: Any) -> str:
    """P-104 was on hazel's tray: asked for on 1 November 2025, placed on the 3rd, left on the 24th."""
    before = datetime(2025, 11, 1, 9, tzinfo=UTC)
    earlier = office.start(pwt_triage, referral())
    place = {
        "case_ref": earlier,
        "person_id": "P-104",
        "team_id": "hazel",
        "requested_at": before,
        "placed_at": before + timedelta(days=2),
        "manager": "team-leader",
        "urgent": False,
        "left_at": before + timedelta(days=23) if left_because else None,
        "left_because": left_because,
    } | changes
    with office.council.database.write() as session:
        session.add(TrayPlace(**place))
    return earlier


# ---------------------------------------------------------------- placed


@pytest.mark.clauses("PWT-03", "PWT-24")
def test_who_is_placed_is_in_the_care_of_a_case_of_their_own_from_that_moment(office: Office) -> None:
    """PWT-03: it belongs to the manager who placed them, and their next contact and limits have their times."""
    helper = RelevantPerson(name="Joan Brisco", relation="daughter", how_to_reach="01632 960 777")
    case = before_a_manager(office, triaged(relevant_people=(helper,)))
    office.answer(case, placed(agreed_on=date(2026, 1, 9)), by="team-leader")

    [waiting] = children(office, case, pwt_review)
    assert office.case(waiting).owner == "staff-team-leader"
    assert "contact, due 2026-01-19 08:30" in office.waiting_for(waiting)
    place = placement_of(office, case, pwt_review)
    assert (place.requested_at, place.placed_by, place.referral) == (ASKED_AT, "team-leader", case)
    assert place.relevant_people == (helper,)
    assert place.agreed_on == date(2026, 1, 9)
    assert place.circumstances == "No worker is free this week.\nLives alone, his daughter shops for him."


# ---------------------------------------------------------------- Red


@pytest.mark.clauses("GAP-12", "PWT-54")
def test_a_red_case_has_an_interim_safety_plan_before_it_is_placed(office: Office) -> None:
    """GAP-12: without one the decision is not accepted; with it, it goes onto the tray and into the note."""
    case = before_a_manager(office)
    with pytest.raises(AnswerRefused, match="safety_plan"):
        office.answer(case, placed(Rag.RED, safety_plan=""), by="team-leader")
    office.answer(case, placed(Rag.RED), by="team-leader")
    assert "The neighbour looks in each evening." in read_beside(office, case, RedContactReview)
    office.answer(case, REACHED, by="practitioner")

    assert placement_of(office, case, pwt_review).safety_plan == "The neighbour looks in each evening."
    assert "Interim safety plan: The neighbour looks in" in notes_of(office, case)["PWT"]


@pytest.mark.clauses("GAP-12", "GAP-20", "PWT-54")
def test_a_first_contact_is_made_before_a_red_case_is_placed(office: Office) -> None:
    """GAP-12, GAP-20: by a qualified worker, on the same day; the next one counts from it (PWT-54)."""
    case = red(office)

    assert office.waiting_for(case)[0] == "RedContactReview of practitioner, due 2026-01-05 17:00"
    assert children(office, case, pwt_review) == []
    office.hours_pass(2)
    office.answer(case, REACHED, by="practitioner")
    assert office.outcome_of(case) == "placed on the tray"
    assert placement_of(office, case, pwt_review).last_reached_at == datetime(2026, 1, 5, 11, tzinfo=UTC)
    [waiting] = children(office, case, pwt_review)
    assert "contact, due 2026-01-12 08:30" in office.waiting_for(waiting)


@pytest.mark.clauses("GAP-12")
def test_a_council_may_place_red_cases_without_either(office: Office) -> None:
    """GAP-12, the other way: no plan, no first contact (PWT-54)."""
    gaps_are(office, red_contact={"interim_safety_plan_first": False, "first_contact_before_placing": False})
    case = red(office, safety_plan="")

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-20")
def test_a_council_names_who_makes_the_first_contact(office: Office) -> None:
    """GAP-20, the other way: the duty worker does it for Red as well."""
    gaps_are(office, tray_roles={"red_contact_by": Role.DUTY_WORKER})

    assert "RedContactReview of duty-worker" in asked(office, red(office))


@pytest.mark.clauses("GAP-12")
def test_only_reaching_them_is_a_first_contact(office: Office) -> None:
    """GAP-12, PWT-58: no answer is tried again the same day; three times, and a manager decides on a check."""
    case = red(office)
    for moment in ("2026-01-05 09:00", "2026-01-05 14:00", "2026-01-05 15:30"):
        office.today_is(moment)
        office.answer(case, NO_ANSWER, by="practitioner")
        assert children(office, case, pwt_review) == []
    assert asked(office, case) == ["SafeAndWellDecision of team-leader"]
    visit = SafeAndWellDecision(steps=frozenset({UnreachedStep.OWN_VISIT}), done_by="practitioner", reasons="go there")
    office.answer(case, visit, by="team-leader")
    found = SafeAndWellOutcome(found=True, safe_and_well=True, what_came_of_it="was in the garden")
    office.answer(case, found, by="practitioner")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-12")
@pytest.mark.parametrize("again", [True, False])
def test_who_is_not_found_is_decided_on_again(office: Office, again: bool) -> None:
    """GAP-12: a manager has it tried again, or a check finds nobody; nothing is placed as if they had been reached."""
    gaps_are(office, unreachable_person={"attempts": 1})
    case = red(office)
    office.answer(case, NO_ANSWER, by="practitioner")
    if again:
        office.answer(case, SafeAndWellDecision(reasons="ring the other number"), by="team-leader")
        assert "ring the other number" in read_beside(office, case, RedContactReview)
        assert asked(office, case) == ["RedContactReview of practitioner"]
    else:
        visit = SafeAndWellDecision(steps=frozenset({UnreachedStep.OWN_VISIT}), reasons="go there")
        office.answer(case, visit, by="team-leader")
        office.answer(case, SafeAndWellOutcome(found=False, what_came_of_it="no light on"), by="practitioner")
        assert asked(office, case) == ["SafeAndWellDecision of team-leader"]
    assert children(office, case, pwt_review) == []


@pytest.mark.clauses("GAP-12", "PWT-53")
@pytest.mark.parametrize(
    "said",
    [
        {"changed": "his daughter has broken her hip"},
        {"should_wait": ShouldWait.ALLOCATE_NOW, "to_discuss": "his daughter has broken her hip"},
        {"safe_and_well": False, "to_discuss": "his daughter has broken her hip"},
    ],
)
def test_what_the_first_contact_brings_up_goes_back_to_the_manager(office: Office, said: dict[str, Any]) -> None:
    """GAP-12: the manager decides anew with it beside the form; reached once, they are not rung a second time."""
    case = red(office)
    office.answer(case, REACHED.model_copy(update=said), by="practitioner")

    assert asked(office, case) == ["TrayDecision of team-leader"]
    assert "his daughter has broken her hip" in read_beside(office, case, TrayDecision)
    office.answer(case, placed(Rag.RED), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


def test_one_call_makes_one_note(office: Office) -> None:
    """PWT-51: the first contact has its note, by whoever made it."""
    case = red(office)
    office.answer(case, REACHED.model_copy(update={"note_id": "A-41"}), by="practitioner")

    assert "Left a note for the recording system" in " ".join(office.story_of(case))


def test_nobody_rings_somebody_who_has_died_meanwhile(office: Office) -> None:
    """GAP-53: the call is withdrawn at once, and the manager decides what follows (GAP-12)."""
    case = red(office)
    office.signal(case, PersonHasDied(person="P-104", died_on=date(2026, 1, 5)))

    assert [line for line in asked(office, case) if "Contact" in line] == []
    assert "The register shows that the person has died" in read_beside(office, case, TrayDecision)


# ---------------------------------------------------------------- from when waiting counts


@pytest.mark.clauses("GAP-15")
@pytest.mark.parametrize("why", [TrayOutcome.ALLOCATED, TrayOutcome.ADMISSION])
def test_being_placed_again_does_not_begin_the_waiting_anew(office: Office, why: TrayOutcome) -> None:
    """GAP-15: their worker has left, or they are home again: the clock counts from the first request (PWT-11)."""
    earlier = was_on_the_tray(office, why)
    case = before_a_manager(office)
    assert f"Was on the tray before: case {earlier}" in read_beside(office, case, TrayDecision)
    office.answer(case, placed(), by="team-leader")

    place = placement_of(office, case, pwt_review)
    assert (place.requested_at, place.placed_at) == (datetime(2025, 11, 1, 9, tzinfo=UTC), None)


@pytest.mark.clauses("GAP-15")
def test_a_new_request_is_counted_from_itself(office: Office) -> None:
    """GAP-15: the manager says that it is another matter; or they had left because nothing was wanted (PWT-11)."""
    was_on_the_tray(office)
    case = before_a_manager(office)
    office.answer(case, placed(new_request=True), by="team-leader")

    assert placement_of(office, case, pwt_review).requested_at == ASKED_AT


@pytest.mark.clauses("GAP-15")
@pytest.mark.parametrize("why", [TrayOutcome.NOT_NEEDED, TrayOutcome.WITHDRAWAL, TrayOutcome.ANSWERED_ELSEWHERE])
def test_who_had_left_because_nothing_was_wanted_asks_anew(office: Office, why: TrayOutcome) -> None:
    """GAP-15: their earlier waiting is over, and is not added to this one."""
    was_on_the_tray(office, why)
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert placement_of(office, case, pwt_review).requested_at == ASKED_AT


@pytest.mark.clauses("GAP-15")
def test_a_council_may_let_placing_again_begin_anew(office: Office) -> None:
    """GAP-15, the other way: counted from the new request."""
    gaps_are(office, allocation_clock={"placing_again_resets": True})
    was_on_the_tray(office)
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert placement_of(office, case, pwt_review).requested_at == ASKED_AT


@pytest.mark.clauses("GAP-15")
def test_where_placing_counts_the_first_placing_counts(office: Office) -> None:
    """GAP-15, the other way: counted from placement, and being placed again does not begin that anew either."""
    gaps_are(office, allocation_clock={"counts_from": "placement"})
    was_on_the_tray(office)
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert placement_of(office, case, pwt_review).placed_at == datetime(2025, 11, 3, 9, tzinfo=UTC)


@pytest.mark.clauses("PWT-03", "PWT-29")
def test_nobody_is_on_a_tray_twice(office: Office) -> None:
    """PWT-03: referred again while waiting: the case on the tray hears of it, and somebody is in touch at once."""
    first = before_a_manager(office)
    office.answer(first, placed(), by="team-leader")
    [waiting] = children(office, first, pwt_review)
    again = before_a_manager(office, contact=contact("He has fallen twice."))

    assert office.outcome_of(again) == "waits on the tray already"
    assert children(office, again, pwt_review) == []
    assert "ContactReview of duty-worker" in asked(office, waiting)
    assert "He has fallen twice." in read_beside(office, waiting, ContactReview)


@pytest.mark.clauses("PWT-03")
def test_who_was_placed_meanwhile_is_not_placed_a_second_time(office: Office) -> None:
    """PWT-03: two referrals, both decided on; the second waits for its first contact while the first is placed."""
    second = red(office)
    first = before_a_manager(office)
    office.answer(first, placed(), by="team-leader")
    office.answer(second, REACHED, by="practitioner")

    assert office.outcome_of(second) == "waits on the tray already"
    assert children(office, second, pwt_review) == []
