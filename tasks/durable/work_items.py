"""
Work items: a question put to somebody, in their worklist until it is answered, lapses or is withdrawn.

A flow's question is also a wait of its case. The house asks too (a step that failed, a message to be read): such
items have no wait, and a case is not closed before they are answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.cases import Wait, WorkItem
from models.due_rules import DueBy
from models.durations import Deadline
from models.entry_kinds import EntryKind
from models.forms.base import Form, FormT
from models.notices import Interruption, Notice, Recipient, Then, ThenKind, Verb
from models.policy import MailKind, Policy
from models.refs import ALPHABET
from models.roles import Role
from models.states import WaitKind, WorkItemState
from models.working_time import for_people
from tasks.durable.chasing import call_off, plan_chasing, setting_of
from tasks.durable.ledger import Fact, Pen, Recorded
from tasks.durable.leg import Step
from tasks.durable.memory import BY_THE_HOUSE
from tasks.durable.people import nearest_there
from tasks.durable.wait_rows import open_wait
from tasks.telling.queueing import queue

_item = cast(Table, WorkItem.__table__)
_OPEN_ITEM = insert(_item)
_CLOSE_ITEM = (
    update(_item)
    .where(
        _item.c.case_ref == bindparam("ref"),
        _item.c.key == bindparam("the_key"),
        _item.c.state == str(WorkItemState.OPEN),
    )
    .values(state=bindparam("how"))
    .returning(_item.c.id)
)

ByWhen = Deadline | DueBy | datetime
"""A length of time or an hour of today, counted from when it is asked; a rule of policy; or a fixed moment."""


@dataclass(frozen=True)
class Question(Generic[FormT]):
    """What is asked, of whom, and by when."""

    form: type[FormT]
    of: Recipient
    about: str | Callable[[Step], str]
    """What the person reads beside the form; may be personal. Made within the transaction that asks, where it is a
    function, so that it is as things stand then and costs nothing afterwards."""
    urgent: bool
    clauses: tuple[str, ...]
    within: ByWhen | None
    lapses: bool
    """Whether silence at the end of `within` is an outcome; else the question stays."""
    since: datetime | None = None
    """From when its chasing is counted, where it was asked before and is asked anew with what has come to it."""
    near: str | None = None
    """Team whose own holder of the role is asked, where there is exactly one; if they are away, who stands above."""


def put_to(here: Step, key: str, question: Question[FormT]) -> Recorded:
    """Put a flow's question: the entry, the wait, the work item with its chasing, and the notice."""
    due = _due(here.policy, here.now, question.within)
    about = question.about if isinstance(question.about, str) else question.about(here)
    of = question.of
    if question.near is not None:
        deciders = Form.deciders_of(question.form.name())
        of = nearest_there(here.session, of, question.near, on=here.now, deciders=deciders)
    question = replace(question, about=about, of=of)
    counted_from, length = counted(question.within, here.now)
    entry, _ = _ask(here.session, here.pen, here.policy, key, question, due)
    open_wait(
        here.session,
        here.case.ref,
        key,
        WaitKind.DECISION,
        question.form.name(),
        opened_no=entry.no,
        due=due if question.lapses else None,
        counted_from=counted_from,
        length=length,
    )
    return entry


def put_by_the_house(session: Session, pen: Pen, policy: Policy, key: str, question: Question[FormT]) -> WorkItem:
    """Put a question that no flow asked; the case is not closed before it is answered."""
    _, item = _ask(session, pen, policy, key, question, _due(policy, pen.at, question.within))
    return item


def house_key(session: Session, ref: str, name: str) -> str:
    """The next free key for a question of the house: `house:name[1]`, `house:name[2]` …"""
    name = f"{BY_THE_HOUSE}{name}"
    keys = session.scalars(select(WorkItem.key).where(WorkItem.case_ref == ref, WorkItem.key.startswith(f"{name}[")))
    return f"{name}[{len(keys.all()) + 1}]"


def open_house_items(session: Session, ref: str) -> list[WorkItem]:
    """The questions of the house that are still open on a case."""
    asked_by_flow = select(Wait.key).where(Wait.case_ref == ref, Wait.kind == WaitKind.DECISION)
    rows = session.scalars(
        select(WorkItem).where(
            WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN, WorkItem.key.not_in(asked_by_flow)
        )
    )
    return list(rows)


def close_item(here: Step, key: str, state: WorkItemState = WorkItemState.WITHDRAWN) -> None:
    """End the open work item under `key`, if there is one: its chasing stops and its unsent notices are withdrawn."""
    closed = here.session.connection().execute(_CLOSE_ITEM, {"ref": here.case.ref, "the_key": key, "how": str(state)})
    for item_id in closed.scalars().all():
        call_off(here.session, item_id)


