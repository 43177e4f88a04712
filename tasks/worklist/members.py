"""Who is at work: a member of staff, their role and team, and those for whom they stand in today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.permissions import Action, Reach, reach_of
from models.register import Staff
from models.roles import Role
from models.working_time import local_day
from tasks.durable.checking import has_left
from tasks.durable.cover import covered_by
from tasks.register.lookups import staff_member


@dataclass(frozen=True)
class Member:
    """A member of staff as they are today. The name is personal data."""

    id: str
    name: str
    role: Role
    team_id: str
    stands_in_for: tuple[Member, ...] = ()
    """Those who are away and whom they cover today."""

    def reach(self, action: Action) -> Reach:
        """How far they may do that themselves."""
        return reach_of(self.role, action)

    def may(self, action: Action) -> bool:
        """Whether they may do that at all."""
        return self.reach(action) > Reach.NOTHING

    @property
    def themselves_and_covered(self) -> tuple[Member, ...]:
        """They, and those for whom they stand in."""
        return (self, *self.stands_in_for)


def member_of(session: Session, staff_id: str, now: datetime) -> Member | None:
    """The member of staff of that id as they are now; None where there is none, or they have left."""
    row = staff_member(session, staff_id)
    if row is None or has_left(row, now):
        return None
    covered = (_plain(one) for one in covered_by(session, row.id, local_day(now)))
    return Member(row.id, row.name, Role(row.role), row.team_id, tuple(covered))


def row_of(session: Session, member: Member) -> Staff:
    """Their row in the register, for what is asked of the register's own tables."""
    return session.get_one(Staff, member.id)


def _plain(row: Staff) -> Member:
    return Member(row.id, row.name, Role(row.role), row.team_id)
