"""
Before what may bring it up, one question: is anybody at risk of abuse or neglect?

It comes before a work item's form, before an open case is told something by hand, and before a case is begun by hand,
where the form, the signal or the facts say so. The case's ledger knows that it was asked, of whom, and what they said.
Whoever says that somebody is at risk raises the concern there and then (`tasks/worklist/safeguarding_step.py`). What
comes from other systems, and what a procedure does by itself, is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import FilledIn, Signal
from models.policy import Policy
from models.register import Staff
from models.working_time import local_day
from tasks.durable.ledger import Fact, Pen, Recorded, recall

STEP = "safeguarding-asked"
NOBODY_AT_RISK = "nobody_at_risk"
"""What a program says beside the form's own fields, or an option of the command: it was asked, and nobody is."""
_BEGUN = "safeguarding:opened"
NOT_ASKED = (
    f"{NOBODY_AT_RISK}: say first whether anybody is at risk of abuse or neglect; where nobody is, say so with what "
    "you send; where somebody is, raise the concern, then send it"
)


def is_asked_before(policy: Policy, asking: type[FilledIn]) -> bool:
    """Whether the question comes before that form, signal or beginning (GAP-10)."""
    return asking.asks_about_safeguarding and policy.gaps.safeguarding_report.before_leaving_the_screen


def without_the_word(asking: type[FilledIn], given: Any) -> tuple[Any, bool]:
    """What was sent without the word that nobody is at risk, and whether it was there."""
    if not asking.asks_about_safeguarding or not isinstance(given, dict) or NOBODY_AT_RISK not in given:
        return given, False
    return {name: value for name, value in given.items() if name != NOBODY_AT_RISK}, given[NOBODY_AT_RISK] is True


def with_the_word(asking: type[FilledIn], given: dict[str, Any]) -> dict[str, Any]:
    """What is sent with the word that nobody is at risk, where that is asked first."""
    return {**given, NOBODY_AT_RISK: True} if asking.asks_about_safeguarding else given


# ------------------------------------------------------------------ before a work item's form


def was_asked(session: Session, item: WorkItem, staff_id: str) -> bool:
    """Whether somebody has said already, before that work item's form, whether anybody is at risk."""
    said = select(Entry.no).where(*_said_by(item.case_ref, _before_item(item), staff_id))
    return session.scalars(said.limit(1)).first() is not None


def note_asked(pen: Pen, item: WorkItem, member: Staff, concern: str | None) -> None:
    """Enter what somebody said: nobody is at risk, or which case has the concern."""
    _note(pen, _before_item(item), member, concern)


def raised_before(ledger: Iterable[Recorded], item: WorkItem) -> tuple[str, ...]:
    """Refs of the concerns that were raised before that work item's form, by anybody."""
    said = [one for one in ledger if one.kind is EntryKind.ACKNOWLEDGED and one.key == _before_item(item)]
    return tuple(str(one.data["concern"]) for one in said if one.data and one.data["concern"])


# ------------------------------------------------------------------ before a case is told something


def was_asked_to_tell(session: Session, ref: str, signal: type[Signal], staff_id: str, now: datetime) -> bool:
    """Whether they have said so today for what they are about to tell the case; each telling is asked for anew."""
    said = select(Entry.at).where(
        *_said_by(ref, _before_signal(signal), staff_id), Entry.no > _last_told(session, ref, signal, staff_id)
    )
    at = session.scalars(said.order_by(Entry.no.desc()).limit(1)).first()
    return at is not None and local_day(at) == local_day(now)


def raised_before_telling(session: Session, ref: str, signal: type[Signal], staff_id: str) -> tuple[str, ...]:
    """Refs of the concerns that they have raised with what they are about to tell the case."""
    said = select(Entry.no).where(
        *_said_by(ref, _before_signal(signal), staff_id), Entry.no > _last_told(session, ref, signal, staff_id)
    )
    numbers = set(session.scalars(said))
    found = [one.data["concern"] for one in recall(session, ref) if one.no in numbers and one.data] if numbers else []
    return tuple(str(one) for one in found if one)


def note_asked_to_tell(pen: Pen, signal: type[Signal], member: Staff, concern: str | None) -> None:
    """As `note_asked`, in the case that is about to be told something."""
    _note(pen, _before_signal(signal), member, concern)


# ------------------------------------------------------------------ before a case is begun


def note_asked_to_begin(pen: Pen, member: Staff, concern: str | None) -> None:
    """As `note_asked`, in the case that was begun: there was none before."""
    _note(pen, _BEGUN, member, concern)


def said_when_begun(ledger: Iterable[Recorded]) -> str:
    """What whoever began a case by hand said before it, for whoever is asked next; empty where nobody was asked."""
    return next((one.text for one in ledger if one.kind is EntryKind.ACKNOWLEDGED and one.key == _BEGUN), "")


def _last_told(session: Session, ref: str, signal: type[Signal], staff_id: str) -> int:
    """Number of the entry with which they last told the case so; 0 where they never have."""
    told = select(func.max(Entry.no)).where(
        Entry.case_ref == ref,
        Entry.kind == EntryKind.SIGNALLED,
        Entry.key == signal.slug(),
        Entry.by == staff_id,
    )
    return session.scalar(told) or 0


def _before_item(item: WorkItem) -> str:
    return f"safeguarding:{item.key}"


def _before_signal(signal: type[Signal]) -> str:
    return f"safeguarding:told:{signal.slug()}"


def _said_by(ref: str, key: str, staff_id: str) -> tuple[Any, ...]:
    return (
        Entry.case_ref == ref,
        Entry.kind == EntryKind.ACKNOWLEDGED,
        Entry.key == key,
        Entry.step == STEP,
        Entry.by == staff_id,
    )


def _note(pen: Pen, key: str, member: Staff, concern: str | None) -> None:
    said = "nobody is at risk" if concern is None else f"somebody is at risk, raised as case {concern}"
    text = f"{member.name} was asked about safeguarding before the form: {said}"
    pen.enter(Fact(EntryKind.ACKNOWLEDGED, key, text, STEP, {"concern": concern}, by=member.id))
