"""
Which cases somebody may see, as a condition of a query and of one case.

A case outside of somebody's reach is not there for them: it is in no list, and its page is not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case, WorkItem
from models.errors import PathwaysError
from models.notices import Recipient
from models.permissions import Action, Reach
from models.register import Allocation, Staff
from models.states import WorkItemState
from models.tray import TrayPlace
from tasks.durable.seeing import may_read_item, may_see_case
from tasks.worklist.members import Member, row_of


class NotFound(PathwaysError):
    """There is nothing of that name, or it is not for whoever asks: the two look the same."""

    def __init__(self, what: str = "page") -> None:
        super().__init__(
            f"there is no such {what}, or it is not yours to see: check the reference and who is signed in"
        )


def cases_within(session: Session, member: Member, action: Action, on: date) -> ColumnElement[bool]:
    """The condition, over `Case`, under which a member of staff may do that with a case on a day."""
    plain = and_(Case.restricted.is_(False), _reached(session, member, member.reach(action), on))
    restricted = _restricted_ones(session, member) if member.may(action) else []
    return or_(plain, Case.ref.in_(restricted)) if restricted else plain


def find_case(session: Session, member: Member, ref: str, action: Action, on: date) -> Case:
    """The case, where they may do that with it. Raises `NotFound`."""
    found = session.scalar(select(Case).where(Case.ref == ref, cases_within(session, member, action, on)))
    if found is None:
        raise NotFound("case")
    return found


def find_item(session: Session, member: Member, item_id: str, on: date) -> WorkItem:
    """
    The work item, where they may answer it or read its case. Raises `NotFound`.

    Whoever may answer a question may read it, and of a restricted case no more than that.
    """
    item = session.get(WorkItem, item_id)
    if item is None:
        raise NotFound("work item")
    if not may_read_item(session, item, row_of(session, member), on=on):
        find_case(session, member, item.case_ref, Action.READ_CASE, on)
    return item


def _reached(session: Session, member: Member, reach: Reach, on: date) -> ColumnElement[bool]:
    match reach:
        case Reach.NOTHING:
            return false()
        case Reach.EVERYTHING:
            return true()
        case Reach.OWN:
            return _concerns(session, member, (), on)
        case Reach.TEAM:
            team = session.scalars(select(Staff.id).where(Staff.team_id == member.team_id)).all()
            return _concerns(session, member, team, on)


def _concerns(session: Session, member: Member, team: Sequence[str], on: date) -> ColumnElement[bool]:
    """Whether a case is asked of, taken or owned by them (or their team), or about people allocated to them."""
    whole_team = bool(team)
    who = member.themselves_and_covered
    staff_ids = {one.id for one in who} | set(team)
    tags = {Recipient.staff(one).tag for one in staff_ids}
    tags |= {Recipient.role(one.role).tag for one in who}
    if whole_team:
        tags |= {Recipient.team(one.team_id).tag for one in who}
    asked = exists().where(
        WorkItem.case_ref == Case.ref,
        or_(
            and_(WorkItem.state == WorkItemState.OPEN, WorkItem.asked_of.in_(tags)),
            WorkItem.assignee.in_(staff_ids),
            WorkItem.answered_by.in_(staff_ids),
        ),
    )
    holds = and_(Allocation.since <= on, or_(Allocation.until.is_(None), Allocation.until > on))
    theirs = Allocation.staff_id.in_({one.id for one in who})
    whose = or_(theirs, Allocation.team_id == member.team_id) if whole_team else theirs
    allocated = exists().where(
        CasePerson.case_ref == Case.ref, CasePerson.person_id == Allocation.person_id, holds, whose
    )
    found = [Case.owner.in_(tags), asked, allocated]
    if whole_team:
        found.append(exists().where(TrayPlace.case_ref == Case.ref, TrayPlace.team_id == member.team_id))
    return or_(*found)


def _restricted_ones(session: Session, member: Member) -> list[str]:
    """The restricted cases that they may see; there are few, and each is looked at by itself."""
    row = row_of(session, member)
    cases = session.scalars(select(Case).where(Case.restricted)).all()
    return [one.ref for one in cases if may_see_case(session, one, row)]
