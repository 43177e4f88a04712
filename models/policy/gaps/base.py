"""What every local decision has in common: an owner, a date, and the clauses it touches."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from models.policy.settings import Settings
from models.roles import Role

DEFAULTS_DATED = date(2026, 1, 5)
"""The day on which the defaults in this package were settled."""
MANAGERS = (Role.TEAM_MANAGER, Role.TEAM_LEADER)
"""The two roles that the tray's procedure lets decide."""
Deciders = Annotated[tuple[Role, ...], Field(min_length=1)]
"""The roles that may decide, at least one."""


class Gap(Settings):
    """One point that the procedures leave open, and what this council does about it."""

    id: ClassVar[str]
    clauses: ClassVar[tuple[str, ...]]
    legal_advice_needed: ClassVar[bool] = False

    owner: Role
    """Who answers for the decision and may change it."""
    decided_on: date = DEFAULTS_DATED
    """When it was decided."""

    @property
    def awaits_legal_advice(self) -> bool:
        """True where the decision touches the law and nobody has recorded the legal team's advice."""
        return False


class LegalGap(Gap):
    """A point that touches the law: the legal team advises on it before it is used."""

    legal_advice_needed: ClassVar[bool] = True

    legal_advice_on: date | None = Field(default=None)
    """When the legal team advised; absent until they have."""

    @property
    def awaits_legal_advice(self) -> bool:
        """True until the day of the legal team's advice is recorded."""
        return self.legal_advice_on is None
