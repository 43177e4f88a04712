"""Who stands in for whom: somebody who covers an absence may answer what the other may, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from models.register import Staff
from models.worklist import Cover

_ON: BindParameter[date] = bindparam("on")
_HOLDS = and_(
    Cover.from_on <= _ON,
    Cover.until_on >= _ON,
    Cover.ended_at.is_(None),
    or_(Staff.left_on.is_(None), Staff.left_on > _ON),
)
"""Cover that stands on a day, of staff who have not left by then."""
_COVERED = (
    select(Staff)
    .join(Cover, Cover.absent_id == Staff.id)
    .where(Cover.covered_by == bindparam("staff_id"), _HOLDS)
    .distinct()
    .order_by(Staff.id)
)
_COVERING = (
    select(Staff)
    .join(Cover, Cover.covered_by == Staff.id)
    .where(Cover.absent_id.in_(bindparam("absent", expanding=True)), _HOLDS)
    .distinct()
    .order_by(Staff.id)
)


def covered_by(session: Session, staff_id: str, on: date) -> Sequence[Staff]:
    """Those for whom a member of staff stands in on a day, by id; leavers are nobody's to cover."""
    return session.scalars(_COVERED, {"staff_id": staff_id, "on": on}).all()


def who_covers(session: Session, absent: Collection[str], on: date) -> Sequence[Staff]:
    """Those who stand in for any of those members of staff on a day, by id; whoever has left stands in for nobody."""
    return session.scalars(_COVERING, {"absent": list(absent), "on": on}).all()
