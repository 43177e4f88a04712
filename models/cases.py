"""
The tables of a case: the case, its ledger, its lease, what it waits for, and who is asked.

Personal data lies in `entry_payload` alone. Everything else here is references, roles and times.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.entry_kinds import EntryKind
from models.states import CaseStatus, MilestoneKind, MilestoneState, WaitKind, WaitState, WorkItemState

HASH_LENGTH = 64
PASSED_ON = "kind = 'escalate' AND state NOT IN ('pending', 'called_off')"
"""Of milestones: the work item has gone on to whoever was told. An index stands over these alone."""
SIGNALLED = "kind = 'signalled'"
"""Of entries: something came from outside. An index stands over these alone, so that other entries cost no more."""


def _one_of(column: str, members: type[CaseStatus | WaitKind | WaitState | WorkItemState | EntryKind]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


class Case(Base):
    """One running procedure. What it was opened with is in its first ledger entry, not here."""

    __tablename__ = "care_case"
    __table_args__ = (
        CheckConstraint(_one_of("status", CaseStatus), name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_time"),
        Index("ix_care_case_open", "status", "next_due"),
        Index("ix_care_case_owner", "owner", "status"),
        Index("ix_care_case_procedure", "procedure", "status"),
        Index("ix_care_case_colour", "colour", "status"),
        Index("ix_care_case_opened", "opened_at", "ref"),
        Index(  # there are few: each is looked at by itself
            "ix_care_case_restricted", "ref", sqlite_where=text("restricted = 1"), postgresql_where=text("restricted")
        ),
    )

    ref: Mapped[str] = mapped_column(Text, primary_key=True, comment="opaque reference with a check character")
    procedure: Mapped[str] = mapped_column(Text, comment="name of the procedure, such as written-contact-transfer")
    status: Mapped[str] = mapped_column(Text, comment="open, needs_attention or closed")
    restricted: Mapped[bool] = mapped_column(comment="shown in Prefect under one neutral name")
    owner: Mapped[str] = mapped_column(Text, comment="who owns it: role-…, team-… or staff-…; never nobody")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    parent_ref: Mapped[str | None] = mapped_column(
        ForeignKey("care_case.ref"), index=True, comment="the case that opened this one"
    )
    head_no: Mapped[int] = mapped_column(comment="number of the last ledger entry")
    head_hash: Mapped[str] = mapped_column(Text, comment="hash of the last ledger entry")
    wake_no: Mapped[int] = mapped_column(comment="raised by every answer and signal, in its own transaction")
    asleep_wake_no: Mapped[int] = mapped_column(
        comment="the wake_no its last leg had read when it went to sleep; -1: no leg yet"
    )
    next_due: Mapped[datetime | None] = mapped_column(comment="when it wants to be woken at the latest")
    colour: Mapped[str | None] = mapped_column(Text, comment="Red, Amber or Green, where its procedure rates it")
    awaiting: Mapped[str] = mapped_column(Text, comment="what it waits for, in words a manager reads in Prefect")
    failures: Mapped[int] = mapped_column(comment="failed tries in a row")
    generation: Mapped[int] = mapped_column(comment="how many runs in Prefect it has had, less one")
    flow_run_id: Mapped[str | None] = mapped_column(Text, comment="its run in Prefect; none until it was created")
    run_created_at: Mapped[datetime | None] = mapped_column(comment="when its present run was created")


class Lease(Base):
    """The right to run a case's leg: one row a case, so that two open leases cannot exist."""

    __tablename__ = "lease"

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    fence: Mapped[int] = mapped_column(comment="raised with every taking; writes with an older fence are refused")
    holder: Mapped[str | None] = mapped_column(Text, comment="host, process and thread that holds it; none when free")
    expires_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


