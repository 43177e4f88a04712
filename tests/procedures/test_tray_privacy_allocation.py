"""Nothing that is written about allocating, escalating or reviewing leaves the ledger's payloads and the notes."""

from __future__ import annotations

import logging

import pytest
from pydantic import BaseModel

from flows.pwt_allocation import pwt_allocation
from flows.pwt_escalation import pwt_escalation
from flows.pwt_tray_review import pwt_tray_review
from models.decision_tables.levels import Rag
from models.forms import tray_allocation, tray_escalation, tray_review
from models.forms.base import CaseFacts, Form, Signal
from models.forms.handover import HandoverReply
from models.forms.tray_allocation import (
    AllocationFacts,
    AllocationReply,
    ReferredAgain,
    WorkerChosen,
)
from models.forms.tray_escalation import (
    EscalationDiscussed,
    EscalationFacts,
    EscalationRaised,
    EscalationReason,
)
from models.forms.tray_review import AfterLooking, LookedAt, NextReviewOpened, TrayReviewed, TrayReviewFacts
from models.forms.tray_signals import AllocationWanted, TrayLeft
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.test_written_contact_privacy import (
    CANARY,
    Planting,
    canaries_in_messages,
    canaries_in_tables,
    text_fields,
)
from tests.procedures.tray_people import ASKED_FOR_HELP, a_listening_case
from tests.procedures.tray_stories import on_the_tray, rated

REFERENCES = {"team", "worker", "manager", "tray_case", "case", "review"}
"""Our own references, which the forms check."""


def texts_of_every_form() -> set[tuple[str, str]]:
    """Every text that a person fills in freely, of every form, signal and fact of these procedures."""
    forms: list[type[BaseModel]] = [LookedAt]
    for module in (tray_allocation, tray_escalation, tray_review):
        for one in vars(module).values():
            if (
                isinstance(one, type)
                and issubclass(one, Form | Signal | CaseFacts)
                and one.__module__ == module.__name__
            ):
                forms.append(one)
    return {(form.__name__, name) for form in forms for name in text_fields(form) - REFERENCES}


def test_nothing_that_people_write_leaves_the_ledgers_payloads(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """DUTY-22, DUTY-62: canaries in every text are in no message, no log and no other table."""
    caplog.set_level(logging.DEBUG)
    plant = Planting()
    allocated(office, plant)
    allocated_from_triage(office, plant)
    escalated(office, plant)
    reviewed(office, plant)
    office.days_pass(10)

    assert plant.planted >= texts_of_every_form()
    assert canaries_in_tables(office) == {"entry_payload", "case_note"}
    assert canaries_in_messages(office) == []
    assert CANARY not in caplog.text


def allocated(office: Office, plant: Planting) -> None:
    """Offered to somebody away, refused, silent, named by a manager, urgent and late; then nobody for now."""
    given = {"person": "P-104", "team": "hazel", "worker": "practitioner-2", "manager": "team-manager"}
    facts = plant.in_(AllocationFacts, tray_case=a_listening_case(office), rated=rated(Rag.RED, urgent=True), **given)
    case = office.start(pwt_allocation, facts, owner="staff-team-manager")
    office.answer(case, plant.in_(WorkerChosen, worker="duty-worker"), by="team-manager")
    office.answer(case, plant.in_(AllocationReply, reply=HandoverReply.REFUSE), by="duty-worker")
    office.signal(case, plant.in_(AllocationWanted, worker="practitioner"), by="team-manager")
    office.days_pass(1)
    office.answer(case, plant.in_(WorkerChosen, worker=None), by="team-manager")
    assert office.outcome_of(case) == "not allocated"


def allocated_from_triage(office: Office, plant: Planting) -> None:
    """Refused, referred again and accepted."""
    given = {"person": "P-104", "team": "hazel", "worker": "practitioner", "manager": "team-manager"}
    facts = plant.in_(AllocationFacts, tray_case=None, rated=None, **given)
    case = office.start(pwt_allocation, facts, owner="staff-team-manager")
    office.answer(case, plant.in_(AllocationReply, reply=HandoverReply.REFUSE), by="practitioner")
    office.answer(case, plant.in_(WorkerChosen, worker="practitioner"), by="team-manager")
    office.signal(case, plant.in_(ReferredAgain))
    office.answer(case, plant.in_(AllocationReply, reply=HandoverReply.ACCEPT), by="practitioner")
    assert office.outcome_of(case) == "accepted"


def escalated(office: Office, plant: Planting) -> None:
    """The strategic manager is silent, and the head of service names a worker."""
    facts = plant.in_(
        EscalationFacts,
        tray_case=a_listening_case(office),
        person="P-104",
        team="hazel",
        manager="team-leader",
        to=Role.STRATEGIC_MANAGER,
        reason=EscalationReason.MANAGER,
        requested_at=ASKED_FOR_HELP,
        rated=None,
    )
    case, left = (office.start(pwt_escalation, facts, owner="staff-team-leader") for _ in range(2))
    office.signal(left, plant.in_(TrayLeft))
    office.days_pass(5)
    office.signal(case, plant.in_(EscalationRaised, to=Role.HEAD_OF_SERVICE, reason=EscalationReason.MANAGER))
    office.answer(case, plant.in_(EscalationDiscussed, worker="practitioner"), by="head-of-service")
    assert office.is_closed(case) and office.is_closed(left)


def reviewed(office: Office, plant: Planting) -> None:
    """One case is escalated and one looked into; what is left goes on into the next review."""
    first, second = (on_the_tray(office, person=person) for person in ("P-105", "P-106"))
    on_the_tray(office, Rag.RED, person="P-107")
    case = office.start(pwt_tray_review, plant.in_(TrayReviewFacts, team="hazel"), owner="team-hazel")
    said = (
        plant.in_(LookedAt, case=first, decision=AfterLooking.ESCALATE, worker=None),
        plant.in_(LookedAt, case=second, decision=AfterLooking.LOOK_INTO, worker=None),
    )
    office.answer(case, plant.in_(TrayReviewed, one_by_one=said), by="team-leader")
    office.signal(case, NextReviewOpened(review=first))
    assert office.is_closed(case)
