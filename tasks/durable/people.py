"""Who stands nearest: the holders of a role in the team concerned, where the register knows them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.roles import Role
from models.working_time import LONDON
from tasks.register.lookups import absence_on, staff_in, staff_member

_LINE = (Role.TEAM_LEADER, Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER)
"""Who stands in for whom within a team."""


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


def nearest_there(
    session: Session, told: Recipient, team: str, *, on: datetime, deciders: Collection[Role] = ()
) -> Recipient:
    """
    As `nearest`, of somebody who is there: where the one who holds the role in the team is away, whoever stands above
    them in that team and is not; the role where nobody is.

    So that what is asked today lies in front of somebody today, and not in the worklist of a manager on leave.
    `deciders` are the only roles that may answer, where there are such.
    """
    found = nearest(session, told, Recipient.team(team), on=on)
    if told.kind is not RecipientKind.ROLE or found == told or is_there(session, found.name, on):
        return found
    for role in _LINE:
        if role.outranks(Role(told.name)) and (not deciders or role in deciders):
            for member in staff_in(session, role, team, on=on.astimezone(LONDON).date()):
                if is_there(session, member.id, on):
                    return Recipient.staff(member.id)
    return told


def is_there(session: Session, staff_id: str, on: datetime) -> bool:
    """Whether the register shows no absence of that member of staff at a moment."""
    return absence_on(session, staff_id, on) is None


def team_of(session: Session, whom: Recipient) -> str | None:
    """The team that a recipient is, or belongs to."""
    if whom.kind is RecipientKind.TEAM:
        return whom.name
    if whom.kind is RecipientKind.STAFF:
        member = staff_member(session, whom.name)
        return member.team_id if member else None
    return None
