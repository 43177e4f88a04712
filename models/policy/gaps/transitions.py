"""What the findings on safe transitions leave open: GAP-43 to GAP-48 and GAP-54."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from models.durations import (
    DayEnd,
    Deadline,
    Duration,
    calendar_days,
    calendar_hours,
    minutes,
    working_hours,
)
from models.policy.gaps.base import Gap, LegalGap
from models.roles import Role


class BrokerageClock(Gap):
    """That brokerage has a clock of its own and no waiting list."""

    id: ClassVar[str] = "GAP-43"
    clauses: ClassVar[tuple[str, ...]] = ("TRN-42",)

    owner: Role = Role.BROKERAGE
    enters_tray: bool = False
    answer_by: Deadline = DayEnd.SAME_DAY


class TransitionAges(LegalGap):
    """From which age to which a young person is prepared for adult services, and by whom."""

    id: ClassVar[str] = "GAP-44"
    clauses: ClassVar[tuple[str, ...]] = ("TRN-18", "TRN-21", "TRN-27")

    owner: Role = Role.HEAD_OF_SERVICE
    earliest_age: int | None = Field(default=None, ge=0, le=25)
    six_month_rule: bool = False
    assess_when_of_significant_benefit: bool = True
    preparation_offered_at_age: int = Field(default=15, ge=0, le=18)
    link_worker_until_age: int = Field(default=18, ge=16, le=25)
    team_until_age: int = Field(default=25, ge=18, le=30)
    disability_pathway_team: str | None = None
    """The id of the team that has the disability pathway."""


class DischargeKinds(Gap):
    """That the kind of discharge is asked for, and who decides on a mental health one."""

    id: ClassVar[str] = "GAP-45"
    clauses: ClassVar[tuple[str, ...]] = ("TRN-33",)

    owner: Role = Role.STRATEGIC_MANAGER
    ask_kind: bool = True
    mental_health_decided_by: Role = Role.TEAM_MANAGER
    mental_health_team: str | None = None
    """The id of the team that has the mental health route."""


class OnCallTimes(Gap):
    """How soon on-call and escalation answer, and how often oversight meets."""

    id: ClassVar[str] = "GAP-46"
    clauses: ClassVar[tuple[str, ...]] = ("TRN-06", "TRN-07", "TRN-45", "TRN-54")

    owner: Role = Role.HEAD_OF_SERVICE
    life_threatening_is_999: bool = True
    on_call_acknowledges_within: Duration = minutes(30)
    on_call_by_telephone: bool = True
    on_call_manager_within: Duration = calendar_hours(1)
    """Nobody having it in hand by then, the head of service is told, and all of them again and again."""
    told_again_every: Duration = calendar_hours(1)
    rota_trusted_for: Duration = calendar_hours(6)
    """How long after its last reading the rota is relied on."""
    rota_looked_ahead: Duration = calendar_days(7)
    """So far ahead the rota must say who is on call whenever the office is closed."""
    rota_kept_by: Role = Role.TEAM_MANAGER
    """Who sees to an hour of the rota with nobody, or somebody who is not staff."""
    night_accepted_within: Duration = working_hours(2)
    """How long after opening each team has to accept its list of the night; then a manager is asked."""
    escalation_answered_within: Duration = calendar_hours(4)
    oversight_every: Duration = calendar_days(28)


class FundingTrack(LegalGap):
    """That support does not wait for funding, and when the end of a person's money is decided on."""

    id: ClassVar[str] = "GAP-47"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-65", "ARR-01", "TRN-61", "TRN-63")

    owner: Role = Role.FINANCE
    support_waits_for_funding: bool = False
    ask_when_money_runs_out: bool = True
    decide_before_money_runs_out: bool = True
    if_already_run_out: Deadline = DayEnd.SAME_DAY


class ResidenceTests(LegalGap):
    """What the tests of residence and of who pays may hold back, and what they never do."""

    id: ClassVar[str] = "GAP-48"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-14", "TRN-48")

    owner: Role = Role.LEGAL
    gate_tray_placement: bool = True
    gate_safeguarding: Literal[False] = False
    """Not open to choice: safety comes before residence."""
    gate_urgent_action: Literal[False] = False
    """Not open to choice: urgent need comes before residence."""
    gate_provider_failure: Literal[False] = False
    """Not open to choice: a failing provider's people are helped wherever they are from."""


class IncidentFact(StrEnum):
    """What is decided on record about each interruption of care."""

    CAUSE = "cause"
    """Business failure or another interruption."""
    DECIDER = "decider"
    """Who decided."""
    START = "start"
    """When the duty began."""
    END = "end"
    """When it ended."""
    CHARGE = "charge"
    """What people pay meanwhile."""
    RECOVER_FROM = "recover-from"
    """The authority from which the cost is recovered."""
    HEALTH_FUNDED = "health-funded"
    """Whether the health service pays for the care."""
    CROSS_BORDER = "cross-border"
    """Whether the care is in another part of the United Kingdom."""


class ProviderFailureDuty(LegalGap):
    """What is decided on record when a provider fails, since the documents ask more than the Act."""

    id: ClassVar[str] = "GAP-54"
    clauses: ClassVar[tuple[str, ...]] = ("REA-42", "TRN-47", "TRN-48")

    owner: Role = Role.COMMISSIONING
    decided_by: Role = Role.HEAD_OF_SERVICE
    facts_recorded: tuple[IncidentFact, ...] = tuple(IncidentFact)
