"""
When what waits in the outbox goes out: at once, when quiet hours are over, or with a digest.

A message keeps only why it may interrupt and since when it waits. Its time is worked out when it is asked for, so that
a new policy or a bank holiday counts at once for what is already waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apprise import Apprise
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.notices import Interruption
from models.outbox import Delivery, OutboxMessage, OutboxState
from models.policy import Policy
from models.roles import Role
from models.working_time import local_day
from tasks.telling.quiet_hours import ON_CALL, heard_from
from tasks.telling.readers import Readers
from tasks.telling.roster import Roster


@dataclass(frozen=True)
class Waiting:
    """A message that waits to be sent, as far as its time depends on it."""

    id: str
    recipient: str
    interruption: str | None
    digest_id: str | None
    next_attempt_at: datetime
    attempts: int


class Timetable:
    """The times at which messages go out, by one policy and to the readers of one day."""

    def __init__(self, policy: Policy, readers: Readers) -> None:
        self._policy, self._readers = policy, readers

    def interrupts(self, message: Waiting) -> bool:
        """Whether it goes out by itself, because this council lets its reason interrupt."""
        return message.digest_id is None and self._policy.notices.interrupts(_reason(message))

    def goes_out_at(self, message: Waiting) -> datetime:
        """When it is to be sent, or sent again."""
        if message.attempts:
            return message.next_attempt_at
        if not self.interrupts(message):
            calendar = self._policy.working_calendar()
            return self._heard(message.recipient, self._policy.notices.next_digest(calendar, message.next_attempt_at))
        if self._always_heard(message):
            return message.next_attempt_at
        return self._heard(message.recipient, message.next_attempt_at)

    def _heard(self, tag: str, moment: datetime) -> datetime:
        return heard_from(self._policy, self._readers.roster, tag, moment)

    def _always_heard(self, message: Waiting) -> bool:
        """Whether no quiet hours hold it back: it is for whoever is on call, or nobody on call could be reached."""
        if _reason(message) is Interruption.ON_CALL:
            return True
        if Role.ON_CALL_MANAGER in self._readers.roster.roles_behind(message.recipient):
            return True
        return not self._readers.places_of(ON_CALL.tag)


def waiting(session: Session, *which: ColumnElement[bool]) -> Sequence[Waiting]:
    """The messages that wait to be sent, those longest due first."""
    rows = session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.recipient,
            OutboxMessage.interruption,
            OutboxMessage.digest_id,
            OutboxMessage.next_attempt_at,
            OutboxMessage.attempts,
        )
        .where(OutboxMessage.state == OutboxState.QUEUED.value, *which)
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
    )
    return [Waiting(*row) for row in rows]


def could_be_due(policy: Policy, now: datetime) -> ColumnElement[bool]:
    """What cannot be due yet, as far as the database can tell without asking who is in quiet hours, is left out."""
    latest = policy.notices.latest_digest(policy.working_calendar(), now)
    return and_(
        OutboxMessage.next_attempt_at <= now,
        or_(
            OutboxMessage.attempts > 0,
            OutboxMessage.interruption.in_([str(reason) for reason in policy.notices.interrupt_for]),
            OutboxMessage.next_attempt_at < latest,
        ),
    )


def is_free(now: datetime) -> ColumnElement[bool]:
    """No deliverer has it."""
    return or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now)


def _reason(message: Waiting) -> Interruption | None:
    known = message.interruption in set(Interruption)
    return Interruption(message.interruption) if message.interruption and known else None


def departures(
    session: Session, services: Apprise, policy: Policy, now: datetime
) -> list[tuple[datetime, OutboxMessage]]:
    """Everything that waits to be sent, with the time at which it goes out, the earliest first."""
    found = waiting(session)
    if not found:
        return []
    timetable = Timetable(policy, Readers(services, Roster(session, on=local_day(now))))
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED.value))
    messages = {row.id: row for row in rows}
    timed = [(timetable.goes_out_at(one), messages[one.id]) for one in found]
    return sorted(timed, key=lambda one: (one[0], one[1].recipient, one[1].id))


def count_late(session: Session, policy: Policy, before: datetime) -> int:
    """How many messages should have gone out before that moment and have not; what waits for its time is not late."""
    return len(late_since(session, policy, before))


def late_since(session: Session, policy: Policy, before: datetime) -> list[datetime]:
    """When each message was to go out that should have gone out before that moment and has not."""
    tried = select(Delivery.id).where(Delivery.message_id == OutboxMessage.id, Delivery.at < before).exists()
    suspects = waiting(session, or_(OutboxMessage.next_attempt_at < before, tried))
    if not suspects:
        return []
    roster, calendar = Roster(session, on=local_day(before)), policy.working_calendar()

    def was_to_go_at(message: Waiting) -> datetime:
        since = message.next_attempt_at
        if not policy.notices.interrupts(_reason(message)):
            since = policy.notices.next_digest(calendar, since)
        return heard_from(policy, roster, message.recipient, since)

    times = [(message, was_to_go_at(message)) for message in suspects]
    return [min(time, before) for message, time in times if message.attempts or time < before]
