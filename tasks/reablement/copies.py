"""Who has which copy of a plan (REA-14 to REA-17)."""

from __future__ import annotations

from models.reablement.findings import PlanStands
from models.reablement.tables import HOME, PlanCopy
from tasks.durable import audited, here
from tasks.reablement.plans import locked_plan, standing_of_plan


@audited("Noted who has a copy", clauses="REA-16", keyed_by="holder")
def note_copy(plan: str, holder: str, version: int, route: str) -> PlanStands:
    """Somebody involved, or the home, has a copy of that version; `route` says how it came to them (REA-17)."""
    return _given(plan, holder, version, route, by_hand=False)


@audited("Noted that the copy at home was amended by hand", clauses="REA-12 REA-15")
def note_amended_by_hand(plan: str, version: int) -> PlanStands:
    """The copy at home says, by hand, what that version says: it governs until the copies are out."""
    return _given(plan, HOME, version, "amended by hand", by_hand=True)


def _given(plan: str, holder: str, version: int, route: str, *, by_hand: bool) -> PlanStands:
    step = here()
    locked_plan(step.session, plan)
    step.session.add(
        PlanCopy(
            case_ref=plan,
            holder=holder,
            version=version,
            route=route,
            by_hand=by_hand,
            given_at=step.now,
            given_in=step.case.ref,
        )
    )
    step.session.flush()
    return standing_of_plan(step.session, plan)
