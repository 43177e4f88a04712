"""
Delivering what waits in the outbox.

What is due is claimed for a limited time in one transaction, sent outside of any, and what became of it is recorded in
another. A crash between sending and recording means that it is sent once more with the same id in its text; it never
means that it is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apprise import Apprise, NotifyBase, NotifyFormat, NotifyType
from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.clock import Clock
from models.notices import Notice, Recipient
from models.outbox import Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.policy import Policy
from models.working_time import local_day
from tasks.database import Database
from tasks.durable.ledger import lock_cases
from tasks.telling.apprise_log import trouble_noted
from tasks.telling.budget import remarks_for
from tasks.telling.claiming import Batch, Line, claim_next
from tasks.telling.digests import Digest, DigestLine
from tasks.telling.readers import Place, Readers
from tasks.telling.roster import Roster
from tasks.telling.timetable import could_be_due, is_free, waiting

OnUndelivered = Callable[[Session, Sequence[OutboxMessage]], None]
"""Called in the transaction that marks messages as undelivered: a single one, or those of one digest."""


@dataclass
class DeliveryReport:
    """What one pass over the outbox did, by message id."""

    delivered: list[str] = field(default_factory=list)
    to_be_retried: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    """Withdrawn, or taken over by another deliverer, while it was being sent."""


@dataclass(frozen=True)
class _Try:
    line: Line
    reader: str
    service: str | None
    outcome: DeliveryOutcome
    detail: str = ""


@dataclass
class _Sending:
    """What goes to one service: each readable line with the places by which it came to be read there."""

    service: NotifyBase
    lines: dict[str, tuple[Line, Notice, list[Place]]] = field(default_factory=dict)


def deliver_due(
    database: Database,
    services: Apprise,
    clock: Clock,
    *,
    policy: Policy,
    on_undelivered: OnUndelivered,
    limit: int = 100,
    claim_for: timedelta = timedelta(minutes=5),
) -> DeliveryReport:
    """
    Send up to `limit` interruptions and digests that are due, and record what became of each line and service.

    What failed is tried again by the policy's pauses, and a last time when its time is up; then it is delivered if
    at least one service took it, and undelivered otherwise. No service at all is undelivered at once.

    Several deliverers may run at once. `claim_for` must be longer than sending to one service takes; when a
    deliverer dies, what it had is free for another after that. `on_undelivered` is called once for each digest or
    single message that reached nobody, in the transaction that says so; what it raises undoes that transaction and
    is passed on. A notice that it queues is delivered like any other, so it must not raise the alarm about an alarm.
    """
    report, now = DeliveryReport(), clock.now()
    with database.read() as session:
        if not waiting(session, could_be_due(policy, now), is_free(now)):
            return report
        readers = Readers(services, Roster(session, on=local_day(now)))
    pass_ = _Pass(database, readers, clock, policy, on_undelivered, claim_for, report)
    for _ in range(limit):
        batch = claim_next(database, policy, readers, clock.now(), claim_for)
        if batch is None:
            break
        pass_.deliver(batch)
    return report


@dataclass
class _Pass:
    """One pass over the outbox."""

    database: Database
    readers: Readers
    clock: Clock
    policy: Policy
    on_undelivered: OnUndelivered
    claim_for: timedelta
    report: DeliveryReport

    def deliver(self, batch: Batch) -> None:
        """Send a batch to one service after the other; all but the last are recorded before the next is tried."""
        sendings, tries = self._sendings(batch)
        for sending in sendings:
            if tries:
                ours = self._record(batch, tries)
                tries = []
                sending.lines = {line: one for line, one in sending.lines.items() if line in ours}
            if sending.lines:
                tries = self._send(batch, sending)
        with self.database.write() as session:
            self._finish(session, batch, tries)

    def _sendings(self, batch: Batch) -> tuple[list[_Sending], list[_Try]]:
        """What goes to which service; and the tries that have failed already, because no service could be tried."""
        sendings: dict[int, _Sending] = {}
        failed: list[_Try] = []
        for line in batch.lines:
            places = self.readers.places_of(line.recipient)
            try:
                notice = Notice.model_validate(line.notice)
            except ValidationError:
                unread = "this version cannot read the message"
                failed.append(_Try(line, line.recipient, None, DeliveryOutcome.FAILED, unread))
                continue
            if not places:
                failed.append(_Try(line, line.recipient, None, DeliveryOutcome.NO_SERVICE))
            for place in places:
                if (place.reader, place.name) not in line.taken_by:
                    sending = sendings.setdefault(id(place.service), _Sending(place.service))
                    sending.lines.setdefault(line.id, (line, notice, []))[2].append(place)
        return list(sendings.values()), failed

    def _send(self, batch: Batch, sending: _Sending) -> list[_Try]:
        lines = list(sending.lines.values())
        if batch.digest_id is None:
            ((line, notice, _),) = lines
            outcome, detail = _notify(sending.service, notice.subject, notice.body(line.id), urgent=notice.urgent)
        else:
            digest = self._digest(batch.digest_id, lines)
            outcome, detail = _notify(sending.service, digest.subject, digest.body(), urgent=digest.is_urgent)
        return [_Try(line, place.reader, place.name, outcome, detail) for line, _, places in lines for place in places]

    def _digest(self, digest_id: str, lines: Sequence[tuple[Line, Notice, list[Place]]]) -> Digest:
        now = self.clock.now()
        shown = [
            DigestLine(
                notice,
                None if any(place.reader == line.recipient for place in places) else Recipient.from_tag(line.recipient),
            )
            for line, notice, places in lines
        ]
        with self.database.read() as session:
            readers = {place.reader for _, _, places in lines for place in places}
            remarks = remarks_for(session, self.policy, readers, now, apart_from=digest_id)
        return Digest(digest_id, shown, now, remarks)

    def _record(self, batch: Batch, tries: Sequence[_Try]) -> set[str]:
        """Write down what became of some tries and keep the claim; gives the messages that are still ours to send."""
        now = self.clock.now()
        with self.database.write() as session:
            session.add_all(_deliveries(tries, now))
            ours = session.scalars(
                update(OutboxMessage)
                .where(OutboxMessage.claimed_by == batch.token, OutboxMessage.state == OutboxState.QUEUED.value)
                .values(claimed_until=now + self.claim_for)
                .returning(OutboxMessage.id)
            )
            return set(ours)

    def _finish(self, session: Session, batch: Batch, tries: Sequence[_Try]) -> None:
        """Write down the last tries, and move each message on that is still this deliverer's."""
        now = self.clock.now()
        states = {line.id: self._state_of(session, batch, line, tries, now) for line in batch.lines}
        if OutboxState.UNDELIVERED in states.values():
            # The cases first, as every step of them does, so that the two never wait for each other.
            lock_cases(session, {line.case_ref for line in batch.lines if line.case_ref})
        session.add_all(_deliveries(tries, now))
        session.flush()
        unreached: list[OutboxMessage] = []
        for line in batch.lines:
            message = self._move_on(session, batch, line, states[line.id], now)
            if message is None:
                self.report.overtaken.append(line.id)
            elif message.state == OutboxState.QUEUED:
                self.report.to_be_retried.append(line.id)
            elif message.state == OutboxState.DELIVERED:
                self.report.delivered.append(line.id)
            else:
                unreached.append(message)
        if unreached:
            self.on_undelivered(session, unreached)
            self.report.undelivered += [message.id for message in unreached]

    def _state_of(
        self, session: Session, batch: Batch, line: Line, tries: Sequence[_Try], now: datetime
    ) -> OutboxState:
        """What becomes of a message by the tries on record and those that are to be written down."""
        rows = session.execute(select(Delivery.outcome, Delivery.attempt).where(Delivery.message_id == line.id)).all()
        outcomes = [*map(tuple, rows), *((one.outcome, one.line.attempt) for one in tries if one.line.id == line.id)]
        reached = any(outcome == DeliveryOutcome.DELIVERED for outcome, _ in outcomes)
        failed = any(outcome == DeliveryOutcome.FAILED and attempt == line.attempt for outcome, attempt in outcomes)
        if failed and now < self._gives_up_at(batch):
            return OutboxState.QUEUED
        return OutboxState.DELIVERED if reached else OutboxState.UNDELIVERED

    def _gives_up_at(self, batch: Batch) -> datetime:
        return batch.first_tried_at + self.policy.outbox.give_up_after

    def _move_on(
        self, session: Session, batch: Batch, line: Line, state: OutboxState, now: datetime
    ) -> OutboxMessage | None:
        """The message in its new state; None where it is not this deliverer's any more."""
        wait = self.policy.outbox.wait_before(line.attempt)
        return session.scalar(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == line.id,
                OutboxMessage.claimed_by == batch.token,
                OutboxMessage.state == OutboxState.QUEUED.value,
            )
            .values(
                state=state.value,
                next_attempt_at=min(now + wait, self._gives_up_at(batch)),
                claimed_by=None,
                claimed_until=None,
            )
            .returning(OutboxMessage)
        )


def _deliveries(tries: Sequence[_Try], now: datetime) -> Iterator[Delivery]:
    for one in tries:
        yield Delivery(
            message_id=one.line.id,
            recipient=one.reader,
            service=one.service,
            attempt=one.line.attempt,
            at=now,
            outcome=one.outcome.value,
            detail=one.detail,
        )


def _notify(service: NotifyBase, subject: str, body: str, *, urgent: bool) -> tuple[DeliveryOutcome, str]:
    """Try one service; gives what became of it and, for a failure, its kind and never what the service said."""
    alone = Apprise(asset=service.asset)  # Apprise turns the text into what the service wants
    alone.add(service)
    with trouble_noted() as trouble:
        try:
            taken = alone.notify(
                body=body,
                title=subject,
                notify_type=NotifyType.WARNING if urgent else NotifyType.INFO,
                body_format=NotifyFormat.TEXT,
                interpret_escapes=False,
            )
        except Exception as failed:  # a service may raise whatever it likes; it is tried again
            return DeliveryOutcome.FAILED, type(failed).__name__
    if taken:
        return DeliveryOutcome.DELIVERED, ""
    return DeliveryOutcome.FAILED, str(trouble) or "the service did not take it"
