"""
Standing in for one another: who covers whom, from when to when; and who is away with nobody standing in.

Whoever stands in may answer what the other may, and sees it in their own work, with the other's name. Nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from models.cases import Case, WorkItem
from models.errors import PathwaysError
from models.notices import Recipient
from models.permissions import Action, Reach
from models.register import Absence, Staff
from models.roles import Role
from models.states import WorkItemState
from models.working_time import LONDON, local_day
from models.worklist import Cover
from tasks.audit.chaining import take_turns
from tasks.durable.checking import has_left
from tasks.durable.council import Council
from tasks.durable.seeing import may_read_item
from tasks.register.lookups import absence_on, staff_in, staff_member
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import NotFound, restricted_refs

LONGEST = timedelta(days=90)
"""Whoever is away for longer has their work given to somebody."""
SHOWN_AHEAD = timedelta(days=42)
"""Absences that begin within so many days are shown."""
MOST = 500
"""So many arrangements are shown."""


class CoverRefused(PathwaysError):
    """It cannot be arranged so; `problems` say by field what to put right."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("this cover cannot be arranged: " + "; ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Wanted:
    """A cover to be arranged. Who is away and who stands in by staff id; both days are part of it."""

    absent_id: str
    covered_by: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Arranged:
    """A cover, with the names of those concerned."""

    id: int
    absent_id: str
    absent: str
    covered_by: str
    stands_in: str
    from_on: date
    until_on: date
    is_now: bool
    may_call_off: bool


@dataclass(frozen=True)
class Uncovered:
    """Somebody who is away, or will be, for a time in which nobody stands in."""

    staff_id: str
    name: str
    role: Role
    team_id: str
    away_from: datetime
    back_at: datetime | None
    """None: not known."""
    is_now: bool
    open_items: int
    """Asked of them by name or taken by them."""
    due_meanwhile: int
    """Of these, what is overdue or falls due before they are back."""


def may_arrange_for(session: Session, member: Member, now: datetime) -> list[Staff]:
    """Those for whose absence somebody may arrange cover, by name: themselves, their team, everybody."""
    match member.reach(Action.ARRANGE_COVER):
        case Reach.NOTHING:
            return []
        case Reach.OWN:
            found = [one for one in staff_in(session, on=local_day(now)) if one.id == member.id]
        case Reach.TEAM:
            found = list(staff_in(session, team=member.team_id, on=local_day(now)))
        case Reach.EVERYTHING:
            found = list(staff_in(session, on=local_day(now)))
    return sorted(found, key=lambda one: (one.name, one.id))


