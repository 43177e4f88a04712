"""Who is not there to do what they have taken, and nobody in their place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.working_time import local_day
from models.worklist import Cover
from tasks.register.lookups import away_now


def away_and_not_covered(session: Session, now: datetime) -> frozenset[str]:
    """
    The ids of those whom the register shows as away at a moment, and for whom nobody stands in who is there.

    What they have taken is looked after by nobody: it is shown to those who are asked, as if it were free.
    """
    away, today = away_now(session, now), local_day(now)
    if not away:
        return away
    stands_in = session.execute(
        select(Cover.absent_id, Cover.covered_by).where(
            Cover.absent_id.in_(sorted(away)),
            Cover.ended_at.is_(None),
            Cover.from_on <= today,
            Cover.until_on >= today,
        )
    ).tuples()
    return away - {absent for absent, there in stands_in if there not in away}
