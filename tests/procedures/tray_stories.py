"""People on the tray, answers and ways of looking that the stories of the planned work tray use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from deployments.example_council import example_policy
from flows.pwt_review import pwt_review
from models.cases import Wait, WorkItem
from models.decision_tables.levels import Complexity, DelayEffect, Priority, Rag, RiskOfHarm, SupportLevel
from models.forms.tray_rating import RatingFacts
from models.forms.tray_waiting import ContactMeans, ContactOutcome, ContactReview, RedContactReview, TrayPlacement
from models.outbox import OutboxMessage
from models.policy import Policy
from models.states import WaitState, WorkItemState
from models.tray import STANDING_STEPS, Rated, Standing, TableSaid
from models.working_time import LONDON
from tasks.durable.ledger import recall
from tasks.durable.testing import Office

FACTS: dict[Rag, dict[str, Any]] = {
    Rag.RED: {"support": SupportLevel.NONE, "risk": RiskOfHarm.HIGH, "delay_effect": DelayEffect.DECLINE},
    Rag.AMBER: {"support": SupportLevel.MODERATE, "risk": RiskOfHarm.MODERATE, "delay_effect": DelayEffect.DECLINE},
    Rag.GREEN: {"support": SupportLevel.FULL, "risk": RiskOfHarm.LOW, "delay_effect": DelayEffect.NEITHER},
}


def facts_for(matrix: Rag, **changes: Any) -> RatingFacts:
    """Facts for which the matrix says that colour."""
    return RatingFacts(**FACTS[matrix] | changes)


def rated(colour: Rag, priority: Priority = Priority.MEDIUM, **changes: Any) -> Rated:
    """A rating as the tables would give it."""
    said = {
        "colour": colour,
        "priority": priority,
        "complexity": Complexity.LOW,
        "urgent": False,
        "by_matrix": TableSaid(outcome=colour, row="RAG-1", clauses=("PWT-39",)),
        "by_priority_table": TableSaid(outcome=priority, row="PRI-4", clauses=("PWT-63",)),
        "by_complexity_table": TableSaid(outcome=Complexity.LOW, row="COM-9", clauses=("PWT-68",)),
    }
    return Rated(**said | changes)


def placement(office: Office, colour: Rag | None = Rag.AMBER, **changes: Any) -> TrayPlacement:
    """P-104 put on Hazel's tray now by the team leader; help was asked for now unless said otherwise."""
    facts: dict[str, Any] = {
        "person": "P-104",
        "team": "hazel",
        "requested_at": office.clock.now(),
        "placed_by": "team-leader",
        "rated": rated(colour) if colour else None,
        "circumstances": "waits for an assessment",
    }
    if colour is Rag.RED:
        facts["safety_plan"] = "the neighbour looks in each evening"
    return TrayPlacement(**facts | changes)


def on_the_tray(office: Office, colour: Rag | None = Rag.AMBER, **changes: Any) -> str:
    """Somebody who waits on the tray; gives the case's ref."""
    facts = placement(office, colour, **changes)
    return office.start(pwt_review, facts, owner=f"staff-{facts.placed_by}")


def reached(**changes: Any) -> ContactReview:
    """The person was reached, is well, and still waits."""
    said = {"outcome": ContactOutcome.REACHED_PERSON, "safe_and_well": True, "reassured": True}
    return ContactReview(**said | changes)


def red_reached(**changes: Any) -> RedContactReview:
    """As `reached`, for Red."""
    return RedContactReview.model_validate(reached(**changes).model_dump())


def no_answer(means: ContactMeans = ContactMeans.TELEPHONE, *, red: bool = False) -> ContactReview:
    """Nobody picked up: one click."""
    return (RedContactReview if red else ContactReview)(outcome=ContactOutcome.NO_ANSWER, means=means)


def standing(office: Office, case: str) -> Standing:
    """How they stand, by the last step of the ledger that says so."""
    with office.council.database.read() as session:
        said = [entry for entry in recall(session, case) if entry.step in STANDING_STEPS]
    return Standing.model_validate(said[-1].data)


def due_of(office: Office, case: str, key: str) -> str | None:
    """When the case's open clock of that name runs out, local time."""
    with office.council.database.read() as session:
        waits = session.scalars(select(Wait).where(Wait.case_ref == case, Wait.state == WaitState.OPEN)).all()
    dues = [wait.due for wait in waits if wait.key.partition("[")[0] == key and wait.due is not None]
    return local(dues[-1]) if dues else None


def local(moment: datetime) -> str:
    """A moment as a wall clock in England shows it."""
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}"


def asked(office: Office, case: str) -> list[str]:
    """The questions that are open: form, of whom, due."""
    return [line for line in office.waiting_for(case) if " of " in line]


def open_contact_items(office: Office, case: str) -> int:
    """How many questions about keeping in touch are open."""
    forms = ("ContactReview", "RedContactReview", "SafeAndWellDecision", "SafeAndWellOutcome")
    with office.council.database.read() as session:
        items = session.scalars(
            select(WorkItem).where(
                WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN, WorkItem.form.in_(forms)
            )
        ).all()
    return len(items)


def told_about(office: Office, case: str, what: str) -> list[str]:
    """Tags of those to whom a notice of that matter about the case was queued, in order."""
    with office.council.database.read() as session:
        messages = session.scalars(
            select(OutboxMessage).where(OutboxMessage.case_ref == case).order_by(OutboxMessage.queued_at)
        ).all()
    return [one.recipient for one in messages if one.notice["what"] == what]


def policy_with(**gaps: dict[str, Any]) -> Policy:
    """The example council's policy, with other choices: `policy_with(months={"fortnight": calendar_days(10)})`."""
    policy = example_policy()
    changed = {name: getattr(policy.gaps, name).model_copy(update=choice) for name, choice in gaps.items()}
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update=changed)})


def office_with(office: Office, **gaps: dict[str, Any]) -> Office:
    """The office of a council that has chosen otherwise."""
    return Office(office.council.database, policy_with(**gaps))
