"""Nothing that a person writes in triage, in a decision on the tray or about an urgent action leaves the ledger."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from flows.pwt_notification import pwt_notification
from flows.pwt_triage import pwt_triage
from flows.safeguarding_concern import safeguarding_concern
from flows.urgent_action import urgent_action
from models.decision_tables.levels import Rag
from models.forms import tray_decision, tray_triage
from models.forms import urgent_action as urgent_forms
from models.forms.base import Form, Signal
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.tray_deciding import SecondManagerAgrees
from models.forms.tray_decision import (
    ConcernOwned,
    DecisionNote,
    DetailsConfirmed,
    InterimSafetyPlan,
    PlacementTold,
    TrayChoice,
    TrayDecision,
)
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_triage import (
    BackAtDuty,
    FundingReview,
    NextReviewConfirmed,
    PersonRecorded,
    Referral,
    ReferralSource,
    Referrer,
    Residence,
    ReviewTrayEntered,
    SafeguardingCheck,
    Section117,
    SelfFunderAnswer,
    Triage,
    TriageResult,
    WayResult,
    WaysTried,
)
from models.forms.tray_waiting import ContactOutcome, RedContactReview
from models.forms.urgent_action import UrgentActionTaken, UrgentActionTonight, UrgentStep
from models.forms.written_contact import PersonConfirmed
from models.policy.gaps.tray_exits import SelfFunderQuestion
from tasks.durable.testing import Office
from tests.procedures.test_written_contact_privacy import (
    CANARY,
    Planting,
    canaries_in_messages,
    canaries_in_tables,
    text_fields,
)
from tests.procedures.tray_stories import facts_for
from tests.procedures.triage_stories import ASKED_AT, NOTHING_SUITS, children, contact, gaps_are

OUR_OWN = {"team", "email", "telephone"}
"""A team's id, and addresses that a program fills in."""


@pytest.fixture
def plant() -> Planting:
    """A hand that plants canaries."""
    return Planting()


def every_form() -> list[type[BaseModel]]:
    """Every form, and every part in which a person writes."""
    found = [
        one
        for module in (tray_triage, tray_decision, urgent_forms)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form | Signal) and one.__module__ == module.__name__
    ]
    return [*found, WaysTried, SelfFunderAnswer, DetailsConfirmed, RelevantPerson]


def test_nothing_that_people_write_in_triage_leaves_the_ledgers_payloads(
    office: Office, plant: Planting, caplog: pytest.LogCaptureFixture
) -> None:
    """DUTY-22, PWT-28: canaries in every text of every form are in no message to staff, log or other table."""
    caplog.set_level(logging.DEBUG)
    gaps_are(office, placement_rationale={"from_one_form": False})
    placed_as_red(office, plant)
    somebody_new_and_another_authoritys(office, plant)
    into_the_review_tray(office, plant)
    office.days_pass(10)

    wanted = {(form.__name__, name) for form in every_form() for name in text_fields(form) - OUR_OWN}
    assert wanted - plant.planted == set()
    assert canaries_in_tables(office) <= {"entry_payload", "case_note"}
    assert canaries_in_messages(office) == []
    assert CANARY not in caplog.text


def a_referral(office: Office, plant: Planting, check: SafeguardingCheck, **changes: Any) -> str:
    """A referral with a canary wherever somebody writes, whose safeguarding check is done."""
    facts: dict[str, Any] = {
        "source": ReferralSource.CONTACT_CENTRE,
        "requested_at": ASKED_AT,
        "contact": contact(CANARY),
        "about_person": "P-104",
        "referrer": plant.in_(Referrer, email=None, telephone=None),
        "team": None,
    }
    case = office.start(pwt_triage, plant.in_(Referral, **facts | changes))
    office.answer(case, check, by="duty-worker")
    return case


def found(plant: Planting, *leave_out: str, **changes: Any) -> Triage:
    """What duty found, with a canary in every text."""
    answer: dict[str, Any] = {
        "result": TriageResult.TO_A_MANAGER,
        "ways": plant.in_(WaysTried, **NOTHING_SUITS),
        "information_complete": True,
        "residence": Residence.OURS,
        "section_117": Section117.NOT_OWED,
        "discharge_to_assess": True,
        "funding_review": FundingReview.ENDS,
        "self_funder": True,
        "self_funder_answers": tuple(
            plant.in_(SelfFunderAnswer, question=one, answer=True) for one in SelfFunderQuestion
        ),
        "relevant_people": (plant.in_(RelevantPerson),),
    }
    return plant.in_(Triage, *leave_out, **answer | changes)


