"""
What came for a case in the very moment in which its procedure ended: a person reads it before the case is closed.

A flow that hears signals at any time takes each as it comes. One that comes after the last thing it took, and before it
is closed, would otherwise be in the ledger and with nobody.
"""

from __future__ import annotations

from sqlalchemy import select

from models.cases import WorkItem
from models.forms.base import Signal
from models.forms.house import MessageRead
from models.notices import Recipient
from tasks.durable.ledger import Recorded
from tasks.durable.leg import Leg, Step
from tasks.durable.memory import BY_THE_HOUSE
from tasks.durable.work_items import Question, put_by_the_house


def have_it_read(here: Step, leg: Leg) -> None:
    """Ask the case's owner to read every signal that it hears of and has not taken; each once."""
    for name in sorted(leg.waits.heard):
        signal = Signal.named(name)
        if not (signal.by_hand or signal.read_by_owner):
            continue
        taken = leg.waits.signals_taken.get(name, 0)
        while (entry := leg.memory.signal(name, taken)) is not None:
            _ask(here, signal, entry)
            taken += 1


def _ask(here: Step, signal: type[Signal], entry: Recorded) -> None:
    key = f"{BY_THE_HOUSE}{MessageRead.slug()}:{entry.no}"
    if here.session.scalar(select(WorkItem.id).where(WorkItem.case_ref == here.case.ref, WorkItem.key == key)):
        return
    said = [f"{name.replace('_', ' ')}: {value}" for name, value in (entry.data or {}).items()]
    about = "\n".join(
        [f"{signal.title.capitalize()}. It came as the case was ending, and nobody has acted on it.", *said]
    )
    urgent = signal.read_urgently or bool((entry.data or {}).get("urgent"))
    soon = here.policy.gaps.reasonable_time.few_hours
    question = Question(MessageRead, Recipient.from_tag(here.case.owner), about, urgent, (), soon, lapses=False)
    put_by_the_house(here.session, here.pen, here.policy, key, question)
