"""
Before a form that may bring it up, one question: is anybody at risk of abuse or neglect?

It is asked once of each person for each work item, and the case's ledger knows that it was asked, of whom, and what
they said. Whoever says that somebody is raises the concern there and then (`tasks/worklist/safeguarding_step.py`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.policy import Policy
from models.register import Staff
from tasks.durable.ledger import Fact, Pen

STEP = "safeguarding-asked"
NOBODY_AT_RISK = "nobody_at_risk"
"""What a program says beside the form's own fields, or an option of the command: it was asked, and nobody is."""
NOT_ASKED = (
    f"{NOBODY_AT_RISK}: say first whether anybody is at risk of abuse or neglect; where nobody is, say so with this "
    "answer; where somebody is, raise the concern, then send the answer"
)


def is_asked_before(policy: Policy, form: type[Form]) -> bool:
    """Whether the question comes before that form (GAP-10)."""
    return form.asks_about_safeguarding and policy.gaps.safeguarding_report.before_leaving_the_screen


def was_asked(session: Session, item: WorkItem, staff_id: str) -> bool:
    """Whether somebody has said already, before that work item's form, whether anybody is at risk."""
    said = select(Entry.no).where(
        Entry.case_ref == item.case_ref,
        Entry.kind == EntryKind.ACKNOWLEDGED,
        Entry.key == _key(item),
        Entry.step == STEP,
        Entry.by == staff_id,
    )
    return session.scalars(said.limit(1)).first() is not None


def note_asked(pen: Pen, item: WorkItem, member: Staff, concern: str | None) -> None:
    """Enter what somebody said: nobody is at risk, or which case has the concern."""
    said = "nobody is at risk" if concern is None else f"somebody is at risk, raised as case {concern}"
    text = f"{member.name} was asked about safeguarding before the form: {said}"
    pen.enter(Fact(EntryKind.ACKNOWLEDGED, _key(item), text, STEP, {"concern": concern}, by=member.id))


def without_the_word(form: type[Form], given: Any) -> tuple[Any, bool]:
    """What was sent without the word that nobody is at risk, and whether it was there."""
    if not form.asks_about_safeguarding or not isinstance(given, dict) or NOBODY_AT_RISK not in given:
        return given, False
    return {name: value for name, value in given.items() if name != NOBODY_AT_RISK}, given[NOBODY_AT_RISK] is True


def with_the_word(form: type[Form], given: dict[str, Any]) -> dict[str, Any]:
    """An answer with the word that nobody is at risk, where that is asked before the form."""
    return {**given, NOBODY_AT_RISK: True} if form.asks_about_safeguarding else given


def _key(item: WorkItem) -> str:
    return f"safeguarding:{item.key}"
