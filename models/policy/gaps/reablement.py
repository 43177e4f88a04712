"""What the reablement procedure leaves open about plans, pauses and concerns: GAP-32 to GAP-42."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from models.durations import (
    DayEnd,
    Deadline,
    Duration,
    calendar_days,
    working_days,
)
from models.policy.gaps.base import Gap, LegalGap
from models.roles import Role


class ChangeStep(StrEnum):
    """What follows when somebody agrees or objects to a change of plan."""

    PROCEED = "proceed"
    """The change is made."""
    STOP = "stop"
    """The change is not made."""
    SENIOR_DECIDES = "senior-decides"
    """A named senior decides, with regard to both sides on record."""
    RESOLVE_THEN_SENIOR = "resolve-then-senior"
    """The issue is talked through first; a named senior decides what is left of it."""


class ChangeAgreement(LegalGap):
    """What follows when not everybody agrees to a change of plan."""

    id: ClassVar[str] = "GAP-32"
    clauses: ClassVar[tuple[str, ...]] = ("REA-02", "REA-06", "REA-18")

    owner: Role = Role.REABLEMENT_LEAD
    capacity_first: bool = True
    all_agree: ChangeStep = ChangeStep.PROCEED
    person_with_capacity_refuses: ChangeStep = ChangeStep.STOP
    person_or_carer_objects_to_how: ChangeStep = ChangeStep.SENIOR_DECIDES
    another_party_objects: ChangeStep = ChangeStep.RESOLVE_THEN_SENIOR
    senior: Role = Role.TEAM_MANAGER


class RefusedSupport(LegalGap):
    """What follows when a person with capacity refuses the support itself."""

    id: ClassVar[str] = "GAP-33"
    clauses: ClassVar[tuple[str, ...]] = ("REA-18",)

    owner: Role = Role.REABLEMENT_LEAD
    stops_the_change: bool = True
    starts_unscheduled_review: bool = True
    best_interests_where_no_capacity: bool = True


class PlanPaperwork(Gap):
    """How soon evidence is decided on, and how soon a plan changed by hand is formally changed."""

    id: ClassVar[str] = "GAP-34"
    clauses: ClassVar[tuple[str, ...]] = ("REA-10", "REA-13")

    owner: Role = Role.REABLEMENT_LEAD
    decide_on_evidence_within: Duration = working_days(1)
    formal_record_within: Duration = working_days(1)
    numbered_versions: Literal[True] = True
    """Not open to choice: who has which copy is known by its number."""
    home_copy_holds_until_copies_are_out: bool = True


class ReablementPause(Gap):
    """Who decides that reablement pauses, what that means, and how it ends."""

    id: ClassVar[str] = "GAP-35"
    clauses: ClassVar[tuple[str, ...]] = ("REA-34", "REA-35")

    owner: Role = Role.SAFEGUARDING_LEAD
    decide_by: Deadline = DayEnd.SAME_DAY
    decider_without_consensus: Role = Role.SAFEGUARDING_LEAD
    interim_care_confirmed_first: bool = True
    visits_stop: bool = True
    check_every: Duration = calendar_days(7)
    ends_by_recorded_decision: Literal[True] = True
    """Not open to choice: nothing that a person relies on begins or ends again by itself (REA-34)."""


class LibertyRoute(StrEnum):
    """What a person may choose when care takes somebody's liberty."""

    REDUCE_RESTRICTIONS = "reduce-restrictions"
    """Care is arranged so that it restricts less."""
    CARE_HOME_OR_HOSPITAL = "care-home-or-hospital"
    """The authorisation that care homes and hospitals ask for."""
    COURT_OF_PROTECTION = "court-of-protection"
    """The court decides, for everywhere else."""
    NONE = "none"
    """None is needed, with the reasons."""


class LibertyRoutes(LegalGap):
    """Which routes a person may choose from when care takes somebody's liberty."""

    id: ClassVar[str] = "GAP-36"
    clauses: ClassVar[tuple[str, ...]] = ("REA-37",)

    owner: Role = Role.LEGAL
    routes: tuple[LibertyRoute, ...] = tuple(LibertyRoute)
    none_needs_reasons: bool = True


