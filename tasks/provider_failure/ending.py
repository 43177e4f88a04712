"""Whether an incident can end: everybody accounted for, the lists agreed, and nothing between them open."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.provider_failure.tables import AffectedPerson, Incident
from tasks.durable import audited, here
from tasks.provider_failure.listing import open_differences
from tasks.provider_failure.who_is_told import untold


@audited("Noted that the list is whole", clauses="TRN-48")
def agree_list() -> bool:
    """False where a difference has come meanwhile."""
    step = here()
    if open_differences(step.session, step.case.ref):
        return False
    step.session.get_one(Incident, step.case.ref).list_agreed_at = step.now
    return True


@audited("Noted that the incident is announced", clauses="TRN-47")
def note_announced() -> None:
    """It is confidential no longer; announced again, nothing changes."""
    step = here()
    incident = step.session.get_one(Incident, step.case.ref)
    incident.announced_at = incident.announced_at or step.now


@audited("Noted from which day people are without care", clauses="TRN-47")
def note_when_care_ends(day: date) -> None:
    """From now on the room counts no call as covered by the provider from that day on."""
    step = here()
    step.session.get_one(Incident, step.case.ref).care_ends_on = day


@audited("Looked whether the incident can end, and ended it", clauses="TRN-47 TRN-48 REA-42")
def end_incident() -> bool:
    """False, and nothing is ended, while anybody is without a confirmed safe arrangement or a difference is open."""
    step = here()
    if why_not_over(step.session, step.case.ref):
        return False
    step.session.get_one(Incident, step.case.ref).ended_at = step.now
    return True


def why_not_over(session: Session, incident: str) -> list[str]:
    """What keeps an incident from ending, in sentences; nothing where it can end."""
    waiting = session.scalar(
        select(func.count())
        .select_from(AffectedPerson)
        .where(AffectedPerson.incident_ref == incident, AffectedPerson.accounted_at.is_(None))
    )
    reasons = []
    if waiting:
        reasons.append(f"{waiting} people on the list are not accounted for")
    if left := len(open_differences(session, incident)):
        reasons.append(f"{left} differences between lists are not settled")
    row = session.get(Incident, incident)
    if row is None or row.list_agreed_at is None:
        reasons.append("nobody has said that the list is whole")
    if names := untold(session, incident):
        reasons.append(f"these have not been told, and nobody has decided why not: {', '.join(names)}")
    return reasons
