"""What stands beside people in a list: which cases are about them, how they stand on a tray, when they were reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.decision_tables.levels import Rag
from models.register import Person
from models.tray import TrayPlace
from tasks.register.traces import in_pieces
from tasks.tray.listing import rank
from tasks.unseen.cases import known_people, people_above
from tasks.unseen.reached import last_reached


def about_whom(session: Session, cases: Sequence[Case], now: datetime) -> dict[str, tuple[str, ...]]:
    """For each case those whom it is about, else those of the case that opened it."""
    known: dict[str, list[str]] = {}
    for some in in_pieces(one.ref for one in cases):
        known |= known_people(session, now, select(Case.ref).where(Case.ref.in_(some)))
    return {
        one.ref: tuple(known.get(one.ref, ())) or people_above(session, now, one.procedure, one.parent_ref)
        for one in cases
    }


def on_trays(session: Session, people: Iterable[str]) -> dict[str, tuple[str, Rag | None]]:
    """The team on whose tray each of them waits, and their colour there; the most pressing of several."""
    found: dict[str, tuple[str, Rag | None]] = {}
    for some in in_pieces(people):
        rows = session.execute(
            select(TrayPlace.person_id, TrayPlace.team_id, Case.colour)
            .join(Case, Case.ref == TrayPlace.case_ref)
            .where(TrayPlace.person_id.in_(some), TrayPlace.left_at.is_(None), Case.restricted.is_(False))
            .order_by(TrayPlace.person_id, TrayPlace.case_ref)
        )
        for who, team, named in rows:
            colour = Rag(named) if named else None
            if who not in found or rank(colour, tuple(Rag)) < rank(found[who][1], tuple(Rag)):
                found[who] = (team, colour)
    return found


def reached(session: Session, people: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When somebody last really reached each of them, or somebody who stands for them."""
    found: dict[str, datetime] = {}
    for some in in_pieces(people):
        found |= last_reached(session, now, select(Person.id).where(Person.id.in_(some)))
    return found