class Entry(Base):
    """One entry of a case's append-only, hash-chained ledger."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(_one_of("kind", EntryKind), name="kind"),
        Index("ix_entry_signalled", "at", sqlite_where=text(SIGNALLED), postgresql_where=text(SIGNALLED)),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="1, 2, 3 … without a gap")
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(
        Text, comment="the step's or the wait's name in this case, such as contact-review[3]"
    )
    step: Mapped[str] = mapped_column(Text, comment="the task, form, signal or procedure behind the key")
    by: Mapped[str] = mapped_column(Text, comment="who did it: a staff id, or system")
    clauses: Mapped[str] = mapped_column(Text, comment="clause ids, separated by spaces")
    policy: Mapped[str] = mapped_column(Text, comment="version of the policy in force")
    payload_digest: Mapped[str] = mapped_column(Text, comment="salted SHA-256 of the payload; stays when it is erased")
    previous_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class EntryPayload(Base):
    """What an entry says in full: its line of text and its data. Personal; can be erased, never changed."""

    __tablename__ = "entry_payload"
    __table_args__ = (
        ForeignKeyConstraint(["case_ref", "no"], ["entry.case_ref", "entry.no"]),
        CheckConstraint("(content IS NULL) = (salt IS NULL)", name="erased_whole"),
    )

    case_ref: Mapped[str] = mapped_column(Text, primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[str | None] = mapped_column(
        Text, comment="random; erased with the content, so that no guess can be tried"
    )
    content: Mapped[str | None] = mapped_column(Text, comment="JSON with text and data; none once erased")


class Wait(Base):
    """Something a case waits for. Its key is that of the entry that opened it."""

    __tablename__ = "wait"
    __table_args__ = (
        CheckConstraint(_one_of("kind", WaitKind), name="kind"),
        CheckConstraint(_one_of("state", WaitState), name="state"),
        CheckConstraint("(state = 'open') = (ended_no IS NULL)", name="ended_has_an_entry"),
        Index("ix_wait_due", "state", "due"),
        Index("ix_wait_child", "child_ref"),
    )

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due: Mapped[datetime | None] = mapped_column(comment="when it falls due or lapses; none: it waits for ever")
    counted_from: Mapped[datetime | None] = mapped_column(
        comment="where the counting to due began; none: a fixed moment"
    )
    length: Mapped[str | None] = mapped_column(Text, comment="how long, as policy writes it, to work due out anew")
    awaited: Mapped[str] = mapped_column(Text, comment="the form, signal or procedure awaited")
    child_ref: Mapped[str | None] = mapped_column(Text, comment="the case whose closing is awaited")
    opened_no: Mapped[int] = mapped_column(comment="the entry that opened it")
    ended_no: Mapped[int | None] = mapped_column(comment="the entry that ended it")


class WorkItem(Base):
    """An open decision in somebody's worklist. What it is about and the answer are in the ledger."""

    __tablename__ = "work_item"
    __table_args__ = (
        CheckConstraint(_one_of("state", WorkItemState), name="state"),
        CheckConstraint("(state = 'answered') = (answered_by IS NOT NULL)", name="answer_has_a_name"),
        UniqueConstraint("case_ref", "key"),
        Index("ix_work_item_open", "state", "asked_of", "opened_at"),
        Index("ix_work_item_due", "state", "due", "opened_at", "id"),
        Index("ix_work_item_oldest", "state", "opened_at", "id"),
        Index("ix_work_item_answered_by", "answered_by", "case_ref"),
        Index("ix_work_item_assignee", "assignee", "state"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="W- and random characters")
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"))
    key: Mapped[str] = mapped_column(Text, comment="the wait's key, or house:… where the house asks")
    form: Mapped[str] = mapped_column(Text)
    form_version: Mapped[int]
    asked_of: Mapped[str] = mapped_column(Text, comment="who is asked: role-…, team-… or staff-…")
    assignee: Mapped[str | None] = mapped_column(Text, comment="staff id of who took it or was given it")
    state: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool]
    opened_at: Mapped[datetime]
    due: Mapped[datetime | None] = mapped_column(
        comment="when an answer is wanted; the wait's own due where it has one"
    )
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Text, comment="staff id")


class Milestone(Base):
    """One step of a work item's chasing: acknowledgement, reminder or escalation."""

    __tablename__ = "milestone"
    __table_args__ = (
        Index("ix_milestone_due", "state", "due"),
        Index(
            "ix_milestone_passed_on",
            "told_to",
            "work_item_id",
            sqlite_where=text(PASSED_ON),
            postgresql_where=text(PASSED_ON),
        ),
    )

    work_item_id: Mapped[str] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due: Mapped[datetime]
    counted_from: Mapped[datetime]
    length: Mapped[str] = mapped_column(Text)
    told_to: Mapped[str] = mapped_column(Text, comment="who is told: role-…, team-… or staff-…")


class SignalReceipt(Base):
    """A signal that was taken in, by the sender's own id, so that the same one twice counts once."""

    __tablename__ = "signal_receipt"

    case_ref: Mapped[str] = mapped_column(ForeignKey("care_case.ref"), primary_key=True)
    signal_id: Mapped[str] = mapped_column(Text, primary_key=True)
    entry_no: Mapped[int]


__all__ = [
    "Case",
    "Entry",
    "EntryPayload",
    "Lease",
    "Milestone",
    "MilestoneKind",
    "MilestoneState",
    "SignalReceipt",
    "Wait",
    "WorkItem",
]
