"""What procedures ask of the register. Each is a plain query and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.notices import Recipient
from models.providers.tables import Provider
from models.register import Absence, Allocation, ExtractKind, Person, RegisterImport, Staff, Team
from models.roles import Role
from models.tray import SeenWaiting
from models.working_time import local_day

_ALWAYS_NEEDED = (ExtractKind.PEOPLE, ExtractKind.STAFF, ExtractKind.ALLOCATIONS)
_RELIED_ON = (*_ALWAYS_NEEDED, ExtractKind.ABSENCES)
_SAFE_CONTACT = "safe_contact"

# What every leg asks is put together once.
_STAFF_MEMBER = select(Staff).where(Staff.id == bindparam("staff_id"))
_PERSON = select(Person).where(Person.id == bindparam("person_id"))
_MOMENT: BindParameter[datetime] = bindparam("moment")
_ABSENCE = (
    select(Absence)
    .where(
        Absence.staff_id == bindparam("staff_id"),
        Absence.starts_at <= _MOMENT,
        or_(Absence.returns_at.is_(None), Absence.returns_at > _MOMENT),
    )
    .order_by(Absence.returns_at.is_(None).desc(), Absence.returns_at.desc(), Absence.starts_at)
)


def staff_member(session: Session, staff_id: str) -> Staff | None:
    """The member of staff with that id, leavers too; capital letters do not matter."""
    return session.scalars(_STAFF_MEMBER, {"staff_id": staff_id.lower()}).one_or_none()


def person(session: Session, person_id: str) -> Person | None:
    """The person with that id."""
    return session.scalars(_PERSON, {"person_id": person_id}).one_or_none()


def team(session: Session, team_id: str) -> Team | None:
    """The team with that id."""
    return session.get(Team, team_id)


def provider(session: Session, provider_id: str) -> Provider | None:
    """The provider of care with that id, one that has closed too."""
    return session.get(Provider, provider_id)


def allocations_of(session: Session, person_id: str, on: date) -> Sequence[Allocation]:
    """Who is responsible for a person on a day: the latest first, for assessment before review."""
    return session.scalars(
        select(Allocation)
        .outerjoin(Staff, Staff.id == Allocation.staff_id)
        .where(Allocation.person_id == person_id, _holds(on), or_(Allocation.staff_id.is_(None), _is_staff(on)))
        .order_by(Allocation.since.desc(), Allocation.responsibility, Allocation.id)
    ).all()


def is_allocated(session: Session, staff_id: str, person_id: str, on: date) -> bool:
    """Whether a member of staff, who has not left, is allocated to a person on a day."""
    return any(one.staff_id == staff_id.lower() for one in allocations_of(session, person_id, on))


def allocated_worker(session: Session, person_id: str, on: date) -> Staff | None:
    """The worker allocated to a person on a day, the latest where there are several; leavers do not count."""
    for allocation in allocations_of(session, person_id, on):
        if allocation.staff_id is not None:
            return session.get(Staff, allocation.staff_id)
    return None


def responsible_team(session: Session, person_id: str, on: date) -> Team | None:
    """
    The team responsible for a person on a day, the latest of several, even where its worker has left.

    Where that team has closed, it is the one that carries on its work, if any does.
    """
    team_id = session.scalar(
        select(Allocation.team_id)
        .where(Allocation.person_id == person_id, _holds(on))
        .order_by(Allocation.since.desc(), Allocation.responsibility, Allocation.id)
        .limit(1)
    )
    return team_carrying_on(session, team_id, on) if team_id is not None else None


def team_carrying_on(session: Session, team_id: str, on: date) -> Team | None:
    """The team itself, or where it has closed by that day the one its work goes to; None where that ends nowhere."""
    passed: set[str] = set()
    found = session.get(Team, team_id)
    while found is not None and found.closed_on is not None and found.closed_on <= on:
        passed.add(found.id)
        onwards = found.work_goes_to
        found = session.get(Team, onwards) if onwards is not None and onwards not in passed else None
    return found


def absence_on(session: Session, staff_id: str, moment: datetime) -> Absence | None:
    """The absence of a member of staff at a moment; of several the longest, and unknown counts as longest."""
    return session.scalars(_ABSENCE, {"staff_id": staff_id.lower(), "moment": moment}).first()


def away_now(session: Session, moment: datetime) -> frozenset[str]:
    """The ids of all members of staff whom the register shows as away at a moment."""
    back = or_(Absence.returns_at.is_(None), Absence.returns_at > moment)
    return frozenset(session.scalars(select(Absence.staff_id).where(Absence.starts_at <= moment, back)))


def staff_in(session: Session, role: str | None = None, team: str | None = None, *, on: date) -> Sequence[Staff]:
    """Staff on a day, by id, of a role, of a team, of both or all of them."""
    query = select(Staff).where(_is_staff(on)).order_by(Staff.id)
    if role is not None:
        query = query.where(Staff.role == str(role))
    if team is not None:
        query = query.where(Staff.team_id == team)
    return session.scalars(query).all()


def team_leader_of(session: Session, team: str, *, on: date) -> Staff | None:
    """The leader of a team on a day; where a team has several, the first by id."""
    leaders = staff_in(session, Role.TEAM_LEADER, team, on=on)
    return leaders[0] if leaders else None


def extract_dates(session: Session) -> dict[ExtractKind, date]:
    """The day of the latest extract of each kind that was imported."""
    latest = session.execute(
        select(RegisterImport.kind, func.max(RegisterImport.extract_date)).group_by(RegisterImport.kind)
    )
    return {ExtractKind(kind): day for kind, day in latest}


def rules_are_known(session: Session) -> bool:
    """
    Whether the register says of everybody in it if a safe-contact rule stands.

    True where the latest full extract of people, and each one since, had the column `safe_contact`; where none was ever
    full, each of them. A part of an extract says nothing of those who are missing from it.
    """
    imports = session.execute(
        select(RegisterImport.full, RegisterImport.optional_columns)
        .where(RegisterImport.kind == ExtractKind.PEOPLE)
        .order_by(RegisterImport.extract_date.desc(), RegisterImport.id.desc())
    )
    known = False
    for full, columns in imports:
        if _SAFE_CONTACT not in (columns or "").split():
            return False
        known = True
        if full:
            break
    return known


def is_stale(session: Session, now: datetime, max_age: timedelta) -> bool:
    """
    Whether a person should check instead of trusting the register.

    True where people, staff or allocations were never imported, or where the latest extract of one of them or of
    absences is older than `max_age`, counted in days of England's calendar (with one day, yesterday's extract
    still serves).
    """
    return any(kind in _RELIED_ON for kind in too_old(session, now, max_age))


def too_old(session: Session, now: datetime, max_age: timedelta) -> dict[ExtractKind, date | None]:
    """The kinds of extract that are older than `max_age`, with their days; None: needed, and never imported."""
    dates = extract_dates(session)
    never = {kind: None for kind in _ALWAYS_NEEDED if kind not in dates}
    return never | {kind: day for kind, day in dates.items() if local_day(now) - day > max_age}


def ages(session: Session, now: datetime) -> dict[ExtractKind, int]:
    """How many days old the latest extract of each kind is; kinds that were never imported are left out."""
    return {kind: (local_day(now) - day).days for kind, day in extract_dates(session).items()}


def shown_as_waiting(session: Session, at: datetime) -> Sequence[SeenWaiting]:
    """
    Whom the recording system's extracts showed as waiting at a moment, as we knew it then, by person and team.

    Empty too where the council has never imported extracts of that kind: `extract_dates` says whether it has.
    """
    return session.scalars(
        select(SeenWaiting)
        .where(SeenWaiting.first_shown_at <= at, or_(SeenWaiting.gone_at.is_(None), SeenWaiting.gone_at > at))
        .order_by(SeenWaiting.person_id, SeenWaiting.team_id)
    ).all()


def every_recipient(session: Session, *, on: date) -> list[Recipient]:
    """Every role, and every team and member of staff of that day: all who can be told something."""
    return [
        *(Recipient.role(role) for role in Role),
        *(Recipient.team(team_id) for team_id in session.scalars(_teams(on))),
        *(Recipient.staff(staff.id) for staff in staff_in(session, on=on)),
    ]


def _teams(on: date) -> Select[tuple[str]]:
    return select(Team.id).where(or_(Team.closed_on.is_(None), Team.closed_on > on)).order_by(Team.id)


def _holds(on: date) -> ColumnElement[bool]:
    return and_(Allocation.since <= on, or_(Allocation.until.is_(None), Allocation.until > on))


def _is_staff(on: date) -> ColumnElement[bool]:
    return or_(Staff.left_on.is_(None), Staff.left_on > on)
