"""Incidents for tests of their room: Wenbridge Home Care fails on a Monday, and lists come in."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from flows.provider_failure import provider_failure
from models.forms.provider_failure import AffectedListCame, FailureReported, ListedPerson
from models.provider_failure.kinds import ListSource, Trigger
from models.provider_failure.tables import AffectedPerson
from tasks.durable.testing import Office
from tasks.worklist.incident_view import IncidentView, incident_view
from tasks.worklist.members import member_of

GONE = FailureReported(
    provider="wenbridge-home-care",
    cause=Trigger.BUSINESS_FAILURE,
    what="The administrator rang: nobody comes from tonight",
    care_ends_on=date(2026, 1, 5),
    confidential=False,
    team="hazel",
    reported_by="staff-commissioning-officer",
)
STREETS = ("Mill Lane", "Weir Row", "Station Road", "Church Walk", "Priory Close")
FIRST = ("Agnes", "Bertram", "Cicely", "Desmond", "Elfrida", "Fergus")
LAST = (
    "Ashby", "Birkett", "Cowling", "Dymoke", "Eccles", "Fenwick", "Garside", "Hebden", "Ingham", "Jagger", "Kershaw",
    "Lumb",
)  # fmt: skip
TIMES = ("07:30 12:30 18:00 21:30", "08:00 17:30", "09:00", "06:45 22:00", "")


def fails(office: Office, reported: FailureReported = GONE, *, restricted: bool = False, **changes: Any) -> str:
    """A provider fails; gives the incident's ref."""
    return office.start(provider_failure, reported.model_copy(update=changes), restricted=restricted)


def list_comes(
    office: Office, incident: str, *people: ListedPerson, source: ListSource = ListSource.PROVIDER, whole: bool = False
) -> None:
    """A list comes in."""
    office.signal(incident, AffectedListCame(source=source, said_by="The administrator", whole=whole, people=people))


def rows_of(office: Office, incident: str) -> dict[str, AffectedPerson]:
    """The list by register id, or by name where the register does not have somebody."""
    with office.council.database.read() as session:
        rows = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident))
        return {row.person_id or row.name or "": row for row in rows}


def room(office: Office, incident: str, staff_id: str = "team-manager") -> IncidentView:
    """The room as somebody sees it now."""
    now = office.clock.now()
    with office.council.database.read() as session:
        member = member_of(session, staff_id, now)
        assert member is not None
        return incident_view(session, member, office.council.policy, incident, now)


def invented(count: int) -> tuple[ListedPerson, ...]:
    """So many people whom no register has, of every kind."""
    return tuple(
        ListedPerson(
            name=f"{FIRST[n % 6]} {LAST[n // 6 % 12]}",
            born_on=date(1930 + n % 25, 1 + n % 12, 1 + n % 28) if n % 7 else None,
            whereabouts=f"{n} {STREETS[n % 5]}, Wenbridge; key safe by the side door" if n % 4 else "",
            call_times=TIMES[n % 5] if n % 11 else "breakfast and bedtime",
            time_critical_medicine=n % 6 == 0,
            double_handed=n % 5 == 1,
            lives_alone=n % 3 == 0,
        )
        for n in range(count)
    )
