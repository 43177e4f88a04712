"""
Which work items a query means, as conditions, and where to begin looking for them.

Each is said twice over: as a condition of one work item, for a list in which most rows are wanted, and as a set that an
index gives, for a list in which few are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text, union
from sqlalchemy.orm import Session, aliased

from models.case_people import CasePerson
from models.cases import PASSED_ON, Case, Milestone, WorkItem
from models.notices import Recipient, RecipientKind
from models.permissions import Action, Reach
from models.register import Staff
from models.states import CaseStatus, WorkItemState
from models.tray import TrayPlace
from tasks.durable.seeing import may_read_item
from tasks.register.lookups import staff_in
from tasks.worklist.absences import away_and_not_covered
from tasks.worklist.concern import (
    Branch,
    Concern,
    asked_of_them,
    branches,
    concern_of,
    on_tray,
    owned,
    roles_below,
)
from tasks.worklist.confidential import Rooms, rooms_of
from tasks.worklist.members import Member, row_of
from tasks.worklist.paging import Items
from tasks.worklist.query import DueIn, Taken, Whose, WorkQuery, bounds
from tasks.worklist.scope import restricted_refs

Ids = Select[tuple[str]]
FEW = 1_000
"""So many cases are looked at one by one, rather than all that is somebody's."""


@dataclass(frozen=True)
class Looker:
    """Who looks, with all that the register says of them: found once for each list."""

    member: Member
    now: datetime
    today: date
    concern: Concern
    """As far as they may see work."""
    reach: Reach
    asked: frozenset[str]
    passed_on_past: frozenset[str]
    """Tags of those whose unanswered work goes on to somebody else of their role, and not to them."""
    restricted_items: frozenset[str]
    """Questions of restricted cases that they may read."""
    restricted_cases: frozenset[str]
    """Restricted cases that they may see."""
    rooms: Rooms
    """Incidents that are kept from them, as long as they are confidential."""
    away: frozenset[str]
    """Staff ids of those who are away with nobody there who stands in: what they have taken lies with nobody."""

    @property
    def theirs(self) -> frozenset[str]:
        """Themselves and those whom they cover, by id."""
        return frozenset(one.id for one in self.member.themselves_and_covered)


def looker(session: Session, member: Member, now: datetime, today: date) -> Looker:
    """Who looks at work."""
    reach = member.reach(Action.SEE_WORK)
    concern = concern_of(session, member, min(reach, Reach.TEAM), today)
    row = row_of(session, member)
    refs = session.scalars(select(Case.ref).where(Case.restricted, Case.status != CaseStatus.CLOSED)).all()
    asked = session.scalars(select(WorkItem).where(WorkItem.case_ref.in_(refs))).all() if refs else []
    items = [one for one in asked if may_read_item(session, one, row, on=today) and one.state == WorkItemState.OPEN]
    return Looker(
        member,
        now,
        today,
        concern,
        reach,
        asked_of_them(member),
        _passed_on_past(session, member, today),
        frozenset(one.id for one in items),
        frozenset(restricted_refs(session, member)),
        rooms_of(session, member),
        away_and_not_covered(session, now),
    )


def whose_condition(who: Looker, query: WorkQuery, items: Items, *, are_theirs: bool = False) -> ColumnElement[bool]:
    """
    Whether a work item is in the list at all, whatever it is narrowed by; `Case` is joined.

    `are_theirs` says that the items were found by `whose_ids`.
    """
    readable = items.id.in_(sorted(who.restricted_items))
    if query.looks_into_cases:
        readable = and_(readable, Case.ref.in_(sorted(who.restricted_cases)))
    open_to_them = or_(Case.restricted.is_(False), readable) if who.restricted_items else Case.restricted.is_(False)
    match query.whose:
        case Whose.MINE:
            theirs = or_(*_mine(who, query, items))
        case Whose.TEAM | Whose.ALL if are_theirs or (query.whose is Whose.ALL and who.reach is Reach.EVERYTHING):
            return and_(open_to_them, *_not_kept(who, items))
        case Whose.TEAM:
            theirs = or_(_of_concern(who.concern, items), *(one.of_this_case for one in _of_team(who)))
        case Whose.ALL:
            reached = [one.of_this_case for one in branches(who.concern, who.today)]
            below = items.asked_of.in_(sorted(roles_below(who.member)))
            theirs = and_(or_(_of_concern(who.concern, items), below, *reached), *_not_kept(who, items))
    return and_(open_to_them, theirs)


