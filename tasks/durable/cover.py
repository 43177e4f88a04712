"""Who stands in for whom: somebody who covers an absence may answer what the other may, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.register import Staff
from models.worklist import Cover


def covered_by(session: Session, staff_id: str, on: date) -> Sequence[Staff]:
    """Those for whom a member of staff stands in on a day, by id; leavers are nobody's to cover."""
    return session.scalars(
        select(Staff)
        .join(Cover, Cover.absent_id == Staff.id)
        .where(
            Cover.covered_by == staff_id,
            _holds(on),
        )
        .distinct()
        .order_by(Staff.id)
    ).all()


def who_covers(session: Session, absent: Collection[str], on: date) -> Sequence[Staff]:
    """Those who stand in for any of those members of staff on a day, by id; whoever has left stands in for nobody."""
    return session.scalars(
        select(Staff)
        .join(Cover, Cover.covered_by == Staff.id)
        .where(
            Cover.absent_id.in_(absent),
            _holds(on),
        )
        .distinct()
        .order_by(Staff.id)
    ).all()


def _holds(on: date) -> ColumnElement[bool]:
    """Cover that stands on a day, of staff who have not left by then."""
    return and_(
        Cover.from_on <= on,
        Cover.until_on >= on,
        Cover.ended_at.is_(None),
        or_(Staff.left_on.is_(None), Staff.left_on > on),
    )
