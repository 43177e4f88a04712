"""
How it stands with telling people outside of an incident: who has been told, who must be and has not been.

Each row of `incident_telling` is one decision about one audience; a council has another row where more of its people
come onto the list after it was told.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.provider_failure.kinds import MUST_BE_TOLD, OFF_THE_LIST, Audience
from models.provider_failure.tables import AffectedPerson, IncidentTelling

REGULATOR = "the Care Quality Commission"


def untold(session: Session, incident: str) -> list[str]:
    """Who must be told and has not been, where nobody has decided why not; by name."""
    waiting = [
        name_of(one) for one in tellings_of(session, incident) if one.audience in MUST_BE_TOLD and is_waiting(one)
    ]
    return list(dict.fromkeys([*undecided(session, incident), *waiting]))


def undecided(session: Session, incident: str) -> list[str]:
    """Who must be told and has not been decided about; by name."""
    regulator = [] if latest(session, incident, Audience.REGULATOR) else [REGULATOR]
    return [*regulator, *open_councils(session, incident)]


def open_councils(session: Session, incident: str) -> list[str]:
    """Councils with somebody on the list who came onto it after it was last decided about, or told; by name."""
    found: dict[str, str] = {}
    rows = tellings_of(session, incident)
    for row in placed_by_councils(session, incident):
        standing = _latest_of(rows, Audience.COUNCIL, row.placed_by or "")
        if standing is None or (standing.up_to is not None and row.place > standing.up_to):
            found.setdefault(council_key(row.placed_by or ""), row.placed_by or "")
    return list(found.values())


def councils_to_decide(session: Session, incident: str) -> list[str]:
    """Those, and the ones for whom something is kept ready that has not been told yet."""
    kept = [
        one.whom
        for one in tellings_of(session, incident)
        if one.audience == Audience.COUNCIL and is_waiting(one) and one.begun_at is None
    ]
    every = {council_key(one): one for one in (*kept, *open_councils(session, incident))}
    return list(every.values())


def last_place(session: Session, incident: str) -> int:
    """The highest number on the list."""
    return session.scalar(select(func.max(AffectedPerson.place)).where(AffectedPerson.incident_ref == incident)) or 0


def placed_by_councils(session: Session, incident: str) -> list[AffectedPerson]:
    """Whoever on the list another council placed there and who is not off it again."""
    rows = session.scalars(
        select(AffectedPerson)
        .where(AffectedPerson.incident_ref == incident, AffectedPerson.placed_by.is_not(None))
        .order_by(AffectedPerson.place)
    )
    return [one for one in rows if one.ended_as not in OFF_THE_LIST]


def tellings_of(session: Session, incident: str) -> list[IncidentTelling]:
    """Every decision about who is told, in its order."""
    wanted = select(IncidentTelling).where(IncidentTelling.case_ref == incident)
    return list(session.scalars(wanted.order_by(IncidentTelling.number)))


def latest(session: Session, incident: str, audience: Audience, whom: str = "") -> IncidentTelling | None:
    """The latest decision about an audience, and about that council where it is one; None where there is none."""
    return _latest_of(tellings_of(session, incident), audience, whom)


def _latest_of(rows: Sequence[IncidentTelling], audience: Audience, whom: str) -> IncidentTelling | None:
    key = council_key(whom)
    return next((one for one in reversed(rows) if one.audience == audience and council_key(one.whom) == key), None)


def is_waiting(row: IncidentTelling) -> bool:
    """Whether something is kept ready for them that they have not been told."""
    return row.content is not None and row.told_at is None and row.not_told_because is None


def in_progress(row: IncidentTelling) -> bool:
    """Whether they are told, or are being told: then it is not decided again."""
    return row.begun_at is not None and row.not_told_because is None


def name_of(row: IncidentTelling) -> str:
    """Who that is, for people."""
    match Audience(row.audience):
        case Audience.COUNCIL:
            return row.whom
        case Audience.REGULATOR:
            return REGULATOR
        case Audience.PEOPLE:
            return "the people on the list"
        case Audience.FAMILIES:
            return "families and representatives"
        case Audience.STAFF:
            return "those who work for the provider"
        case Audience.HEALTH:
            return "the health service"


def council_key(name: str) -> str:
    """A council's name as it is compared: lists write "Eastmere" and "Eastmere Council"."""
    return " ".join(name.casefold().split()).removesuffix(" council")