def _not_kept(who: Looker, items: Items) -> list[ColumnElement[bool]]:
    """Of a confidential incident that is not theirs no more than what is asked of them or of their team."""
    if not who.rooms.kept_from_them:
        return []
    part = or_(_of_concern(who.concern, items), *(one.of_this_case for one in branches(who.concern, who.today)))
    return [or_(Case.ref.not_in(who.rooms.kept_cases), part)]


def whose_ids(who: Looker, query: WorkQuery) -> list[Ids] | None:
    """The same as sets of ids that indexes give; None where it is everything."""
    is_open: ColumnElement[bool] = WorkItem.state == WorkItemState.OPEN

    def ids(condition: ColumnElement[bool]) -> Ids:
        return select(WorkItem.id).where(is_open, condition)

    def of_cases(reasons: Sequence[Branch]) -> list[Ids]:
        return [select(WorkItem.id).where(WorkItem.case_ref.in_(one.refs)) for one in reasons]

    concern = who.concern
    by_name = [ids(WorkItem.asked_of.in_(sorted(concern.tags))), ids(WorkItem.assignee.in_(sorted(concern.staff_ids)))]
    match query.whose:
        case Whose.MINE:
            theirs = sorted(who.asked)
            return [
                ids(WorkItem.asked_of.in_(theirs)),
                ids(WorkItem.assignee.in_(sorted(who.theirs))),
                select(Milestone.work_item_id).where(text(PASSED_ON), Milestone.told_to.in_(theirs)),
            ]
        case Whose.TEAM:
            return [*by_name, *of_cases(_of_team(who))]
        case Whose.ALL if who.reach is Reach.EVERYTHING:
            return None
        case Whose.ALL:
            below = ids(WorkItem.asked_of.in_(sorted(roles_below(who.member))))
            return [*by_name, below, *of_cases(branches(concern, who.today)), *_restricted(who)]


def narrowing(session: Session, who: Looker, query: WorkQuery, items: Items) -> list[ColumnElement[bool]]:
    """What the list is narrowed by, as conditions of a work item with its case."""
    found: list[ColumnElement[bool]] = []
    if query.ref is not None:
        found.append(items.case_ref == query.ref)
    if query.person is not None:
        about = aliased(CasePerson)
        found.append(exists().where(about.case_ref == items.case_ref, about.person_id == query.person))
    if query.procedure is not None:
        found.append(Case.procedure == query.procedure)
    if query.colour is not None:
        found.append(Case.colour == query.colour)
    if query.priority is not None or query.complexity is not None:
        place = aliased(TrayPlace)
        levels = [place.priority == query.priority] if query.priority else []
        levels += [place.complexity == query.complexity] if query.complexity else []
        found.append(exists().where(place.case_ref == items.case_ref, place.left_at.is_(None), *levels))
    if query.role is not None:
        found.append(items.asked_of.in_(_tags_of_role(session, who, query)))
    if query.team is not None:
        tags, staff = _tags_of_team(session, query.team)
        on_tray = exists().where(TrayPlace.case_ref == items.case_ref, TrayPlace.team_id == query.team)
        found.append(or_(items.asked_of.in_(tags), items.assignee.in_(staff), Case.owner.in_(tags), on_tray))
    if query.taken is not None:
        found.append(_taken(who, query.taken, items))
    return found


def in_time(who: Looker, query: WorkQuery, items: Items) -> list[ColumnElement[bool]]:
    """What the due time must be; an index by due time begins there."""
    if query.due is None:
        return []
    if query.due is DueIn.NO_DATE:
        return [items.due.is_(None)]
    begin, end = bounds(query.due, who.today, who.now)
    return [*([items.due >= begin] if begin else []), *([items.due < end] if end else [])]


@dataclass(frozen=True)
class Narrowed:
    """Where to begin: the work items that one of the query's conditions leaves, by an index."""

    ids: Sequence[Ids]
    are_theirs: bool = False
    """They are all that is in the list, whatever it is narrowed by."""


def narrowed(session: Session, who: Looker, query: WorkQuery) -> Narrowed | None:
    """What leaves the fewest, as far as can be told without counting; None where nothing has an index."""
    is_open: ColumnElement[bool] = WorkItem.state == WorkItemState.OPEN
    if query.ref is not None:
        return Narrowed([select(WorkItem.id).where(WorkItem.case_ref == query.ref)])
    if query.person is not None:
        return _of_cases(select(CasePerson.case_ref).where(CasePerson.person_id == query.person))
    if query.taken is Taken.ME:
        return Narrowed([select(WorkItem.id).where(is_open, WorkItem.assignee == who.member.id)])
    theirs, by_case = whose_ids(who, query), _cases_that_are_so(query)
    if theirs is not None and (by_case is None or not _are_few(session, by_case)):
        return Narrowed(theirs, are_theirs=True)
    if query.role is not None:
        asked = _tags_of_role(session, who, query)
        return Narrowed([select(WorkItem.id).where(is_open, WorkItem.asked_of.in_(asked))])
    return None if by_case is None else _of_cases(by_case)


