"""Who sees to an unauthorised disclosure, so that nobody is asked about what they did themselves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from models.forms.breach import BreachFound
from models.roles import Role
from tasks.durable import audited, here
from tasks.register.lookups import staff_member

_INSTEAD_OF = {
    Role.TEAM_MANAGER: Role.STRATEGIC_MANAGER,
    Role.STRATEGIC_MANAGER: Role.HEAD_OF_SERVICE,
    Role.INFORMATION_GOVERNANCE: Role.CALDICOTT_LEAD,
}


class SeesToIt(BaseModel):
    """Who is asked."""

    model_config = ConfigDict(frozen=True)

    manager: Role
    """Who contains it."""
    governance: Role
    """Who assesses it, and tells the regulator and the people concerned."""
    decider: Role
    """Who decides what follows."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{self.manager.label}, {self.governance.label} and {self.decider.label}"


@audited("Found out who sees to it", clauses="DUTY-66")
def find_who_sees_to_it(breach: BreachFound) -> SeesToIt:
    """The roles that usually do; where whoever disclosed it holds one of them, the role above or beside it."""
    member = staff_member(here().session, breach.disclosed_by) if breach.disclosed_by else None
    theirs = Role(member.role) if member is not None else None

    def apart_from_theirs(role: Role) -> Role:
        return _INSTEAD_OF[role] if role is theirs else role

    return SeesToIt(
        manager=apart_from_theirs(Role.TEAM_MANAGER),
        governance=apart_from_theirs(Role.INFORMATION_GOVERNANCE),
        decider=apart_from_theirs(Role.STRATEGIC_MANAGER),
    )
