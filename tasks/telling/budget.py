"""
How much each worker is told in a day, against the budget in policy. It is counted and shown, and withholds nothing.

A notice counts once for everybody who reads it: those told as themselves, and those in the role or the team whose
shared services it came by. An interruption is one notice, and so is every line of a digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.outbox import Delivery, DeliveryOutcome, OutboxMessage
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.working_time import LONDON, local_day
from tasks.register.lookups import staff_in

Heard = set[tuple[str, str | None]]
"""Messages with the digest in which each came; None: it interrupted."""


@dataclass(frozen=True)
class Load:
    """What reached one worker in a day, or a shared mailbox that nobody in the register reads."""

    recipient: str
    team: str | None
    interruptions: int
    digests: int
    lines: int
    """Notices in those digests; one that came twice counts once."""
    budget: int | None
    """None for a mailbox without a worker behind it."""

    @property
    def notices(self) -> int:
        """Interruptions and lines of digests together: what is counted against the budget."""
        return self.interruptions + self.lines

    @property
    def over(self) -> bool:
        """Whether it was more than the budget."""
        return self.budget is not None and self.notices > self.budget


def loads_on(session: Session, policy: Policy, day: date) -> list[Load]:
    """What was told on a day: of everybody who was told anything, the most first."""
    heard = _heard_on(session, day)
    loads, read = [], set()
    for member in staff_in(session, on=day):
        tags = _read_by(member)
        read |= tags
        together: Heard = set().union(*(heard[tag] for tag in tags if tag in heard))
        if together:
            loads.append(_load(Recipient.staff(member.id).tag, member.team_id, together, policy.notices.daily_budget))
    loads += [_load(tag, None, messages, None) for tag, messages in heard.items() if tag not in read]
    return sorted(loads, key=lambda load: (-load.notices, load.recipient))


def remarks_for(
    session: Session, policy: Policy, readers: Collection[str], now: datetime, *, apart_from: str
) -> list[str]:
    """
    What a digest says to leaders of teams: who was told more than the budget on the working day before.

    Said in the first digest of a day; `apart_from` is the digest being written, which may have been sent before.
    """
    teams = _led_by(session, policy, readers, local_day(now))
    if not teams or _had_a_digest(session, readers, now, apart_from):
        return []
    day = policy.working_calendar().previous_working_day(local_day(now))
    over = [load for load in loads_on(session, policy, day) if load.over and load.team in teams]
    if not over:
        return []
    people = ", ".join(f"{Recipient.from_tag(load.recipient).name} ({load.notices})" for load in over)
    return [
        f"Told more than {policy.notices.daily_budget} notices on {day:%A} {day.day} {day:%B %Y}: {people}. "
        f"`pathways notices --day {day.isoformat()}` shows what."
    ]


def _heard_on(session: Session, day: date) -> dict[str, Heard]:
    starts = datetime.combine(day, time(), tzinfo=LONDON)
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
    heard: defaultdict[str, Heard] = defaultdict(set)
    for reader, message, digest in session.execute(
        select(Delivery.recipient, OutboxMessage.id, OutboxMessage.digest_id)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Delivery.outcome == DeliveryOutcome.DELIVERED.value, Delivery.at >= starts, Delivery.at < ends)
    ):
        heard[reader].add((message, digest))
    return heard


def _load(recipient: str, team: str | None, heard: Heard, budget: int | None) -> Load:
    digests = [digest for _, digest in heard if digest is not None]
    return Load(recipient, team, len(heard) - len(digests), len(set(digests)), len(digests), budget)


def _read_by(member: Staff) -> set[str]:
    return {
        recipient.tag
        for recipient in (Recipient.staff(member.id), Recipient.role(member.role), Recipient.team(member.team_id))
    }


def _led_by(session: Session, policy: Policy, readers: Collection[str], day: date) -> set[str]:
    """The teams that those readers lead, by policy or as team leaders in the register."""
    people = {one.name for one in map(Recipient.from_tag, readers) if one.kind is RecipientKind.STAFF}
    all_leaders = Recipient.role(Role.TEAM_LEADER).tag in readers
    if not people and not all_leaders:
        return set()
    named = {team.id for team in policy.teams if team.lead in people}
    leaders = staff_in(session, role=Role.TEAM_LEADER, on=day)
    return named | {leader.team_id for leader in leaders if all_leaders or leader.id in people}


def _had_a_digest(session: Session, readers: Collection[str], now: datetime, apart_from: str) -> bool:
    earlier = (
        select(Delivery.id)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(
            Delivery.recipient.in_(sorted(readers)),
            Delivery.outcome == DeliveryOutcome.DELIVERED.value,
            Delivery.at >= datetime.combine(local_day(now), time(), tzinfo=LONDON),
            OutboxMessage.digest_id != apart_from,
        )
        .limit(1)
    )
    return session.scalar(earlier) is not None
