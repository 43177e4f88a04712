"""What the council sets for moves: each pathway with who receives and what must be in place, and the times."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from models.durations import Duration, calendar_days, calendar_hours, working_days
from models.moves.kinds import ON_EVERY_LIST, Arrangement, Pathway
from models.policy.gaps.base import DEFAULTS_DATED
from models.policy.organisation import TeamId
from models.policy.settings import Settings
from models.roles import Role

_A = Arrangement
_HOME = (_A.TRANSPORT, _A.EQUIPMENT, _A.RECORDS, _A.HOME)


class MovePathway(Settings):
    """One kind of move: who receives them where nobody is named, and what has to be in place before the day."""

    pathway: Pathway
    role: Role | None = None
    """The role that takes part for whoever receives them."""
    team: TeamId | None = None
    """Or the team that does."""
    arrangements: tuple[Arrangement, ...] = (_A.TRANSPORT, _A.RECORDS)
    """What is on its list beside what is on every list."""
    other: str = ""
    """What else is on it, in the council's words; with it `other` stands on the list."""
    procedure: str | None = Field(default=None, pattern=r"^[a-z]+(-[a-z]+)*$", max_length=60)
    """The procedure that does this pathway, where it has one of its own; this one then takes none of it on by hand."""

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.role is None) == (self.team is None):
            raise ValueError("name a role or a team, and not both")
        if (Arrangement.OTHER in self.arrangements) and not self.other:
            raise ValueError('say in other what it is, or take "other" from the list')
        return self

    @property
    def receiver(self) -> str:
        """Tag of who is asked to take them on."""
        return f"team-{self.team}" if self.team is not None else f"role-{self.role}"

    @property
    def every_arrangement(self) -> tuple[Arrangement, ...]:
        """What must be in place, in the order of the plan."""
        wanted = {*ON_EVERY_LIST, *self.arrangements, *((Arrangement.OTHER,) if self.other else ())}
        return tuple(one for one in Arrangement if one in wanted)


def _goes(pathway: Pathway, role: Role, *arrangements: Arrangement) -> MovePathway:
    return MovePathway(pathway=pathway, role=role, arrangements=arrangements)


DEFAULT_PATHWAYS = (
    _goes(Pathway.CHILD_TO_ADULT, Role.TEAM_MANAGER, _A.RECORDS, _A.FUNDING, _A.LEARNING),
    _goes(Pathway.HOSPITAL, Role.BROKERAGE, *_HOME),
    _goes(Pathway.OTHER_COUNCIL, Role.TEAM_MANAGER, *_HOME, _A.FUNDING),
    _goes(Pathway.BETWEEN_SERVICES, Role.BROKERAGE, _A.TRANSPORT, _A.RECORDS),
    _goes(Pathway.FUNDING_ENDS, Role.BROKERAGE, _A.RECORDS, _A.FUNDING),
    _goes(Pathway.SUPPORTED_LIVING, Role.BROKERAGE, *_HOME, _A.FUNDING, _A.LEARNING),
    _goes(Pathway.PRISON, Role.TEAM_MANAGER, *_HOME),
    _goes(Pathway.OUT_OF_AREA, Role.COMMISSIONING, _A.TRANSPORT, _A.EQUIPMENT, _A.RECORDS, _A.FUNDING),
    _goes(Pathway.ANOTHER, Role.TEAM_MANAGER, _A.TRANSPORT, _A.RECORDS),
)


class Moves(Settings):
    """How people move. The findings give no numbers; those of an escalation are GAP-46, all others are ours."""

    owner: Role = Role.STRATEGIC_MANAGER
    """Who answers for it and may change it."""
    decided_on: date = DEFAULTS_DATED
    accept_within: Duration = working_days(2)
    """By when whoever receives them answers, where it is not urgent; there it is GAP-46's time for an escalation."""
    prepared_within: Duration = working_days(3)
    """By when the risks are talked over, and by when the plan is made once they are."""
    after_emergency_within: Duration = calendar_hours(24)
    """By when what was missing is there, once somebody had to move without it."""
    check_after: Duration = calendar_days(7)
    """How long after the day it is looked how they are."""
    check_after_emergency: Duration = calendar_days(1)
    pathways: tuple[MovePathway, ...] = DEFAULT_PATHWAYS
    """One for each kind; one that a file leaves out is as it is here."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        kinds = [one.pathway for one in self.pathways]
        if len(set(kinds)) != len(kinds):
            raise ValueError("a pathway stands there twice; take one of them out")
        return self

    def of(self, pathway: Pathway) -> MovePathway:
        """What is set for that pathway."""
        return next(one for one in (*self.pathways, *DEFAULT_PATHWAYS) if one.pathway is pathway)
