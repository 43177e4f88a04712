"""
Who waits on the tray, as a manager reads it: with names, counted by colour, filtered, sorted, and cut into pages.

How the list is worked out stands in `tasks/tray/listing.py`. Who may see every team's tray asks for any; all others
see those of their own team, and of the teams of those for whom they stand in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.decision_tables.levels import Complexity, Priority
from models.permissions import Action, Reach
from models.register import Person
from models.working_time import local_day
from tasks.register.traces import in_pieces
from tasks.tray.days_contacts import ContactLine
from tasks.tray.listing import UNRATED, Order, TrayRow, chosen, tray_at
from tasks.worklist.members import Member
from tasks.worklist.naming import people_of, team_names
from tasks.worklist.scope import NotFound, cases_within, restricted_refs
from tasks.worklist.story import staff_names

LINES = 100
"""So many people on a page."""


@dataclass(frozen=True)
class Wanted:
    """Which of a tray's people are listed, and in which order (PWT-35)."""

    team: str | None = None
    """None: of every team that they may see."""
    colour: str | None = None
    priority: Priority | None = None
    complexity: Complexity | None = None
    order: Order = Order.WORST


@dataclass(frozen=True)
class Tray:
    """A tray at a moment, as far as somebody may see it. References only."""

    rows: Sequence[TrayRow]
    """Those that were asked for, sorted."""
    counts: Mapping[str, int]
    """How many of each colour wait, whatever was filtered; "unrated" among them."""
    missed: int
    """With how many of those a contact was missed, whatever was filtered."""
    hidden: int
    """Restricted cases of which nothing is told them."""

    @property
    def everybody(self) -> int:
        """How many wait."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class NamedRow:
    """Somebody on the tray, with their name. Personal data."""

    row: TrayRow
    person: Person | None
    """None: the register does not have them any more."""
    team: str
    manager: str
    may_open: bool
    """Whether they may read the case."""


@dataclass(frozen=True)
class NamedContact:
    """A contact or an attempt, with the names of those concerned. Personal data."""

    line: ContactLine
    person: Person | None
    by: str
    may_open: bool


def trays_of(session: Session, member: Member) -> dict[str, str]:
    """The teams whose trays they may see, by id, each with its name."""
    every = team_names(session)
    if member.reach(Action.SEE_TRAY) is Reach.EVERYTHING:
        return every
    theirs = {one.team_id for one in member.themselves_and_covered if one.may(Action.SEE_TRAY)}
    return {id_: name for id_, name in every.items() if id_ in theirs}


def sees_every_tray(member: Member) -> bool:
    """Whether all teams' trays are theirs to see."""
    return member.reach(Action.SEE_TRAY) is Reach.EVERYTHING


def tray_asked_for(session: Session, member: Member, team: str) -> str | None:
    """
    The team whose tray is meant: the one that is named, else None for every one, or their own where that is all.

    Raises `NotFound` where the team is none of theirs.
    """
    teams = trays_of(session, member)
    if team:
        if team not in teams:
            raise NotFound("tray")
        return team
    return None if sees_every_tray(member) else member.team_id


def tray_of(session: Session, member: Member, moment: datetime, wanted: Wanted) -> Tray:
    """The people of one tray, or of all, at a moment. Restricted cases are left out where they are not theirs."""
    every = tray_at(session, moment, team=wanted.team)
    seen = every
    if any(row.restricted for row in every):
        theirs = set(restricted_refs(session, member))
        seen = [row for row in every if not row.restricted or row.ref in theirs]
    return Tray(
        rows=chosen(
            seen,
            colour=wanted.colour,
            priority=wanted.priority,
            complexity=wanted.complexity,
            order=wanted.order,
        ),
        counts=Counter(str(row.colour or UNRATED) for row in seen),
        missed=sum(row.is_missed for row in seen),
        hidden=len(every) - len(seen),
    )


def named_rows(session: Session, member: Member, rows: Sequence[TrayRow], now: datetime) -> list[NamedRow]:
    """The rows of a page, with names and whether each case is theirs to open."""
    people = people_of(session, {row.person for row in rows})
    teams, staff = team_names(session), staff_names(session, [row.manager for row in rows])
    readable = readable_of(session, member, [row.ref for row in rows], now)
    return [
        NamedRow(
            row=row,
            person=people.get(row.person),
            team=teams.get(row.team, row.team),
            manager=staff.get(row.manager, row.manager),
            may_open=row.ref in readable,
        )
        for row in rows
    ]


def named_contacts(session: Session, member: Member, lines: Sequence[ContactLine], now: datetime) -> list[NamedContact]:
    """The contacts of a page, with names."""
    people = people_of(session, {line.person for line in lines})
    staff = staff_names(session, [line.by for line in lines])
    readable = readable_of(session, member, [line.ref for line in lines], now)
    return [
        NamedContact(line, people.get(line.person), staff.get(line.by, line.by), line.ref in readable) for line in lines
    ]


def readable_of(session: Session, member: Member, refs: Sequence[str], now: datetime) -> set[str]:
    """Those of the cases that they may read."""
    within = cases_within(session, member, Action.READ_CASE, local_day(now))
    pieces = in_pieces(sorted(set(refs)))
    return {ref for some in pieces for ref in session.scalars(select(Case.ref).where(Case.ref.in_(some), within))}