def arrange(council: Council, wanted: Wanted, *, by: Member) -> int:
    """Arrange a cover; the same one again is the one that is there. Raises `CoverRefused`, `NotFound`."""
    now = council.clock.now()
    with council.database.write() as session:
        take_turns(session, f"cover {wanted.absent_id}")
        if wanted.absent_id not in {one.id for one in may_arrange_for(session, by, now)}:
            raise NotFound("member of staff for whom you arrange cover")
        problems = problems_with(session, wanted, now)
        if problems:
            raise CoverRefused(problems)
        same = session.scalars(
            select(Cover).where(
                Cover.absent_id == wanted.absent_id,
                Cover.covered_by == wanted.covered_by,
                Cover.from_on == wanted.from_on,
                Cover.until_on == wanted.until_on,
                Cover.ended_at.is_(None),
            )
        ).first()
        if same is not None:
            return same.id
        row = Cover(
            absent_id=wanted.absent_id,
            covered_by=wanted.covered_by,
            from_on=wanted.from_on,
            until_on=wanted.until_on,
            made_by=by.id,
            made_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def problems_with(session: Session, wanted: Wanted, now: datetime) -> dict[str, str]:
    """What is wrong with it, by field, in a sentence to read beside the field."""
    found: dict[str, str] = {}
    absent, stands_in = staff_member(session, wanted.absent_id), staff_member(session, wanted.covered_by)
    if absent is None or has_left(absent, now):
        found["absent_id"] = "Select somebody who works for the council"
    if stands_in is None or has_left(stands_in, now):
        found["covered_by"] = "Select somebody who works for the council to stand in"
    elif wanted.covered_by == wanted.absent_id:
        found["covered_by"] = "Select somebody else: nobody stands in for themselves"
    elif absent is not None and Role(absent.role).is_manager and not Role(stands_in.role).is_manager:
        found["covered_by"] = "Select a team leader or a manager: a manager is covered by one"
    elif away := _day_away(session, stands_in.id, wanted):
        found["covered_by"] = (
            f"Select somebody who is there: the register shows them as away on {away:%A} {away.day} {away:%B}"
        )
    elif Role(stands_in.role) is Role.AUDITOR or (absent is not None and Role(absent.role) is Role.AUDITOR):
        found["covered_by"] = "Select somebody who does the same kind of work: an auditor answers nothing"
    if wanted.until_on < wanted.from_on:
        found["until_on"] = "The last day must be the same as the first day or after it"
    elif wanted.until_on < local_day(now):
        found["until_on"] = "The last day must be today or later"
    elif wanted.until_on - wanted.from_on >= LONGEST:
        found["until_on"] = f"Cover lasts {LONGEST.days} days at most: for longer, give their work to somebody"
    return found


def _day_away(session: Session, staff_id: str, wanted: Wanted) -> date | None:
    """The first day of it, at midday, on which whoever is to stand in is away as well."""
    for number in range(min((wanted.until_on - wanted.from_on).days + 1, LONGEST.days)):
        day = wanted.from_on + timedelta(days=number)
        if absence_on(session, staff_id, datetime.combine(day, time(12), tzinfo=LONDON)) is not None:
            return day
    return None


def call_off(council: Council, cover_id: int, *, by: Member) -> None:
    """End a cover before its time; one that has ended stays as it is. Raises `NotFound`."""
    now = council.clock.now()
    with council.database.write() as session:
        row = session.get(Cover, cover_id)
        if row is None or not _may_call_off(session, row, by, now):
            raise NotFound("cover")
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, by.id


def arrangements(session: Session, member: Member, now: datetime) -> list[Arranged]:
    """What is arranged from today on, as far as it is theirs to see: of themselves, their team, everybody."""
    today, absent, stands_in = local_day(now), aliased(Staff), aliased(Staff)
    theirs: ColumnElement[bool] = or_(Cover.absent_id == member.id, Cover.covered_by == member.id)
    match member.reach(Action.ARRANGE_COVER):
        case Reach.EVERYTHING:
            theirs = true()
        case Reach.TEAM:
            theirs = or_(theirs, absent.team_id == member.team_id, stands_in.team_id == member.team_id)
        case _:
            pass
    rows = session.execute(
        select(Cover, absent.name, stands_in.name)
        .join(absent, absent.id == Cover.absent_id)
        .join(stands_in, stands_in.id == Cover.covered_by)
        .where(Cover.ended_at.is_(None), Cover.until_on >= today, theirs)
        .order_by(Cover.from_on, Cover.until_on, Cover.id)
        .limit(MOST)
    ).tuples()
    return [
        Arranged(
            row.id,
            row.absent_id,
            away,
            row.covered_by,
            there,
            row.from_on,
            row.until_on,
            row.from_on <= today,
            _may_call_off(session, row, member, now),
        )
        for row, away, there in rows
    ]


def away_and_uncovered(session: Session, member: Member, now: datetime) -> list[Uncovered]:
    """
    Those who are away, or will be within `SHOWN_AHEAD`, on a day on which nobody stands in; worst first.

    Of those for whom somebody may arrange it, as the register shows absences.
    """
    people = {one.id: one for one in may_arrange_for(session, member, now)}
    absences = session.scalars(
        select(Absence)
        .where(
            Absence.staff_id.in_(sorted(people)),
            Absence.starts_at < now + SHOWN_AHEAD,
            or_(Absence.returns_at.is_(None), Absence.returns_at > now),
        )
        .order_by(Absence.starts_at, Absence.staff_id)
    ).all()
    found = []
    hidden = _hidden_items(session, member, now)
    for absence in absences:
        if _is_covered(session, absence, now):
            continue
        one = people[absence.staff_id]
        everything, meanwhile = _open_items(session, one.id, absence.returns_at, now, hidden)
        found.append(
            Uncovered(
                one.id,
                one.name,
                Role(one.role),
                one.team_id,
                absence.starts_at,
                absence.returns_at,
                absence.starts_at <= now,
                everything,
                meanwhile,
            )
        )
    return sorted(found, key=lambda one: (-one.due_meanwhile, not one.is_now, one.away_from, one.staff_id))


def _is_covered(session: Session, absence: Absence, now: datetime) -> bool:
    """Whether somebody stands in on every day of it that is still to come, as far as it is looked ahead."""
    first = max(local_day(absence.starts_at), local_day(now))
    last = local_day(now + SHOWN_AHEAD)
    if absence.returns_at is not None:
        # Whoever is back in the morning is there that day.
        last = min(last, local_day(absence.returns_at - timedelta(hours=12)))
    spans: Sequence[tuple[date, date]] = (
        session.execute(
            select(Cover.from_on, Cover.until_on)
            .where(Cover.absent_id == absence.staff_id, Cover.ended_at.is_(None), Cover.until_on >= first)
            .order_by(Cover.from_on)
        )
        .tuples()
        .all()
    )
    day = first
    for begins, ends in spans:
        if begins > day:
            break
        day = max(day, ends + timedelta(days=1))
    return day > last


def _hidden_items(session: Session, member: Member, now: datetime) -> list[str]:
    """The open questions of restricted cases that somebody may not see; not so much as their number is told them."""
    row, seen = row_of(session, member), restricted_refs(session, member)
    items = session.scalars(
        select(WorkItem)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(WorkItem.state == WorkItemState.OPEN, Case.restricted, Case.ref.not_in(seen))
    ).all()
    return [one.id for one in items if not may_read_item(session, one, row, on=local_day(now))]


def _open_items(
    session: Session, staff_id: str, until: datetime | None, now: datetime, hidden: Sequence[str]
) -> tuple[int, int]:
    """How many open items are with somebody, without those hidden, and how many of them fall due before a moment."""
    theirs = or_(WorkItem.asked_of == Recipient.staff(staff_id).tag, WorkItem.assignee == staff_id)
    query = (
        select(func.count())
        .select_from(WorkItem)
        .where(WorkItem.state == WorkItemState.OPEN, theirs, WorkItem.id.not_in(hidden))
    )
    soon = query.where(WorkItem.due.is_not(None) if until is None else WorkItem.due < max(until, now))
    return session.scalar(query) or 0, session.scalar(soon) or 0


def _may_call_off(session: Session, row: Cover, member: Member, now: datetime) -> bool:
    """Who is away, who stands in, and who may arrange it."""
    if member.id in (row.absent_id, row.covered_by):
        return True
    match member.reach(Action.ARRANGE_COVER):
        case Reach.EVERYTHING:
            return True
        case Reach.TEAM:
            absent = staff_member(session, row.absent_id)
            return absent is not None and absent.team_id == member.team_id
        case _:
            return False
