"""What the council sets for the failure of a provider: how soon people are seen, and how often the room reports."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from models.durations import Duration, calendar_days, calendar_hours
from models.policy.settings import Settings


class ProviderFailure(Settings):
    """Times of an incident. The findings give no numbers; all of these are ours."""

    red_seen_within: Duration = calendar_hours(4)
    """By when somebody is with a person at high risk: hours, and not days."""
    amber_seen_within: Duration = calendar_hours(24)
    green_seen_within: Duration = calendar_days(3)
    group_convened_within: Duration = calendar_hours(4)
    """By when the group of professionals has come together (TRN-48)."""
    report_every: Duration = calendar_hours(12)
    """How often the room writes a situation report."""
    check_after: Duration = calendar_days(2)
    """How long after somebody's care goes on it is checked."""
    tries_before_help: int = Field(default=2, ge=1, le=10)
    """After so many tries in vain to see somebody, a manager decides what is done."""

    @model_validator(mode="after")
    def _red_comes_first(self) -> Self:
        lengths = [one.days * 24 + one.time.total_seconds() / 3600 for one in self._seen_within]
        if not all(one.is_calendar for one in self._seen_within) or lengths != sorted(lengths):
            raise ValueError("the three *_seen_within are calendar time, the one for red the shortest")
        return self

    @property
    def _seen_within(self) -> tuple[Duration, Duration, Duration]:
        return self.red_seen_within, self.amber_seen_within, self.green_seen_within
