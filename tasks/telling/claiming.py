"""
Claiming what is due: for a limited time one deliverer has it alone.

What goes into a digest is settled here, with the digest's id, before anything is sent. Sent again, the digest has the
same id and never a line more; a line that was overtaken meanwhile is left out.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.outbox import Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.policy import Policy
from models.refs import ALPHABET
from models.working_time import LONDON, local_day
from tasks.database import Database
from tasks.telling.readers import Readers
from tasks.telling.timetable import Timetable, Waiting, could_be_due, is_free, waiting

_ID_LENGTH = 16


@dataclass(frozen=True)
class Line:
    """One message of a batch."""

    id: str
    case_ref: str | None
    recipient: str
    notice: dict[str, Any]
    attempt: int
    taken_by: frozenset[tuple[str, str]]
    """Reader and service that took it on an earlier try."""


@dataclass(frozen=True)
class Batch:
    """What one deliverer has alone until its claim runs out: the lines of a digest, or a single message."""

    token: str
    digest_id: str | None
    lines: tuple[Line, ...]
    first_tried_at: datetime


def claim_next(
    database: Database, policy: Policy, readers: Readers, now: datetime, claim_for: timedelta
) -> Batch | None:
    """
    Claim what is to be sent next: an interruption, else the digest whose lines have waited longest.

    None where nothing is due. A digest takes up everything that is due and is read in the same place.
    """
    timetable = Timetable(policy, readers)
    while True:
        with database.read() as session:  # an empty outbox costs no write lock
            candidates = waiting(session, could_be_due(policy, now), is_free(now))
        due = [message for message in candidates if timetable.goes_out_at(message) <= now]
        if not due:
            return None
        together = _together(due, timetable, readers)
        with database.write() as session:
            batch = _claim(session, together, timetable, now, claim_for)
        if batch is not None:
            return batch  # else another deliverer was quicker, or all of it was told today


def _together(due: Sequence[Waiting], timetable: Timetable, readers: Readers) -> list[Waiting]:
    """What is sent with the first of those that are due."""
    first = min(due, key=lambda message: (not timetable.interrupts(message), message.next_attempt_at, message.id))
    if first.digest_id is not None:
        return [message for message in due if message.digest_id == first.digest_id]
    if not _joins_a_digest(first, timetable):
        return [first]
    for_digest = [message for message in due if _joins_a_digest(message, timetable)]
    read_by = {tag: _services(readers, tag) for tag in {message.recipient for message in for_digest}}
    tags, services = {first.recipient}, set(read_by[first.recipient])
    while more := {tag for tag, found in read_by.items() if tag not in tags and found & services}:
        tags |= more
        services.update(*(read_by[tag] for tag in more))
    return [message for message in for_digest if message.recipient in tags]


def _joins_a_digest(message: Waiting, timetable: Timetable) -> bool:
    return message.digest_id is None and not message.attempts and not timetable.interrupts(message)


def _services(readers: Readers, tag: str) -> set[int]:
    return {id(place.service) for place in readers.places_of(tag)}


def _claim(
    session: Session, wanted: Sequence[Waiting], timetable: Timetable, now: datetime, claim_for: timedelta
) -> Batch | None:
    first = wanted[0]
    # Locked first and claimed then, so that on PostgreSQL two deliverers cannot both have read it as free. SQLite
    # needs no lock, because its transaction began as the only writer.
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.id.in_([message.id for message in wanted]),
            OutboxMessage.state == OutboxState.QUEUED.value,
            OutboxMessage.next_attempt_at <= now,
            OutboxMessage.digest_id.is_not_distinct_from(first.digest_id),
            is_free(now),
        )
        .order_by(OutboxMessage.id)
        .with_for_update()
    )
    rows = list(session.scalars(query))
    digest_id = first.digest_id
    if _joins_a_digest(first, timetable):
        rows = _not_told_today(session, _latest_of_each(rows), now)
        digest_id = "D-" + "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH))
    if not rows:
        return None
    token = secrets.token_hex(8)
    for row in rows:
        row.digest_id, row.attempts = digest_id, row.attempts + 1
        row.claimed_by, row.claimed_until = token, now + claim_for
    session.flush()
    return _batch(session, rows, token, digest_id, now)


def _latest_of_each(rows: list[OutboxMessage]) -> list[OutboxMessage]:
    """Of several notices about one work item to one recipient the latest; the others are withdrawn."""
    latest: dict[tuple[str, str], OutboxMessage] = {}
    for row in sorted(rows, key=lambda row: row.queued_at):
        overtaken = latest.get((row.work_item_id or row.id, row.recipient))
        if overtaken is not None:
            overtaken.state = OutboxState.WITHDRAWN.value
        latest[row.work_item_id or row.id, row.recipient] = row
    return list(latest.values())


def _not_told_today(session: Session, rows: list[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    """Those not about a work item that its recipient was told of today already; the others wait for tomorrow."""
    today = local_day(now)
    told = session.execute(
        select(OutboxMessage.work_item_id, OutboxMessage.recipient)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .where(
            OutboxMessage.work_item_id.in_({row.work_item_id for row in rows if row.work_item_id}),
            Delivery.outcome == DeliveryOutcome.DELIVERED.value,
            Delivery.at >= datetime.combine(today, time(), tzinfo=LONDON),
        )
    )
    known = {(item, recipient) for item, recipient in told}
    fresh = []
    for row in rows:
        if (row.work_item_id, row.recipient) in known:
            row.next_attempt_at = datetime.combine(today + timedelta(days=1), time(), tzinfo=LONDON)
        else:
            fresh.append(row)
    return fresh


def _batch(session: Session, rows: Sequence[OutboxMessage], token: str, digest_id: str | None, now: datetime) -> Batch:
    ids = [row.id for row in rows]
    tried = Delivery.message_id.in_(ids)
    first_tried_at = session.scalar(select(func.min(Delivery.at)).where(tried)) or now
    taken: dict[str, set[tuple[str, str]]] = {}
    for message_id, reader, service in session.execute(
        select(Delivery.message_id, Delivery.recipient, Delivery.service).where(
            tried, Delivery.outcome == DeliveryOutcome.DELIVERED.value
        )
    ):
        taken.setdefault(message_id, set()).add((reader, service))
    lines = tuple(
        Line(row.id, row.case_ref, row.recipient, row.notice, row.attempts, frozenset(taken.get(row.id, ())))
        for row in rows
    )
    return Batch(token, digest_id, lines, first_tried_at)
