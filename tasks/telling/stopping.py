"""Stopping what is under way to tell somebody outside: the message that waits, and whoever was to tell them instead."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Wait
from models.entry_kinds import EntryKind
from models.person_messages import MessageKind, PersonMessage, PersonMessageState
from models.states import CaseStatus, WaitKind, WaitState
from tasks.durable.arrivals import raise_wake_no
from tasks.durable.council import Council
from tasks.durable.ledger import Fact, recall
from tasks.durable.memory import BY_THE_HOUSE
from tasks.telling.people import withdraw_message
from tasks.telling.people_settling import come_back_to_case

NOBODY_TELLS = "nobody-tells"
"""The step of an entry by which the house says that the case tells nobody any more, and why."""
LOOKS_AGAIN = "register-looked-at-again"
"""The timer at whose moment a case of telling somebody finds out anew how they can be told."""


def withdraw_messages(council: Council, ref: str, person_id: str, *, because: str) -> list[str]:
    """Take the messages of a case about a person out of the queue, each in its own transaction; gives their ids."""
    with council.database.read() as session:
        waiting = session.scalars(
            select(PersonMessage.id)
            .where(
                PersonMessage.case_ref == ref,
                PersonMessage.person_id == person_id,
                PersonMessage.state == PersonMessageState.QUEUED,
            )
            .order_by(PersonMessage.queued_at, PersonMessage.id)
        ).all()
    return [one for one in waiting if _withdraw(council, ref, one, because)]


def stop_telling(council: Council, ref: str, *, because: str) -> bool:
    """
    Nobody is told in that case any more, by a machine or by a person; whether that had not been said before.

    The case finds it out where it looks how they can be told; where it waits for somebody to tell them, it looks now.
    """
    with council.change() as change:
        case = change.lock(ref)
        if case.status is CaseStatus.CLOSED or why_nobody_tells(change.session, ref):
            return False
        pen = change.pen(case)
        key, text = f"{BY_THE_HOUSE}{NOBODY_TELLS}", f"Nobody tells them: {because}"
        pen.enter(Fact(EntryKind.DONE, key, text, NOBODY_TELLS, because))
        looks_again = change.session.scalars(
            select(Wait).where(
                Wait.case_ref == ref,
                Wait.kind == WaitKind.TIMER,
                Wait.state == WaitState.OPEN,
                Wait.key.startswith(LOOKS_AGAIN),
            )
        ).all()
        for wait in looks_again:
            text = f"{wait.key} is now due, as nobody is to tell them"
            pen.enter(Fact(EntryKind.DUE_CHANGED, wait.key, text, NOBODY_TELLS, {"due": change.now.isoformat()}))
            wait.due = change.now
        raise_wake_no(change, ref)
    return True


def why_nobody_tells(session: Session, ref: str) -> str:
    """Why nobody is told in that case any more; empty where nothing says so."""
    return next((str(entry.data) for entry in recall(session, ref) if entry.step == NOBODY_TELLS), "")


def _withdraw(council: Council, ref: str, message_id: str, because: str) -> bool:
    with council.change() as change:
        case = change.lock(ref)
        state = withdraw_message(change.session, message_id, reason=because, now=change.now)
        message = change.session.get_one(PersonMessage, message_id, populate_existing=True)
        if state is not PersonMessageState.WITHDRAWN or message.reason != because:
            return False
        come_back_to_case(change, case, message_id, MessageKind(message.kind), state, because)
    return True
