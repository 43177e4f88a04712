"""What is told to another council about a placement, and what came of it, where the tracker is made of (TRN-51)."""

from __future__ import annotations

from models.forms.out_of_area_sharing import PlacementToShare
from models.out_of_area.kinds import SharingOutcome
from models.out_of_area.tables import Placement, PlacementShare
from tasks.durable import audited, here


@audited("Noted that the other council is to be told", clauses="TRN-51 TRN-52")
def begin_sharing(shared: PlacementToShare) -> None:
    """It stands on the tracker from now on."""
    step = here()
    step.session.add(
        PlacementShare(
            case_ref=step.case.ref,
            placement_ref=shared.placement,
            kind=str(shared.kind),
            council=shared.council,
            opened_at=step.now,
        )
    )


@audited("Noted in which disclosure it is given", clauses="TRN-51 DUTY-63")
def note_disclosure(ref: str) -> None:
    """What was given and on what basis stands there."""
    step = here()
    step.session.get_one(PlacementShare, step.case.ref).disclosed_in = ref


@audited("Noted that it was given", clauses="TRN-51")
def note_given() -> None:
    """What is awaited now is their answer."""
    step = here()
    step.session.get_one(PlacementShare, step.case.ref).given_at = step.now


@audited("Noted how it ended", clauses="TRN-51")
def end_sharing(outcome: SharingOutcome) -> None:
    """The tracker shows it as it ended."""
    step = here()
    row = step.session.get_one(PlacementShare, step.case.ref)
    row.ended_at, row.ended_as = step.now, str(outcome)


@audited("Looked up whom to ring at the other council", clauses="TRN-51")
def look_up_contact(placement: str, otherwise: str) -> str:
    """As the placement has it now, since it may have become known meanwhile."""
    row = here().session.get(Placement, placement)
    return (row.council_contact if row is not None else None) or otherwise
