"""Who stands nearest: the holders of a role in the team concerned, where the register knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.working_time import LONDON
from tasks.register.lookups import staff_in, staff_member


def nearest(session: Session, told: Recipient, asked: Recipient, *, on: datetime) -> Recipient:
    """
    The person who holds the role `told` in the team of those `asked`, where there is exactly one; else the role.

    So that an escalation reaches one team leader and not all of them.
    """
    team = team_of(session, asked)
    if told.kind is not RecipientKind.ROLE or team is None:
        return told
    holders = staff_in(session, role=told.name, team=team, on=on.astimezone(LONDON).date())
    return Recipient.staff(holders[0].id) if len(holders) == 1 else told


def team_of(session: Session, whom: Recipient) -> str | None:
    """The team that a recipient is, or belongs to."""
    if whom.kind is RecipientKind.TEAM:
        return whom.name
    if whom.kind is RecipientKind.STAFF:
        member = staff_member(session, whom.name)
        return member.team_id if member else None
    return None
