"""What is open about a plan: the cases of its own case, those that they opened in their turn, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.entry_kinds import EntryKind
from models.forms.plan_change import EvidenceDecision
from models.reablement.tables import ChangeState, PlanChange
from models.states import CaseStatus, WorkItemState
from tasks.case_people import open_cases_about
from tasks.durable import audited, here
from tasks.durable.ledger import recall
from tasks.reablement.plans import standing_of_plan

CHANGE, PAUSE = "reablement-plan-change", "reablement-safeguarding-pause"
MATTERS = {
    CHANGE: "evidence, not decided yet",
    "reablement-monitoring-change": "another monitoring",
    "reablement-plan-issue": "an issue in the plan",
    "reablement-unscheduled-review": "an unscheduled review",
    PAUSE: "whether reablement pauses for safeguarding",
}
"""What each procedure about a plan is called as it opens; each hears that reablement has ended."""
GO_ON = {
    "deprivation-of-liberty": "whether care takes the person's liberty",
    "advocacy": "an advocate for the person",
    "prevention": "what might prevent needs",
}
"""What comes from a plan and goes on without it."""


@dataclass(frozen=True)
class OpenMatter:
    """An open case about a plan, or one that came from it."""

    ref: str
    procedure: str
    what: str
    """What it is, and how far; nothing of what was said in it."""
    since: datetime
    goes_on: bool = False
    """The end of reablement is not its end."""


def open_matters_of(session: Session, plan: str) -> tuple[OpenMatter, ...]:
    """Open cases about a plan, the oldest first; what they opened counts, though they have closed."""
    found = session.scalars(
        select(Case)
        .where(Case.ref.in_(cases_of(session, plan)), Case.status != CaseStatus.CLOSED, Case.procedure.in_(MATTERS))
        .order_by(Case.opened_at, Case.ref)
    )
    return tuple(
        OpenMatter(one.ref, one.procedure, _how_far(session, one.ref, one.procedure), one.opened_at) for one in found
    )


def going_on_of(session: Session, plan: str) -> tuple[OpenMatter, ...]:
    """Open cases that came from a plan and go on by themselves when it ends, the oldest first; restricted ones not."""
    cases, about = cases_of(session, plan), open_cases_about(session, standing_of_plan(session, plan).person)
    found = session.scalars(
        select(Case).where(Case.ref.in_(about), Case.procedure.in_(GO_ON)).order_by(Case.opened_at, Case.ref)
    )
    return tuple(
        OpenMatter(one.ref, one.procedure, GO_ON[one.procedure], one.opened_at, goes_on=True)
        for one in found
        if one.ref in cases or _came_from(session, one.ref) & cases
    )


def is_undecided(session: Session, ref: str) -> bool:
    """Whether nobody has said yet what follows from the evidence of that open case, and nothing is proposed in it."""
    if session.get(PlanChange, ref) is not None:
        return False
    form = EvidenceDecision.name()
    if not any(one.kind is EntryKind.ANSWERED and one.step == form for one in recall(session, ref)):
        return True
    asked_anew = select(WorkItem.id).where(
        WorkItem.case_ref == ref, WorkItem.form == form, WorkItem.state == WorkItemState.OPEN
    )
    return session.scalar(asked_anew) is not None


def cases_of(session: Session, plan: str) -> set[str]:
    """Refs of the plan's own case, of what it opened, and of what that opened in its turn, closed or not."""
    tree = select(Case.ref).where(Case.ref == plan).cte(recursive=True)
    tree = tree.union_all(select(Case.ref).join(tree, Case.parent_ref == tree.c.ref))
    return set(session.scalars(select(tree.c.ref)))


def _came_from(session: Session, ref: str) -> set[str]:
    """Refs that a case was opened with: of the plan, or of where it came up."""
    opened = recall(session, ref)[0].data
    return {str(opened.get("plan")), str(opened.get("came_from"))} if isinstance(opened, dict) else set()


def _how_far(session: Session, ref: str, procedure: str) -> str:
    if procedure == PAUSE:
        return "a pause of reablement for safeguarding" if _has_done(session, ref, "pause-plan") else MATTERS[PAUSE]
    if procedure != CHANGE:
        return MATTERS[procedure]
    change = session.get(PlanChange, ref)
    state = ChangeState(change.state) if change is not None else None
    if state is ChangeState.UNDER_WAY:
        return "a change of the plan, not agreed yet"
    if state is ChangeState.MADE:
        return "a changed plan on its way to everybody"
    return MATTERS[CHANGE] if is_undecided(session, ref) else "evidence that was decided: what follows from that"


def _has_done(session: Session, ref: str, step: str) -> bool:
    return any(one.kind is EntryKind.DONE and one.step == step for one in recall(session, ref))


@audited("Looked up which cases about the plan are open")
def look_up_open_matters() -> dict[str, str]:
    """Those about the plan that the running case looks after, by ref, with what they are and how far."""
    step = here()
    return {one.ref: one.what for one in open_matters_of(step.session, step.case.ref)}
