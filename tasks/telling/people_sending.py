"""
Sending what waits for people outside, and reading back whether it arrived.

Each message is claimed for a limited time in one transaction, handed over outside of any, and what became of it is
recorded in another, where it also comes back to its case. Just before it goes the register is asked once more: nobody
is written to who has died meanwhile, and no machine writes where a safe-contact rule has appeared. A crash between
handing over and recording means that GOV.UK Notify is asked whether it has the message already, and that an e-mail
goes once more under the same Message-ID.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from models.cases import Case
from models.connections import PeopleServices
from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.ledger import lock_case
from tasks.telling.people import why_not_now
from tasks.telling.people_outward import Arrived, DidNotArrive, NotTaken, Outward, Refused, Taken
from tasks.telling.people_services import ask_after, hand_over
from tasks.telling.people_settling import come_back_to_case

log = logging.getLogger("pathways")

CLAIM_TIME = timedelta(minutes=2)
"""How long a message is one sender's alone; longer than any service is waited for, other than a mail server."""
MAIL_CLAIM_TIME = timedelta(minutes=20)
"""The same for an e-mail: its server may look through it for long before it says that it has it."""
LONGEST_PASS = timedelta(minutes=1)
"""No message is begun later in a pass, so that one slow service does not hold up what comes after the pass."""
NO_RECEIPT = "nothing said in time that it arrived"
CASE_CLOSED = "the case was closed before it was sent"
_OPEN = (PersonMessageState.QUEUED, PersonMessageState.SENT)


