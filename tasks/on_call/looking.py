"""Who is on call at a moment, and whom urgent work reaches then: somebody, always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.on_call.rota import OnCall, RotaTrouble, on_call_at
from models.on_call.tables import RotaReading
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.working_time import local_day
from tasks.durable.checking import has_left
from tasks.durable.own_matter import is_own_matter
from tasks.on_call.rota_reading import kept_shifts
from tasks.register.lookups import absence_on, staff_in, staff_member

FIRST, SECOND, THIRD = range(3)
"""Who is told first, where they do not have it in hand, and where those do not either."""
_BEHIND = (Role.ON_CALL_MANAGER, Role.HEAD_OF_SERVICE, Role.STRATEGIC_MANAGER, Role.TEAM_MANAGER)
"""Whoever is told where the rota gives nobody, in this order, until one of them has a holder."""


@dataclass(frozen=True)
class Heard:
    """Whom one telling goes to."""

    tags: tuple[str, ...]
    staff: tuple[str, ...]
    """Everybody behind the tags; empty only where nobody at all holds any of those roles."""
    troubles: tuple[RotaTrouble, ...]


def who_is_on_call(session: Session, policy: Policy, moment: datetime, *, now: datetime | None = None) -> OnCall:
    """
    Who is on call at a moment by the rota as it is known, and why that is not certain.

    `now` is when it is asked; a rota that has grown too old then is not to be relied on.
    """
    reading = session.scalars(select(RotaReading).order_by(RotaReading.tried_at.desc())).first()
    if reading is None:
        return OnCall(moment, troubles=(RotaTrouble.NOT_CONNECTED,))
    shifts = kept_shifts(session, moment, moment + timedelta(microseconds=1))
    named = {one.staff_id for one in shifts if one.staff_id is not None}
    members = [staff_member(session, one) for one in named]
    found = on_call_at(
        shifts,
        moment,
        unknown={one.id for one in members if one is not None and has_left(one, moment)},
        away={one for one in named if absence_on(session, one, moment) is not None},
    )
    trusted = policy.gaps.on_call_times.rota_trusted_for
    asked = moment if now is None else now
    is_stale = reading.read_at is None or policy.working_calendar().add(reading.read_at, trusted) < asked
    return replace(found, troubles=(RotaTrouble.STALE, *found.troubles)) if is_stale else found


def who_hears(session: Session, policy: Policy, now: datetime, ref: str, turn: int) -> Heard:
    """
    Whom a case is told to at its first, second or any later telling; whoever it is about themselves never.

    First the duty worker on call, then the manager, then the head of service and all of them again. Where the rota is
    not certain, the holders of the on-call manager's role hear it besides (GAP-46).
    """
    found = who_is_on_call(session, policy, now)
    duty = [Recipient.staff(one) for one in found.duty]
    managers = [Recipient.staff(one) for one in found.managers]
    role = Recipient.role(Role.ON_CALL_MANAGER)
    if set(found.troubles) - ({RotaTrouble.NO_MANAGER} if turn == FIRST else set()):
        managers.append(role)
    match turn:
        case 0:
            wanted = duty if duty and role not in managers else [*duty, *managers]
        case 1:
            wanted = managers or [role]
        case _:
            wanted = [Recipient.role(Role.HEAD_OF_SERVICE), *managers, *duty]
    tags, people = _without_whom_it_is_about(session, now, ref, wanted)
    behind = [Recipient.role(one) for one in _BEHIND]
    while not people and behind:
        more, people = _without_whom_it_is_about(session, now, ref, [behind.pop(0)])
        tags = [*tags, *more]
    return Heard(tuple(dict.fromkeys(tags or [role.tag])), tuple(dict.fromkeys(people)), found.troubles)


def _without_whom_it_is_about(
    session: Session, now: datetime, ref: str, wanted: Sequence[Recipient]
) -> tuple[list[str], list[str]]:
    """Tags and staff ids of those wanted, without whoever a restricted case is about."""
    tags: list[str] = []
    people: list[str] = []
    for one in dict.fromkeys(wanted):
        members = list(_members(session, now, one))
        free = [member.id for member in members if not is_own_matter(session, ref, member)]
        people += free
        # A role of which one holder must not hear it is told by its other holders' names.
        tags += [one.tag] if len(free) == len(members) and free else [Recipient.staff(staff).tag for staff in free]
    return tags, people


def _members(session: Session, now: datetime, one: Recipient) -> Iterable[Staff]:
    if one.kind is RecipientKind.ROLE:
        return staff_in(session, role=one.name, on=local_day(now))
    member = staff_member(session, one.name)
    return [] if member is None or has_left(member, now) else [member]
