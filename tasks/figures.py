"""
How the installation stands, in numbers: what waits, what is late, how old things are.

Every question is bounded by what is open now, or by an index; nothing is counted over years. No number is about one
person or one worker: of workers it is told how many, never who. A restricted case is counted as such and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.audit import Seal
from models.cases import Case, Entry, WorkItem
from models.mail import InboundMail, MailState
from models.outbox import Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.person_messages import PersonMessage, PersonMessageState
from models.policy import Policy
from models.rounds import HousePart
from models.states import CaseStatus, WorkItemState
from models.working_time import LONDON, local_day
from tasks.register.lookups import extract_dates
from tasks.telling.budget import loads_on
from tasks.telling.timetable import late_since
from tasks.unseen.lines import Beware, one_list

LATE = timedelta(minutes=10)
"""How long a message may wait in the outbox, or mail untaken, before that is a fault."""
OVERSLEPT = timedelta(minutes=2)
"""How long after its time a case may sleep before that is a fault; waking takes a second or two."""
LATELY = timedelta(hours=1)
A_DAY = timedelta(days=1)
RESTRICTED = "restricted"

OPEN = (CaseStatus.OPEN, CaseStatus.NEEDS_ATTENTION)


@dataclass(frozen=True)
class NoticeLoad:
    """How many workers were told how much today."""

    workers: int
    over: int
    most: int
    budget: int


@dataclass(frozen=True)
class Waiting:
    """How many wait, how many of them longer than they should, and since when the one that is longest overdue."""

    waiting: int
    late: int
    late_since: datetime | None


@dataclass(frozen=True)
class Figures:
    """Everything that is measured, at one moment."""

    at: datetime
    cases: dict[tuple[str, str], int]
    """Open cases by procedure and status."""
    overslept: int
    work_items: dict[str, int]
    """Open work items: all, due today, overdue, urgent and not acknowledged."""
    oldest_unanswered: datetime | None
    outbox: Waiting
    deliveries: dict[str, int]
    """Tries to deliver a notice within the last hour, by what became of them."""
    reached_nobody: int
    """Notices of the last day that reached nobody."""
    people: Waiting
    people_failed: int
    """Messages to people outside that failed within the last day."""
    mail: Waiting
    quarantined: int
    notices: NoticeLoad
    register: dict[str, datetime]
    """When the day of the latest extract of each kind began."""
    last_seal: datetime | None
    house: dict[str, datetime]
    """When each part of housekeeping was last done."""


def figures(session: Session, policy: Policy, now: datetime) -> Figures:
    """Ask for all of them."""
    return Figures(
        at=now,
        cases=open_cases(session),
        overslept=count_overslept(session, now - OVERSLEPT),
        work_items=_work_items(session, now),
        oldest_unanswered=session.scalar(
            select(func.min(WorkItem.opened_at)).where(WorkItem.state == WorkItemState.OPEN)
        ),
        outbox=_outbox(session, policy, now),
        deliveries=_deliveries(session, now - LATELY),
        reached_nobody=_count(
            session, OutboxMessage.state == OutboxState.UNDELIVERED.value, OutboxMessage.next_attempt_at >= now - A_DAY
        ),
        people=people_waiting(session, now - LATE),
        people_failed=_count(
            session, PersonMessage.state == PersonMessageState.FAILED, PersonMessage.settled_at >= now - A_DAY
        ),
        mail=mail_waiting(session, now - LATE),
        quarantined=_count(session, InboundMail.state == MailState.QUARANTINED),
        notices=notice_load(session, policy, now),
        register={
            str(kind): datetime.combine(day, time(), tzinfo=LONDON) for kind, day in extract_dates(session).items()
        },
        last_seal=session.scalar(select(Seal.at).order_by(Seal.no.desc()).limit(1)),
        house={
            name: done
            for name, done in session.execute(select(HousePart.name, HousePart.done_at)).tuples()
            if done is not None
        },
    )


def open_cases(session: Session) -> dict[tuple[str, str], int]:
    """How many cases are open, by procedure and status; a restricted one is not shown under its procedure."""
    counted: Counter[tuple[str, str]] = Counter()
    by = (Case.procedure, Case.status)
    for procedure, status, number in session.execute(
        select(*by, func.count()).where(Case.status.in_(OPEN)).group_by(*by)
    ):
        counted[procedure, status] += number
    for procedure, status, number in session.execute(
        select(*by, func.count()).where(Case.restricted.is_(True), Case.status.in_(OPEN)).group_by(*by)
    ):
        counted[procedure, status] -= number
        counted[RESTRICTED, status] += number
    return {key: number for key, number in sorted(counted.items()) if number}


def count_overslept(session: Session, before: datetime) -> int:
    """How many open cases should have had a leg before that moment: their time came, or something came for them."""
    their_time_came = and_(Case.status.in_(OPEN), Case.next_due <= before)
    something_came = and_(
        Case.status.in_(OPEN), Case.wake_no > Case.asleep_wake_no, or_(Case.next_due.is_(None), Case.next_due > before)
    )
    its_last_entry = and_(Entry.case_ref == Case.ref, Entry.no == Case.head_no)
    woken = select(func.count()).select_from(Case).join(Entry, its_last_entry).where(something_came, Entry.at <= before)
    return _count(session, their_time_came) + (session.scalar(woken) or 0)


def mail_waiting(session: Session, before: datetime) -> Waiting:
    """Mail that is stored and that nothing has looked at; late where it came before that moment."""
    stored = InboundMail.state == MailState.STORED
    return Waiting(
        _count(session, stored),
        _count(session, stored, InboundMail.received_at < before),
        session.scalar(select(func.min(InboundMail.received_at)).where(stored, InboundMail.received_at < before)),
    )


def people_waiting(session: Session, before: datetime) -> Waiting:
    """Messages to people outside that wait to be sent; late where they were queued before that moment."""
    queued = PersonMessage.state == PersonMessageState.QUEUED
    return Waiting(
        _count(session, queued),
        _count(session, queued, PersonMessage.queued_at < before),
        session.scalar(select(func.min(PersonMessage.queued_at)).where(queued, PersonMessage.queued_at < before)),
    )


def notice_load(session: Session, policy: Policy, now: datetime) -> NoticeLoad:
    """How much workers were told today, against the budget; mailboxes that nobody reads are left out."""
    loads = [load for load in loads_on(session, policy, local_day(now)) if load.budget is not None]
    return NoticeLoad(
        workers=len(loads),
        over=sum(load.over for load in loads),
        most=max((load.notices for load in loads), default=0),
        budget=policy.notices.daily_budget,
    )


def nobody_looks_after(session: Session, now: datetime) -> dict[str, int]:
    """How many people nobody may be looking after, by reason. It reads the whole list: not for every few seconds."""
    unattended = one_list(session, now).unattended
    counted = Counter(reason for line in unattended for reason in line.beware)
    return {reason.replace(" ", "_"): counted[reason] for reason in Beware}


def _work_items(session: Session, now: datetime) -> dict[str, int]:
    is_open = WorkItem.state == WorkItemState.OPEN
    midnight = datetime.combine(local_day(now) + A_DAY, time(), tzinfo=LONDON)
    return {
        "open": _count(session, is_open),
        "due_today": _count(session, is_open, WorkItem.due > now, WorkItem.due < midnight),
        "overdue": _count(session, is_open, WorkItem.due <= now),
        "urgent_unacknowledged": _count(
            session, is_open, WorkItem.urgent.is_(True), WorkItem.acknowledged_at.is_(None)
        ),
    }


def _outbox(session: Session, policy: Policy, now: datetime) -> Waiting:
    late = late_since(session, policy, now - LATE)
    queued = _count(session, OutboxMessage.state == OutboxState.QUEUED.value)
    return Waiting(queued, len(late), min(late, default=None))


def _deliveries(session: Session, since: datetime) -> dict[str, int]:
    rows = session.execute(
        select(Delivery.outcome, func.count()).where(Delivery.at >= since).group_by(Delivery.outcome)
    )
    return {str(outcome): 0 for outcome in DeliveryOutcome} | dict(rows.tuples().all())


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*which)) or 0