class CommissioningRemit(Gap):
    """Where a concern about a provider goes when it is unclear which commissioner is meant."""

    id: ClassVar[str] = "GAP-37"
    clauses: ClassVar[tuple[str, ...]] = ("REA-43", "REA-44")

    owner: Role = Role.COMMISSIONING
    report_even_if_remit_unclear: Literal[True] = True
    """Not open to choice: REA-39."""
    sorted_by: Role = Role.COMMISSIONING
    out_of_area_to_host_authority: bool = True
    own_service_goes_to: Role = Role.STRATEGIC_MANAGER
    """A manager outside the service that the concern is about."""


class UnregulatedProvider(Gap):
    """How it is known whether a provider is registered, and where a concern goes without a route."""

    id: ClassVar[str] = "GAP-38"
    clauses: ClassVar[tuple[str, ...]] = ("REA-50", "REA-53")

    owner: Role = Role.COMMISSIONING
    registration_is_recorded: Literal[True] = True
    """A field of the provider's, never guessed from what kind of service it is. Not open to choice: REA-50."""
    without_a_route_to: Role = Role.COMMISSIONING


class RiskOfTelling(LegalGap):
    """When somebody is not told or involved because that would put a person at risk."""

    id: ClassVar[str] = "GAP-39"
    clauses: ClassVar[tuple[str, ...]] = (
        "REA-21",
        "REA-36",
        "REA-45",
        "REA-46",
        "REA-54",
        "REA-55",
    )

    owner: Role = Role.SAFEGUARDING_LEAD
    withholding_needs_recorded_risk: bool = True
    concern_goes_ahead_without_consent: Literal[True] = True
    """Not open to choice: REA-39, REA-41."""
    contact_without_consent: bool = False
    representative_or_advocate_without_capacity: bool = True
    invite_alleged_source_of_risk: bool = False


class PersonalAssistants(Gap):
    """How soon a concern about a personal assistant is passed on, and who tells other employers."""

    id: ClassVar[str] = "GAP-40"
    clauses: ClassVar[tuple[str, ...]] = ("REA-56", "REA-58")

    owner: Role = Role.DIRECT_PAYMENTS
    social_work_team_by: Deadline = DayEnd.BEFORE_CLOSING
    danger_to_another_employer_by: Deadline = DayEnd.SAME_DAY
    danger_goes_through: Literal[Role.SAFEGUARDING_LEAD] = Role.SAFEGUARDING_LEAD
    """Not open to choice: it goes the way of every safeguarding concern (GAP-10)."""
    direct_payments_within: Duration = working_days(1)
    other_employers_told_only_by: Role = Role.DIRECT_PAYMENTS
    through_disclosure_gate: Literal[True] = True
    """Not open to choice: DUTY-63."""


class Whistleblowing(LegalGap):
    """How somebody who speaks up is protected, and how long it is checked that they stay so."""

    id: ClassVar[str] = "GAP-41"
    clauses: ClassVar[tuple[str, ...]] = ("REA-64", "REA-67", "REA-70", "REA-71")

    owner: Role = Role.LEGAL
    restricted_case: bool = True
    identity_masked_in_audit: bool = True
    detriment_checks_after: tuple[Duration, ...] = (calendar_days(28), calendar_days(90))
    students_are_advised: bool = True
    """Nobody is turned away for being a student."""
    helpline_telephone: str = Field(default="08000 724 725", min_length=1)
    helpline_email: str = Field(default="enquiries@wbhelpline.org.uk", min_length=1)
    helpline_checked_on: date | None = None
    """When somebody last made sure of the helpline; absent until they have."""


class CoOperationException(Gap):
    """Who judges that co-operating with another body is not called for."""

    id: ClassVar[str] = "GAP-42"
    clauses: ClassVar[tuple[str, ...]] = ("REA-49",)

    owner: Role = Role.LEGAL
    judged_by: Role = Role.TEAM_MANAGER
    """The line manager of whoever was asked."""
    with_advice_of: Role = Role.LEGAL
    within: Duration = working_days(2)
    reasons_required: Literal[True] = True
    """Not open to choice: REA-49 asks for the evidence."""
