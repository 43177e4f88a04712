"""
Leavers and closed teams leave no case behind.

Whatever is owned by, asked of or taken by somebody who has left, or a team that has closed, goes on to those who are
there. It is found out from how things stand, each minute and after each import: a day of leaving comes later than the
import that told of it, and a procedure may ask somebody by name who has gone since. The wait and its key stay, and so
does the chasing. What nobody else can say for them is asked of nobody else: the case hears that they have left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Select, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.cases import Case, Milestone, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.house import AskedHasLeft
from models.notices import Interruption, Notice, Recipient, RecipientKind
from models.outbox import OutboxMessage, OutboxState
from models.register import Staff, Team
from models.roles import Role
from models.states import CaseStatus, MilestoneState, WorkItemState
from models.working_time import local_day
from tasks.differences import note_difference
from tasks.durable.arrivals import raise_wake_no, take_in_signal
from tasks.durable.cases import change_owner
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM, Fact, LockedCase, Pen
from tasks.durable.work_items import interruption_of, notice_about, say
from tasks.register.lookups import staff_in, staff_member, team_carrying_on, team_leader_of
from tasks.telling.queueing import queue, withdraw


@dataclass
class MovedWork:
    """What went on to somebody else: refs of cases, ids of work items and of notices."""

    cases: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def move_what_leavers_left(council: Council) -> MovedWork:
    """Give on everything that is with somebody who is no longer there."""
    moved, today = MovedWork(), local_day(council.clock.now())
    with council.database.read() as session:
        refs = {*session.scalars(_owned(today)), *session.scalars(_asked(today))}
        notices = session.scalars(_notices(today)).all()
    for ref in sorted(refs):
        with council.change() as change:
            _move_case(change, change.lock(ref), moved)
    for message_id in notices:
        with council.change() as change:
            _send_on(change, message_id, moved)
    return moved


def successor(session: Session, gone: Recipient, duty: Role, on: date) -> Recipient:
    """
    Who owns what somebody who has gone owned: their team, or the one that carries on its work, or else duty.

    A team with nobody in it is none.
    """
    member = staff_member(session, gone.name) if gone.kind is RecipientKind.STAFF else None
    team_id = member.team_id if member is not None else gone.name
    team = team_carrying_on(session, team_id, on)
    return (
        Recipient.team(team.id) if team is not None and staff_in(session, team=team.id, on=on) else Recipient.role(duty)
    )


def asked_instead(session: Session, gone: Recipient, duty: Role, on: date) -> Recipient:
    """
    Who is asked what somebody who has gone was asked: the leader of their team, or else the team.

    What was asked of a manager takes a manager: it goes to the role.
    """
    if gone.kind is RecipientKind.STAFF:
        member = staff_member(session, gone.name)
        if member is not None and Role(member.role).is_manager:
            return Recipient.role(member.role)
    team = successor(session, gone, duty, on)
    leader = team_leader_of(session, team.name, on=on) if team.kind is RecipientKind.TEAM else None
    return Recipient.staff(leader.id) if leader is not None and gone.kind is RecipientKind.STAFF else team


def _move_case(change: Change, locked: LockedCase, moved: MovedWork) -> None:
    session, today = change.session, local_day(change.now)
    duty = change.policy.gaps.follow_up_ownership.owner_until_accepted
    if locked.status is CaseStatus.CLOSED:
        return
    pen, case = change.pen(locked), session.get_one(Case, locked.ref)
    owner = Recipient.from_tag(locked.owner)
    if is_gone(session, owner, today):
        to = successor(session, owner, duty, today)
        change_owner(pen, locked, to, by=SYSTEM)
        session.refresh(case)
        moved.cases.append(locked.ref)
        text = f"Case {locked.ref} belonged to {owner.words}, who is no longer there; it is now with {to.words}"
        note_difference(change, f"leaver:{owner.tag}:{locked.ref}", text, case=case)
    unanswered: list[str] = []
    for item in session.scalars(
        select(WorkItem).where(WorkItem.case_ref == locked.ref, WorkItem.state == WorkItemState.OPEN)
    ).all():
        if is_gone(session, Recipient.from_tag(item.asked_of), today) and Form.is_asked_in_no_stead(item.form):
            unanswered.append(item.id)
        elif _move_item(change, pen, item, duty, today):
            moved.items.append(item.id)
            text = f"In case {locked.ref} {item.id} is now asked of {Recipient.from_tag(item.asked_of).words}"
            note_difference(change, f"leaver:{item.id}:{item.asked_of}", text, case=case)
    for item_id in unanswered:  # last, as each is entered by a pen of its own
        take_in_signal(change, locked.ref, AskedHasLeft(item=item_id), signal_id=f"left:{item_id}")
    raise_wake_no(change, locked.ref)


def _move_item(change: Change, pen: Pen, item: WorkItem, duty: Role, on: date) -> bool:
    """Ask somebody who is there; whether that was needed. Who had taken it and is gone gives it back."""
    session, asked = change.session, Recipient.from_tag(item.asked_of)
    was_taken = item.assignee is not None and is_gone(session, Recipient.staff(item.assignee), on)
    asked_is_gone = is_gone(session, asked, on)
    if not was_taken and not asked_is_gone:
        return False
    to = asked_instead(session, asked, duty, on) if asked_is_gone else asked
    gone = asked.words if asked_is_gone else str(item.assignee)
    title, _ = Form.words_for(item.form)
    entry = pen.enter(
        Fact(
            EntryKind.REASSIGNED,
            item.key,
            f"{gone} is no longer there; now asked of {to.words}: {title}",
            item.form,
            {"of": to.tag},
        )
    )
    unsent = session.scalars(
        select(OutboxMessage.id).where(
            OutboxMessage.work_item_id == item.id,
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.recipient.in_([asked.tag, f"staff-{item.assignee}"]),
        )
    ).all()
    item.asked_of, item.assignee = to.tag, None if was_taken else item.assignee
    item.acknowledged_at = item.acknowledged_at if item.assignee else None  # those asked now have not opened it
    session.flush()
    withdraw(session, unsent)
    session.execute(
        update(Milestone)
        .where(
            Milestone.work_item_id == item.id,
            Milestone.state == MilestoneState.PENDING,
            Milestone.told_to == asked.tag,
        )
        .values(told_to=to.tag)
        .execution_options(synchronize_session=False)
    )
    interrupts = interruption_of(change.policy, item, chased=False)
    say(session, pen, item, [to], notice_about(item, None), entry, interrupts)
    return True


def _send_on(change: Change, message_id: str, moved: MovedWork) -> None:
    """A notice that still waits for somebody who has gone is said to those who are there."""
    message = change.session.get_one(OutboxMessage, message_id)
    gone, today = Recipient.from_tag(message.recipient), local_day(change.now)
    if not withdraw(change.session, [message_id]):
        return
    to = asked_instead(change.session, gone, change.policy.gaps.follow_up_ownership.owner_until_accepted, today)
    notice = Notice.model_validate(message.notice)
    moved.notices += queue(
        change.session,
        notice,
        [to],
        message.case_ref,
        message.entry_no,
        change.now,
        message.work_item_id,
        interrupts=Interruption(message.interruption) if message.interruption else None,
    )


def is_gone(session: Session, whom: Recipient, on: date) -> bool:
    """Whether somebody has left by that day, or a team has closed."""
    match whom.kind:
        case RecipientKind.STAFF:
            member = staff_member(session, whom.name)
            return member is not None and member.left_on is not None and member.left_on <= on
        case RecipientKind.TEAM:
            team = session.get(Team, whom.name)
            return team is not None and team.closed_on is not None and team.closed_on <= on
        case RecipientKind.ROLE:
            return False


def _gone_tags(on: date) -> list[Select[tuple[str]]]:
    """The tags of all who have gone by that day, as queries."""
    return [
        select(literal("staff-") + Staff.id).where(Staff.left_on <= on),
        select(literal("team-") + Team.id).where(Team.closed_on <= on),
    ]


def _among_gone(column: InstrumentedAttribute[str], on: date) -> ColumnElement[bool]:
    return or_(*(column.in_(tags) for tags in _gone_tags(on)))


def _owned(on: date) -> Select[tuple[str]]:
    return select(Case.ref).where(Case.status != CaseStatus.CLOSED, _among_gone(Case.owner, on))


def _asked(on: date) -> Select[tuple[str]]:
    left = select(Staff.id).where(Staff.left_on <= on)
    return select(WorkItem.case_ref).where(
        WorkItem.state == WorkItemState.OPEN, or_(_among_gone(WorkItem.asked_of, on), WorkItem.assignee.in_(left))
    )


def _notices(on: date) -> Select[tuple[str]]:
    return select(OutboxMessage.id).where(
        OutboxMessage.state == OutboxState.QUEUED, _among_gone(OutboxMessage.recipient, on)
    )
