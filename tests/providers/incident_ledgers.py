"""What must hold of every incident at every instant, read from its tables, its people's cases and their ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Wait, WorkItem
from models.entry_kinds import EntryKind
from models.provider_failure.kinds import MUST_BE_TOLD, NOT_WHILE_CONFIDENTIAL, OFF_THE_LIST, Audience, PersonOutcome
from models.provider_failure.tables import AffectedPerson, CallOnPerson, Incident, IncidentTelling
from models.states import CaseStatus, WaitState, WorkItemState
from tasks.database import Database
from tasks.durable.ledger import recall
from tasks.provider_failure.calls import begins, calls_between, read_times
from tasks.provider_failure.counting import figures_of


def incidents(database: Database) -> list[str]:
    """The ref of every incident that there is."""
    with database.read() as session:
        return list(session.scalars(select(Incident.case_ref).order_by(Incident.case_ref)))


def what_is_wrong(database: Database, incident: str) -> list[str]:
    """Each way in which somebody of that incident could be lost, in a sentence; nothing where nobody is."""
    with database.read() as session:
        found = (_lost, _miscounted, _ended_too_early, _untold, _told_too_early, _unwatched)
        return [one for how in found for one in how(session, incident)]


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


def _untold(session: Session, incident: str) -> Iterator[str]:
    """Whoever is being told has a case that goes on, or a question; and none who must be told is left at the end."""
    rows = list(session.scalars(select(IncidentTelling).where(IncidentTelling.case_ref == incident)))
    has_ended = session.get_one(Case, incident).status == CaseStatus.CLOSED
    for one in rows:
        is_waiting = one.content is not None and one.told_at is None and one.not_told_because is None
        if is_waiting and has_ended and one.audience in MUST_BE_TOLD:
            yield f"{incident}: ended, and decision {one.number} was not carried out"
    if not has_ended:
        return
    if not any(one.audience == Audience.REGULATOR for one in rows):
        yield f"{incident}: ended, and nobody decided about the regulator"
    placed = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident))
    for person in placed:
        if person.placed_by and person.ended_as not in OFF_THE_LIST:
            theirs = [one for one in rows if one.whom == person.placed_by and (one.up_to or 0) >= person.place]
            if not any(one.told_at or one.not_told_because for one in theirs):
                yield f"{person.case_ref}: ended, and the council that placed them knows nothing of them"


def _unwatched(session: Session, incident: str) -> Iterator[str]:
    """A call that nobody covered and nobody recorded, of somebody without other care, is on record as missed."""
    row = session.get_one(Incident, incident)
    for person in session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident)):
        if person.moved_at is None and person.accounted_at is None and person.calls_looked_at is not None:
            begin = max(begins(row.care_ends_on), session.get_one(Case, person.case_ref).opened_at)
            known = set(session.scalars(select(CallOnPerson.at).where(CallOnPerson.case_ref == person.case_ref)))
            passed = calls_between(read_times(person.call_times).times, begin, person.calls_looked_at)
            if person.covered_until is None and person.arranged_at is None and set(passed) - known:
                yield f"{person.case_ref}: a call has passed, and nobody knows of it"


def _told_too_early(session: Session, incident: str) -> Iterator[str]:
    """Nothing goes to people, families or staff before it is announced."""
    if session.get_one(Incident, incident).announced_at is not None:
        return
    for one in session.scalars(select(IncidentTelling).where(IncidentTelling.case_ref == incident)):
        if one.audience in NOT_WHILE_CONFIDENTIAL and one.begun_at is not None:
            yield f"{incident}: {one.audience} are told of it, and it is confidential"
    told = select(AffectedPerson.case_ref).where(
        AffectedPerson.incident_ref == incident, AffectedPerson.told_in.is_not(None)
    )
    for ref in session.scalars(told):
        yield f"{ref}: told of it, and it is confidential"


def _outcome(session: Session, ref: str) -> str | None:
    return next((str(one.data) for one in recall(session, ref) if one.kind is EntryKind.CLOSED), None)