def say(
    session: Session,
    pen: Pen,
    item: WorkItem,
    to: Sequence[Recipient],
    notice: Notice,
    entry: Recorded,
    interrupts: Interruption | None,
    *,
    is_first: bool = False,
) -> None:
    """Queue a notice about a work item, so that it can be withdrawn with it."""
    queue(session, notice, to, pen.case.ref, entry.no, pen.at, item.id, interrupts=interrupts, is_first=is_first)


def interruption_of(policy: Policy, item: WorkItem, *, chased: bool) -> Interruption | None:
    """
    Why a notice about that item may interrupt; None where it waits for a digest.

    Urgent work interrupts until somebody has acknowledged it, from its first notice on: whoever is to acknowledge it
    must have heard of it. Safeguarding work that is not urgent interrupts once it is chased, and some forms always
    do, until somebody has taken it: that it was looked at silences nothing.
    """
    if item.acknowledged_at is not None and (item.urgent or item.assignee is not None):
        return None
    if item.urgent and chased:
        return Interruption.URGENT_UNACKNOWLEDGED
    by_form = Form.interruption_by(item.form)
    if by_form is not None:
        return by_form
    safeguarding = policy.queue(MailKind.SAFEGUARDING)
    concerned = {Recipient.role(Role.SAFEGUARDING_LEAD).tag}
    if safeguarding.team is not None:
        concerned.add(Recipient.team(safeguarding.team).tag)
    if safeguarding.role is not None:
        concerned.add(Recipient.role(safeguarding.role).tag)
    if item.urgent or (chased and item.asked_of in concerned):
        return Interruption.URGENT_UNACKNOWLEDGED
    return None


def _ask(
    session: Session, pen: Pen, policy: Policy, key: str, question: Question[FormT], due: datetime | None
) -> tuple[Recorded, WorkItem]:
    form = question.form
    by_when = f", wanted by {for_people(due)}" if due else ""
    entry = pen.enter(
        Fact(
            EntryKind.ASKED,
            key,
            f"Asked {question.of.words}: {form.title}{by_when}",
            form.name(),
            {"about": question.about, "of": question.of.tag, "due": due.isoformat() if due else None},
            clauses=question.clauses,
        )
    )
    row: dict[str, Any] = {
        "id": "W-" + "".join(secrets.choice(ALPHABET) for _ in range(10)),
        "case_ref": pen.case.ref,
        "key": key,
        "form": form.name(),
        "form_version": form.version,
        "asked_of": question.of.tag,
        "assignee": None,
        "state": str(WorkItemState.OPEN),
        "urgent": question.urgent,
        "opened_at": pen.at,
        "due": due,
        "acknowledged_at": None,
        "answered_at": None,
        "answered_by": None,
    }
    session.connection().execute(_OPEN_ITEM, row)
    item = WorkItem(**row)  # as it was written, for those who say something of it
    first_up = plan_chasing(session, policy, item, question.since or item.opened_at)
    if not form.is_told:
        return entry, item
    notice = notice_about(item, first_up)
    if not form.chased:
        notice = notice.model_copy(update={"then": Then(kind=ThenKind.NOTHING)})
    interrupts = interruption_of(policy, item, chased=False)
    say(session, pen, item, [question.of], notice, entry, interrupts, is_first=True)
    return entry, item


def notice_about(item: WorkItem, next_up: Recipient | None) -> Notice:
    """What people are told of it: verb and form, case, by when, what happens then, where to look (DUTY-22)."""
    then = Then(kind=ThenKind.PASSED_ON, to=next_up) if next_up else Then(kind=ThenKind.REMINDED)
    asked = Recipient.from_tag(item.asked_of)
    return Notice(
        verb=Verb.ANSWER,
        what=Form.words_for(item.form)[1],
        case_ref=item.case_ref,
        team=asked.name if asked.kind == "team" else None,
        by=item.due,
        then=then,
        urgent=item.urgent,
    )


def counted(within: ByWhen | None, start: datetime) -> tuple[datetime | None, str | None]:
    """From when a due time is counted and by what, to work it out anew; nothing for a fixed moment."""
    match within:
        case None | datetime():
            return None, None
        case DueBy():
            return within.since, within.setting()
        case _:
            return start, setting_of(within)


def _due(policy: Policy, start: datetime, within: ByWhen | None) -> datetime | None:
    if within is None or isinstance(within, datetime):
        return within
    if isinstance(within, DueBy):
        return within.under(policy)
    return policy.working_calendar().due(start, within)
