"""Who has which copy of a plan (REA-14 to REA-17)."""

from __future__ import annotations

from datetime import date

from models.reablement.findings import PlanStands
from models.reablement.tables import HOME, NO_COPY, PlanCopy
from tasks.durable import audited, here
from tasks.reablement.plans import locked_plan, moment_on, standing_of_plan


@audited("Noted who has a copy", clauses="REA-16", keyed_by="holder")
def note_copy(plan: str, holder: str, version: int, route: str, given_on: date | None = None) -> PlanStands:
    """
    Somebody involved, or the home, has a copy of that version; `route` says how it came to them (REA-17).

    `given_on` is the day, where that is not today.
    """
    return _given(plan, holder, version, route, by_hand=False, given_on=given_on)


@audited("Noted that they are to have no copy any more", clauses="REA-16", keyed_by="holder")
def note_no_copy(plan: str, holder: str, because: str) -> PlanStands:
    """Consent or those involved have changed: they get no copy of this version or a later one."""
    return _given(plan, holder, NO_COPY, because, by_hand=False)


@audited("Noted that the copy at home was amended by hand", clauses="REA-12 REA-15")
def note_amended_by_hand(plan: str, version: int, amended_on: date | None = None) -> PlanStands:
    """The copy at home says, by hand, what that version says: it governs until the copies are out."""
    return _given(plan, HOME, version, "amended by hand", by_hand=True, given_on=amended_on)


def _given(
    plan: str, holder: str, version: int, route: str, *, by_hand: bool, given_on: date | None = None
) -> PlanStands:
    step = here()
    locked_plan(step.session, plan)
    step.session.add(
        PlanCopy(
            case_ref=plan,
            holder=holder,
            version=version,
            route=route,
            by_hand=by_hand,
            given_at=moment_on(given_on, step.now) if given_on is not None else step.now,
            given_in=step.case.ref,
        )
    )
    step.session.flush()
    return standing_of_plan(step.session, plan)
