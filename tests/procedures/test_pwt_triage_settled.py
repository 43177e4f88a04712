"""What duty settles itself: closed with its outcome, the person told (PWT-04, PWT-21 to PWT-23)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.disclosure import disclosure
from flows.telling_a_person import telling_a_person
from models.forms.base import AnswerRefused
from models.forms.disclosure import DisclosureMade, DisclosureVerdict
from models.forms.telling_people import PersonToBeTold
from models.forms.tray_decision import TrayDecision
from models.forms.tray_triage import (
    BackAtDuty,
    NextReviewConfirmed,
    Residence,
    ReviewTrayEntered,
    Triage,
    TriageResult,
    WayResult,
)
from models.recording import ReviewDate
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.triage_stories import (
    DAUGHTER,
    at_triage,
    children,
    gaps_are,
    sent_back,
    triaged,
    ways,
)

SETTLED = TriageResult.SETTLED


def reviewed_last(office: Office, on: date | None, due_on: date) -> None:
    """The recording system's extract of reviews shows P-104's yearly review."""
    with office.council.database.write() as session:
        session.add(ReviewDate(person_id="P-104", kind="annual", due_on=due_on, last_done_on=on))


def into_the_review_tray(**changes: Any) -> Triage:
    """Everything is done; the last action ended on Friday 2 January 2026."""
    done = {"ways": ways(review_tray=WayResult.DONE), "actions_ended_on": date(2026, 1, 2)}
    return triaged(SETTLED, **done | changes)


# ---------------------------------------------------------------- settled


@pytest.mark.clauses("PWT-04", "PWT-21", "PWT-22")
@pytest.mark.parametrize("way", ["care_technology", "occupational_therapy", "reablement", "respite_booked"])
def test_what_duty_settles_is_closed_and_the_person_is_told(office: Office, way: str) -> None:
    """PWT-04, PWT-21, PWT-22: no manager, no tray; the person hears what became of it, with a number to ring."""
    case = at_triage(office)
    office.answer(case, triaged(SETTLED, ways=ways(**{way: WayResult.DONE})), by="duty-worker")

    assert office.outcome_of(case) == "settled at duty"
    [telling] = children(office, case, telling_a_person)
    assert asked(office, telling) == ["PersonToBeTold of duty-worker"]
    assert "01632 960 100" in read_beside(office, telling, PersonToBeTold)


def test_who_was_told_already_is_not_told_again(office: Office) -> None:
    """One call, one form: the person heard it while duty arranged it (PWT-21)."""
    case = at_triage(office)
    office.answer(case, triaged(SETTLED, told_already="on the telephone"), by="duty-worker")

    assert office.outcome_of(case) == "settled at duty"
    assert children(office, case, telling_a_person) == []


@pytest.mark.clauses("PWT-28")
def test_the_referrer_hears_through_the_disclosure_gate(office: Office) -> None:
    """PWT-28, GAP-09: routine by the council's table, and no more than that it was dealt with."""
    case = at_triage(office, referrer=DAUGHTER)
    office.answer(case, triaged(SETTLED), by="duty-worker")

    [gate] = children(office, case, disclosure)
    assert asked(office, gate) == ["DisclosureMade of duty-worker"]
    assert "Joan Brisco" in read_beside(office, gate, DisclosureMade)


@pytest.mark.clauses("PWT-14")
def test_another_authority_hears_of_what_is_theirs_through_the_gate(office: Office) -> None:
    """PWT-14, GAP-09: no line of the table has it, so a manager decides; the person is told that it was passed on."""
    case = at_triage(office)
    elsewhere = triaged(
        TriageResult.PASSED_ON, residence=Residence.ANOTHER_AUTHORITY, residence_details="Northshire, since March"
    )
    office.answer(case, elsewhere, by="duty-worker")

    assert office.outcome_of(case) == "passed to another authority"
    [gate] = children(office, case, disclosure)
    assert asked(office, gate) == ["DisclosureVerdict of team-leader"]
    assert "Northshire, since March" in read_beside(office, gate, DisclosureVerdict)
    [telling] = children(office, case, telling_a_person)
    assert "Another council is responsible" in read_beside(office, telling, PersonToBeTold)


