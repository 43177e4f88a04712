"""Who holds which role and belongs to which team on a day, as far as telling them goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from models.notices import Recipient, RecipientKind
from models.roles import Role
from tasks.register.lookups import staff_in


class Roster:
    """The staff of one day."""

    def __init__(self, session: Session, *, on: date) -> None:
        self._roles: dict[str, Role] = {}
        self._people: defaultdict[str, list[str]] = defaultdict(list)
        for member in staff_in(session, on=on):
            self._people[Recipient.role(member.role).tag].append(member.id)
            self._people[Recipient.team(member.team_id).tag].append(member.id)
            if member.role in set(Role):
                self._roles[member.id] = Role(member.role)

    def people_of(self, tag: str) -> Sequence[str]:
        """Staff ids of those who hold a role or belong to a team; of nobody else."""
        return self._people.get(tag, [])

    def roles_behind(self, tag: str) -> Sequence[Role | None]:
        """The roles of those behind a tag; None for somebody whose role is not known, and for a team of nobody."""
        to = Recipient.from_tag(tag)
        match to.kind:
            case RecipientKind.ROLE:
                return [Role(to.name) if to.name in set(Role) else None]
            case RecipientKind.STAFF:
                return [self._roles.get(to.name)]
            case RecipientKind.TEAM:
                return [self._roles.get(one) for one in self.people_of(tag)] or [None]
