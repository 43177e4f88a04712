"""Who has a case of the night in hand: somebody who took or answered it, or who said so by telephone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.forms.base import Form
from models.forms.out_of_hours import OnCallHasIt
from models.on_call.tables import OnCallNight, OnCallOffer, OnCallWork
from models.register import Staff
from models.roles import Role
from models.states import MilestoneKind, WorkItemState
from tasks.durable.arrivals import raise_wake_no, take_in_signal
from tasks.durable.chasing import keep_chased, stop_chasing
from tasks.durable.checking import has_left
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact
from tasks.durable.own_matter import is_own_matter
from tasks.on_call.looking import who_is_on_call
from tasks.register.lookups import staff_member


class NotOnCalls(PathwaysError):
    """That case is not in on-call's hands now: `pathways on-call list` has those that are."""

    def __init__(self) -> None:
        super().__init__("that case is not in on-call's hands now: look at On call for those that are")


class NotOnCall(PathwaysError):
    """Whoever is to have it in hand is not on call now; the message says who may."""

    def __init__(self) -> None:
        super().__init__(
            "that member of staff is not on call now and was not told of it: name the duty worker on call, the on-call "
            "manager, or the head of service"
        )


def take_in_hand(council: Council, ref: str, *, held_by: str, by: str) -> None:
    """
    Say that somebody on call has a case in hand, by whoever it is or by whoever took their call.

    What is open in it that cannot wait is theirs from now on. Raises `NotOnCalls`, `NotOnCall`.
    """
    with council.change() as change:
        case = change.lock(ref)
        work = work_of(change.session, ref)
        if work is None:
            raise NotOnCalls
        holder = staff_member(change.session, held_by)
        if holder is None or not may_hold(change, work, holder):
            raise NotOnCall
        writer = staff_member(change.session, by)
        if writer is None or has_left(writer, change.now) or is_own_matter(change.session, ref, writer):
            raise NotOnCall
        by_telephone = writer.id != holder.id
        said = f" by telephone, and {writer.name} wrote it down" if by_telephone else ""
        pen = change.pen(case)
        for item in items_of(change.session, work):
            item.assignee, item.acknowledged_at = holder.id, item.acknowledged_at or change.now
            title, _ = Form.words_for(item.form)
            text = f"{holder.name} has taken it on call{said}: {title}"
            pen.enter(Fact(EntryKind.ACKNOWLEDGED, item.key, text, item.form, by=writer.id))
            change.session.flush()
            stop_chasing(change.session, item, MilestoneKind.ACKNOWLEDGE)
            keep_chased(change.session, change.policy, item, change.now)
        raise_wake_no(change, ref)
        note_holder(change, work, holder.id, by=writer.id, by_telephone=by_telephone)


def note_holder(change: Change, work: OnCallWork, held_by: str, *, by: str, by_telephone: bool = False) -> None:
    """Note who has it, and tell the night's case, which stops asking others."""
    work.held_by, work.held_at, work.by_telephone = held_by, change.now, by_telephone
    told = OnCallHasIt(case=work.case_ref, held_by=held_by, by_telephone=by_telephone)
    take_in_signal(change, work.night_ref, told, by=by)


def may_hold(change: Change, work: OnCallWork, member: Staff) -> bool:
    """Whether somebody was told of it, is on call now, or answers for whoever is; and it is not their own matter."""
    session = change.session
    if has_left(member, change.now) or is_own_matter(session, work.case_ref, member):
        return False
    found = who_is_on_call(session, change.policy, change.now)
    if member.id in (*found.duty, *found.managers):
        return True
    if member.role in (Role.ON_CALL_MANAGER, Role.HEAD_OF_SERVICE):
        return True
    return session.get(OnCallOffer, (work.night_ref, work.case_ref, member.id)) is not None


def work_of(session: Session, ref: str) -> OnCallWork | None:
    """What is in on-call's hands of a case, in a night that goes on; None where nothing is."""
    return session.scalars(
        select(OnCallWork)
        .join(OnCallNight, OnCallNight.case_ref == OnCallWork.night_ref)
        .where(OnCallWork.case_ref == ref, OnCallNight.ended_at.is_(None))
        .order_by(OnCallNight.began_at.desc())
    ).first()


def items_of(session: Session, work: OnCallWork) -> list[WorkItem]:
    """The open questions of a case that could not wait."""
    asked = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_ref == work.case_ref, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.opened_at, WorkItem.id)
    )
    return [one for one in asked if Form.is_on_calls(one.form, urgent=one.urgent, before_opening=True)]


def last_answer(session: Session, ref: str, since: datetime) -> WorkItem | None:
    """The latest question of a case that was answered since a moment."""
    return session.scalars(
        select(WorkItem)
        .where(WorkItem.case_ref == ref, WorkItem.answered_at >= since)
        .order_by(WorkItem.answered_at.desc(), WorkItem.id)
    ).first()
