"""Resolving a contact at duty: early, by the right person, and whoever is responsible told (DUTY-30 to DUTY-34)."""

from __future__ import annotations

from datetime import date

import pytest

from flows.disclosure import disclosure
from flows.follow_up import follow_up
from models.forms.base import AnswerRefused
from models.forms.contact_resolution import DutyFunction, FunctionDone, ReferralOut, SettledAtDuty
from models.forms.disclosure import DisclosureVerdict
from models.forms.follow_up import FollowUpAgreement, FollowUpBy, FollowUpWanted
from models.forms.written_contact import WhyHere
from tasks.durable.testing import Office
from tests.procedures.letters import (
    NOTE,
    acted,
    asked,
    contact_for_somebody_away,
    read_beside,
    record_of,
    sorted_as,
    sorted_contact,
)

SUSPENDED = FunctionDone(function=DutyFunction.SUSPEND_SERVICE, what="morning calls stopped from today, in hospital")
REFERRED = FunctionDone(function=DutyFunction.INTERNAL_REFERRAL, what="occupational therapy asked for a bath seat")
CHECK = FollowUpWanted(
    what="the calls start again when she is home",
    on=date(2026, 1, 14),
    by=FollowUpBy.RESPONSIBLE,
    wishes="she would like a call in the afternoon",
)


def settled(**changes: object) -> SettledAtDuty:
    """Settled by stopping the calls for the worker, with no later check."""
    answer = {"what_was_done": "rang the ward", "functions": (SUSPENDED,), "follow_up_needed": False}
    return SettledAtDuty.model_validate(answer | changes)


@pytest.mark.clauses("DUTY-30", "DUTY-31")
@pytest.mark.parametrize("why", list(WhyHere))
def test_what_duty_can_settle_is_not_handed_on(office: Office, why: WhyHere) -> None:
    """DUTY-31, DUTY-32: a general question, or what duty can do, is settled at once though a worker is named."""
    case = sorted_contact(office, sorted_as(settled_here=why))

    assert office.waiting_for(case) == ["SettledAtDuty of duty-worker, due 2026-01-07 17:00"]
    office.answer(case, settled(), by="duty-worker")
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "settled at duty"
    assert not any("handed over" in line for line in office.story_of(case))


@pytest.mark.clauses("DUTY-32")
def test_nobody_allocated_means_duty_deals_with_it(office: Office) -> None:
    """DUTY-32: nobody is allocated to P-121 and no team is responsible."""
    case = sorted_contact(office, sorted_as(about_person="P-121"))

    assert asked(office, case) == ["SettledAtDuty of duty-worker"]


@pytest.mark.clauses("DUTY-33", "DUTY-34")
def test_each_function_done_for_the_worker_is_recorded_and_the_worker_alerted(office: Office) -> None:
    """DUTY-34: both functions stand in the record, and the allocated worker is told."""
    case = sorted_contact(office, sorted_as(settled_here=WhyHere.WITHIN_DUTY))
    office.answer(case, settled(functions=(SUSPENDED, REFERRED)), by="duty-worker")

    assert "Told practitioner: duty has acted for you" in " ".join(office.story_of(case))
    record = record_of(office, case)
    assert "suspend service: morning calls stopped from today, in hospital" in record
    assert "internal referral: occupational therapy asked for a bath seat" in record


@pytest.mark.clauses("DUTY-34")
def test_the_team_is_alerted_where_no_worker_is_allocated(office: Office) -> None:
    """DUTY-34: P-106 belongs to Hazel, and to nobody in it."""
    case = sorted_contact(office, sorted_as(about_person="P-106", settled_here=WhyHere.WITHIN_DUTY))
    office.answer(case, settled(), by="duty-worker")

    assert "Told the hazel team: duty has acted for you" in " ".join(office.story_of(case))


@pytest.mark.clauses("DUTY-34")
def test_what_duty_does_while_the_worker_is_away_is_told_in_the_same_way(office: Office) -> None:
    """DUTY-33, DUTY-34: acting for somebody on leave is acting for them."""
    case = contact_for_somebody_away(office)
    office.answer(case, acted(functions=(SUSPENDED,), follow_up_needed=False), by="duty-worker")

    assert "Told practitioner-2: duty has acted for you" in " ".join(office.story_of(case))


@pytest.mark.clauses("DUTY-35")
def test_whether_a_later_check_is_needed_must_be_said(office: Office) -> None:
    """DUTY-35: acting for another without saying whether it needs a check is refused, and so is half an answer."""
    case = sorted_contact(office, sorted_as(settled_here=WhyHere.WITHIN_DUTY))
    item = SettledAtDuty.name()
    out = {"recipient": "falls charity", "purpose": "classes", "content": "name"}
    for half in (
        {"functions": [SUSPENDED]},
        {"referrals_out": [out]},
        {"follow_up_needed": True},
        {"follow_up": CHECK},
    ):
        with pytest.raises(AnswerRefused, match="follow_up"):
            SettledAtDuty.read({"what_was_done": "rang the ward"} | half)
    assert asked(office, case) == [f"{item} of duty-worker"]


@pytest.mark.clauses("DUTY-35", "DUTY-36")
def test_a_needed_check_becomes_a_case_of_its_own(office: Office) -> None:
    """DUTY-36: the worker responsible is asked to agree, with what the person wishes before them."""
    case = sorted_contact(office, sorted_as(settled_here=WhyHere.WITHIN_DUTY))
    office.answer(case, settled(follow_up_needed=True, follow_up=CHECK), by="duty-worker")

    (check,) = office.cases(follow_up)
    assert asked(office, check) == ["FollowUpAgreement of practitioner"]
    beside = read_beside(office, check, FollowUpAgreement)
    assert "she would like a call in the afternoon" in beside
    assert "Settled at duty: rang the ward" in beside
    assert f"case {check}" in record_of(office, case)


@pytest.mark.clauses("DUTY-33", "DUTY-63")
def test_a_referral_outside_the_council_waits_at_the_gate(office: Office) -> None:
    """DUTY-63: what is not in the approved table goes to nobody before somebody has allowed it."""
    out = ReferralOut(recipient="falls charity", purpose="exercise classes", content="name and telephone number")
    case = sorted_contact(office, sorted_as(settled_here=WhyHere.WITHIN_DUTY))
    office.answer(case, settled(functions=(), referrals_out=(out,)), by="duty-worker")
    assert "Told practitioner: duty has acted for you" in " ".join(office.story_of(case))  # DUTY-34

    (gate,) = office.cases(disclosure)
    assert asked(office, gate) == [f"{DisclosureVerdict.name()} of team-leader"]
    assert office.case(gate).parent_ref == case