@pytest.mark.clauses("PWT-24")
def test_sent_back_with_reasons_duty_may_settle_it(office: Office) -> None:
    """PWT-24: the manager's reasons and what was found stand beside a short form; nothing is keyed twice."""
    case = at_triage(office)
    office.answer(case, triaged(), by="duty-worker")
    office.answer(case, sent_back(), by="team-leader")

    beside = read_beside(office, case, BackAtDuty)
    assert "Ask about a stair rail first." in beside
    assert "rang his daughter, asked the practice" in beside
    office.answer(case, BackAtDuty(settled=True, what_was_done="the rail is ordered"), by="duty-worker")
    assert office.outcome_of(case) == "settled at duty"
    assert children(office, case, telling_a_person)


@pytest.mark.clauses("PWT-24")
def test_sent_back_and_not_settled_it_comes_to_the_manager_again(office: Office) -> None:
    """PWT-24: with what duty did meanwhile."""
    case = at_triage(office)
    office.answer(case, triaged(), by="duty-worker")
    office.answer(case, sent_back(), by="team-leader")
    office.answer(case, BackAtDuty(settled=False, what_was_done="no rail fits there"), by="duty-worker")

    assert "Duty then: no rail fits there" in read_beside(office, case, TrayDecision)


# ---------------------------------------------------------------- the Review tray


@pytest.mark.clauses("PWT-23", "GAP-26")
def test_the_next_review_is_a_year_after_the_actions_ended(office: Office) -> None:
    """PWT-23, GAP-26: no earlier review is known; a manager confirms, duty moves the date and the case."""
    case = at_triage(office)
    office.answer(case, into_the_review_tray(), by="duty-worker")

    assert asked(office, case) == ["NextReviewConfirmed of team-leader"]
    assert "Next yearly review: Saturday 2 January 2027" in read_beside(office, case, NextReviewConfirmed)
    office.answer(case, NextReviewConfirmed(confirmed=True), by="team-leader")
    assert asked(office, case) == ["ReviewTrayEntered of duty-worker"]
    office.answer(case, ReviewTrayEntered(review_on=date(2027, 1, 2), review_tray="hazel reviews"), by="duty-worker")
    assert office.outcome_of(case) == "in the review tray"
    assert children(office, case, telling_a_person)


@pytest.mark.clauses("GAP-26")
@pytest.mark.parametrize(
    ("register", "said", "due"),
    [
        (date(2025, 6, 1), None, "Monday 1 June 2026"),
        (date(2025, 6, 1), date(2025, 9, 1), "Tuesday 1 September 2026"),
        (None, date(2025, 12, 1), "Tuesday 1 December 2026"),
    ],
)
def test_never_later_than_a_year_after_the_last_completed_review(
    office: Office, register: date | None, said: date | None, due: str
) -> None:
    """GAP-26: by the register, or by what duty knows of a later one (PWT-23)."""
    reviewed_last(office, register, date(2026, 6, 1))
    case = at_triage(office)
    office.answer(case, into_the_review_tray(last_review_on=said), by="duty-worker")

    assert f"Next yearly review: {due}" in read_beside(office, case, NextReviewConfirmed)


@pytest.mark.clauses("GAP-26")
def test_an_overdue_review_is_not_put_off(office: Office) -> None:
    """GAP-26: due since December; duty is told so as they answer, and asks for the review instead (PWT-23)."""
    reviewed_last(office, date(2024, 12, 1), date(2025, 12, 1))
    case = at_triage(office)

    with pytest.raises(AnswerRefused, match="due since Monday 1 December 2025 and is not put off"):
        office.answer(case, into_the_review_tray(), by="duty-worker")