@dataclass
class PeopleReport:
    """What one pass did, by message id."""

    delivered: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Taken by a service whose receipt is awaited."""
    to_be_retried: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    """Another sender took it over while it was being sent."""


@dataclass(frozen=True)
class _Claimed:
    """A message that this sender has alone until the claim runs out."""

    outward: Outward
    token: str
    state: PersonMessageState
    sent_by: SentBy
    person_id: str | None
    told_person_id: str | None
    attempt: int
    queued_at: datetime
    sent_at: datetime | None
    service_ref: str | None


@dataclass(frozen=True)
class _Next:
    """How a message goes on."""

    state: PersonMessageState
    reason: str = ""
    service_ref: str | None = None
    at: datetime | None = None
    """When it is tried or asked after again."""


def send_to_people(council: Council, *, limit: int = 50) -> PeopleReport:
    """
    Send up to `limit` messages that are due, or ask what became of them. Several senders may run at once.

    What a service will never take fails at once; what may pass is tried again by the policy's pauses until the outbox
    gives up. What no receipt speaks of in the policy's time has failed as well.
    """
    report, ends_at = PeopleReport(), council.clock.now() + LONGEST_PASS
    for _ in range(limit):
        claimed = _claim_next(council) if council.clock.now() < ends_at else None
        if claimed is None:
            break
        if claimed.state is PersonMessageState.SENT:
            following = _ask_after(council, claimed)
        else:
            following = _send(council, claimed)
        _record(council, claimed, following, report)
    return report


def next_to_people(session: Session) -> datetime | None:
    """When the next message is to be sent or asked after; one that a sender has in hand, when its claim runs out."""
    when = func.coalesce(PersonMessage.claimed_until, PersonMessage.next_attempt_at)
    return session.scalar(select(func.min(when)).where(PersonMessage.state.in_(_OPEN)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        PersonMessage.state.in_(_OPEN),
        PersonMessage.next_attempt_at <= now,
        or_(PersonMessage.claimed_until.is_(None), PersonMessage.claimed_until <= now),
    )


def _claim_next(council: Council) -> _Claimed | None:
    """Claim the message that has been due longest; None where none is due."""
    now = council.clock.now()
    next_due = select(PersonMessage.id).where(_is_due(now))
    next_due = next_due.order_by(PersonMessage.next_attempt_at, PersonMessage.id).limit(1)
    with council.database.read() as session:  # nothing to send costs no write lock
        if session.scalar(next_due) is None:
            return None
    token = secrets.token_hex(8)
    with council.database.write() as session:
        message_id = session.scalar(next_due.with_for_update(skip_locked=True))
        message = session.scalar(
            update(PersonMessage)
            .where(PersonMessage.id == message_id, _is_due(now))
            .values(claimed_by=token, claimed_until=_claim_ends(now), attempts=_one_more_if_queued())
            .returning(PersonMessage)
        )
        return None if message is None else _claimed(message, token, council.connections.people)


def _claim_ends(now: datetime) -> ColumnElement[datetime]:
    by_mail = PersonMessage.sent_by == SentBy.EMAIL
    return case((by_mail, _moment(now + MAIL_CLAIM_TIME)), else_=_moment(now + CLAIM_TIME))


def _moment(at: datetime) -> ColumnElement[datetime]:
    return literal(at, type_=PersonMessage.claimed_until.type)


def _one_more_if_queued() -> ColumnElement[int]:
    """Only sending counts as a try, not asking after what was sent."""
    waits = PersonMessage.state == PersonMessageState.QUEUED
    return case((waits, PersonMessage.attempts + 1), else_=PersonMessage.attempts)


def _claimed(message: PersonMessage, token: str, people: PeopleServices) -> _Claimed:
    outward = Outward(
        id=message.id,
        case_ref=message.case_ref,
        entry_no=message.entry_no,
        kind=MessageKind(message.kind),
        address=message.address,
        subject=message.subject,
        body=message.body,
        in_reply_to=message.in_reply_to,
        sender_domain=people.sender_domain,
        tried_before=message.attempts > 1,
    )
    return _Claimed(
        outward=outward,
        token=token,
        state=PersonMessageState(message.state),
        sent_by=SentBy(message.sent_by),
        person_id=message.person_id,
        told_person_id=message.told_person_id,
        attempt=message.attempts,
        queued_at=message.queued_at,
        sent_at=message.sent_at,
        service_ref=message.service_ref,
    )


def _send(council: Council, claimed: _Claimed) -> _Next:
    """Look into the register once more, and hand the message over."""
    with council.database.read() as session:
        reason = why_not_now(session, claimed.person_id, claimed.told_person_id, claimed.outward.address)
        reason = reason or _overtaken(session, claimed)
    if reason:
        return _Next(PersonMessageState.WITHDRAWN, reason)
    handed = hand_over(council.connections.people, claimed.sent_by, claimed.outward)
    now, retry = council.clock.now(), council.policy.outbox
    match handed:
        case Taken(None):
            return _Next(PersonMessageState.DELIVERED)
        case Taken(service_ref):
            return _Next(PersonMessageState.SENT, service_ref=service_ref, at=now + retry.first_retry_after)
        case Refused(reason):
            return _Next(PersonMessageState.FAILED, reason)
        case NotTaken(reason):
            give_up_at = claimed.queued_at + retry.give_up_after
            if now >= give_up_at:
                return _Next(PersonMessageState.FAILED, reason)
            return _Next(PersonMessageState.QUEUED, at=min(now + retry.wait_before(claimed.attempt), give_up_at))


def _overtaken(session: Session, claimed: _Claimed) -> str:
    """Why nobody wants it said any more. A receipt is sent even where its case was quickly closed."""
    status = session.scalar(select(Case.status).where(Case.ref == claimed.outward.case_ref))
    return CASE_CLOSED if claimed.outward.kind is MessageKind.TOLD and status == CaseStatus.CLOSED else ""


def _ask_after(council: Council, claimed: _Claimed) -> _Next:
    """Read the delivery receipt; asked again ever more seldom, and no longer than policy waits for it."""
    arrival = ask_after(council.connections.people, claimed.sent_by, claimed.outward, claimed.service_ref or "")
    now, people = council.clock.now(), council.policy.telling_people
    sent_at = claimed.sent_at or claimed.queued_at
    match arrival:
        case Arrived():
            return _Next(PersonMessageState.DELIVERED)
        case DidNotArrive(reason):
            return _Next(PersonMessageState.FAILED, reason)
        case None:
            length = people.letter_arrives_within if claimed.sent_by is SentBy.LETTER else people.arrives_within
            last = council.policy.working_calendar().add(sent_at, length)
            if now >= last:
                return _Next(PersonMessageState.FAILED, NO_RECEIPT)
            pause = min(max(now - sent_at, council.policy.outbox.first_retry_after), council.policy.outbox.longest_wait)
            return _Next(PersonMessageState.SENT, service_ref=claimed.service_ref, at=min(now + pause, last))


def _record(council: Council, claimed: _Claimed, following: _Next, report: PeopleReport) -> None:
    """Write down what became of it, if it is still this sender's; what has settled comes back to its case."""
    outward, settled = claimed.outward, following.state not in _OPEN
    with council.change() as change:
        # The case first, as every step of it does, so that the two never wait for each other.
        locked = lock_case(change.session, outward.case_ref) if settled else None
        was_sent = following.state in (PersonMessageState.SENT, PersonMessageState.DELIVERED)
        mine = change.session.scalar(
            update(PersonMessage)
            .where(
                PersonMessage.id == outward.id,
                PersonMessage.claimed_by == claimed.token,
                PersonMessage.state == claimed.state,
            )
            .values(
                state=following.state,
                reason=following.reason,
                service_ref=following.service_ref or claimed.service_ref,
                next_attempt_at=following.at or change.now,
                sent_at=claimed.sent_at or (change.now if was_sent else None),
                settled_at=change.now if settled else None,
                claimed_by=None,
                claimed_until=None,
            )
            .returning(PersonMessage.id)
        )
        if mine is None:
            report.overtaken.append(outward.id)
            return
        if locked is not None:
            come_back_to_case(change, locked, outward.id, outward.kind, following.state, following.reason)
    _list_for(following.state, report).append(outward.id)
    if following.state is PersonMessageState.FAILED:
        log.warning("message %s of case %s did not arrive: %s", outward.id, outward.case_ref, following.reason)


def _list_for(state: PersonMessageState, report: PeopleReport) -> list[str]:
    return {
        PersonMessageState.QUEUED: report.to_be_retried,
        PersonMessageState.SENT: report.sent,
        PersonMessageState.DELIVERED: report.delivered,
        PersonMessageState.FAILED: report.failed,
        PersonMessageState.WITHDRAWN: report.withdrawn,
    }[state]
