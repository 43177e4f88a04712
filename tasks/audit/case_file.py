"""
Everything that is held on one case, gathered for a person's request to see it (subject access).

The story, the messages and the notes are found by name. Whatever other table speaks of the case is gathered as it is,
so that a table which is added later is in the file without anybody thinking of it; what is left out is named with its
reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session, undefer

from models.audit import AccessEntry
from models.cases import Case, Entry, WorkItem
from models.mail import InboundMail
from models.notices import Notice
from models.outbox import Delivery, OutboxMessage
from models.person_messages import PersonMessage
from models.recording import CaseNote
from models.states import WorkItemState
from models.tables import metadata
from models.working_time import for_people
from tasks.durable.ledger import UnknownCase, recall
from tasks.durable.worklist import about
from tasks.mail.reading import ReadMessage, Unreadable
from tasks.originals import read_original
from tasks.webhook_intake import NotAKeptCall

LEFT_OUT = {
    "entry": "told in the story",
    "entry_payload": "told in the story",
    "lease": "which process runs the case; nothing about anybody",
    "milestone": "when whoever is asked is reminded; what was done of it is told in the story",
    "sealed_head": "check sums; nothing about anybody",
    "wait": "what is awaited; told in the story and among the open questions",
    "work_item": "told in the story and among the open questions",
    "inbound_mail": "has a part of its own",
    "person_message": "has a part of its own",
    "outbox_message": "has a part of its own",
    "case_note": "has a part of its own",
}
"""Tables that speak of a case and are not gathered as they are, with the reason."""


@dataclass(frozen=True)
class EntryOnFile:
    """One entry of the story, with all that it says. Both are empty where it was erased."""

    no: int
    at: datetime
    kind: str
    key: str
    by: str
    clauses: str
    text: str
    data: Any
    is_erased: bool


@dataclass(frozen=True)
class QuestionOnFile:
    """A work item that is still open, and what is read beside it."""

    item: WorkItem
    about: str


@dataclass(frozen=True)
class MessageOnFile:
    """A message that came. `read` is none where it cannot be read; `trouble` says why then."""

    mail: InboundMail
    read: ReadMessage | None
    trouble: str


@dataclass(frozen=True)
class NoticeOnFile:
    """A notice to staff about the case, and every try to deliver it."""

    message: OutboxMessage
    notice: Notice
    deliveries: Sequence[Delivery]


@dataclass(frozen=True)
class CaseFile:
    """Everything that is held on one case. Personal data throughout."""

    case: Case
    entries: Sequence[EntryOnFile]
    questions: Sequence[QuestionOnFile]
    messages: Sequence[MessageOnFile]
    told: Sequence[PersonMessage]
    notices: Sequence[NoticeOnFile]
    notes: Sequence[CaseNote]
    parent: Case | None
    children: Sequence[Case]
    beside: Sequence[tuple[str, Sequence[dict[str, Any]]]]
    """Rows of every other table that speaks of the case, by the table's name."""
    looks: Sequence[AccessEntry]

    @property
    def opened_with(self) -> Any:
        """What the case was opened with; none where that was erased."""
        return self.entries[0].data if self.entries else None


def case_file(session: Session, ref: str) -> CaseFile:
    """Gather everything that is held on a case. Raises `UnknownCase`."""
    case = session.get(Case, ref)
    if case is None:
        raise UnknownCase(ref)
    entries = list(_entries(session, ref))
    messages = list(_messages(session, ref, {mail_id for entry in entries for mail_id in _mail_ids(entry.data)}))
    return CaseFile(
        case=case,
        entries=entries,
        questions=list(_questions(session, ref)),
        messages=messages,
        told=session.scalars(
            select(PersonMessage).where(PersonMessage.case_ref == ref).order_by(PersonMessage.queued_at)
        ).all(),
        notices=list(_notices(session, ref)),
        notes=session.scalars(select(CaseNote).where(CaseNote.case_ref == ref).order_by(CaseNote.wanted_at)).all(),
        parent=session.get(Case, case.parent_ref) if case.parent_ref else None,
        children=session.scalars(select(Case).where(Case.parent_ref == ref).order_by(Case.opened_at)).all(),
        beside=list(_beside(session, ref)),
        looks=session.scalars(
            select(AccessEntry)
            .where(AccessEntry.about.in_([ref, *(one.mail.id for one in messages)]))
            .order_by(AccessEntry.no)
        ).all(),
    )


def _entries(session: Session, ref: str) -> Iterator[EntryOnFile]:
    rows = session.scalars(select(Entry).where(Entry.case_ref == ref).order_by(Entry.no)).all()
    for row, said in zip(rows, recall(session, ref), strict=True):
        erased = said.content is None
        text = "" if erased else said.text
        yield EntryOnFile(row.no, row.at, row.kind, row.key, row.by, row.clauses, text, said.data, erased)


def _questions(session: Session, ref: str) -> Iterator[QuestionOnFile]:
    items = session.scalars(
        select(WorkItem)
        .where(WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN)
        .order_by(WorkItem.opened_at, WorkItem.key)
    )
    for item in items.all():
        yield QuestionOnFile(item, about(session, item))


def _messages(session: Session, ref: str, mail_ids: set[str]) -> Iterator[MessageOnFile]:
    """What came for the case, and what its ledger names: a case that another one opened has the other's letter."""
    found = session.scalars(
        select(InboundMail)
        .where(or_(InboundMail.case_ref == ref, InboundMail.id.in_(mail_ids)))
        .order_by(InboundMail.received_at, InboundMail.id)
        .options(undefer(InboundMail.raw))
    )
    for mail in found.all():
        if mail.erased_at is not None:
            yield MessageOnFile(mail, None, f"it was erased on {for_people(mail.erased_at)}, its time having passed")
            continue
        try:
            read, trouble = read_original(mail.door, mail.raw), ""
        except (Unreadable, NotAKeptCall) as unreadable:
            read, trouble = None, str(unreadable)
        yield MessageOnFile(mail, read, trouble)


def _mail_ids(data: Any) -> Iterator[str]:
    """The ids of messages anywhere in what an entry says."""
    if isinstance(data, dict):
        yield from (value for name, value in data.items() if name == "mail_id" and isinstance(value, str))
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from _mail_ids(value)


def _notices(session: Session, ref: str) -> Iterator[NoticeOnFile]:
    messages = session.scalars(
        select(OutboxMessage).where(OutboxMessage.case_ref == ref).order_by(OutboxMessage.queued_at, OutboxMessage.id)
    ).all()
    tries: dict[str, list[Delivery]] = {message.id: [] for message in messages}
    for one in session.scalars(select(Delivery).where(Delivery.message_id.in_(tries)).order_by(Delivery.id)):
        tries[one.message_id].append(one)
    for message in messages:
        yield NoticeOnFile(message, Notice.model_validate(message.notice), tries[message.id])


def _beside(session: Session, ref: str) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
    for table in tables_about_cases():
        if table.name in LEFT_OUT:
            continue
        rows = session.execute(select(table).where(table.c.case_ref == ref)).all()
        if rows:
            yield table.name, [dict(row._mapping) for row in rows]


def tables_about_cases() -> list[Table]:
    """Every table whose rows speak of a case."""
    return [table for table in metadata.sorted_tables if "case_ref" in table.c]
