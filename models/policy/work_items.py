"""How long an open decision may lie, and who hears of it when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.durations import Deadline, Duration, working_days
from models.policy.ladders import rising
from models.policy.settings import Settings
from models.roles import Role


class EscalationStep(Settings):
    """So long after a work item was opened, this role hears of it."""

    after: Duration
    to: Role


class WorkItemTiming(Settings):
    """
    When an open work item is acknowledged, recalled to mind and escalated, counted from when it was opened.

    What is left out does not happen. The steps of the ladder rise in time.
    """

    acknowledge_within: Deadline | None = None
    """Nobody having opened it by then, the first role of the ladder hears of it."""
    remind_after: Duration | None = None
    """Those who were asked are told again."""
    escalate: tuple[EscalationStep, ...] = ()
    repeat_every: Duration = working_days(5)
    """Once all that has been done, whoever heard last hears again this often: nothing is ever left to silence."""

    @model_validator(mode="after")
    def _ladder_rises(self) -> Self:
        if not rising(step.after for step in self.escalate):
            raise ValueError("each step of escalate must come later than the one before it")
        if self.remind_after and self.escalate and not rising((self.remind_after, self.escalate[0].after)):
            raise ValueError("remind_after must come before the first step of escalate")
        return self


FormName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""The name of a form as worklists show it ("tray-decision")."""


class WorkItems(Settings):
    """The timing of every work item: urgent ones alike, others as their form says, or else the default."""

    default: WorkItemTiming
    urgent: WorkItemTiming
    forms: Mapping[FormName, WorkItemTiming] = Field(default_factory=dict)
    """A form that stands here has all of its timing here; nothing is taken over from the default."""
    led_by: Mapping[str, Role] = Field(default_factory=dict)
    """Teams, by their ids, that have no team leader: who hears there what elsewhere the team leader does."""

    def up_next(self, role: Role, team: str | None) -> Role:
        """Who is told in that team where a ladder names that role."""
        return self.led_by.get(team or "", role) if role is Role.TEAM_LEADER else role

    def timing_of(self, form: str, *, urgent: bool = False) -> WorkItemTiming:
        """The timing of work items that ask for that form."""
        return self.urgent if urgent else self.forms.get(form, self.default)