def _cases_that_are_so(query: WorkQuery) -> Ids | None:
    """The open cases of a procedure, or of a colour."""
    refs = select(Case.ref).where(Case.status != CaseStatus.CLOSED)
    if query.procedure is not None:
        return refs.where(Case.procedure == query.procedure)
    return None if query.colour is None else refs.where(Case.colour == query.colour)


def _are_few(session: Session, ids: Ids) -> bool:
    """Whether there are at most `FEW` of them; more are not counted."""
    return len(session.scalars(ids.limit(FEW + 1)).all()) <= FEW


def _of_cases(refs: Ids) -> Narrowed:
    return Narrowed([select(WorkItem.id).where(WorkItem.case_ref.in_(refs))])


def any_of(ids: Sequence[Ids]) -> ColumnElement[bool]:
    """Whether a work item is in one of the sets; the sets are made first and looked through."""
    return WorkItem.id.in_(union(*ids) if len(ids) > 1 else ids[0])


def _mine(who: Looker, query: WorkQuery, items: Items) -> list[ColumnElement[bool]]:
    """With them; or asked of them, or passed on to them, and not with a colleague who is there."""
    free = items.assignee.is_not(None)
    if query.taken is not Taken.SOMEBODY:
        free = or_(items.assignee.is_(None), items.assignee.in_(sorted(who.away)))
    told = Milestone.told_to.in_(sorted(who.asked))
    went = exists().where(Milestone.work_item_id == items.id, text(PASSED_ON), told)
    reaches_them = items.asked_of.not_in(sorted(who.passed_on_past))
    return [
        items.assignee.in_(sorted(who.theirs)),
        and_(free, items.asked_of.in_(sorted(who.asked))),
        and_(free, went, reaches_them),
    ]


def _of_concern(concern: Concern, items: Items) -> ColumnElement[bool]:
    return or_(items.asked_of.in_(sorted(concern.tags)), items.assignee.in_(sorted(concern.staff_ids)))


def _of_team(who: Looker) -> list[Branch]:
    """The cases that are their team's: owned by it or its members, on its tray."""
    return [owned(who.concern), *([on_tray(who.concern.team_id)] if who.concern.team_id is not None else [])]


def _restricted(who: Looker) -> list[Ids]:
    return [select(WorkItem.id).where(WorkItem.id.in_(sorted(who.restricted_items)))] if who.restricted_items else []


def _taken(who: Looker, taken: Taken, items: Items) -> ColumnElement[bool]:
    match taken:
        case Taken.NOBODY:
            return items.assignee.is_(None)
        case Taken.ME:
            return items.assignee == who.member.id
        case Taken.SOMEBODY:
            return and_(items.assignee.is_not(None), items.assignee != who.member.id)


def _tags_of_role(session: Session, who: Looker, query: WorkQuery) -> list[str]:
    """Asked of the role, or by name of somebody who holds it."""
    assert query.role is not None
    holders = session.scalars(select(Staff.id).where(Staff.role == query.role))
    return sorted([Recipient.role(query.role).tag, *(Recipient.staff(one).tag for one in holders)])


def _tags_of_team(session: Session, team: str) -> tuple[list[str], list[str]]:
    """The tags of a team and its members, and these by id."""
    members = sorted(session.scalars(select(Staff.id).where(Staff.team_id == team)))
    return [f"{RecipientKind.TEAM}-{team}", *(Recipient.staff(one).tag for one in members)], members


def _passed_on_past(session: Session, member: Member, on: date) -> frozenset[str]:
    """
    Who is asked, by tag, where silence goes to the one holder of their role in another team, and not to them.

    As `tasks/durable/people.py` (`nearest`) chooses whom to tell.
    """
    serving = staff_in(session, on=on)
    roles = {one.role for one in member.themselves_and_covered}
    theirs = {one.id for one in member.themselves_and_covered}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for one in serving:
        if one.role in roles:
            holders[one.team_id].append(one.id)
    elsewhere = {team for team, ids in holders.items() if len(ids) == 1 and ids[0] not in theirs}
    asked = [Recipient.staff(one.id).tag for one in serving if one.team_id in elsewhere]
    return frozenset([*(Recipient.team(team).tag for team in elsewhere), *asked])
