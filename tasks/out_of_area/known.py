"""Which placements are open, with whom and with which provider: plain queries over the tracker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.out_of_area.tables import Placement, PlacementShare
from models.register import Staff
from models.roles import Role
from tasks.register.lookups import staff_in, staff_member


def placements_with(session: Session, provider_id: str | None, name: str) -> Sequence[tuple[Placement, Case]]:
    """Open placements with a provider, with their cases, by ref: by its id, or by its name where it has no id."""
    found = select(Placement, Case).join(Case, Case.ref == Placement.case_ref).where(Placement.ended_at.is_(None))
    rows = session.execute(found.where(_of_provider(provider_id, name)).order_by(Placement.case_ref))
    return [(row, case) for row, case in rows.tuples()]


def open_placement_of(session: Session, person_id: str, provider_id: str | None, name: str) -> Placement | None:
    """The open placement of somebody with a provider, where one is on the tracker and is not restricted."""
    return session.scalar(
        select(Placement)
        .join(Case, Case.ref == Placement.case_ref)
        .where(Placement.person_id == person_id, Placement.ended_at.is_(None), Case.restricted.is_(False))
        .where(_of_provider(provider_id, name))
        .order_by(Placement.case_ref)
        .limit(1)
    )


def open_shares(session: Session, placement: str) -> list[PlacementShare]:
    """What the other council is being told of a placement."""
    found = select(PlacementShare).where(PlacementShare.placement_ref == placement, PlacementShare.ended_at.is_(None))
    return list(session.scalars(found.order_by(PlacementShare.opened_at, PlacementShare.case_ref)))


def serving(session: Session, staff_id: str | None, on: date) -> Staff | None:
    """That member of staff, where they have not left by that day."""
    found = staff_member(session, staff_id) if staff_id else None
    return found if found is not None and (found.left_on is None or found.left_on > on) else None


def only_holder(session: Session, role: Role, on: date) -> Staff | None:
    """Whoever alone holds a role on a day; None where nobody does, or several."""
    holders = staff_in(session, role, on=on)
    return holders[0] if len(holders) == 1 else None


def _of_provider(provider_id: str | None, name: str) -> ColumnElement[bool]:
    """A placement written down in words is with a provider of that name, whether or not the register has it now."""
    in_words = and_(Placement.provider_id.is_(None), func.lower(Placement.provider_name) == name.strip().lower())
    return in_words if provider_id is None else or_(Placement.provider_id == provider_id, in_words)