def placed_as_red(office: Office, plant: Planting) -> None:
    """A concern, two urgent actions, sent back once, not lowered, a first contact, and told."""
    check = plant.in_(
        SafeguardingCheck,
        "raised_already_as",
        "not_rung_because",
        nine_nine_nine_considered=True,
        concern=True,
        at_risk=WhoIsAtRisk.ADULT,
        danger_or_crime=True,
        rang_999=True,
    )
    case = a_referral(office, plant, check)
    office.answer(case, found(plant), by="duty-worker")
    back = plant.in_(TrayDecision, decision=TrayChoice.BACK_TO_DUTY)
    office.answer(case, back, by="team-leader")
    office.answer(case, plant.in_(BackAtDuty, "act_now", settled=False), by="duty-worker")
    for action in children(office, case, urgent_action):
        more = plant.in_(UrgentActionTaken, step=UrgentStep.MORE_TO_DO)
        office.answer(action, more, by="duty-worker")
        handed = plant.in_(UrgentActionTaken, "still_to_do", step=UrgentStep.HANDED_TO_OUT_OF_HOURS)
        office.answer(action, handed, by="duty-worker")
        left = plant.in_(UrgentActionTonight, step=UrgentStep.MORE_TO_DO)
        office.answer(action, left, by="on-call-manager")
        done = plant.in_(UrgentActionTonight, "still_to_do", step=UrgentStep.DONE)
        office.answer(action, done, by="on-call-manager")
    facts = facts_for(Rag.RED, colour=Rag.GREEN, override_reasons=CANARY)
    decided = plant.in_(TrayDecision, "act_now", "safety_plan", decision=TrayChoice.PLACE, facts=facts)
    office.answer(case, decided, by="team-leader")
    office.answer(case, plant.in_(SecondManagerAgrees, agreed=False), by="team-manager")
    office.answer(case, plant.in_(InterimSafetyPlan), by="team-leader")
    reached = {"outcome": ContactOutcome.REACHED_PERSON, "safe_and_well": True}
    review = plant.in_(RedContactReview, "changed", "to_discuss", "note_id", **reached)
    office.answer(case, review, by="practitioner")
    office.answer(case, plant.in_(ConcernOwned, owner="safeguarding-lead"), by="safeguarding-lead")
    office.answer(case, plant.in_(DecisionNote), by="team-leader")
    [telling] = children(office, case, pwt_notification)
    details = plant.in_(DetailsConfirmed, contact_details_right=False)
    told = plant.in_(PlacementTold, "not_told_because", "not_confirmed_because", reached=True, details=details)
    office.answer(telling, told, by="duty-worker")
    by_letter = plant.in_(PlacementTold, "not_told_because", reached=True)
    assert by_letter.not_confirmed_because
    assert plant.in_(PlacementTold, "how", "not_confirmed_because", reached=False).not_told_because
    assert office.outcome_of(case) == "placed on the tray"


def somebody_new_and_another_authoritys(office: Office, plant: Planting) -> None:
    """Nobody of the register; entered and given back; another is another authority's."""
    raised = plant.in_(
        SafeguardingCheck, "act_now", nine_nine_nine_considered=True, concern=True, owner="safeguarding-lead"
    )
    case = a_referral(office, plant, raised, about_person=None)
    assert children(office, case, safeguarding_concern) == []
    office.answer(case, plant.in_(PersonConfirmed), by="duty-worker")
    office.answer(case, found(plant, "act_now", team="rowan"), by="duty-worker")
    office.answer(case, plant.in_(PersonRecorded, about_person="P-106"), by="duty-worker")
    back = plant.in_(TrayDecision, "act_now", decision=TrayChoice.BACK_TO_DUTY)
    office.answer(case, back, by="rowan-team-leader")
    office.answer(case, plant.in_(BackAtDuty, settled=True), by="duty-worker")
    assert office.outcome_of(case) == "settled at duty"
    elsewhere = a_referral(office, plant, raised)
    passed_on = {"result": TriageResult.PASSED_ON, "residence": Residence.ANOTHER_AUTHORITY}
    office.answer(elsewhere, found(plant, "told_already", **passed_on), by="duty-worker")
    assert office.outcome_of(elsewhere) == "passed to another authority"


def into_the_review_tray(office: Office, plant: Planting) -> None:
    """Not confirmed once, and confirmed another time."""
    done = {
        "result": TriageResult.SETTLED,
        "ways": plant.in_(WaysTried, **NOTHING_SUITS | {"review_tray": WayResult.DONE}),
        "actions_ended_on": date(2026, 1, 2),
    }
    safe = SafeguardingCheck(nine_nine_nine_considered=True, concern=False)
    for confirmed in (False, True):
        case = a_referral(office, plant, safe, about_person="P-108")
        office.answer(case, found(plant, "act_now", **done), by="duty-worker")
        office.answer(case, plant.in_(NextReviewConfirmed, confirmed=confirmed), by="rowan-team-leader")
        if confirmed:
            office.answer(case, plant.in_(ReviewTrayEntered, review_on=date(2027, 1, 2)), by="duty-worker")
            assert office.outcome_of(case) == "in the review tray"


def test_the_search_would_find_a_canary(office: Office, plant: Planting) -> None:
    """PWT-28: the payloads are full of what people wrote."""
    into_the_review_tray(office, plant)

    assert "entry_payload" in canaries_in_tables(office)
