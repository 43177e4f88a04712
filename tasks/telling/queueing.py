"""Putting notices into the outbox, and taking them out again when they were overtaken."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.notices import Interruption, Notice, Recipient, RecipientKind, Why
from models.outbox import OutboxMessage, OutboxState
from models.refs import ALPHABET
from models.working_time import local_day
from tasks.durable.cover import who_covers
from tasks.durable.own_matter import is_own_matter

_ID_LENGTH = 16
_message = cast(Table, OutboxMessage.__table__)
_QUEUE = insert(_message)
_UNSENT = select(_message.c.id, _message.c.recipient, _message.c.interruption, _message.c.notice).where(
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
    about_another: bool = False,
) -> list[str]:
    """
    Queue a notice in the session's transaction and return the message ids, one for each recipient.

    Where policy lists `interrupts` it goes out by itself, at once or when quiet hours are over; else it waits for
    the next digest. About a work item the latest notice wins: what its recipients were to be told about it before,
    and has not been tried yet, is withdrawn; unless only that one interrupts. `is_first` says that nothing has been
    said about it yet, so that nothing need be looked for. `about_another` says that the notice means to name another
    case than the one that queues it.

    Nothing is committed here: with the step's rollback the messages are gone too. A recipient named twice is
    told once; whoever stands in for somebody on that day is told what they are told. Raises `NobodyToTell` and
    `AboutAnotherCase`.
    """
    if not to:
        raise NobodyToTell
    if notice.case_ref is not None and notice.case_ref != case_ref and not about_another:
        raise AboutAnotherCase
    tags = [recipient.tag for recipient in with_cover(session, to, case_ref, now)]
    if work_item_id is not None and not is_first:
        overtaken = [
            message
            for message, recipient, interruption, _ in _unsent_about(session, work_item_id)
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


def with_cover(session: Session, to: Iterable[Recipient], case_ref: str | None, now: datetime) -> list[Recipient]:
    """
    Those recipients, each once, and whoever stands in on that day for those of them who are told by name.

    Nobody hears in another's place of a restricted case about what they did themselves.
    """
    told = {recipient.tag: recipient for recipient in to}
    by_name = [one.name for one in told.values() if one.kind is RecipientKind.STAFF]
    for member in who_covers(session, by_name, local_day(now)) if by_name else ():
        if case_ref is None or not is_own_matter(session, case_ref, member):
            told.setdefault(Recipient.staff(member.id).tag, Recipient.staff(member.id))
    return list(told.values())


def withdraw_unsent(session: Session, work_item_id: str, *, but: Why | None = None) -> list[str]:
    """
    Withdraw what nobody has tried to send yet about a work item and what does not interrupt; gives the ids.

    What is said for the reason `but` stands.
    """
    return withdraw(
        session,
        [
            message
            for message, _, interruption, notice in _unsent_about(session, work_item_id)
            if interruption is None and (but is None or notice.get("why") != but)
        ],
    )


def _unsent_about(session: Session, work_item_id: str) -> Sequence[tuple[str, str, str | None, dict[str, object]]]:
    """Messages about a work item that nobody has tried to send yet: id, recipient, why it interrupts, the notice."""
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
