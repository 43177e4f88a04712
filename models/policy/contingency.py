"""What the council sets for contingency plans, and the figure by which brokerage's capacity is planned."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from models.contingency.kinds import OwnDuty
from models.durations import Duration, calendar_days, working_days
from models.policy.gaps.base import DEFAULTS_DATED
from models.policy.settings import Settings
from models.roles import Role


class Contingency(Settings):
    """How plans for interruptions are kept (TRN-46). The findings give no numbers; all of these are ours."""

    owner: Role = Role.HEAD_OF_SERVICE
    """Who answers for it and may change it; they hear of what has no plan."""
    decided_on: date = DEFAULTS_DATED
    review_every: Duration = calendar_days(182)
    """A plan is looked at again so long after the last time at the latest."""
    reviewed_within: Duration = working_days(10)
    """By when whoever keeps it has looked at it, once that is due; then a strategic manager hears of it."""
    after_incident_within: Duration = working_days(10)
    """By when it is said whether it worked, once an incident has ended."""
    duties: tuple[OwnDuty, ...] = tuple(OwnDuty)
    """The duties of our own that need a plan."""

    @model_validator(mode="after")
    def _in_calendar_days(self) -> Self:
        if not self.review_every.is_calendar or self.review_every.days < 1:
            raise ValueError("review_every is calendar time of a day or more, such as P182D")
        return self


class BrokeragePlanning(Settings):
    """By how many referrals a year the capacity of brokerage is planned (TRN-44)."""

    owner: Role = Role.STRATEGIC_MANAGER
    decided_on: date = DEFAULTS_DATED
    referrals_a_year: int = Field(default=7000, ge=1)
