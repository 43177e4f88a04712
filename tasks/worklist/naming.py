"""Who and what stands behind the references of a list, by name: people, staff, teams, procedures."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.register import Person, Team
from tasks.durable.procedure import UnknownProcedure, procedure_named
from tasks.register.traces import in_pieces
from tasks.unseen.words import whose as by_reference
from tasks.worklist.story import staff_names


def people_of(session: Session, ids: Collection[str]) -> dict[str, Person]:
    """The people of those register ids. Personal data."""
    found = (session.scalars(select(Person).where(Person.id.in_(some))) for some in in_pieces(sorted(set(ids))))
    return {one.id: one for some in found for one in some}


def team_names(session: Session) -> dict[str, str]:
    """What the council calls each of its teams, by id."""
    rows = session.execute(select(Team.id, Team.name).order_by(Team.name, Team.id))
    return {row.id: row.name for row in rows}


class Names:
    """Says who stands behind a tag: staff and teams by name, roles in words."""

    def __init__(self, session: Session, tags: Collection[str]) -> None:
        asked = [Recipient.from_tag(tag) for tag in tags if tag.partition("-")[0] in set(RecipientKind)]
        self._staff = staff_names(session, [one.name for one in asked if one.kind is RecipientKind.STAFF])
        self._teams = team_names(session)

    def __call__(self, tag: str) -> str:
        """Who it is; as the reference has it where the register knows no name."""
        kind, _, name = tag.partition("-")
        known = self._staff if kind == RecipientKind.STAFF else self._teams if kind == RecipientKind.TEAM else {}
        return known.get(name) or by_reference(tag)


def title_of(procedure: str) -> str:
    """What people call a procedure; made from its name where this version does not have it."""
    try:
        return procedure_named(procedure).title
    except UnknownProcedure:
        return procedure.replace("-", " ").capitalize()
