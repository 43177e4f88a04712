"""What the procedure for arranging support leaves open: GAP-28 to GAP-31."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from models.durations import Duration, calendar_days
from models.policy.gaps.base import MANAGERS, Deciders, Gap
from models.policy.settings import Settings
from models.roles import Role


class UrgentSupport(Gap):
    """Who agrees to support before the plan and the budget are signed, and when those follow."""

    id: ClassVar[str] = "GAP-28"
    clauses: ClassVar[tuple[str, ...]] = ("ARR-01", "ARR-08")

    owner: Role = Role.HEAD_OF_SERVICE
    agreed_by: Deciders = (*MANAGERS, Role.ON_CALL_MANAGER)
    plan_and_budget_within: Duration = calendar_days(14)


class ExternalProcedure(Settings):
    """The steps of a procedure that is written down elsewhere, each done by a person."""

    steps: tuple[str, ...] = Field(min_length=1)
    evidence_required: bool = True
    """Each step ends by somebody's word that it is done, with the evidence."""


class ExternalProcedures(Gap):
    """The steps of the four procedures that the documents name and do not contain."""

    id: ClassVar[str] = "GAP-29"
    clauses: ClassVar[tuple[str, ...]] = ("ARR-03", "ARR-05", "ARR-07", "ARR-09")

    owner: Role = Role.COMMISSIONING
    brokerage: ExternalProcedure = ExternalProcedure(
        steps=("request made", "provider offered", "start agreed with the person"),
    )
    direct_payment: ExternalProcedure = ExternalProcedure(
        steps=("agreement signed", "account ready", "first payment made"),
    )
    individual_service_fund: ExternalProcedure = ExternalProcedure(
        steps=("provider chosen", "agreement signed", "fund in place"),
    )
    carers_centre: ExternalProcedure = ExternalProcedure(
        steps=("referral accepted", "support started"),
    )


class AlternativeService(Gap):
    """When an alternative service counts as in place, and how often that is checked."""

    id: ClassVar[str] = "GAP-30"
    clauses: ClassVar[tuple[str, ...]] = ("ARR-17", "ARR-21")

    owner: Role = Role.TEAM_MANAGER
    person_confirms_first_delivery: bool = True
    evidence_required: bool = True
    first_check_after: Duration = calendar_days(7)
    then_check_every: Duration = calendar_days(14)
    duty_open_until_in_place: bool = True


class ProfessionalSupport(Gap):
    """How often professional support is reviewed, and that it does not stand in for an advocate."""

    id: ClassVar[str] = "GAP-31"
    clauses: ClassVar[tuple[str, ...]] = ("ARR-10", "ARR-15")

    owner: Role = Role.TEAM_MANAGER
    supervision_at_most_every: Duration = calendar_days(42)
    statutory_review_at_most_months: int = Field(default=12, ge=1, le=12)
    counts_as_independent_advocate: Literal[False] = False
    """Not open to choice: a practitioner is not independent (DUTY-40)."""
