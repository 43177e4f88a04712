"""What is written when a case goes to sleep: until when, and what it waits for in words that a manager reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, func, select, update

from models.cases import Case, Milestone, Wait, WorkItem
from models.forms.base import Form, Signal
from models.states import CaseStatus, MilestoneState, WaitKind, WaitState, WorkItemState
from tasks.durable.cases import next_due_of
from tasks.durable.leg import Step

LONGEST_SLEEP = timedelta(days=28)
"""A case that waits only for people or messages is looked at once in this time all the same."""

_case, _wait, _item, _milestone = (cast(Table, model.__table__) for model in (Case, Wait, WorkItem, Milestone))
_WAITS = (
    select(_wait.c.due, _wait.c.kind, _wait.c.key, _wait.c.awaited)
    .where(_wait.c.case_ref == bindparam("ref"), _wait.c.state == str(WaitState.OPEN))
    .order_by(_wait.c.due.is_(None), _wait.c.due, _wait.c.opened_no)
)
_FORMS = (
    select(_item.c.form)
    .where(_item.c.case_ref == bindparam("ref"), _item.c.state == str(WorkItemState.OPEN))
    .order_by(_item.c.opened_at, _item.c.key)
)
_NEXT_MILESTONE = select(func.min(_milestone.c.due)).where(
    _milestone.c.case_ref == bindparam("ref"), _milestone.c.state == str(MilestoneState.PENDING)
)
_SLEEP = (
    update(_case)
    .where(_case.c.ref == bindparam("the_ref"))
    .values(
        next_due=bindparam("due"),
        asleep_wake_no=bindparam("read"),
        awaiting=bindparam("words"),
        failures=bindparam("tries"),
    )
)


def fall_asleep(here: Step, wake_no: int, again_at: datetime | None) -> tuple[datetime, str]:
    """
    Write until when the case sleeps and what it waits for; gives both.

    `wake_no` is what the leg has read of it. `again_at` is when a step that failed is tried again.
    """
    connection, ref = here.session.connection(), {"ref": here.case.ref}
    waits = connection.execute(_WAITS, ref).all()
    forms = connection.execute(_FORMS, ref).scalars().all()
    chasing = connection.execute(_NEXT_MILESTONE, ref).scalar_one()
    due = next_due_of([again_at, chasing, *(one.due for one in waits)]) or here.now + LONGEST_SLEEP
    awaiting = _in_words(here.case.status, again_at, forms, waits)
    went_well = again_at is None and here.case.status is CaseStatus.OPEN
    connection.execute(
        _SLEEP,
        {
            "the_ref": here.case.ref,
            "due": due,
            "read": wake_no,
            "words": awaiting,
            "tries": 0 if went_well else here.case.failures,
        },
    )
    return due, awaiting


def _in_words(status: CaseStatus, again_at: datetime | None, forms: Sequence[str], waits: Sequence[Row[Any]]) -> str:
    """What is awaited, as the state's name in Prefect: forms, signals and timers by their names, nothing personal."""
    if status is CaseStatus.NEEDS_ATTENTION:
        return "Needs attention"
    if again_at is not None:
        return "Trying a step again"
    if forms:
        return "Awaiting " + " and ".join(dict.fromkeys(Form.words_for(form)[0] for form in forms))
    if not waits:
        return "Resting"
    first = waits[0]
    match WaitKind(first.kind):
        case WaitKind.SIGNAL:
            return f"Awaiting {Signal.words_for(first.awaited)}"
        case WaitKind.CASE:
            return f"Awaiting case {first.awaited}"
        case WaitKind.TIMER | WaitKind.DECISION:
            name: str = first.key.partition("[")[0].partition(":")[0]
            return f"Waiting for {name.replace('-', ' ')}"
