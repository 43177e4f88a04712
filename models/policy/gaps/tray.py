"""What the planned work tray procedure leaves open about contact, rating and escalation."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from models.durations import DayEnd, Deadline, Duration, calendar_days, calendar_hours, working_days
from models.policy.gaps.base import MANAGERS, Deciders, Gap
from models.policy.ladders import rising
from models.policy.settings import Settings
from models.roles import Role


def _in_calendar_time(length: Duration) -> Duration:
    if not length.is_calendar:
        raise ValueError('this keeps somebody safe and runs in calendar time, such as "P7D": see GAP-51')
    return length


SafetyTime = Annotated[Duration, AfterValidator(_in_calendar_time)]
"""A length of calendar time: whoever is at risk is at risk on closed days too (GAP-51)."""


class TrayAfterUrgency(Gap):
    """When a case that was urgent may still go on the tray, and who places it."""

    id: ClassVar[str] = "GAP-11"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-07", "PWT-10", "PWT-18", "PWT-43", "PWT-67")

    owner: Role = Role.STRATEGIC_MANAGER
    never_while_urgent_action_open: bool = True
    never_if_response_due_within: Duration = calendar_hours(24)
    residual_placed_by: Deciders = MANAGERS
    check_high_risk_with_full_support: bool = True
    """The table's Amber stays, and a manager looks at it."""


class RedContact(Gap):
    """What is done before a Red case is placed, and how often the person is contacted then."""

    id: ClassVar[str] = "GAP-12"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-54", "PWT-56")

    owner: Role = Role.STRATEGIC_MANAGER
    interim_safety_plan_first: bool = True
    first_contact_before_placing: bool = True
    red_contact_every: SafetyTime = calendar_days(7)
    tell_placing_manager_of_every_miss: bool = True


class TrayTimers(Gap):
    """The two timers of the tray: a manager's desk review of all cases, and contact with each person."""

    id: ClassVar[str] = "GAP-13"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-08", "PWT-55")

    owner: Role = Role.TEAM_MANAGER
    desk_review_every: Duration = calendar_days(7)
    contact_has_its_own_timer: bool = True


class CompulsoryRating(Gap):
    """Whether every case is rated when placed, and what holds for imported cases without a rating."""

    id: ClassVar[str] = "GAP-14"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-37", "PWT-54")

    owner: Role = Role.TEAM_MANAGER
    rating_compulsory: bool = True
    imported_rated_within: SafetyTime = calendar_days(5)
    unrated_contact_every: SafetyTime = calendar_days(14)


class AllocationClock(Gap):
    """The one clock that counts how long a person waits for a named worker."""

    id: ClassVar[str] = "GAP-15"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-11", "PWT-61")

    owner: Role = Role.STRATEGIC_MANAGER
    counts_from: Literal["request", "placement"] = "request"
    placing_again_resets: bool = False
    show_days_on_tray: bool = True
    warn_after: SafetyTime = calendar_days(21)
    breach_after: SafetyTime = calendar_days(28)
    breach_goes_to: Role = Role.STRATEGIC_MANAGER
    urgent_allocated_by: Deadline = DayEnd.SAME_DAY

    @model_validator(mode="after")
    def _warning_comes_before_breach(self) -> Self:
        if not rising((self.warn_after, self.breach_after)):
            raise ValueError("warn_after must come before breach_after")
        return self


class Months(Gap):
    """How long a fortnight and a month are in a timer."""

    id: ClassVar[str] = "GAP-16"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-55", "PWT-57")

    owner: Role = Role.TEAM_MANAGER
    fortnight: SafetyTime = calendar_days(14)
    month: SafetyTime = calendar_days(28)
    never_later_than_calendar_month: bool = True


class TrayEscalation(Gap):
    """Which tray cases go to which senior manager, when, and what follows silence."""

    id: ClassVar[str] = "GAP-17"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-59",)

    owner: Role = Role.HEAD_OF_SERVICE
    red_to_strategic_manager_after: SafetyTime = calendar_days(14)
    red_to_head_of_service_after: SafetyTime = calendar_days(28)
    red_one_by_one: bool = True
    others_in_weekly_list: bool = True
    silence_after: Duration = working_days(2)
    silence_goes_to: Role = Role.HEAD_OF_SERVICE

    @model_validator(mode="after")
    def _strategic_manager_comes_first(self) -> Self:
        if not rising((self.red_to_strategic_manager_after, self.red_to_head_of_service_after)):
            raise ValueError("the strategic manager must hear of a Red case before the head of service")
        return self


class TraySafeguardingCheck(Gap):
    """What stands under the tray procedure's empty heading on safeguarding."""

    id: ClassVar[str] = "GAP-18"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-32",)

    owner: Role = Role.SAFEGUARDING_LEAD
    check_before_placing: bool = True
    open_concern_has_owner_before_placing: bool = True


