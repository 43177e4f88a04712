"""What the council sets for the failure of a provider: how soon people are seen, and how often the room reports."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from models.durations import Duration, calendar_days, calendar_hours, minutes, working_days
from models.policy.settings import Settings
from models.roles import Role


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
    unseen_goes_to: tuple[Role, ...] = (Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)
    """Who hears that somebody is not seen in time, one after the other; the last again until they are seen."""
    red_told_again_after: Duration = calendar_hours(2)
    """How long after one has heard it of somebody at high risk the next does."""
    others_told_again_after: Duration = working_days(1)
    """The same at lower risk; within it nobody hears of an incident's people twice."""
    call_missed_after: Duration = minutes(30)
    """How long after its time a call that nobody covers and nobody has recorded counts as missed."""
    telling_decided_within: Duration = calendar_hours(4)
    """By when the room has decided who is told of the incident, from when the group came together."""
    people_told_within: Duration = working_days(1)
    """By when somebody on the list is told, from when they may be."""

    @model_validator(mode="after")
    def _red_comes_first(self) -> Self:
        lengths = [one.days * 24 + one.time.total_seconds() / 3600 for one in self._seen_within]
        if not all(one.is_calendar for one in self._seen_within) or lengths != sorted(lengths):
            raise ValueError("the three *_seen_within are calendar time, the one for red the shortest")
        return self

    @model_validator(mode="after")
    def _somebody_hears_it(self) -> Self:
        if not self.unseen_goes_to or not all(one.is_manager for one in self.unseen_goes_to):
            raise ValueError("unseen_goes_to names managers, at least one")
        if not self.call_missed_after.is_calendar or not self.red_told_again_after.is_calendar:
            raise ValueError("call_missed_after and red_told_again_after are calendar time: nights count")
        return self

    @property
    def _seen_within(self) -> tuple[Duration, Duration, Duration]:
        return self.red_seen_within, self.amber_seen_within, self.green_seen_within