@pytest.mark.clauses("GAP-26")
def test_a_council_may_let_an_overdue_review_be_put_off(office: Office) -> None:
    """GAP-26, the other way: a year after the actions ended (PWT-23)."""
    gaps_are(office, next_review={"overdue_may_be_put_off": True})
    reviewed_last(office, date(2024, 12, 1), date(2025, 12, 1))
    case = at_triage(office)
    office.answer(case, into_the_review_tray(), by="duty-worker")

    assert "Next yearly review: Saturday 2 January 2027" in read_beside(office, case, NextReviewConfirmed)


@pytest.mark.clauses("GAP-26")
def test_a_council_may_count_fewer_months(office: Office) -> None:
    """GAP-26, the other way: six months after the actions ended, and nine after the last review (PWT-23)."""
    gaps_are(office, next_review={"months_after_actions_end": 6, "at_most_months_after_last_review": 9})
    case = at_triage(office)
    office.answer(case, into_the_review_tray(last_review_on=date(2025, 8, 31)), by="duty-worker")

    assert "Next yearly review: Sunday 31 May 2026" in read_beside(office, case, NextReviewConfirmed)


@pytest.mark.clauses("GAP-26", "PWT-23")
def test_only_those_named_by_policy_confirm_the_date(office: Office) -> None:
    """GAP-26: team leader or team manager, whoever stands above them; by policy perhaps the manager alone (PWT-23)."""
    gaps_are(office, next_review={"confirmed_by": (Role.TEAM_MANAGER,)})
    case = at_triage(office)
    office.answer(case, into_the_review_tray(), by="duty-worker")

    with pytest.raises(AnswerRefused, match="confirmed by a team manager only"):
        office.answer(case, NextReviewConfirmed(confirmed=True), by="team-leader")
    office.answer(case, NextReviewConfirmed(confirmed=True), by="team-manager")
    assert asked(office, case) == ["ReviewTrayEntered of duty-worker"]


@pytest.mark.clauses("PWT-23")
def test_a_date_that_is_not_confirmed_leads_to_a_decision(office: Office) -> None:
    """PWT-23: the manager sees more to do; the case is decided like any other, with the reasons beside the form."""
    case = at_triage(office)
    office.answer(case, into_the_review_tray(), by="duty-worker")
    with pytest.raises(AnswerRefused, match="say in reasons why it is not confirmed"):
        NextReviewConfirmed.read({"confirmed": False})
    office.answer(case, NextReviewConfirmed(confirmed=False, reasons="his wife is ill too"), by="team-leader")

    assert "his wife is ill too" in read_beside(office, case, TrayDecision)


@pytest.mark.clauses("PWT-23")
def test_the_date_is_not_entered_later_than_it_was_confirmed(office: Office) -> None:
    """GAP-26: a slip of the pen, or a kindness, is refused with the date (PWT-23)."""
    case = at_triage(office)
    office.answer(case, into_the_review_tray(), by="duty-worker")
    office.answer(case, NextReviewConfirmed(confirmed=True), by="team-leader")

    with pytest.raises(AnswerRefused, match="move it to Saturday 2 January 2027"):
        office.answer(case, ReviewTrayEntered(review_on=date(2027, 1, 3), review_tray="hazel"), by="duty-worker")


@pytest.mark.clauses("PWT-23")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"actions_ended_on": None}, "say actions_ended_on"),
        ({"result": "to-a-manager"}, "what goes into the Review tray is settled"),
        ({"act_now": "no food"}, "while something cannot wait"),
    ],
)
def test_only_what_is_really_done_goes_into_the_review_tray(wrong: dict[str, Any], says: str) -> None:
    """PWT-23: all actions done, the day said, and nothing left for a manager or for today."""
    with pytest.raises(AnswerRefused, match=says):
        Triage.read(into_the_review_tray().model_dump(mode="json") | wrong)
