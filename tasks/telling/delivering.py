"""
Delivering what waits in the outbox.

Each message is claimed for a limited time in one transaction, sent outside of any, and what became of it is
recorded in another. A crash between sending and recording means that it is sent once more with the same id
in its text; it never means that it is lost.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apprise import Apprise, NotifyBase, NotifyFormat, NotifyType
from pydantic import ValidationError
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from models.clock import Clock
from models.notices import Notice
from models.outbox import Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.policy.running import Outbox
from tasks.database import Database
from tasks.telling.apprise_log import trouble_noted

OnUndelivered = Callable[[Session, OutboxMessage], None]
"""Called in the transaction that marks a message as undelivered."""


@dataclass
class DeliveryReport:
    """What one pass over the outbox did, by message id."""

    delivered: list[str] = field(default_factory=list)
    to_be_retried: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    """Withdrawn, or taken over by another deliverer, while it was being sent."""


@dataclass(frozen=True)
class _Claimed:
    """A message that this deliverer has alone until the claim runs out."""

    id: str
    token: str
    recipient: str
    notice: dict[str, Any]
    attempt: int
    queued_at: datetime
    taken_by: frozenset[str]
    """The services that took it on an earlier try."""


@dataclass(frozen=True)
class _Try:
    service: str | None
    outcome: DeliveryOutcome
    detail: str = ""


def deliver_due(
    database: Database,
    services: Apprise,
    clock: Clock,
    *,
    on_undelivered: OnUndelivered,
    retry: Outbox,
    limit: int = 100,
    claim_for: timedelta = timedelta(minutes=5),
) -> DeliveryReport:
    """
    Send up to `limit` messages that are due, and record what became of each recipient and service.

    What failed is tried again by the policy's pauses, and a last time when its time is up; then it is delivered if
    at least one service took it, and undelivered otherwise. No service at all is undelivered at once.

    Several deliverers may run at once. `claim_for` must be longer than sending one message takes; when a
    deliverer dies, its message is free for another after that. `on_undelivered` is called for each message
    that reached nobody, in the transaction that says so; what it raises undoes that transaction and is
    passed on. A notice that it queues is delivered like any other, so it must not raise the alarm about an
    alarm.
    """
    report = DeliveryReport()
    for _ in range(limit):
        claimed = _claim_next(database, clock.now(), claim_for)
        if claimed is None:
            break
        tries = list(_send(claimed, services))
        with database.write() as session:
            _record(session, claimed, tries, clock.now(), retry, on_undelivered, report)
    return report


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.state == OutboxState.QUEUED.value,
        OutboxMessage.next_attempt_at <= now,
        or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
    )


def _claim_next(database: Database, now: datetime, claim_for: timedelta) -> _Claimed | None:
    """Claim the message that has been due longest; None where none is due."""
    next_due = select(OutboxMessage.id).where(_is_due(now))
    next_due = next_due.order_by(OutboxMessage.next_attempt_at, OutboxMessage.id).limit(1)
    with database.read() as session:  # an empty outbox costs no write lock
        if session.scalar(next_due) is None:
            return None
    token = secrets.token_hex(8)
    with database.write() as session:
        # Locked first and claimed then: PostgreSQL may run a LIMIT inside an UPDATE more than once. SQLite needs
        # no lock, because its transaction began as the only writer.
        message_id = session.scalar(next_due.with_for_update(skip_locked=True))
        message = session.scalar(
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id, _is_due(now))
            .values(claimed_by=token, claimed_until=now + claim_for, attempts=OutboxMessage.attempts + 1)
            .returning(OutboxMessage)
        )
        if message is None:
            return None
        taken_by = session.scalars(
            select(Delivery.service).where(
                Delivery.message_id == message.id, Delivery.outcome == DeliveryOutcome.DELIVERED.value
            )
        )
        return _Claimed(
            id=message.id,
            token=token,
            recipient=message.recipient,
            notice=message.notice,
            attempt=message.attempts,
            queued_at=message.queued_at,
            taken_by=frozenset(service for service in taken_by if service),
        )


def _send(claimed: _Claimed, services: Apprise) -> Iterator[_Try]:
    """Try each service that serves the recipient and has not taken the message yet."""
    try:
        notice = Notice.model_validate(claimed.notice)
    except ValidationError:
        yield _Try(None, DeliveryOutcome.FAILED, "this version cannot read the message")
        return
    # A service tagged "always" hears everything, but hearing everything is not reaching the recipient.
    found = list(services.find(tag=claimed.recipient, match_always=False))
    if not found:
        yield _Try(None, DeliveryOutcome.NO_SERVICE)
    for name, service in _named(found):
        if name not in claimed.taken_by:
            yield _send_by(service, name, notice, claimed.id)


def _named(services: list[NotifyBase]) -> Iterator[tuple[str, NotifyBase]]:
    """Each service with its masked address, and a number where two look alike without their secrets."""
    seen: Counter[str] = Counter()
    for service in services:
        masked: str = service.url(privacy=True)  # type: ignore[no-untyped-call]
        seen[masked] += 1
        yield (masked if seen[masked] == 1 else f"{masked} ({seen[masked]})"), service


def _send_by(service: NotifyBase, name: str, notice: Notice, message_id: str) -> _Try:
    alone = Apprise(asset=service.asset)  # Apprise turns the text into what the service wants
    alone.add(service)
    with trouble_noted() as trouble:
        try:
            taken = alone.notify(
                body=notice.body(message_id),
                title=notice.subject,
                notify_type=NotifyType.WARNING if notice.urgent else NotifyType.INFO,
                body_format=NotifyFormat.TEXT,
                interpret_escapes=False,
            )
        except Exception as failed:  # a service may raise whatever it likes; it is tried again
            return _Try(name, DeliveryOutcome.FAILED, type(failed).__name__)
    if taken:
        return _Try(name, DeliveryOutcome.DELIVERED)
    return _Try(name, DeliveryOutcome.FAILED, str(trouble) or "the service did not take it")


def _record(
    session: Session,
    claimed: _Claimed,
    tries: list[_Try],
    now: datetime,
    retry: Outbox,
    on_undelivered: OnUndelivered,
    report: DeliveryReport,
) -> None:
    """Write down what happened, and move the message on if it is still this deliverer's."""
    for one in tries:
        session.add(
            Delivery(
                message_id=claimed.id,
                recipient=claimed.recipient,
                service=one.service,
                attempt=claimed.attempt,
                at=now,
                outcome=one.outcome.value,
                detail=one.detail,
            )
        )
    outcomes = {one.outcome for one in tries}
    reached = bool(claimed.taken_by) or DeliveryOutcome.DELIVERED in outcomes
    give_up_at = claimed.queued_at + retry.give_up_after
    if DeliveryOutcome.FAILED in outcomes and now < give_up_at:
        state = OutboxState.QUEUED
    else:
        state = OutboxState.DELIVERED if reached else OutboxState.UNDELIVERED
    message = session.scalar(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == claimed.id,
            OutboxMessage.claimed_by == claimed.token,
            OutboxMessage.state == OutboxState.QUEUED.value,
        )
        .values(
            state=state.value,
            next_attempt_at=min(now + retry.wait_before(claimed.attempt), give_up_at),
            claimed_by=None,
            claimed_until=None,
        )
        .returning(OutboxMessage)
    )
    if message is None:
        report.overtaken.append(claimed.id)
    elif state is OutboxState.QUEUED:
        report.to_be_retried.append(claimed.id)
    elif state is OutboxState.DELIVERED:
        report.delivered.append(claimed.id)
    else:
        on_undelivered(session, message)
        report.undelivered.append(claimed.id)
