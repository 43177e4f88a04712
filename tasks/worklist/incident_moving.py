"""
Giving on what is asked about several people of an incident: to another team, or to one member of staff.

Each case is a transaction of its own with its own entry: what cannot be given stays where it is, with the reason, and
the others are given all the same. Given again to those who have it already, nothing happens. Whoever gets it hears of
it once, however many people it is about: the room's list is their worklist.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.affected_calls import PersonGivenOn
from models.forms.base import Form
from models.notices import Interruption, Notice, Recipient, RecipientKind, Verb
from models.provider_failure.tables import AffectedPerson
from models.register import Staff, Team
from models.states import WorkItemState
from models.working_time import local_day
from tasks.database import DatabaseUnavailable
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import change_owner
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact
from tasks.register.lookups import staff_member
from tasks.telling.queueing import queue
from tasks.telling.quiet_hours import with_on_call
from tasks.worklist.assigning import CannotBeGiven, hand, may_give, put_back, why_not
from tasks.worklist.members import Member
from tasks.worklist.moving import Moved


def open_teams(session: Session, on: date) -> list[Team]:
    """The teams to whom something can be given, by name."""
    teams = session.scalars(select(Team).order_by(Team.name, Team.id))
    return [one for one in teams if one.closed_on is None or one.closed_on > on]


def give_people(council: Council, member: Member, incident: str, cases: Collection[str], *, to: Recipient) -> Moved:
    """
    Give what is open in those cases to a team or a member of staff; gives the ids of what went and of what stayed.

    What is asked of a team goes; what is asked of managers, or of somebody by name, stays. Raises `CannotBeGiven`.
    """
    with council.database.read() as session:
        receiver = _receiver(session, to, local_day(council.clock.now()))
        listed = session.scalars(select(AffectedPerson.case_ref).where(AffectedPerson.incident_ref == incident))
        refs = sorted(set(listed) & set(cases))
    moved, people = Moved(), 0
    for ref in refs:
        done = Moved()
        try:
            with council.change() as change:
                _of_one_case(change, member, ref, to, receiver, done)
        except DatabaseUnavailable:
            raise
        except PathwaysError as wrong:  # what was done in this case is undone with it
            done = Moved(left={ref: str(wrong)})
        moved.given += done.given
        moved.left |= done.left
        people += bool(done.given)
    if people and to.tag != Recipient.staff(member.id).tag:
        with council.change() as change:
            _tell_them(change, member, incident, to, people)
    return moved


def _tell_them(change: Change, member: Member, incident: str, to: Recipient, people: int) -> None:
    """One notice, at once, about the incident."""
    text = f"{member.name} gave what is asked about {people} people to {to.words}"
    pen = change.pen(change.lock(incident))
    entry = pen.enter(Fact(EntryKind.REASSIGNED, "people-given", text, "people-given", {"of": to.tag}, by=member.id))
    team = to.name if to.kind is RecipientKind.TEAM else None
    notice = Notice(
        verb=Verb.ANSWER, what="people-of-an-incident", case_ref=incident, team=team, how_many=people, urgent=True
    )
    interrupts = Interruption.PROVIDER_FAILURE
    told = with_on_call(change.session, change.policy, [to], interrupts, change.now)
    queue(change.session, notice, told, incident, entry.no, change.now, interrupts=interrupts)


def _receiver(session: Session, to: Recipient, on: date) -> Staff | None:
    if to.kind is RecipientKind.STAFF:
        found = staff_member(session, to.name)
        if found is None or (found.left_on is not None and found.left_on <= on):
            raise CannotBeGiven("the register has no member of staff of that id who works here")
        return found
    if to.kind is not RecipientKind.TEAM or to.name not in {one.id for one in open_teams(session, on)}:
        raise CannotBeGiven("the register has no such team, or it has closed")
    return None


def _of_one_case(change: Change, member: Member, ref: str, to: Recipient, receiver: Staff | None, done: Moved) -> None:
    open_there = (WorkItem.case_ref == ref) & (WorkItem.state == WorkItemState.OPEN)
    change.lock(ref)
    for item in change.session.scalars(select(WorkItem).where(open_there).order_by(WorkItem.id)).all():
        may_give(change, member, item)
        if (to.tag == item.asked_of and item.assignee is None) or (receiver and item.assignee == receiver.id):
            continue  # they have it
        reason = _why_it_stays(item) or _give(change, member, item, to, receiver)
        if reason:
            done.left[item.id] = reason
        else:
            done.given.append(item.id)
    if done.given:
        _later_questions_follow(change, member, ref, to)


def _later_questions_follow(change: Change, member: Member, ref: str, to: Recipient) -> None:
    """The case belongs to whoever has taken it on, and whatever is asked in it from now on is asked of them."""
    case = change.lock(ref)
    if case.owner != to.tag:
        change_owner(change.pen(case), case, to, by=member.id)
    take_in_signal(change, ref, PersonGivenOn(to=to.tag), by=member.id)


def _give(change: Change, member: Member, item: WorkItem, to: Recipient, receiver: Staff | None) -> str:
    """Give one item; why not, where that cannot be."""
    team = to if receiver is None else Recipient.team(receiver.team_id)
    if item.asked_of != team.tag and (receiver is None or _is_not_for(change, item, receiver)):
        put_back(change, change.lock(item.case_ref), item, member, of=team)
    if receiver is None:
        if item.assignee is not None:
            put_back(change, change.lock(item.case_ref), item, member)
        return ""
    reason = why_not(change.session, change.policy, item, receiver, change.now)
    if not reason:
        hand(change, change.lock(item.case_ref), item, receiver, member)
    return reason


def _is_not_for(change: Change, item: WorkItem, receiver: Staff) -> bool:
    return bool(why_not(change.session, change.policy, item, receiver, change.now))


def _why_it_stays(item: WorkItem) -> str:
    asked = Recipient.from_tag(item.asked_of)
    if asked.kind is RecipientKind.TEAM and not Form.is_only_for_who_is_asked(item.form):
        return ""
    return f"it is asked of {asked.words}, and of no team"
