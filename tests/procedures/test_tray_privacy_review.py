"""Nothing that a person writes about somebody who waits on the tray leaves the ledger."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from flows.pwt_review import pwt_review
from models.decision_tables.levels import Rag
from models.forms import tray_deciding, tray_signals, tray_waiting
from models.forms.base import Form, Signal
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_rating import RatingFacts, RelevantPerson
from models.forms.tray_signals import (
    AllocationSettled,
    AllocationWanted,
    CircumstancesChanged,
    EscalationWanted,
    LeavingReported,
    RatedAgain,
    ReadyToWaitAgain,
    ReportedBy,
    TrayLeft,
)
from models.forms.tray_waiting import (
    ContactLogged,
    ContactOutcome,
    ContactReview,
    RedContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    ShouldWait,
    TrayPlacement,
)
from models.policy.gaps.tray import UnreachedStep
from models.policy.gaps.tray_exits import LeavingReason
from tasks.durable.testing import Office
from tests.procedures.test_written_contact_privacy import (
    CANARY,
    Planting,
    canaries_in_messages,
    canaries_in_tables,
    text_fields,
)
from tests.procedures.tray_stories import facts_for, rated, standing

OUR_OWN = {"person", "team", "placed_by", "referral", "accepted_by", "worker", "note_id", "done_by"}
"""Ids, which no person words."""


@pytest.fixture
def plant() -> Planting:
    """A hand that plants canaries."""
    return Planting()


def every_form() -> list[type[BaseModel]]:
    """Every form, signal and part in which a person writes."""
    found = [
        one
        for module in (tray_waiting, tray_deciding, tray_signals)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form | Signal) and one.__module__ == module.__name__
    ]
    return [*found, TrayPlacement, RelevantPerson, RatingFacts]


def test_nothing_that_people_write_about_somebody_who_waits_leaves_the_ledgers_payloads(
    office: Office, plant: Planting, caplog: pytest.LogCaptureFixture
) -> None:
    """DUTY-22: canaries in every text are in no message to staff, no log and no table but the ledger and the notes."""
    caplog.set_level(logging.DEBUG)
    case = placed(office, plant)
    contacts(office, plant, case)
    ratings(office, plant, case)
    ways_out(office, plant, case)
    office.days_pass(30)

    wanted = {(form.__name__, name) for form in every_form() for name in text_fields(form) - OUR_OWN}
    assert wanted - plant.planted == set()
    assert canaries_in_tables(office) <= {"entry_payload", "case_note"}
    assert canaries_in_messages(office) == []
    assert CANARY not in caplog.text


def placed(office: Office, plant: Planting) -> str:
    """Placed as Red, with everything that a manager writes."""
    facts: dict[str, Any] = {
        "person": "P-104",
        "team": "hazel",
        "requested_at": office.clock.now(),
        "placed_by": "team-leader",
        "rated": rated(Rag.RED, override_reasons=f"{CANARY} reasons"),
        "relevant_people": (plant.in_(RelevantPerson),),
        "referral": None,
    }
    return office.start(pwt_review, plant.in_(TrayPlacement, **facts), owner="staff-team-leader")


def contacts(office: Office, plant: Planting, case: str) -> None:
    """Nobody reached, a safe and well check, a contact with news, one before it was asked, a change."""
    made = {"safe_and_well": True, "should_wait": ShouldWait.RATE_AGAIN}
    office.today_is("2026-01-12 09:00")
    for _ in range(3):
        while not any("RedContactReview" in line for line in office.waiting_for(case)):
            office.hours_pass(0.5)
        nobody = plant.in_(RedContactReview, "note_id", outcome=ContactOutcome.NO_ANSWER)
        office.answer(case, nobody, by="practitioner")
    steps = frozenset({UnreachedStep.OWN_VISIT})
    office.answer(case, plant.in_(SafeAndWellDecision, steps=steps), by="team-leader")
    found = plant.in_(SafeAndWellOutcome, found=True, safe_and_well=False)
    office.answer(case, found, by="practitioner")
    still = plant.in_(ContactDiscussed, decision=AfterDiscussion.STILL_WAITS)
    office.answer(case, still, by="team-leader")
    logged = plant.in_(ContactLogged, "note_id", outcome=ContactOutcome.REACHED_PERSON, **made)
    office.signal(case, logged, by="practitioner")
    office.signal(case, plant.in_(CircumstancesChanged, reported_by=ReportedBy.CARER, urgent=True), by="duty-worker")
    office.signal(case, plant.in_(CircumstancesChanged, reported_by=ReportedBy.CARER), by="duty-worker")
    said = plant.in_(RedContactReview, "note_id", outcome=ContactOutcome.REACHED_PERSON, **made)
    office.answer(case, said, by="practitioner")


def ratings(office: Office, plant: Planting, case: str) -> None:
    """A Red that is to be lowered and is not, then one that has become Amber; a contact of an Amber case."""
    lower = plant.in_(RatingFacts, **facts_for(Rag.RED).model_dump(exclude={"override_reasons"}) | {"colour": "Amber"})
    office.signal(case, plant.in_(RatedAgain, facts=lower, facts_changed=False), by="team-leader")
    office.answer(case, plant.in_(SecondManagerAgrees, agreed=False), by="team-manager")
    office.signal(case, plant.in_(RatedAgain, facts=facts_for(Rag.AMBER), facts_changed=True), by="team-leader")
    office.signal(case, plant.in_(CircumstancesChanged, reported_by=ReportedBy.CARER), by="duty-worker")
    office.answer(
        case,
        plant.in_(ContactReview, "note_id", outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True),
        by="duty-worker",
    )
    assert standing(office, case).colour == "Amber"


def ways_out(office: Office, plant: Planting, case: str) -> None:
    """Brought before the strategic manager, offered to a worker, said to leave, back again, and off the tray."""
    office.signal(case, plant.in_(EscalationWanted), by="team-leader")
    office.signal(case, plant.in_(AllocationWanted, worker="practitioner"), by="team-leader")
    office.signal(case, plant.in_(AllocationSettled, accepted_by=None))
    left = plant.in_(LeavingReported, reason=LeavingReason.MOVE, since=date(2026, 1, 5))
    office.signal(case, left, by="duty-worker")
    office.signal(case, plant.in_(ReadyToWaitAgain), by="duty-worker")
    office.signal(case, left, by="duty-worker")
    office.answer(case, plant.in_(LeavingConfirmed, leaves=True), by="team-leader")
    assert office.outcome_of(case) == "left: move"
    escalation = next(ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation")
    assert office.is_closed(escalation)
    plant.in_(TrayLeft)  # the system's own: it has the outcome's words
