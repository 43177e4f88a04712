"""What is said about a plan's change without an advocate whom the person needs: refused at the door (DUTY-42)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.advocacy import CannotWaitForAdvocate
from models.forms.plan_agreement import SettledTogether
from models.forms.plan_change import EvidenceDecision
from models.policy.gaps.duty import AdvocacyStep
from models.reablement.findings import PlanStands
from models.reablement.plan import Part
from models.reablement.tables import PlanChange
from tasks.advocacy.holding import advocacy_wait
from tasks.advocacy.known import advocacy_was_considered
from tasks.durable.answer_checks import Saying
from tasks.durable.ledger import Recorded, recall_each


def not_said_whether_one_is_needed(moment: Saying, decision: EvidenceDecision, stands: PlanStands) -> list[str]:
    """It is asked as early as possible, and not again where it was said or there is a case about it (DUTY-41)."""
    if decision.advocate_needed is not None:
        return []
    begun_at = moment.session.get_one(Case, stands.plan).opened_at
    if advocacy_was_considered(moment.session, stands.person, begun_at) or _said_before(moment, stands.plan):
        return []
    return ["advocate_needed: nobody has said yet whether they need an independent advocate; say yes or no"]


def said_without_their_advocate(
    moment: Saying,
    settled: SettledTogether,
    stands: PlanStands,
    ledger: Sequence[Recorded],
    decision: EvidenceDecision | None = None,
) -> list[str]:
    """What the person says, and what is decided for them, waits for their advocate where they need one (GAP-06)."""
    if not _is_held(moment, stands, decision) or _cannot_wait(ledger, decision):
        return []
    themselves = {one.id for one in stands.content.those(Part.PERSON)}
    instead = "leave it out until one is there"
    if decision is not None:
        instead += ", or say in cannot_wait_because who would not be safe"
    why = f"they need an advocate, and none is there yet; {instead}"
    problems = [f"settled.said.{number}: {why}" for number, one in enumerate(settled.said) if one.who in themselves]
    if settled.best_interests is not None:
        problems.append(f"settled.best_interests: {why}")
    return problems


def _is_held(moment: Saying, stands: PlanStands, decision: EvidenceDecision | None) -> bool:
    planning = AdvocacyStep.PLANNING
    said = decision is not None and decision.advocate_needed is True
    if said and planning in moment.policy.gaps.advocacy_hold.holds:
        return True
    return advocacy_wait(moment.session, moment.policy, stands.person, planning, moment.now) is not None


def _cannot_wait(ledger: Sequence[Recorded], decision: EvidenceDecision | None) -> bool:
    """It is said on the same form, or was said in this case before."""
    if decision is not None and decision.cannot_wait_because:
        return True
    signalled = any(one.step == CannotWaitForAdvocate.name() and one.kind is EntryKind.SIGNALLED for one in ledger)
    return signalled or any(one.cannot_wait_because for one in _decisions(ledger))


def _said_before(moment: Saying, plan: str) -> bool:
    """In this change of the plan or another."""
    changes = moment.session.scalars(select(PlanChange.change_ref).where(PlanChange.case_ref == plan)).all()
    ledgers = recall_each(moment.session, changes)
    return any(one.advocate_needed is not None for ledger in ledgers.values() for one in _decisions(ledger))


def _decisions(ledger: Sequence[Recorded]) -> list[EvidenceDecision]:
    answers = [one for one in ledger if one.kind is EntryKind.ANSWERED and one.step == EvidenceDecision.name()]
    return [EvidenceDecision.model_validate(one.data) for one in answers if one.data]
