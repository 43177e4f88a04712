"""
The 55 points that the procedures leave to each council, every one with its default, owner and date.

One class per point, in a module per procedure; the defaults stand in the classes. A council's policy replaces
single settings under `[gaps.GAP-nn]` and then names its own owner and date there.
"""

from __future__ import annotations

from pydantic import Field

from models.policy.gaps import duty, everywhere, reablement, support, transitions, tray, tray_exits
from models.policy.gaps.base import Gap
from models.policy.settings import Settings

__all__ = ["Gap", "Gaps"]


class Gaps(Settings):
    """What this council does about each of the 55 points; in a policy each goes by its id."""

    named_worker_route: duty.NamedWorkerRoute = Field(default=duty.NamedWorkerRoute(), alias="GAP-01")
    reasonable_time: duty.ReasonableTime = Field(default=duty.ReasonableTime(), alias="GAP-02")
    allocation_checks: duty.AllocationChecks = Field(default=duty.AllocationChecks(), alias="GAP-03")
    unallocated_named_worker: duty.UnallocatedNamedWorker = Field(default=duty.UnallocatedNamedWorker(), alias="GAP-04")
    follow_up_ownership: duty.FollowUpOwnership = Field(default=duty.FollowUpOwnership(), alias="GAP-05")
    advocacy_hold: duty.AdvocacyHold = Field(default=duty.AdvocacyHold(), alias="GAP-06")
    prevention_record: duty.PreventionRecord = Field(default=duty.PreventionRecord(), alias="GAP-07")
    advice_follow_up: duty.AdviceFollowUp = Field(default=duty.AdviceFollowUp(), alias="GAP-08")
    disclosure_gate: duty.DisclosureGate = Field(default=duty.DisclosureGate(), alias="GAP-09")
    safeguarding_report: duty.SafeguardingReport = Field(default=duty.SafeguardingReport(), alias="GAP-10")
    tray_after_urgency: tray.TrayAfterUrgency = Field(default=tray.TrayAfterUrgency(), alias="GAP-11")
    red_contact: tray.RedContact = Field(default=tray.RedContact(), alias="GAP-12")
    tray_timers: tray.TrayTimers = Field(default=tray.TrayTimers(), alias="GAP-13")
    compulsory_rating: tray.CompulsoryRating = Field(default=tray.CompulsoryRating(), alias="GAP-14")
    allocation_clock: tray.AllocationClock = Field(default=tray.AllocationClock(), alias="GAP-15")
    months: tray.Months = Field(default=tray.Months(), alias="GAP-16")
    tray_escalation: tray.TrayEscalation = Field(default=tray.TrayEscalation(), alias="GAP-17")
    tray_safeguarding_check: tray.TraySafeguardingCheck = Field(default=tray.TraySafeguardingCheck(), alias="GAP-18")
    unreachable_person: tray.UnreachablePerson = Field(default=tray.UnreachablePerson(), alias="GAP-19")
    tray_roles: tray.TrayRoles = Field(default=tray.TrayRoles(), alias="GAP-20")
    tray_vocabulary: tray.TrayVocabulary = Field(default=tray.TrayVocabulary(), alias="GAP-21")
    matrix_override: tray.MatrixOverride = Field(default=tray.MatrixOverride(), alias="GAP-22")
    self_funder: tray_exits.SelfFunder = Field(default=tray_exits.SelfFunder(), alias="GAP-23")
    local_risk_factors: tray.LocalRiskFactors = Field(default=tray.LocalRiskFactors(), alias="GAP-24")
    priority_deadlines: tray.PriorityDeadlines = Field(default=tray.PriorityDeadlines(), alias="GAP-25")
    next_review: tray_exits.NextReview = Field(default=tray_exits.NextReview(), alias="GAP-26")
    placement_rationale: tray_exits.PlacementRationale = Field(default=tray_exits.PlacementRationale(), alias="GAP-27")
    urgent_support: support.UrgentSupport = Field(default=support.UrgentSupport(), alias="GAP-28")
    external_procedures: support.ExternalProcedures = Field(default=support.ExternalProcedures(), alias="GAP-29")
    alternative_service: support.AlternativeService = Field(default=support.AlternativeService(), alias="GAP-30")
    professional_support: support.ProfessionalSupport = Field(default=support.ProfessionalSupport(), alias="GAP-31")
    change_agreement: reablement.ChangeAgreement = Field(default=reablement.ChangeAgreement(), alias="GAP-32")
    refused_support: reablement.RefusedSupport = Field(default=reablement.RefusedSupport(), alias="GAP-33")
    plan_paperwork: reablement.PlanPaperwork = Field(default=reablement.PlanPaperwork(), alias="GAP-34")
    reablement_pause: reablement.ReablementPause = Field(default=reablement.ReablementPause(), alias="GAP-35")
    liberty_routes: reablement.LibertyRoutes = Field(default=reablement.LibertyRoutes(), alias="GAP-36")
    commissioning_remit: reablement.CommissioningRemit = Field(default=reablement.CommissioningRemit(), alias="GAP-37")
    unregulated_provider: reablement.UnregulatedProvider = Field(
        default=reablement.UnregulatedProvider(), alias="GAP-38"
    )
    risk_of_telling: reablement.RiskOfTelling = Field(default=reablement.RiskOfTelling(), alias="GAP-39")
    personal_assistants: reablement.PersonalAssistants = Field(default=reablement.PersonalAssistants(), alias="GAP-40")
    whistleblowing: reablement.Whistleblowing = Field(default=reablement.Whistleblowing(), alias="GAP-41")
    co_operation_exception: reablement.CoOperationException = Field(
        default=reablement.CoOperationException(), alias="GAP-42"
    )
    brokerage_clock: transitions.BrokerageClock = Field(default=transitions.BrokerageClock(), alias="GAP-43")
    transition_ages: transitions.TransitionAges = Field(default=transitions.TransitionAges(), alias="GAP-44")
    discharge_kinds: transitions.DischargeKinds = Field(default=transitions.DischargeKinds(), alias="GAP-45")
    on_call_times: transitions.OnCallTimes = Field(default=transitions.OnCallTimes(), alias="GAP-46")
    funding_track: transitions.FundingTrack = Field(default=transitions.FundingTrack(), alias="GAP-47")
    residence_tests: transitions.ResidenceTests = Field(default=transitions.ResidenceTests(), alias="GAP-48")
    local_vocabulary: everywhere.LocalVocabulary = Field(default=everywhere.LocalVocabulary(), alias="GAP-49")
    review_route: everywhere.ReviewRoute = Field(default=everywhere.ReviewRoute(), alias="GAP-50")
    time_kinds: everywhere.TimeKinds = Field(default=everywhere.TimeKinds(), alias="GAP-51")
    readings: everywhere.Readings = Field(default=everywhere.Readings(), alias="GAP-52")
    leaving_tray: tray_exits.LeavingTray = Field(default=tray_exits.LeavingTray(), alias="GAP-53")
    provider_failure_duty: transitions.ProviderFailureDuty = Field(
        default=transitions.ProviderFailureDuty(), alias="GAP-54"
    )
    record_ends: everywhere.RecordEnds = Field(default=everywhere.RecordEnds(), alias="GAP-55")

    def by_id(self, gap_id: str) -> Gap:
        """The point with that id ("GAP-02"); raises KeyError for one that does not exist."""
        return self.all()[gap_id]

    def all(self) -> dict[str, Gap]:
        """Every point by its id, in the order of the ids."""
        return {
            field.alias: getattr(self, name)
            for name, field in type(self).model_fields.items()
            if field.alias is not None
        }
