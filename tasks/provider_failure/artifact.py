"""The figures of each incident by team, as a table artifact in Prefect, with references only."""

from __future__ import annotations

from datetime import datetime, timedelta

from prefect.artifacts import create_table_artifact
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.provider_failure.tables import AffectedPerson, Incident
from models.working_time import for_people
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.provider_failure.counting import Figures, count_people, figures_of

KEPT_CURRENT = timedelta(days=2)
"""For so long an incident's table is still written after its end, so that it shows how it ended."""
EVERYBODY = "everybody"


def write_incident_artifacts() -> None:
    """One table for each incident that goes on or has just ended; restricted ones are left out."""
    council = council_of_this_process()
    for ref, (title, table) in incidents_by_team(council).items():
        create_table_artifact(table=table, key=f"incident-{ref.lower()}", description=title)


def incidents_by_team(council: Council) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """The title and the rows of each incident's table, by its ref; the last row counts everybody."""
    now = council.clock.now()
    with council.database.read() as session:
        incidents = session.scalars(
            select(Incident)
            .join(Case, Case.ref == Incident.case_ref)
            .where(Case.restricted.is_(False))
            .where(or_(Incident.ended_at.is_(None), Incident.ended_at >= now - KEPT_CURRENT))
            .order_by(Incident.case_ref)
        ).all()
        return {one.case_ref: (_title(one, now), _table(session, one.case_ref)) for one in incidents}


def _title(one: Incident, now: datetime) -> str:
    """No provider's name: an incident may be confidential, and Prefect's pages are not the worklist."""
    stands = f"ended {for_people(one.ended_at)}" if one.ended_at else "goes on"
    return f"# Incident {one.case_ref}\n\nIt {stands}; figures by team as of {for_people(now)}."


def _table(session: Session, ref: str) -> list[dict[str, str]]:
    owned = session.execute(
        select(Case.owner, AffectedPerson)
        .join(Case, Case.ref == AffectedPerson.case_ref)
        .where(AffectedPerson.incident_ref == ref)
        .order_by(Case.owner, AffectedPerson.place)
    ).tuples()
    by_owner: dict[str, list[AffectedPerson]] = {}
    for owner, row in owned:
        by_owner.setdefault(owner, []).append(row)
    return [
        *(_row(owner, count_people(rows, differences=0), "") for owner, rows in by_owner.items()),
        _row(EVERYBODY, whole := figures_of(session, ref), str(whole.differences)),
    ]


def _row(whose: str, figures: Figures, differences: str) -> dict[str, str]:
    return {
        "team": whose,
        "affected": str(figures.affected),
        "seen": str(figures.seen),
        "arranged": str(figures.arranged),
        "moved": str(figures.moved),
        "checked": str(figures.checked),
        "accounted for": str(figures.accounted_for),
        "not accounted for": str(figures.left),
        "red": str(figures.red),
        "amber": str(figures.amber),
        "green": str(figures.green),
        "died": str(figures.died),
        "taken off": str(figures.taken_off),
        "differences": differences,
    }
