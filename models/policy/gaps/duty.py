"""What the duty contact procedure leaves open: GAP-01 to GAP-10."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from models.durations import DayEnd, Deadline, Duration, calendar_days, working_days, working_hours
from models.policy.gaps.base import MANAGERS, Deciders, Gap, LegalGap
from models.policy.settings import Settings
from models.roles import Role


class NamedWorkerRoute(Gap):
    """Whether duty passes a contact on to the worker it names or settles it."""

    id: ClassVar[str] = "GAP-01"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-01", "DUTY-31")

    owner: Role = Role.TEAM_MANAGER
    forward_needs_allocation: Literal[True] = True
    """Pass on only where the worker is allocated or their team is responsible. Not open to choice: DUTY-18."""
    forward_needs_reachable_now: Literal[True] = True
    """Or where their service deals with it meanwhile. Not open to choice: DUTY-19."""
    otherwise_duty_acts: Literal[True] = True
    """Not open to choice: DUTY-26."""
    otherwise_alert_worker: Literal[True] = True
    """Not open to choice: DUTY-25, DUTY-34."""


class ReasonableTime(Gap):
    """How long "a few hours", "a few days" and "a reasonable timeframe" are."""

    id: ClassVar[str] = "GAP-02"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-08", "DUTY-19", "DUTY-25", "DUTY-27")

    owner: Role = Role.TEAM_MANAGER
    urgent: Deadline = DayEnd.BEFORE_CLOSING
    """By then urgent work is done or handed to out of hours."""
    few_hours: Duration = working_hours(4)
    few_days: Duration = working_days(3)
    reasonable_urgent: Deadline = DayEnd.SAME_DAY
    reasonable: Duration = working_days(2)
    stated_date_wins: bool = True
    """A date that the contact itself gives goes before all of these."""


class AllocationChecks(Gap):
    """Which checks are made on the named worker, by which channel, and whether the person is told."""

    id: ClassVar[str] = "GAP-03"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-03", "DUTY-17", "DUTY-27")

    owner: Role = Role.TEAM_MANAGER
    check_allocation: Literal[True] = True
    """Not open to choice: DUTY-03, DUTY-17."""
    check_team_responsibility: bool = True
    """Whether a team responsible for assessment or review is looked for as well, and gets what its worker cannot."""
    by_telephone: bool = True
    """Whether that second check is made for calls."""
    in_writing: bool = True
    """Whether it is made for letters and e-mails."""
    always_tell_person: bool = True
    """Whether the person is told of any absence; else only of one that is longer than a few days, or than the time
    that the contact itself gives (DUTY-27)."""


class UnallocatedNamedWorker(Gap):
    """Where a contact goes whose named worker is not the allocated one."""

    id: ClassVar[str] = "GAP-04"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-04", "DUTY-18")

    owner: Role = Role.TEAM_MANAGER
    responsible_team_first: bool = True
    otherwise_to: Role = Role.DUTY_WORKER


class FollowUpOwnership(Gap):
    """Who owns a follow-up that nobody has agreed to take."""

    id: ClassVar[str] = "GAP-05"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-36",)

    owner: Role = Role.TEAM_MANAGER
    owner_until_accepted: Role = Role.DUTY_WORKER
    decide_after: Duration = working_days(1)
    decider: Role = Role.TEAM_LEADER


class AdvocacyStep(StrEnum):
    """A step that the search for an advocate may or may not hold up."""

    ASSESSMENT = "assessment"
    """Finding out what a person needs."""
    REVIEW = "review"
    """Looking again at a plan."""
    PLANNING = "planning"
    """Making or changing a plan."""
    EMERGENCY = "emergency"
    """Help that cannot wait an hour."""
    PROTECTION = "protection"
    """Keeping somebody from harm."""
    URGENT_INTERIM = "urgent-interim"
    """Urgent support until an assessment."""
    URGENT_SAFEGUARDING = "urgent-safeguarding"
    """An enquiry into abuse that cannot wait."""
    CONTACT = "contact"
    """Speaking with the person."""
    WAITING_CLOCK = "waiting-clock"
    """The count of how long the person has waited."""


class AdvocacyHold(LegalGap):
    """What waits until an advocate is in place, and what never does."""

    id: ClassVar[str] = "GAP-06"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-42",)

    owner: Role = Role.LEGAL
    holds: tuple[AdvocacyStep, ...] = (
        AdvocacyStep.ASSESSMENT,
        AdvocacyStep.REVIEW,
        AdvocacyStep.PLANNING,
    )
    never_holds: tuple[AdvocacyStep, ...] = (
        AdvocacyStep.EMERGENCY,
        AdvocacyStep.PROTECTION,
        AdvocacyStep.URGENT_INTERIM,
        AdvocacyStep.URGENT_SAFEGUARDING,
        AdvocacyStep.CONTACT,
        AdvocacyStep.WAITING_CLOCK,
    )
    refer_by: Deadline = DayEnd.SAME_DAY
    reason_required: bool = True
    show_length_of_hold: bool = True

    @model_validator(mode="after")
    def _each_step_stands_in_one_list(self) -> Self:
        if sorted((*self.holds, *self.never_holds)) != sorted(AdvocacyStep):
            raise ValueError("every step must stand once, in holds or in never_holds")
        return self


class PreventionRecord(LegalGap):
    """How prevention is recorded beside a long-term referral, without holding it up."""

    id: ClassVar[str] = "GAP-07"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-68", "DUTY-69")

    owner: Role = Role.HEAD_OF_SERVICE
    record_required: bool = True
    chase_every: Duration = working_days(5)
    """The procedures ask for a chase and give no number; this one is ours."""
    blocks_assessment: Literal[False] = False
    """Not open to choice: holding up an assessment would breach the duty to assess."""
    urgent_need_first: bool = True


class FollowUpMeans(StrEnum):
    """How somebody finds out whether advice has helped."""

    CALL = "call"
    """A telephone call to the person."""
    MESSAGE = "message"
    """One message, which the person may answer."""
    SAMPLE = "sample"
    """A call to some of the people advised."""


class Resource(Settings):
    """One local resource that duty points people to."""

    name: str = Field(min_length=1)
    where: str = Field(min_length=1)


class AdviceFollowUp(Gap):
    """When and how duty finds out whether advice has helped, by risk."""

    id: ClassVar[str] = "GAP-08"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-53", "DUTY-60", "REA-27")

    owner: Role = Role.TEAM_MANAGER
    high_risk_after: Duration = calendar_days(7)
    moderate_risk_after: Duration = calendar_days(14)
    low_risk_after: Duration = calendar_days(28)
    high_risk_by: FollowUpMeans = FollowUpMeans.CALL
    moderate_risk_by: FollowUpMeans = FollowUpMeans.CALL
    low_risk_by: FollowUpMeans = FollowUpMeans.MESSAGE
    calls_only_where_agreed: bool = True
    sample_one_in: int = Field(default=10, ge=1)
    """Where a risk is followed up by sample, one in so many is rung. The number is ours."""
    answer_awaited_for: Duration = calendar_days(14)
    """How long a message that asks whether advice helped waits for an answer. The number is ours."""
    in_reablement_too: bool = True
    resources: tuple[Resource, ...] = ()
    """What there is locally, schemes among it."""
    national_resources: tuple[Resource, ...] = (
        Resource(name="Age UK", where="https://www.ageuk.org.uk"),
        Resource(name="Alzheimer’s Society", where="https://www.alzheimers.org.uk"),
        Resource(name="Carers UK", where="https://www.carersuk.org"),
        Resource(name="Citizens Advice", where="https://www.citizensadvice.org.uk"),
        Resource(name="NHS", where="https://www.nhs.uk"),
    )
    """Organisations that advise anybody in the country. The selection is ours."""


class RoutineDisclosure(Settings):
    """One disclosure that passes and is logged, because it was approved beforehand."""

    recipient: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    legal_basis: str = Field(min_length=1)


class DisclosureGate(LegalGap):
    """Who may be told what outside the council, and who decides where that is not settled."""

    id: ClassVar[str] = "GAP-09"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-63", "PWT-28", "REA-59", "TRN-14", "TRN-51")

    owner: Role = Role.CALDICOTT_LEAD
    routine: tuple[RoutineDisclosure, ...] = ()
    routine_approved_by: Role = Role.CALDICOTT_LEAD
    deciders: Deciders = (*MANAGERS, Role.CALDICOTT_LEAD)
    emergencies_pass: bool = True
    justify_emergency_within: Duration = working_days(1)
    """The procedures ask for a reason afterwards and give no number; this one is ours."""
    gates_the_person_themselves: bool = False


class SafeguardingReport(Gap):
    """How soon a safeguarding concern is raised, where it goes, and what follows silence."""

    id: ClassVar[str] = "GAP-10"
    clauses: ClassVar[tuple[str, ...]] = ("DUTY-49", "REA-32")

    owner: Role = Role.SAFEGUARDING_LEAD
    before_leaving_the_screen: bool = True
    """Before a form that may bring it up it is asked whether anybody is at risk, as a step of its own."""
    to_council_where_adult_is: bool = True
    emergency_prompt_first: Literal[True] = True
    """The prompt to ring 999 stands before any form. Not open to choice: DUTY-50, REA-33."""
    acknowledge_by: Deadline = DayEnd.BEFORE_CLOSING
    else_telephone_out_of_hours: bool = True
    out_of_hours_telephone: str | None = None
    childrens_team_telephone: str | None = None
