"""What comes to a case from elsewhere: signals, and the closing of cases it waits for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, update
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
from tasks.durable.work_items import Question, house_key, put_by_the_house


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
        receipt = session.get(SignalReceipt, (ref, signal_id))
        if receipt is not None:  # even where the case was closed since: the sender is told that we have it
            return receipt.entry_no
    if case.status is CaseStatus.CLOSED:
        raise CaseIsClosed(ref)
    pen = change.pen(case)
    data = signal.model_dump(mode="json")
    entry = pen.enter(Fact(EntryKind.SIGNALLED, signal.slug(), f"Came: {signal.title}", signal.name(), data, by=by))
    if signal_id is not None:
        session.add(SignalReceipt(case_ref=ref, signal_id=signal_id, entry_no=entry.no))
    waiting = session.scalars(
        select(Wait)
        .where(
            Wait.case_ref == ref,
            Wait.kind == WaitKind.SIGNAL,
            Wait.awaited == signal.name(),
            Wait.state == WaitState.OPEN,
        )
        .order_by(Wait.opened_no)
    ).first()
    if waiting is not None:
        waiting.state, waiting.ended_no = WaitState.CAME, entry.no
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


def raise_wake_no(change: Change, ref: str) -> None:
    """Say, in this transaction, that the case has something to look at; it is woken after the commit."""
    change.session.execute(update(Case).where(Case.ref == ref).values(wake_no=Case.wake_no + 1))
    change.to_wake.add(ref)


def note_closing(pen: Pen, wait: Wait, ref: str, outcome: str | None) -> Recorded:
    """Enter in a case's ledger that the case it waited for was closed."""
    entry = pen.enter(
        Fact(EntryKind.CASE_CLOSED, wait.key, f"Case {ref} was closed: {outcome or 'done'}", ref, outcome)
    )
    wait.state, wait.ended_no = WaitState.CAME, entry.no
    return entry


def outcome_of(session: Session, ref: str) -> str | None:
    """How a closed case ended."""
    closing = [entry for entry in recall(session, ref) if entry.kind is EntryKind.CLOSED]
    data: Any = closing[-1].data if closing else None
    return None if data is None else str(data)


def signals_without_a_wait(ref: str, name: str) -> Select[tuple[int]]:
    """The numbers of received signals of that name that have ended no wait yet, oldest first."""
    matched = select(Wait.ended_no).where(
        Wait.case_ref == ref,
        Wait.kind == WaitKind.SIGNAL,
        Wait.state == WaitState.CAME,
        Wait.ended_no.is_not(None),
    )
    return (
        select(Entry.no)
        .where(
            Entry.case_ref == ref,
            Entry.kind == EntryKind.SIGNALLED,
            Entry.step == name,
            Entry.no.not_in(matched),
        )
        .order_by(Entry.no)
    )


def count_of(session: Session, ref: str, kind: EntryKind) -> int:
    """How many entries of a kind a case has."""
    counted = select(func.count()).select_from(Entry).where(Entry.case_ref == ref, Entry.kind == kind)
    return session.scalar(counted) or 0