class UnreachedStep(StrEnum):
    """What a manager may do when nobody can reach a person."""

    OWN_VISIT = "own-visit"
    """One of our workers goes there."""
    KEYHOLDER = "keyholder"
    """Somebody who has a key looks in."""
    PROVIDER = "provider"
    """The care provider is asked."""
    GP = "gp"
    """The person's practice is asked."""
    FAMILY = "family"
    """The family is asked."""
    EMERGENCY_SERVICES = "emergency-services"
    """999, where a life may be at risk."""


class UnreachablePerson(Gap):
    """How often a person is tried, and who decides what happens then."""

    id: ClassVar[str] = "GAP-19"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-58",)

    owner: Role = Role.TEAM_MANAGER
    attempts: int = Field(default=3, ge=1, le=20)
    attempts_within: Duration = working_days(2)
    red_attempts_within: Deadline = DayEnd.SAME_DAY
    at_different_times: bool = True
    by_different_means: bool = True
    deciders: Deciders = MANAGERS
    steps: tuple[UnreachedStep, ...] = tuple(UnreachedStep)
    expect_police_welfare_check: bool = False


class TrayRoles(Gap):
    """Who reviews the tray, and who keeps in touch with the people on it."""

    id: ClassVar[str] = "GAP-20"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-08", "PWT-49")

    owner: Role = Role.TEAM_MANAGER
    tray_reviewed_by: Role = Role.TEAM_LEADER
    tray_review_covered_by: Role = Role.TEAM_MANAGER
    contact_by: Role = Role.DUTY_WORKER
    red_contact_by: Role = Role.PRACTITIONER
    """A qualified worker."""


class TrayVocabulary(Gap):
    """The one name of the tray, the template of its notes, and the procedure's lapsed review date."""

    id: ClassVar[str] = "GAP-21"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-01", "PWT-51")

    owner: Role = Role.HEAD_OF_SERVICE
    state_name: str = Field(default="planned work tray", min_length=1)
    note_template: str = Field(default="RAAN", min_length=1)
    """A literal name until its owner explains it."""
    document_review_due: date = date(2025, 3, 31)
    show_lapsed_document: bool = True
    lapsed_document_blocks: bool = False


class MatrixOverride(Gap):
    """When a manager may depart from the matrix."""

    id: ClassVar[str] = "GAP-22"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-47",)

    owner: Role = Role.STRATEGIC_MANAGER
    overriders: Deciders = MANAGERS
    reasons_required: bool = True
    lowering_red_needs_second_manager: bool = True
    changed_facts_are_a_rerating: bool = True


class LocalRiskFactor(Settings):
    """One risk factor that a service has agreed on for itself."""

    id: str = Field(pattern=r"^[A-Z]{2,4}-\d{2}$")
    service: str = Field(min_length=1)
    text: str = Field(min_length=1)


class LocalRiskFactors(Gap):
    """The risk factors that each service adds to the matrix's own prompts."""

    id: ClassVar[str] = "GAP-24"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-44",)

    owner: Role = Role.STRATEGIC_MANAGER
    list_version: int = Field(default=1, ge=1)
    """Raised with every change of the list."""
    factors: tuple[LocalRiskFactor, ...] = ()
    approved_by: Role = Role.STRATEGIC_MANAGER
    approved_on: date | None = None
    """The day on which the list as it stands was approved."""
    approved_by_staff: str | None = Field(default=None, min_length=1)
    """Staff id of who approved it."""

    @model_validator(mode="after")
    def _is_approved(self) -> Self:
        ids = [factor.id for factor in self.factors]
        if len(set(ids)) < len(ids):
            raise ValueError("two local risk factors have the same id; give each its own")
        if (self.approved_on is None) != (self.approved_by_staff is None):
            raise ValueError("say approved_on and approved_by_staff together")
        if self.list_version > 1 and self.approved_on is None:
            raise ValueError("a changed list needs its approval: say approved_on and approved_by_staff")
        return self


class PriorityDeadlines(Gap):
    """By when a person is seen or allocated, by priority."""

    id: ClassVar[str] = "GAP-25"
    clauses: ClassVar[tuple[str, ...]] = ("PWT-64", "PWT-65", "PWT-66", "PWT-67")

    owner: Role = Role.STRATEGIC_MANAGER
    urgent: SafetyTime = calendar_hours(24)
    high: SafetyTime = calendar_days(3)
    medium: SafetyTime = calendar_days(14)
    low: SafetyTime = calendar_days(28)
    a_call_meets_high: bool = False
    """High is met by seeing or allocating the person; a call is not enough."""

    @model_validator(mode="after")
    def _the_more_pressing_comes_first(self) -> Self:
        if not rising((self.urgent, self.high, self.medium, self.low)):
            raise ValueError("urgent, high, medium and low must rise in time")
        return self
