"""What the council sets for oversight of the market and for the risk of recruitment from abroad (GAP-46, TRN-54)."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from models.durations import Duration, calendar_days, working_days
from models.market.kinds import Figure, RiskLevel
from models.policy.gaps.base import DEFAULTS_DATED
from models.policy.settings import Settings
from models.roles import Role


class Threshold(Settings):
    """From which figures on a provider is proposed for attention; all that it names must hold at once."""

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    figure: Figure
    at_least: int = Field(ge=1)
    """In the window."""
    risen_by: int | None = Field(default=None, ge=1)
    """More than in the window before."""
    per_hundred: float | None = Field(default=None, gt=0)
    """To a hundred people who have care from it; never reached where nobody knows how many those are."""


class MarketOversight(Settings):
    """How oversight proposes providers. The findings give no thresholds; all of these are ours."""

    owner: Role = Role.COMMISSIONING
    decided_on: date = DEFAULTS_DATED
    thresholds: tuple[Threshold, ...] = (
        Threshold(id="several-concerns", figure=Figure.CONCERNS, at_least=3),
        Threshold(id="rising-concerns", figure=Figure.CONCERNS, at_least=2, risen_by=2),
        Threshold(id="safeguarding-theme", figure=Figure.SAFEGUARDING, at_least=2),
        Threshold(id="any-stop", figure=Figure.STOPS, at_least=1),
        Threshold(id="any-incident", figure=Figure.INCIDENTS, at_least=1),
        Threshold(id="many-moves", figure=Figure.MOVES, at_least=2, per_hundred=10),
    )
    meeting_within: Duration = working_days(5)
    """By when the meeting is held, counted from when the figures stand."""

    @model_validator(mode="after")
    def _ids_are_different(self) -> Self:
        ids = [one.id for one in self.thresholds]
        if len(set(ids)) < len(ids):
            raise ValueError("two thresholds have the same id; give each its own")
        return self


class RecruitmentRisk(Settings):
    """How the risk of recruitment from abroad is weighed. The findings give no numbers; all of these are ours."""

    owner: Role = Role.COMMISSIONING
    decided_on: date = DEFAULTS_DATED
    assessed_from_percent: int = Field(default=40, ge=1, le=100)
    """From which share of sponsored staff on oversight has a provider assessed."""
    some_from_percent: int = Field(default=15, ge=1, le=100)
    """From which share on the table reads "some"; below it reads "low"."""
    high_from_percent: int = Field(default=40, ge=1, le=100)
    """From which share on the table reads "high"."""
    many_people_from: int = Field(default=20, ge=1)
    """From how many people supported on the table reads "many"."""
    many_with_high_needs_from: int = Field(default=3, ge=1)
    """As above, of people with two carers, medicine at its time, or living alone."""
    critical_every: Duration = calendar_days(7)
    """How often a provider is looked at again at each level."""
    high_every: Duration = calendar_days(28)
    medium_every: Duration = calendar_days(91)
    low_every: Duration = calendar_days(182)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.some_from_percent > self.high_from_percent:
            raise ValueError("some_from_percent is above high_from_percent; let them rise")
        lengths = [self.every(one) for one in RiskLevel]
        days = [one.days for one in lengths]
        if not all(one.is_calendar and one.days and not one.time for one in lengths) or days != sorted(days):
            raise ValueError("the four *_every are whole calendar days, the one for critical the shortest")
        return self

    def every(self, level: RiskLevel) -> Duration:
        """How often a provider at that level is looked at again."""
        match level:
            case RiskLevel.CRITICAL:
                return self.critical_every
            case RiskLevel.HIGH:
                return self.high_every
            case RiskLevel.MEDIUM:
                return self.medium_every
            case RiskLevel.LOW:
                return self.low_every
