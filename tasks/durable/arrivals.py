"""What comes to a case from elsewhere: signals, and the closing of cases it waits for."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models.cases import Case, Entry, SignalReceipt, Wait
from models.entry_kinds import EntryKind
from models.forms.base import Signal
from models.forms.house import MessageRead
from models.notices import Recipient
from models.states import CaseStatus, WaitKind, WaitState
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM, CaseIsClosed, Fact, Pen, Recorded, recall
from tasks.durable.procedure import flow_acts_on
from tasks.durable.wait_rows import end_wait
from tasks.durable.work_items import Question, house_key, put_by_the_house

_case, _entry, _wait, _receipt = (cast(Table, model.__table__) for model in (Case, Entry, Wait, SignalReceipt))
_RAISE_WAKE_NO = update(_case).where(_case.c.ref == bindparam("the_ref")).values(wake_no=_case.c.wake_no + 1)
_RECEIPT = select(_receipt.c.entry_no).where(
    _receipt.c.case_ref == bindparam("ref"), _receipt.c.signal_id == bindparam("the_id")
)
_TAKE_RECEIPT = insert(_receipt)
_AWAITED = (
    select(_wait.c.key)
    .where(
        _wait.c.case_ref == bindparam("ref"),
        _wait.c.kind == str(WaitKind.SIGNAL),
        _wait.c.awaited == bindparam("name"),
        _wait.c.state == str(WaitState.OPEN),
    )
    .order_by(_wait.c.opened_no)
)
_UNTAKEN = (
    select(_entry.c.no)
    .where(
        _entry.c.case_ref == bindparam("ref"),
        _entry.c.kind == str(EntryKind.SIGNALLED),
        _entry.c.step == bindparam("name"),
        _entry.c.no.not_in(
            select(_wait.c.ended_no).where(
                _wait.c.case_ref == bindparam("ref"),
                _wait.c.kind == str(WaitKind.SIGNAL),
                _wait.c.state == str(WaitState.CAME),
                _wait.c.ended_no.is_not(None),
            )
        ),
    )
    .order_by(_entry.c.no)
)


def send_signal(council: Council, ref: str, signal: Signal, *, by: str = SYSTEM, signal_id: str | None = None) -> int:
    """
    Send a signal to an open case and wake it; gives the number of its entry.

    `signal_id` is the sender's own id: the same one twice is entered once. Raises `UnknownCase`, `CaseIsClosed`.
    """
    with council.change() as change:
        return take_in_signal(change, ref, signal, by=by, signal_id=signal_id)


def take_in_signal(change: Change, ref: str, signal: Signal, *, by: str = SYSTEM, signal_id: str | None = None) -> int:
    """As `send_signal`, in a transaction that does more."""
    session, case = change.session, change.lock(ref)
    if signal_id is not None:
        receipt = session.connection().execute(_RECEIPT, {"ref": ref, "the_id": signal_id}).scalar_one_or_none()
        if receipt is not None:  # even where the case was closed since: the sender is told that we have it
            return int(receipt)
    if case.status is CaseStatus.CLOSED:
        raise CaseIsClosed(ref)
    pen = change.pen(case)
    data = signal.model_dump(mode="json")
    entry = pen.enter(Fact(EntryKind.SIGNALLED, signal.slug(), f"Came: {signal.title}", signal.name(), data, by=by))
    if signal_id is not None:
        row = {"case_ref": ref, "signal_id": signal_id, "entry_no": entry.no}
        session.connection().execute(_TAKE_RECEIPT, row)
    waiting = session.connection().execute(_AWAITED, {"ref": ref, "name": signal.name()}).scalars().first()
    if waiting is not None:
        end_wait(session, ref, waiting, WaitState.CAME, no=entry.no)
    parked = case.status is CaseStatus.NEEDS_ATTENTION  # then nothing is acted on before a person has seen to it
    if signal.read_by_owner and (parked or not flow_acts_on(case.procedure, signal)):
        said = [f"{name.replace('_', ' ')}: {value}" for name, value in data.items()]
        about = "\n".join([f"{signal.title.capitalize()}.", *said])
        soon = change.policy.gaps.reasonable_time.few_hours
        owner = Recipient.from_tag(case.owner)
        question = Question(MessageRead, owner, about, signal.read_urgently, (), soon, lapses=False)
        put_by_the_house(session, pen, change.policy, house_key(session, ref, MessageRead.slug()), question)
    raise_wake_no(change, ref)
    return entry.no


def entry_of_signal(session: Session, ref: str, signal_id: str) -> int | None:
    """Number of the entry of a signal that was sent under that id; None where none was, or its case was erased."""
    return session.connection().execute(_RECEIPT, {"ref": ref, "the_id": signal_id}).scalar_one_or_none()


def raise_wake_no(change: Change, ref: str) -> None:
    """Say, in this transaction, that the case has something to look at; it is woken after the commit."""
    change.session.connection().execute(_RAISE_WAKE_NO, {"the_ref": ref})
    change.to_wake.add(ref)


def note_closing(pen: Pen, key: str, ref: str, outcome: str | None) -> Recorded:
    """Enter in a case's ledger that the case was closed for which it waited under `key`."""
    entry = pen.enter(Fact(EntryKind.CASE_CLOSED, key, f"Case {ref} was closed: {outcome or 'done'}", ref, outcome))
    end_wait(pen.session, pen.case.ref, key, WaitState.CAME, no=entry.no)
    return entry


def outcome_of(session: Session, ref: str) -> str | None:
    """How a closed case ended."""
    closing = [entry for entry in recall(session, ref) if entry.kind is EntryKind.CLOSED]
    data: Any = closing[-1].data if closing else None
    return None if data is None else str(data)


def first_without_a_wait(session: Session, ref: str, name: str) -> int | None:
    """The number of the oldest received signal of that name that has ended no wait yet."""
    return session.connection().execute(_UNTAKEN, {"ref": ref, "name": name}).scalars().first()


def count_of(session: Session, ref: str, kind: EntryKind) -> int:
    """How many entries of a kind a case has."""
    counted = select(func.count()).select_from(Entry).where(Entry.case_ref == ref, Entry.kind == kind)
    return session.scalar(counted) or 0
