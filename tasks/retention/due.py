"""Which closed cases the schedule lets go, and what keeps those whose time has passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, literal, select, tuple_
from sqlalchemy.orm import Session

from models.base import UtcDateTime
from models.cases import Case
from models.person_messages import PersonMessage, PersonMessageState
from models.policy import Policy
from models.recording import CaseNote, NoteState
from models.retention import CaseErasure, LegalHold
from models.states import CaseStatus
from models.working_time import local_day
from tasks.as_of import start_of
from tasks.retention.belonging import cases_with, in_parts, lineage_of, people_in
from tasks.retention.holds import Holds

CASES_AT_ONCE = 200


class KeptBy(StrEnum):
    """What keeps a case whose time has passed."""

    HOLD = "legal hold"
    """A legal hold covers it."""
    FAMILY = "open case it belongs with"
    """A case that it came from, or that came from it, is open."""
    PERSON = "open case of the same person"
    """Another case about the same person is open (`kept_while_person_has_open_case`)."""
    MESSAGE = "message still to be sent"
    """It has a message to somebody outside that has not been settled."""
    NOTE = "note still to be written"
    """It has a note that is being written into the recording system."""
    FAULT = "fault of the system"
    """What keeps it could not be worked out, so it stays; the kind of the error is `Verdict.fault`."""


@dataclass(frozen=True)
class ClosedCase:
    """A closed case whose time has passed."""

    ref: str
    procedure: str
    restricted: bool
    closed_at: datetime
    kept_until: date
    """The last day on which it had to be kept."""


@dataclass(frozen=True)
class Verdict:
    """Whether a case whose time has passed is erased now; nothing in `kept_by`: it is."""

    case: ClosedCase
    kept_by: tuple[KeptBy, ...]
    holds: tuple[LegalHold, ...] = ()
    fault: str = ""

    @property
    def is_due(self) -> bool:
        """Whether nothing keeps it."""
        return not self.kept_by


def cases_past_their_time(session: Session, policy: Policy, today: date) -> Iterator[ClosedCase]:
    """Every closed case whose time has passed and which was not erased yet; of each procedure the oldest first."""
    for procedure in session.scalars(select(Case.procedure).distinct().order_by(Case.procedure)).all():
        yield from _of_procedure(session, procedure, policy, today)


def _of_procedure(session: Session, procedure: str, policy: Policy, today: date) -> Iterator[ClosedCase]:
    """A page at a time, so that what is erased meanwhile moves nothing."""
    kept_for = policy.retention.of(procedure).kept_for
    before = start_of(kept_for.newest_over(today) + timedelta(days=1))
    erased = exists().where(CaseErasure.case_ref == Case.ref)
    query = (
        select(Case.ref, Case.restricted, Case.closed_at)
        .where(Case.procedure == procedure, Case.status == CaseStatus.CLOSED, Case.closed_at < before, ~erased)
        .order_by(Case.closed_at, Case.ref)
        .limit(CASES_AT_ONCE)
    )
    page = session.execute(query).all()
    while page:
        for ref, restricted, closed_at in page:
            begins = local_day(closed_at)
            if kept_for.is_over(begins, today):
                yield ClosedCase(ref, procedure, restricted, closed_at, kept_for.last_day(begins))
        last = page[-1]
        place = tuple_(literal(last.closed_at, UtcDateTime()), literal(last.ref))
        further = query.where(tuple_(Case.closed_at, Case.ref) > place)
        page = session.execute(further).all()


def is_past_its_time(session: Session, ref: str, policy: Policy, today: date) -> ClosedCase | None:
    """The case, where its time has passed and it was not erased; asked again by whoever is about to erase it."""
    case = session.get(Case, ref, populate_existing=True)
    if case is None or case.closed_at is None or session.get(CaseErasure, ref) is not None:
        return None
    kept_for, begins = policy.retention.of(case.procedure).kept_for, local_day(case.closed_at)
    if not kept_for.is_over(begins, today):
        return None
    return ClosedCase(ref, case.procedure, case.restricted, case.closed_at, kept_for.last_day(begins))


def verdict_on(session: Session, case: ClosedCase, policy: Policy, holds: Holds) -> Verdict:
    """What keeps a case whose time has passed; everything that does is named."""
    covering = tuple(holds.on_case(case.ref, look_inside=True))
    kept_by = [KeptBy.HOLD] if covering else []
    family = lineage_of(session, case.ref)
    if _is_any_open(session, family):
        kept_by.append(KeptBy.FAMILY)
    if policy.retention.kept_while_person_has_open_case:
        theirs = people_in(session, {case.ref})
        if cases_with(session, theirs, Case.status != CaseStatus.CLOSED) - family:
            kept_by.append(KeptBy.PERSON)
    unsettled = PersonMessage.state.in_([PersonMessageState.QUEUED, PersonMessageState.SENT])
    if session.scalar(select(exists().where(PersonMessage.case_ref == case.ref, unsettled))):
        kept_by.append(KeptBy.MESSAGE)
    to_write = (CaseNote.state == NoteState.WANTED, CaseNote.next_attempt_at.is_not(None))
    if session.scalar(select(exists().where(CaseNote.case_ref == case.ref, *to_write))):
        kept_by.append(KeptBy.NOTE)
    return Verdict(case, tuple(kept_by), covering)


def _is_any_open(session: Session, refs: set[str]) -> bool:
    asked = (select(Case.ref).where(Case.ref.in_(part), Case.status != CaseStatus.CLOSED) for part in in_parts(refs))
    return any(session.scalar(query.limit(1)) is not None for query in asked)
