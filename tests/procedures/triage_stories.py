"""Referrals, answers and ways of looking that the stories of triage and of the decision use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from flows.pwt_allocation import pwt_allocation
from flows.pwt_triage import pwt_triage
from models.cases import Case
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.handover import HandoverReply
from models.forms.tray_allocation import AllocationReply
from models.forms.tray_decision import TrayChoice, TrayDecision
from models.forms.tray_triage import (
    Referral,
    ReferralSource,
    Referrer,
    Residence,
    SafeguardingCheck,
    Section117,
    Triage,
    TriageResult,
    WayResult,
    WaysTried,
)
from models.forms.tray_waiting import TrayPlacement
from models.forms.written_contact import Channel, WrittenContact
from models.policy import Policy
from models.recording import CaseNote
from tasks.durable.ledger import recall
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tests.procedures.notes import with_policy
from tests.procedures.tray_stories import facts_for

ASKED_AT = datetime(2026, 1, 2, 15, tzinfo=UTC)
"""When help was asked for: Friday 2 January 2026, 3pm."""
DAUGHTER = Referrer(name="Joan Brisco", relation="daughter", telephone="01632 960 777")
NOTHING_SUITS = dict.fromkeys((name for name in WaysTried.model_fields if name != "details"), WayResult.NOT_SUITABLE)
SAFE = SafeguardingCheck(nine_nine_nine_considered=True, concern=False)


def contact(text: str = "My father cannot manage the stairs any more.", **changes: Any) -> WrittenContact:
    """What came."""
    facts: dict[str, Any] = {
        "mail_id": "M-EXAMPLE1",
        "channel": Channel.EMAIL,
        "received_at": ASKED_AT,
        "sender": "Joan Brisco <joan@example.org>",
        "subject": "My father",
        "text": text,
    }
    return WrittenContact(**facts | changes)


def referral(**changes: Any) -> Referral:
    """P-104 (hazel) asked on Friday afternoon, by way of the contact centre."""
    facts: dict[str, Any] = {
        "source": ReferralSource.CONTACT_CENTRE,
        "requested_at": ASKED_AT,
        "contact": contact(),
        "about_person": "P-104",
    }
    return Referral(**facts | changes)


def ways(**done: WayResult) -> WaysTried:
    """Nothing suits, but for what is said."""
    details = "arranged with the service" if WayResult.DONE in done.values() else ""
    return WaysTried.model_validate({**NOTHING_SUITS, "details": details} | done)


def triaged(result: TriageResult = TriageResult.TO_A_MANAGER, **changes: Any) -> Triage:
    """What duty found; by default it is for a manager and nothing is special."""
    answer: dict[str, Any] = {
        "result": result,
        "ways": ways(),
        "what_was_done": "rang his daughter, asked the practice",
        "information_complete": True,
        "where_recorded": "contact form 88",
        "residence": Residence.OURS,
        "section_117": Section117.NOT_OWED,
    }
    return Triage(**answer | changes)


def placed(matrix: Rag = Rag.AMBER, facts: dict[str, Any] | None = None, **changes: Any) -> TrayDecision:
    """A decision to place, rated so that the matrix says that colour."""
    answer: dict[str, Any] = {
        "decision": TrayChoice.PLACE,
        "rationale": "No worker is free this week.",
        "circumstances": "Lives alone, his daughter shops for him.",
        "facts": facts_for(matrix, **facts or {}),
    }
    if matrix is Rag.RED:
        answer["safety_plan"] = "The neighbour looks in each evening."
    return TrayDecision(**answer | changes)


def allocated(worker: str = "practitioner", **changes: Any) -> TrayDecision:
    """A decision to give it to a worker."""
    answer = {"decision": TrayChoice.ALLOCATE, "rationale": "She knows him.", "worker": worker}
    return TrayDecision(**answer | changes)


def taken_on(office: Office, case: str, by: str = "practitioner") -> None:
    """The worker who was asked takes them on."""
    [allocation] = children(office, case, pwt_allocation)
    office.answer(allocation, AllocationReply(reply=HandoverReply.ACCEPT), by=by)


def sent_back(**changes: Any) -> TrayDecision:
    """A decision to send it back."""
    return TrayDecision(**{"decision": TrayChoice.BACK_TO_DUTY, "rationale": "Ask about a stair rail first."} | changes)


def unrated(**changes: Any) -> TrayDecision:
    """A decision to place without a rating."""
    return placed(**changes).model_copy(update={"facts": None})


def at_triage(office: Office, check: SafeguardingCheck = SAFE, **changes: Any) -> str:
    """A referral whose safeguarding check is done; duty is asked to triage it."""
    case = office.start(pwt_triage, referral(**changes))
    office.answer(case, check, by="duty-worker")
    return case


def before_a_manager(office: Office, found: Triage | None = None, **changes: Any) -> str:
    """As before; a manager of hazel is asked to decide."""
    case = at_triage(office, **changes)
    office.answer(case, found or triaged(), by="duty-worker")
    return case


def children(office: Office, case: str, procedure: ProcedureFlow) -> list[str]:
    """Refs of the cases of a procedure that a case has opened, in their order."""
    query = select(Case.ref).where(Case.parent_ref == case, Case.procedure == procedure.procedure.name)
    with office.council.database.read() as session:
        return list(session.scalars(query.order_by(Case.opened_at, Case.ref)))


def facts_of(office: Office, case: str) -> Any:
    """What a case was opened with."""
    with office.council.database.read() as session:
        return recall(session, case)[0].data


def placement_of(office: Office, case: str, tray: ProcedureFlow) -> TrayPlacement:
    """What the one tray case was opened with that a triage opened."""
    [waiting] = children(office, case, tray)
    return TrayPlacement.model_validate(facts_of(office, waiting))


def notes_of(office: Office, case: str) -> dict[str, str]:
    """The notes that a case, or what it opened, wants in the recording system: their texts by title."""
    with office.council.database.read() as session:
        opened = select(Case.ref).where((Case.ref == case) | (Case.parent_ref == case))
        notes = session.scalars(select(CaseNote).where(CaseNote.case_ref.in_(opened)))
        return {note.title: note.text for note in notes}


def decided_on(office: Office, case: str, step: str) -> Any:
    """The outcome of the latest step of that name."""
    with office.council.database.read() as session:
        done = [entry for entry in recall(session, case) if entry.kind is EntryKind.DONE and entry.step == step]
        return done[-1].data


def gaps_are(office: Office, **gaps: dict[str, Any]) -> None:
    """From now on the council's policy has some settings of these gaps otherwise."""
    policy: Policy = office.council.policy
    changed = {name: getattr(policy.gaps, name).model_copy(update=settings) for name, settings in gaps.items()}
    with_policy(office, policy.model_copy(update={"gaps": policy.gaps.model_copy(update=changed)}))


def refused(form: Form, *words: str) -> str:
    """A pattern for what is said of a refused answer."""
    return "(?s)" + ".*".join((form.title, *words))
