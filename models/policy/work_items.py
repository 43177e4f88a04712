"""How long an open decision may lie, and who hears of it when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
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

    def timing_of(self, form: str, *, urgent: bool = False) -> WorkItemTiming:
        """The timing of work items that ask for that form."""
        return self.urgent if urgent else self.forms.get(form, self.default)


class Interruption(StrEnum):
    """A notice that may interrupt somebody at work; all else comes in the digests."""

    URGENT_UNACKNOWLEDGED = "urgent-unacknowledged"
    """Urgent or safeguarding work that nobody has acknowledged."""
    MISSED_RED_CONTACT = "missed-red-contact"
    """A Red case whose contact has not been made."""
    ON_CALL = "on-call"
    """Work for whoever is on call."""
    PROVIDER_FAILURE = "provider-failure"
    """A provider has stopped, or is about to."""
    REACHED_NOBODY = "reached-nobody"
    """A message that reached nobody."""


class QuietHours(Settings):
    """
    The hours of the night in which a role is not written to, on the wall clock; they may pass midnight.

    The same hour twice means that there are none.
    """

    starts: time
    ends: time

    def cover(self, hour: time) -> bool:
        """True where that hour is quiet, from the start up to, not at, the end."""
        if self.starts <= self.ends:
            return self.starts <= hour < self.ends
        return hour >= self.starts or hour < self.ends


class Notices(Settings):
    """How staff are told without being worn out."""

    digest_times: tuple[time, ...] = Field(min_length=1)
    """When the digests go out on working days."""
    interrupt_for: tuple[Interruption, ...] = tuple(Interruption)
    quiet_hours: QuietHours
    quiet_hours_of: Mapping[Role, QuietHours] = Field(default_factory=dict)
    """For roles whose hours differ."""
    daily_budget: int = Field(ge=1)
    """More notices than this to one worker in one day are shown as too many."""

    def quiet_for(self, role: Role) -> QuietHours:
        """The quiet hours of that role."""
        return self.quiet_hours_of.get(role, self.quiet_hours)
