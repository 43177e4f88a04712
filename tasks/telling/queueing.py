"""Putting notices into the outbox, and taking them out again when they were overtaken."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.notices import Interruption, Notice, Recipient
from models.outbox import OutboxMessage, OutboxState
from models.refs import ALPHABET

_ID_LENGTH = 16
_message = cast(Table, OutboxMessage.__table__)
_QUEUE = insert(_message)
_UNSENT = select(_message.c.id, _message.c.recipient, _message.c.interruption).where(
    _message.c.work_item_id == bindparam("work_item"),
    _message.c.state == OutboxState.QUEUED.value,
    _message.c.attempts == 0,
)
_WITHDRAW = (
    update(_message)
    .where(_message.c.id.in_(bindparam("ids", expanding=True)), _message.c.state == OutboxState.QUEUED.value)
    .values(state=OutboxState.WITHDRAWN.value, claimed_by=None, claimed_until=None)
    .returning(_message.c.id)
)


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
    is_first: bool = False,
) -> list[str]:
    """
    Queue a notice in the session's transaction and return the message ids, one for each recipient.

    Where policy lists `interrupts` it goes out by itself, at once or when quiet hours are over; else it waits for
    the next digest. About a work item the latest notice wins: what its recipients were to be told about it before,
    and has not been tried yet, is withdrawn; unless only that one interrupts. `is_first` says that nothing has been
    said about it yet, so that nothing need be looked for.

    Nothing is committed here: with the step's rollback the messages are gone too. A recipient named twice is
    told once. Raises `NobodyToTell` and `AboutAnotherCase`.
    """
    if not to:
        raise NobodyToTell
    if notice.case_ref is not None and notice.case_ref != case_ref:
        raise AboutAnotherCase
    tags = list(dict.fromkeys(recipient.tag for recipient in to))
    if work_item_id is not None and not is_first:
        overtaken = [
            message
            for message, recipient, interruption in _unsent_about(session, work_item_id)
            if recipient in tags and (interrupts is not None or interruption is None)
        ]
        withdraw(session, overtaken)
    said, ids = notice.model_dump(mode="json"), [_new_id() for _ in tags]
    rows = [
        {
            "id": message,
            "case_ref": case_ref,
            "entry_no": entry_no,
            "work_item_id": work_item_id,
            "recipient": tag,
            "notice": said,
            "state": OutboxState.QUEUED.value,
            "queued_at": now,
            "next_attempt_at": now,
            "attempts": 0,
            "interruption": None if interrupts is None else interrupts.value,
        }
        for message, tag in zip(ids, tags, strict=True)
    ]
    session.connection().execute(_QUEUE, rows)
    return ids


def withdraw_unsent(session: Session, work_item_id: str) -> list[str]:
    """Withdraw what nobody has tried to send yet about a work item and what does not interrupt; gives the ids."""
    unsent = _unsent_about(session, work_item_id)
    return withdraw(session, [message for message, _, interruption in unsent if interruption is None])


def _unsent_about(session: Session, work_item_id: str) -> Sequence[tuple[str, str, str | None]]:
    """Messages about a work item that nobody has tried to send yet: id, recipient, and why it interrupts."""
    session.flush()
    return session.connection().execute(_UNSENT, {"work_item": work_item_id}).tuples().all()


def withdraw(session: Session, ids: Iterable[str]) -> list[str]:
    """
    Withdraw those of `ids` that are still queued, in the session's transaction, and return them.

    What was delivered, or could not be, stays as it is. A message that is being sent at this moment may still
    arrive; it is not tried again.
    """
    session.flush()
    overtaken = list(ids)
    return sorted(session.connection().execute(_WITHDRAW, {"ids": overtaken}).scalars()) if overtaken else []


def _new_id() -> str:
    return "N-" + "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH))
