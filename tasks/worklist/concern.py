"""
Whose work something is: the ids and tags by which somebody, or their team, is meant.

A list, the reach of a permission and the marks in a list are all made of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql import Select

from models.case_people import CasePerson
from models.cases import Case, WorkItem
from models.notices import Recipient
from models.permissions import Reach
from models.register import Allocation, Staff
from models.roles import Role
from models.states import WorkItemState
from models.tray import TrayPlace
from tasks.register.lookups import staff_in
from tasks.worklist.members import Member


@dataclass(frozen=True)
class Concern:
    """Who is meant: members of staff by id, and everybody who can be asked or own a case by tag."""

    staff_ids: frozenset[str]
    tags: frozenset[str]
    allocated_to: frozenset[str]
    """Staff ids: what is about people allocated to them is theirs too."""
    team_id: str | None = None
    """The whole team is meant: its tray, and people allocated to it, too."""


def concern_of(session: Session, member: Member, reach: Reach, on: date) -> Concern:
    """Those whom a member of staff stands for: themselves, whom they cover, and with reach TEAM their team."""
    who = member.themselves_and_covered
    staff_ids = {one.id for one in who}
    tags = {Recipient.role(one.role).tag for one in who}
    theirs = frozenset(staff_ids)
    if reach < Reach.TEAM:
        # What is asked of a team is asked of each of its members.
        tags |= {Recipient.staff(one).tag for one in staff_ids}
        return Concern(theirs, frozenset(tags), theirs)
    # Leavers too: what is still with them is nobody's but the team's.
    staff_ids |= set(session.scalars(select(Staff.id).where(Staff.team_id == member.team_id)))
    tags |= {Recipient.staff(one).tag for one in staff_ids} | {Recipient.team(one.team_id).tag for one in who}
    if member.role.is_manager:
        tags |= {Recipient.role(role).tag for role in _held_here_alone(session, member, on)}
    return Concern(frozenset(staff_ids), frozenset(tags), theirs, member.team_id)


def asked_of_them(member: Member) -> frozenset[str]:
    """The tags by which they, or those whom they cover, are asked: by name, by role, by team."""
    who = member.themselves_and_covered
    asked = (
        (Recipient.staff(one.id).tag, Recipient.role(one.role).tag, Recipient.team(one.team_id).tag) for one in who
    )
    return frozenset(tag for tags in asked for tag in tags)


def roles_below(member: Member) -> frozenset[str]:
    """The tags of the roles for which a manager may answer."""
    return frozenset(Recipient.role(role).tag for role in Role if member.role.outranks(role))


def _held_here_alone(session: Session, member: Member, on: date) -> list[Role]:
    """Roles below theirs that nobody outside of their team holds: asked of the role is asked of the team."""
    held = Counter((Role(one.role), one.team_id) for one in staff_in(session, on=on))
    here = {role for role, team in held if team == member.team_id}
    elsewhere = {role for role, team in held if team != member.team_id}
    return sorted(role for role in here - elsewhere if member.role.outranks(role))


@dataclass(frozen=True)
class Branch:
    """One reason why a case is somebody's, as a condition of one case and as the set of all such cases."""

    of_this_case: ColumnElement[bool]
    """The condition over `Case`."""
    refs: Select[tuple[str]]
    """The cases, by ref; one may come twice."""


def branches(concern: Concern, on: date) -> list[Branch]:
    """Why a case is theirs: owned, asked, taken, answered, about somebody allocated to them, on their tray."""
    asked, taken, answered = aliased(WorkItem), aliased(WorkItem), aliased(WorkItem)
    tags, staff, is_open = sorted(concern.tags), sorted(concern.staff_ids), WorkItemState.OPEN
    found = [
        owned(concern),
        Branch(
            _of_case(asked.case_ref, by_itself(asked.state) == is_open, asked.asked_of.in_(tags)),
            select(asked.case_ref).where(asked.state == is_open, asked.asked_of.in_(tags)),
        ),
        Branch(
            _of_case(taken.case_ref, by_itself(taken.assignee).in_(staff)),
            select(taken.case_ref).where(taken.assignee.in_(staff)),
        ),
        Branch(
            _of_case(answered.case_ref, by_itself(answered.answered_by).in_(staff)),
            select(answered.case_ref).where(answered.answered_by.in_(staff)),
        ),
        _allocated(Allocation.staff_id, concern.allocated_to, on),
    ]
    if concern.team_id is not None:
        found += [_allocated(Allocation.team_id, [concern.team_id], on), on_tray(concern.team_id)]
    return found


def owned(concern: Concern) -> Branch:
    """The cases that are theirs."""
    tags = sorted(concern.tags)
    return Branch(Case.owner.in_(tags), select(Case.ref).where(Case.owner.in_(tags)))


def on_tray(team_id: str) -> Branch:
    """The cases that wait, or waited, on a team's tray."""
    return Branch(
        _of_case(TrayPlace.case_ref, TrayPlace.team_id == team_id),
        select(TrayPlace.case_ref).where(TrayPlace.team_id == team_id),
    )


def by_itself(column: ColumnElement[str] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """
    The column, looked at row by row: no index over it.

    A database that guesses takes an index over many rows for one over few. Where it is to begin with the case, it is
    left no other.
    """
    return column.concat("")


def _allocated(who: InstrumentedAttribute[Any], ids: Collection[str], on: date) -> Branch:
    about = aliased(CasePerson)
    holds = and_(Allocation.since <= on, or_(Allocation.until.is_(None), Allocation.until > on))
    of_person = exists().where(Allocation.person_id == about.person_id, by_itself(who).in_(sorted(ids)), holds)
    people = select(Allocation.person_id).where(who.in_(sorted(ids)), holds)
    return Branch(_of_case(about.case_ref, of_person), select(about.case_ref).where(about.person_id.in_(people)))


def _of_case(ref: InstrumentedAttribute[str], *holds: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(literal(1)).where(ref == Case.ref, *holds).correlate(Case))
