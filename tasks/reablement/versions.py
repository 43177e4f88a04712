"""A change of a plan on its way: proposed, made a version, or stopped."""

from __future__ import annotations

from sqlalchemy import func, select

from models.errors import PathwaysError
from models.reablement.applying import applied, clash, numbered, unknown_items, without_what_is_done
from models.reablement.difference import differences
from models.reablement.edits import PlanEdits
from models.reablement.findings import ChangeUnderWay, PlanStands, VersionMade, VersionOutcome
from models.reablement.tables import ChangeState, PlanChange, PlanVersion
from tasks.durable import audited, here
from tasks.reablement.beginning import with_names_of_the_register
from tasks.reablement.plans import every_version, locked_plan, standing_of_plan, version, version_in_force


class NotInThePlan(PathwaysError):
    """The change names something that the plan does not have: look at the version in force."""


@audited("A change of the plan is proposed", clauses="REA-06 REA-08")
def propose_change(plan: str, edits: PlanEdits, seen: int) -> ChangeUnderWay:
    """
    This case's change is under way, made by somebody who saw that version; one proposed before is replaced.

    From now on every other change of the plan sees it. Raises `NotInThePlan`.
    """
    step = here()
    locked_plan(step.session, plan)
    content = version(step.session, plan, seen)
    if unknown_items(edits, content):
        raise NotInThePlan
    named = with_names_of_the_register(step.session, edits)
    change = step.session.get(PlanChange, step.case.ref)
    if change is None:
        so_far = select(func.count()).select_from(PlanChange).where(PlanChange.case_ref == plan)
        change = PlanChange(
            change_ref=step.case.ref,
            place=(step.session.scalar(so_far) or 0) + 1,
            case_ref=plan,
            state=ChangeState.UNDER_WAY,
            proposed_at=step.now,
        )
        step.session.add(change)
    change.seen, change.edits = seen, named.model_dump_json()
    step.session.flush()
    return next(one for one in standing_of_plan(step.session, plan).changes if one.ref == step.case.ref)


@audited("Made the change a version of the plan", clauses="REA-06 REA-11 GAP-34")
def make_version(plan: str) -> VersionMade:
    """
    This case's change comes to stand in a new version, which is in force at once.

    Where another change has altered the same item since its author looked, nothing is made and nothing overwritten;
    what the other has made in the same way counts as made.
    """
    step = here()
    row, change = locked_plan(step.session, plan), step.session.get_one(PlanChange, step.case.ref)
    number, content = version_in_force(step.session, plan)
    if row.ended_at is not None:
        return VersionMade(outcome=VersionOutcome.ENDED, version=number)
    seen = version(step.session, plan, change.seen)
    edits = without_what_is_done(PlanEdits.model_validate_json(change.edits), seen, content)
    clashing = clash(edits, seen, content)
    if clashing:
        return VersionMade(outcome=VersionOutcome.CLASHES, version=number, clashing=clashing)
    after = applied(edits, content, last_numbers=numbered(every_version(step.session, plan)))
    change.state, change.ended_at = ChangeState.MADE, step.now
    if after == content:
        change.became = number
        return VersionMade(outcome=VersionOutcome.NOTHING_TO_CHANGE, version=number)
    change.became = row.in_force = number + 1
    step.session.add(
        PlanVersion(
            case_ref=plan,
            number=number + 1,
            content=after.model_dump_json(),
            made_at=step.now,
            made_in=step.case.ref,
        )
    )
    step.session.flush()
    return VersionMade(outcome=VersionOutcome.MADE, version=number + 1, differences=differences(content, after))


@audited("Looked whether the change clashes with another")
def look_for_clashes(plan: str) -> tuple[str, ...]:
    """Ids of what another change has altered since the author of this case's change looked; empty: it fits."""
    step = here()
    change = step.session.get_one(PlanChange, step.case.ref)
    _, content = version_in_force(step.session, plan)
    seen = version(step.session, plan, change.seen)
    edits = without_what_is_done(PlanEdits.model_validate_json(change.edits), seen, content)
    return clash(edits, seen, content)


@audited("The change of the plan is not made")
def stop_change(plan: str) -> PlanStands:
    """This case's change is no longer under way; the plan stays as it is."""
    step = here()
    locked_plan(step.session, plan)
    change = step.session.get(PlanChange, step.case.ref)
    if change is not None and change.state == ChangeState.UNDER_WAY:
        change.state, change.ended_at = ChangeState.STOPPED, step.now
        step.session.flush()
    return standing_of_plan(step.session, plan)
