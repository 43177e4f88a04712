"""
Whom the council's sign-on means: a member of staff of the register, and what it says of their role and team.

Whoever is not in the register, or has left, is not let in, whatever the provider says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deployments.worklist.sign_on.refusals import NotSignedIn, Refusal
from models.connections import SignOn
from models.register import Staff
from models.roles import Role
from models.working_time import local_day
from tasks.audit.access_log import note_access
from tasks.durable.checking import has_left
from tasks.register.lookups import staff_member, team

ROLE_FROM_SIGN_ON = "role-from-sign-on"
"""The access log's word for it; what was written is about the staff id."""
TEAM_FROM_SIGN_ON = "team-from-sign-on"


def staff_of(session: Session, claims: Mapping[str, Any], settings: SignOn, now: datetime) -> Staff:
    """
    Who has signed on, with role and team written into the register where the provider says them and they differ.

    Raises `NotSignedIn`; then nothing was written.
    """
    found = _in_register(session, claims, settings)
    if found is None or has_left(found, now):
        raise NotSignedIn(Refusal.NOT_IN_REGISTER)
    role = _role(claims, settings) if settings.role_claim else None
    team_id = _team(session, claims, settings, now) if settings.team_claim else None
    if role is not None and found.role != role:
        note_access(session, found.id, ROLE_FROM_SIGN_ON, found.id, now)
        found.role = role
    if team_id is not None and found.team_id != team_id:
        note_access(session, found.id, TEAM_FROM_SIGN_ON, found.id, now)
        found.team_id = team_id
    return found


def _in_register(session: Session, claims: Mapping[str, Any], settings: SignOn) -> Staff | None:
    name = claims.get(settings.staff_claim)
    if not isinstance(name, str) or not name.strip():
        return None
    if settings.found_by == "id":
        return staff_member(session, name.strip())
    if claims.get("email_verified") is False:
        return None
    same = session.scalars(select(Staff).where(func.lower(Staff.email) == name.strip().lower())).all()
    return same[0] if len(same) == 1 else None


def _role(claims: Mapping[str, Any], settings: SignOn) -> Role:
    known = settings.roles or {str(role): role for role in Role}
    named = {known[name] for name in _names(claims.get(settings.role_claim)) if name in known}
    if len(named) != 1:
        raise NotSignedIn(Refusal.NO_ONE_ROLE)
    return named.pop()


def _team(session: Session, claims: Mapping[str, Any], settings: SignOn, now: datetime) -> str:
    rows = [team(session, name) for name in set(_names(claims.get(settings.team_claim)))]
    today = local_day(now)
    open_ones = [one.id for one in rows if one is not None and (one.closed_on is None or one.closed_on > today)]
    if len(open_ones) != 1:
        raise NotSignedIn(Refusal.NO_ONE_TEAM)
    return open_ones[0]


def _names(claim: object) -> list[str]:
    """A claim that is one name or a list of them, such as groups."""
    if isinstance(claim, str):
        return [claim]
    return [one for one in claim if isinstance(one, str)] if isinstance(claim, list) else []
