"""
Confidential incidents: who may open one before it is announced, and who learns no more than their own part.

The room may open it: whoever hears of it at once, the team that leads it, whoever reported it or joined. For everybody
else it is not there until it is announced. The people's cases, and what they open, are worked by the teams to which
they were given; a wider reach than that does not reach them meanwhile. What somebody is asked they may read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.cases import Case
from models.provider_failure.tables import Incident, IncidentReader
from tasks.worklist.concern import asked_of_them
from tasks.worklist.members import Member


@dataclass(frozen=True)
class Rooms:
    """Incidents as one member of staff stands to them, by ref."""

    open_to_them: tuple[str, ...]
    """Whose room they belong to, announced or not."""
    kept_from_them: tuple[str, ...]
    """Confidential, and not for them."""

    @property
    def kept_cases(self) -> Select[tuple[str]]:
        """The incidents that are kept from them and every case that hangs on one, by ref."""
        return cases_of(self.kept_from_them)


def rooms_of(session: Session, member: Member | None) -> Rooms:
    """
    Which incidents somebody may open, and which are kept from them.

    Without a member it is whoever runs a command on this machine: no room is theirs.
    """
    every = session.execute(select(Incident.case_ref, Incident.announced_at)).tuples().all()
    if not every:
        return Rooms((), ())
    theirs: set[str] = set()
    if member is not None:
        tags = sorted(asked_of_them(member))
        theirs = set(session.scalars(select(IncidentReader.case_ref).where(IncidentReader.tag.in_(tags))))
    kept = [ref for ref, announced_at in every if announced_at is None and ref not in theirs]
    return Rooms(tuple(sorted(theirs)), tuple(sorted(kept)))


def cases_of(incidents: Sequence[str]) -> Select[tuple[str]]:
    """Those incidents, the cases of their people, and what those have opened, however far down."""
    family = select(Case.ref).where(Case.ref.in_(incidents)).cte("of_incidents", recursive=True)
    child = aliased(Case)
    family = family.union(select(child.ref).join(family, child.parent_ref == family.c.ref))
    return select(family.c.ref)


def kept_refs(session: Session, member: Member | None) -> frozenset[str]:
    """Every case that is kept from somebody as part of a confidential incident, as far as it is not asked of them."""
    rooms = rooms_of(session, member)
    return frozenset(session.scalars(rooms.kept_cases)) if rooms.kept_from_them else frozenset()
