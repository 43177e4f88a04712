"""
A step that fails is tried again with growing pauses; then the case is parked and a person says how it goes on.

A case never ends by an exception. What went wrong stands in full in the case's own ledger, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, update

from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.house import HowItGoesOn, RecordOlder, StepAttention
from models.notices import Recipient
from models.states import CaseStatus, WorkItemState
from tasks.durable.audited import audited_task
from tasks.durable.ledger import Fact, Recorded, recall
from tasks.durable.leg import Step
from tasks.durable.work_items import Question, house_key, put_by_the_house


def note_failure(here: Step, key: str, error: str, account: str, *, hopeless: bool = False) -> datetime | None:
    """
    Enter that a step (or the flow) failed. Gives the time of the next try, or None when the case was parked.

    `account` is the whole story of the error and goes into the payload only. `hopeless` parks at once.
    """
    latest = here.session.scalars(
        select(Entry.key)
        .where(Entry.case_ref == here.case.ref, Entry.kind == EntryKind.FAILED)
        .order_by(Entry.no.desc())
        .limit(1)
    ).first()
    tries = here.case.failures + 1 if latest == key else 1  # each step has its own tries
    here.pen.enter(Fact(EntryKind.FAILED, key, f"Failed at {key} ({error}), try {tries}", error, {"account": account}))
    steps = here.policy.steps
    parked = hopeless or tries >= steps.attempts
    here.session.execute(update(Case).where(Case.ref == here.case.ref).values(failures=tries))
    if not parked:
        return here.now + steps.wait_before(tries)
    here.pen.enter(Fact(EntryKind.PARKED, key, f"Needs attention: {key} ({error})", error))
    here.session.execute(update(Case).where(Case.ref == here.case.ref).values(status=CaseStatus.NEEDS_ATTENTION))
    about = f"The step {key} failed with {error}. `pathways case show {here.case.ref}` tells the whole story."
    question = Question(
        StepAttention, Recipient.role(here.policy.alarms.parked_case), about, True, (), None, lapses=False
    )
    put_by_the_house(
        here.session,
        here.pen,
        here.policy,
        house_key(here.session, here.case.ref, StepAttention.slug()),
        question,
    )
    return None


def resume_if_answered(here: Step) -> bool:
    """Carry a parked case on when a person has said how. Whether it goes on now."""
    waiting = here.session.scalars(
        select(WorkItem).where(
            WorkItem.case_ref == here.case.ref,
            WorkItem.form.in_((StepAttention.name(), RecordOlder.name())),
            WorkItem.state == WorkItemState.OPEN,
        )
    ).first()
    if waiting is not None:
        return False
    entries = recall(here.session, here.case.ref)
    parked = next(e for e in reversed(entries) if e.kind is EntryKind.PARKED)
    form = RecordOlder if parked.step == RecordOlder.name() else StepAttention
    answer = next(e for e in reversed(entries) if e.kind is EntryKind.ANSWERED and e.step == form.name())
    said = "somebody knows what happened meanwhile"
    if form is StepAttention:
        how, said = StepAttention.model_validate(answer.data), "try again"
        if how.how is HowItGoesOn.DONE_BY_HAND:
            said = "done by hand"
            _enter_by_hand(here, parked, how, answer.by)
    here.pen.enter(Fact(EntryKind.RESUMED, parked.key, f"Goes on at {parked.key}: {said}", by=answer.by))
    here.session.execute(update(Case).where(Case.ref == here.case.ref).values(status=CaseStatus.OPEN, failures=0))
    return True


def why_not_by_hand(entries: list[Recorded], answer: StepAttention) -> str | None:
    """Why "done by hand" cannot be taken for the step a case is parked at; None where it can."""
    if answer.how is HowItGoesOn.RETRY:
        return None
    parked = next(e for e in reversed(entries) if e.kind is EntryKind.PARKED)
    task = audited_task(task_name(parked.key))
    if task is None:
        return "how: the flow itself failed here, which nobody can do by hand; choose retry once it is put right"
    try:
        task.returns.validate_python(answer.outcome)
    except ValidationError:
        return f"outcome: give what the step would have returned, as {task.returns.json_schema()}"
    return None


def _enter_by_hand(here: Step, parked: Recorded, answer: StepAttention, by: str) -> None:
    task = audited_task(task_name(parked.key))
    assert task is not None  # `why_not_by_hand` was asked before the answer was taken
    data: Any = task.returns.dump_python(task.returns.validate_python(answer.outcome), mode="json")
    text = f"{task.says} (by hand: {answer.what_was_done})"
    here.pen.enter(Fact(EntryKind.DONE, parked.key, text, task.name, data, by=by, clauses=task.clauses))


def task_name(key: str) -> str:
    """The name of the audited task behind a step's key, where it is one."""
    return key.partition("[")[0].partition(":")[0]
