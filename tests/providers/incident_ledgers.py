"""What must hold of every incident at every instant, read from its tables, its people's cases and their ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.provider_failure.kinds import PersonOutcome
from models.provider_failure.tables import AffectedPerson, Incident
from models.states import CaseStatus, WaitState, WorkItemState
from tasks.database import Database
from tasks.durable.ledger import recall
from tasks.provider_failure.counting import figures_of


def incidents(database: Database) -> list[str]:
    """The ref of every incident that there is."""
    with database.read() as session:
        return list(session.scalars(select(Incident.case_ref).order_by(Incident.case_ref)))


def what_is_wrong(database: Database, incident: str) -> list[str]:
    """Each way in which somebody of that incident could be lost, in a sentence; nothing where nobody is."""
    with database.read() as session:
        return [*_lost(session, incident), *_miscounted(session, incident), *_ended_too_early(session, incident)]


def _lost(session: Session, incident: str) -> Iterator[str]:
    """Whoever is not accounted for has an open case that somebody or some time carries on."""
    rows = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident)).all()
    places = sorted(one.place for one in rows)
    if places != list(range(1, len(rows) + 1)):
        yield f"{incident}: numbers on its list are missing"
    for one in rows:
        case = session.get_one(Case, one.case_ref)
        if one.accounted_at is None:
            if case.status == CaseStatus.CLOSED:
                yield f"{one.case_ref}: closed, and nobody is accounted for"
            elif not _goes_on(session, one.case_ref):
                yield f"{one.case_ref}: nobody is asked and no time will come"
        elif case.status == CaseStatus.CLOSED and _outcome(session, one.case_ref) != one.ended_as:
            yield f"{one.case_ref}: its ledger ends otherwise than the list says"
        if one.ended_as == PersonOutcome.SAFE and None in (one.arranged_at, one.moved_at, one.checked_at):
            yield f"{one.case_ref}: counted as safe without having been arranged, moved and checked"


def _goes_on(session: Session, ref: str) -> bool:
    """Whether a question, a wait or a case that it opened and awaits will carry it on, or its leg is still to run."""
    case = session.get_one(Case, ref)
    asked = session.scalar(
        select(WorkItem.id).where(WorkItem.case_ref == ref, WorkItem.state == WorkItemState.OPEN).limit(1)
    )
    awaited = session.scalar(select(Wait.key).where(Wait.case_ref == ref, Wait.state == WaitState.OPEN).limit(1))
    return bool(asked or awaited) or case.wake_no > case.asleep_wake_no


def _miscounted(session: Session, incident: str) -> Iterator[str]:
    figures = figures_of(session, incident)
    if figures.accounted_for + figures.left != figures.affected:
        yield f"{incident}: accounted for and left are not everybody"
    if not figures.checked <= figures.moved <= figures.arranged <= figures.seen <= figures.affected:
        yield f"{incident}: more have come far than have come near"


def _ended_too_early(session: Session, incident: str) -> Iterator[str]:
    if session.get_one(Case, incident).status != CaseStatus.CLOSED:
        return
    figures = figures_of(session, incident)
    if figures.left or figures.differences:
        yield f"{incident}: ended with {figures.left} unaccounted for and {figures.differences} differences open"
    if session.get_one(Incident, incident).list_agreed_at is None:
        yield f"{incident}: ended though nobody had said that the list is whole"


def _outcome(session: Session, ref: str) -> str | None:
    return next((str(one.data) for one in recall(session, ref) if one.kind is EntryKind.CLOSED), None)
