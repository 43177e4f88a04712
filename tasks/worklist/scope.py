"""
Which cases somebody may see, as a condition of a query and of one case.

A case outside of somebody's reach is not there for them: it is in no list, and its page is not found. So is an
incident that is confidential, for whoever is not in its room (`confidential.py`).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.errors import PathwaysError
from models.permissions import Action, Reach
from tasks.durable.seeing import may_read_item, may_see_case
from tasks.worklist.concern import branches, concern_of
from tasks.worklist.confidential import rooms_of
from tasks.worklist.members import Member, row_of

_OF_THE_ROOM = (Action.READ_CASE, Action.ACT_ON_CASE)
"""What whoever belongs to an incident's room may do with its case, whatever their reach besides."""


class NotFound(PathwaysError):
    """There is nothing of that name, or it is not for whoever asks: the two look the same."""

    def __init__(self, what: str = "page") -> None:
        super().__init__(
            f"there is no such {what}, or it is not yours to see: check the reference and who is signed in"
        )


def cases_within(session: Session, member: Member, action: Action, on: date) -> ColumnElement[bool]:
    """The condition, over `Case`, under which a member of staff may do that with a case on a day."""
    plain = and_(Case.restricted.is_(False), _unrestricted(session, member, action, on))
    restricted = restricted_refs(session, member) if member.may(action) else []
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


def _unrestricted(session: Session, member: Member, action: Action, on: date) -> ColumnElement[bool]:
    """By reach; an incident whose room is theirs besides; of a confidential one that is not, their own part."""
    reach = member.reach(action)
    reached = _reached(session, member, reach, on)
    if action is Action.AUDIT:
        return reached  # it never shows what anything says
    rooms = rooms_of(session, member)
    if rooms.kept_from_them:
        hidden = Case.ref.in_(rooms.kept_from_them)
        own = _reached(session, member, min(reach, Reach.OWN), on)
        of_team = _reached(session, member, min(reach, Reach.TEAM), on)
        part = or_(and_(hidden, own), and_(not_(hidden), of_team))
        reached = and_(reached, or_(Case.ref.not_in(rooms.kept_cases), part))
    if rooms.open_to_them and member.may(action) and action in _OF_THE_ROOM:
        return or_(reached, Case.ref.in_(rooms.open_to_them))
    return reached


def _reached(session: Session, member: Member, reach: Reach, on: date) -> ColumnElement[bool]:
    match reach:
        case Reach.NOTHING:
            return false()
        case Reach.EVERYTHING:
            return true()
        case Reach.OWN | Reach.TEAM:
            concern = concern_of(session, member, reach, on)
            return or_(*(branch.of_this_case for branch in branches(concern, on)))


def restricted_refs(session: Session, member: Member) -> list[str]:
    """The restricted cases that they may see; there are few, and each is looked at by itself."""
    row = row_of(session, member)
    cases = session.scalars(select(Case).where(Case.restricted)).all()
    return [one.ref for one in cases if may_see_case(session, one, row)]
