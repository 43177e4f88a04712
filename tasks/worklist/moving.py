"""
All that is with somebody who is away or leaves: what it is, and giving it on in one go.

Each case is a transaction of its own: what cannot be given stays where it is, and the others are given all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.errors import PathwaysError
from models.forms.base import Form
from models.notices import Recipient
from models.permissions import Action, Reach, reach_of
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.states import CaseStatus, WorkItemState
from models.working_time import local_day
from tasks.database import DatabaseUnavailable
from tasks.durable.cases import change_owner
from tasks.durable.checking import has_left
from tasks.durable.council import Change, Council
from tasks.durable.ledger import LockedCase
from tasks.durable.own_matter import is_own_matter
from tasks.durable.seeing import may_read_item, may_see_case
from tasks.leavers import asked_instead, successor
from tasks.register.lookups import staff_member
from tasks.worklist.assigning import hand, put_back, why_not
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import NotFound, cases_within, restricted_refs

MOST = 1_000
"""So many at a time; the rest is given on in a second round."""


@dataclass(frozen=True)
class Held:
    """A work item or a case that is with somebody."""

    id: str
    """Id of the work item, or the case's ref."""
    case: str
    title: str
    """What is wanted; or that the case is theirs."""
    is_case: bool
    was_taken: bool
    due: datetime | None
    urgent: bool
    why_not: str = ""
    """Why it cannot go to whom it is to be given; empty where it can, or nobody is named yet."""


@dataclass
class Moved:
    """What came of giving work on: ids of items and refs of cases."""

    given: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    """What could not be given, with why."""


def people_with_work(session: Session, member: Member) -> list[Staff]:
    """Those whose work a member of staff may give on: their team's, or everybody's; leavers too, by name."""
    query = select(Staff)
    match member.reach(Action.ASSIGN_WORK):
        case Reach.EVERYTHING:
            pass
        case Reach.TEAM:
            query = query.where(Staff.team_id == member.team_id)
        case _:
            return []
    return list(session.scalars(query.order_by(Staff.name, Staff.id)))


def find_holder(session: Session, member: Member, staff_id: str) -> Staff:
    """The member of staff whose work may be given on by them. Raises `NotFound`."""
    found = next((one for one in people_with_work(session, member) if one.id == staff_id.lower()), None)
    if found is None:
        raise NotFound("member of staff whose work you give on")
    return found


def held_by(
    session: Session, policy: Policy, member: Member, holder: Staff, now: datetime, *, to: Staff | None = None
) -> list[Held]:
    """What is with somebody: asked by name or taken, the soonest due first, and cases; as far as a giver may see it."""
    today, row = local_day(now), row_of(session, member)
    tag = Recipient.staff(holder.id).tag
    within = cases_within(session, member, Action.ASSIGN_WORK, today)
    items = session.scalars(
        select(WorkItem)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(
            WorkItem.state == WorkItemState.OPEN,
            or_(WorkItem.asked_of == tag, WorkItem.assignee == holder.id),
            or_(within, Case.restricted),
        )
        .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id)
        .limit(MOST)
    ).all()
    cases = session.scalars(
        select(Case)
        .where(Case.status != CaseStatus.CLOSED, Case.owner == tag, within)
        .order_by(Case.opened_at, Case.ref)
        .limit(MOST)
    ).all()
    restricted = set(session.scalars(select(Case.ref).where(Case.restricted)))
    hidden = restricted - set(restricted_refs(session, member))
    found = [
        Held(
            item.id,
            item.case_ref,
            Form.words_for(item.form)[0],
            False,
            item.assignee == holder.id,
            item.due,
            item.urgent,
            "" if to is None else why_not(session, policy, item, to, now),
        )
        for item in items
        if item.case_ref not in hidden or may_read_item(session, item, row, on=today)
    ]
    owned = [
        Held(
            one.ref,
            one.ref,
            "the case is theirs",
            True,
            False,
            one.next_due,
            False,
            "" if to is None else _why_not_owner(session, one, to, now),
        )
        for one in cases
        if may_see_case(session, one, row)
    ]
    return [*found, *owned]


def give_on(council: Council, member: Member, holder_id: str, chosen: Sequence[str], *, to: str | None) -> Moved:
    """
    Give on what is with somebody: to one person, or (`to` is None) back to their team.

    What is not with them any more is passed over: sent twice, nothing happens twice. Raises `NotFound`.
    """
    now = council.clock.now()
    with council.database.read() as session:
        holder = find_holder(session, member, holder_id)
        held = [one for one in held_by(session, council.policy, member, holder, now) if one.id in set(chosen)]
    by_case: dict[str, list[Held]] = {}
    for one in held:
        by_case.setdefault(one.case, []).append(one)
    moved = Moved()
    for ref in sorted(by_case):
        done = Moved()
        try:
            with council.change() as change:
                _of_one_case(change, member, holder.id, by_case[ref], to, done)
        except DatabaseUnavailable:
            raise
        except PathwaysError as wrong:  # what was done in this case is undone with it
            done = Moved(left={one.id: str(wrong) for one in by_case[ref]})
        moved.given += done.given
        moved.left |= done.left
    return moved


def _of_one_case(
    change: Change, member: Member, holder_id: str, held: Sequence[Held], to: str | None, done: Moved
) -> None:
    session, today = change.session, local_day(change.now)
    case = change.lock(held[0].case)
    if case.status is CaseStatus.CLOSED:
        return
    gone, receiver = Recipient.staff(holder_id), None if to is None else staff_member(session, to)
    duty = change.policy.gaps.follow_up_ownership.owner_until_accepted
    for one in held:
        if one.is_case:
            if case.owner != gone.tag:
                continue
            reason = (
                "" if to is None else _why_not_owner(session, session.get_one(Case, case.ref), receiver, change.now)
            )
            owner = Recipient.staff(receiver.id) if receiver is not None else successor(session, gone, duty, today)
            if not reason:
                change_owner(change.pen(case), case, owner, by=member.id)
                case = change.lock(case.ref)
        else:
            item = session.get_one(WorkItem, one.id)
            session.refresh(item)
            if item.state != WorkItemState.OPEN or (item.asked_of != gone.tag and item.assignee != holder_id):
                continue
            if to is None:
                reason = _back_to_team(change, case, item, member, gone, duty)
            else:
                reason = why_not(session, change.policy, item, receiver, change.now)
                if not reason and receiver is not None:
                    hand(change, case, item, receiver, member)
            case = change.lock(case.ref)
        if reason:
            done.left[one.id] = reason
        else:
            done.given.append(one.id)


def _back_to_team(change: Change, case: LockedCase, item: WorkItem, by: Member, holder: Recipient, duty: Role) -> str:
    """Give an item of somebody's back to those who were asked, or to their team; why not, where that cannot be."""
    if item.asked_of != holder.tag:
        put_back(change, case, item, by)
        return ""
    if Form.is_only_for_who_is_asked(item.form):
        return f"only {holder.name} can take it on, or refuse it"
    put_back(change, case, item, by, of=asked_instead(change.session, holder, duty, local_day(change.now)))
    return ""


def _why_not_owner(session: Session, case: Case, to: Staff | None, now: datetime) -> str:
    """Why a case cannot be somebody's; empty where it can."""
    if to is None:
        return "the register has no member of staff of that id"
    if has_left(to, now):
        return f"{to.id} has left"
    if is_own_matter(session, case.ref, to):
        return f"it is about what {to.id} did"
    return "" if reach_of(Role(to.role), Action.READ_CASE) > Reach.NOTHING else f"{to.id} does not work on cases"
