"""Putting notices into the outbox, and taking them out again when they were overtaken."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.notices import Interruption, Notice, Recipient
from models.outbox import OutboxMessage, OutboxState
from models.refs import ALPHABET

_ID_LENGTH = 16


class NobodyToTell(PathwaysError):
    """A notice needs at least one recipient: name a role, a team or a member of staff."""

    def __init__(self) -> None:
        super().__init__("a notice needs at least one recipient; name a role, a team or a member of staff")


class AboutAnotherCase(PathwaysError):
    """A notice about one case was queued by another."""

    def __init__(self) -> None:
        super().__init__("the notice names another case than the one that queues it; give both the same reference")


def queue(
    session: Session,
    notice: Notice,
    to: Sequence[Recipient],
    case_ref: str | None,
    entry_no: int | None,
    now: datetime,
    work_item_id: str | None = None,
    *,
    interrupts: Interruption | None = None,
) -> list[str]:
    """
    Queue a notice in the session's transaction and return the message ids, one for each recipient.

    Where policy lists `interrupts` it goes out by itself, at once or when quiet hours are over; else it waits for
    the next digest. About a work item the latest notice wins: what its recipients were to be told about it before,
    and has not been tried yet, is withdrawn; unless only that one interrupts.

    Nothing is committed here: with the step's rollback the messages are gone too. A recipient named twice is
    told once. Raises `NobodyToTell` and `AboutAnotherCase`.
    """
    if not to:
        raise NobodyToTell
    if notice.case_ref is not None and notice.case_ref != case_ref:
        raise AboutAnotherCase
    tags = list(dict.fromkeys(recipient.tag for recipient in to))
    if work_item_id is not None:
        unsaid = OutboxMessage.interruption.is_(None) if interrupts is None else true()
        withdraw_unsent(session, work_item_id, OutboxMessage.recipient.in_(tags), unsaid)
    messages = [
        OutboxMessage(
            id=_new_id(),
            case_ref=case_ref,
            entry_no=entry_no,
            work_item_id=work_item_id,
            recipient=tag,
            notice=notice.model_dump(mode="json"),
            state=OutboxState.QUEUED.value,
            queued_at=now,
            next_attempt_at=now,
            attempts=0,
            interruption=None if interrupts is None else interrupts.value,
        )
        for tag in tags
    ]
    session.add_all(messages)
    return [message.id for message in messages]


def withdraw_unsent(session: Session, work_item_id: str, *which: ColumnElement[bool]) -> list[str]:
    """Withdraw messages about a work item that nobody has tried to send yet; gives their ids."""
    session.flush()
    untried = select(OutboxMessage.id).where(
        OutboxMessage.work_item_id == work_item_id,
        OutboxMessage.state == OutboxState.QUEUED.value,
        OutboxMessage.attempts == 0,
        *which,
    )
    return withdraw(session, session.scalars(untried).all())


def withdraw(session: Session, ids: Iterable[str]) -> list[str]:
    """
    Withdraw those of `ids` that are still queued, in the session's transaction, and return them.

    What was delivered, or could not be, stays as it is. A message that is being sent at this moment may still
    arrive; it is not tried again.
    """
    session.flush()
    withdrawn = session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(list(ids)), OutboxMessage.state == OutboxState.QUEUED.value)
        .values(state=OutboxState.WITHDRAWN.value, claimed_by=None, claimed_until=None)
        .returning(OutboxMessage.id)
    )
    return sorted(withdrawn)


def _new_id() -> str:
    return "N-" + "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH))
