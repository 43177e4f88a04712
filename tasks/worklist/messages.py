"""What was said because of a case: to people outside, to staff, and in the recording system; and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.notices import Notice
from models.outbox import Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.person_messages import PersonMessage, PersonMessageState
from models.recording import CaseNote, NoteEnding, NoteState
from models.working_time import for_people
from tasks.worklist.case_view import whose

PAGE = 100
"""Notices on one page."""


@dataclass(frozen=True)
class ToSomebody:
    """A message to somebody outside, and what became of it in words. Personal."""

    message: PersonMessage
    became: str
    has_failed: bool


@dataclass(frozen=True)
class ToStaff:
    """A notice to staff, whom it was for, and what became of it in words."""

    at: datetime
    what: str
    to: str
    became: str
    has_failed: bool


@dataclass(frozen=True)
class NoticesPage:
    """Some of a case's notices, the latest first."""

    notices: Sequence[ToStaff]
    number: int
    """Which page this is, from 1."""
    pages: int
    whole: int


@dataclass(frozen=True)
class NoteShown:
    """A note for the recording system, and how it stands. Personal."""

    note: CaseNote
    stands: str


def to_people(session: Session, ref: str) -> list[ToSomebody]:
    """Messages to people outside, the latest first."""
    found = session.scalars(
        select(PersonMessage)
        .where(PersonMessage.case_ref == ref)
        .order_by(PersonMessage.queued_at.desc(), PersonMessage.id)
    )
    return [ToSomebody(one, _became(one), one.state == PersonMessageState.FAILED) for one in found]


def _became(one: PersonMessage) -> str:
    when = f" on {for_people(one.settled_at)}" if one.settled_at else ""
    sent = f"Sent on {for_people(one.sent_at)}" if one.sent_at else "Sent"
    match PersonMessageState(one.state):
        case PersonMessageState.QUEUED:
            return "Waits to be sent, or to be tried again"
        case PersonMessageState.SENT:
            return f"{sent}; whether it arrived is not known yet"
        case PersonMessageState.DELIVERED:
            return f"Arrived{when}, as far as the service that took it can tell"
        case PersonMessageState.FAILED:
            return f"Did not arrive, and is not tried again{when}: {one.reason}"
        case PersonMessageState.WITHDRAWN:
            return f"Not sent{when}: {one.reason}" if one.reason else f"Not sent{when}"


def to_staff(session: Session, ref: str, page: int = 1, *, most: int = PAGE) -> NoticesPage:
    """One page of the notices to staff."""
    whole = session.scalar(select(func.count()).where(OutboxMessage.case_ref == ref)) or 0
    pages = max(1, -(-whole // most))
    number = min(max(page, 1), pages)
    messages = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.case_ref == ref)
        .order_by(OutboxMessage.queued_at.desc(), OutboxMessage.id)
        .offset((number - 1) * most)
        .limit(most)
    ).all()
    tries: dict[str, list[Delivery]] = {one.id: [] for one in messages}
    for one in session.scalars(select(Delivery).where(Delivery.message_id.in_(tries)).order_by(Delivery.id)):
        tries[one.message_id].append(one)
    names: dict[str, str] = {}
    return NoticesPage([_notice(session, one, tries[one.id], names) for one in messages], number, pages, whole)


def _notice(session: Session, one: OutboxMessage, tries: Sequence[Delivery], names: dict[str, str]) -> ToStaff:
    if one.recipient not in names:
        names[one.recipient] = whose(session, one.recipient)
    taken = [each.at for each in tries if each.outcome == DeliveryOutcome.DELIVERED]
    failed = sum(each.outcome == DeliveryOutcome.FAILED for each in tries)
    match OutboxState(one.state):
        case OutboxState.QUEUED:
            became = "Waits to be sent" if not failed else f"Waits to be tried again, after {failed} tries"
            became += " at once" if one.interruption else " with the next digest"
        case OutboxState.DELIVERED:
            became = f"Delivered on {for_people(taken[0])}" if taken else "Delivered"
        case OutboxState.UNDELIVERED:
            became = "Reached nobody"
        case OutboxState.WITHDRAWN:
            became = "Not sent, as it was overtaken"
    what = Notice.model_validate(one.notice).subject
    return ToStaff(one.queued_at, what, names[one.recipient], became, one.state == OutboxState.UNDELIVERED)


def notes_for_the_record(session: Session, ref: str) -> list[NoteShown]:
    """Notes for the recording system, the latest first."""
    found = session.scalars(
        select(CaseNote).where(CaseNote.case_ref == ref).order_by(CaseNote.wanted_at.desc(), CaseNote.id)
    )
    return [NoteShown(one, _stands(one)) for one in found]


def _stands(one: CaseNote) -> str:
    match NoteState(one.state):
        case NoteState.WANTED:
            return "Not known to stand in the recording system yet"
        case NoteState.DROPPED:
            return "No longer wanted"
        case NoteState.KEPT:
            ways = {
                NoteEnding.WRITTEN: "written by Safe Pathways",
                NoteEnding.PASTED: "pasted by a person",
                NoteEnding.SIGHTED: "seen in the extract",
            }
            when = f" since {for_people(one.kept_at)}" if one.kept_at else ""
            return f"Stands there as note {one.note_id}{when}, {ways[NoteEnding(one.ending or NoteEnding.SIGHTED)]}"
