"""One council's policy as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, Self

from pydantic import Field

from models.decision_tables.levels import Rag
from models.durations import Duration
from models.policy.calendars import StaffCalendars
from models.policy.contingency import BrokeragePlanning, Contingency
from models.policy.gaps import Gap, Gaps
from models.policy.market_oversight import MarketOversight, RecruitmentRisk
from models.policy.messages import Messages
from models.policy.moves import Moves
from models.policy.notices import Notices
from models.policy.organisation import Alarms, Calendar, Council, MailKind, Queue, Queues, Team
from models.policy.out_of_area import OutOfArea
from models.policy.provider_failure import ProviderFailure
from models.policy.reablement import Reablement
from models.policy.retention import Retention
from models.policy.running import Elapsed, Lease, MailLimits, Outbox, Steps
from models.policy.settings import Settings
from models.policy.telling import TellingPeople
from models.policy.work_items import WorkItems, WorkItemTiming
from models.roles import Role
from models.working_time import WorkingCalendar


class Policy(Settings):
    """
    Everything that one council decides for itself, from one file.

    Read it with `load_policy`, which also checks what one setting says about another.
    """

    council: Council
    role_names: Mapping[Role, str] = Field(default_factory=dict)
    teams: tuple[Team, ...] = Field(min_length=1)
    calendar: Calendar
    queues: Queues
    alarms: Alarms
    work_items: WorkItems
    notices: Notices
    messages: Messages
    register_trusted_for: Elapsed = timedelta(hours=36)
    """How old the recording system's extract may be; from then on a person checks what it says."""
    staff_calendars: StaffCalendars = StaffCalendars()
    mail: MailLimits = MailLimits()
    telling_people: TellingPeople = TellingPeople()
    reablement: Reablement = Reablement()
    provider_failure: ProviderFailure = ProviderFailure()
    moves: Moves = Moves()
    contingency: Contingency = Contingency()
    brokerage: BrokeragePlanning = BrokeragePlanning()
    out_of_area: OutOfArea = OutOfArea()
    market_oversight: MarketOversight = MarketOversight()
    recruitment_risk: RecruitmentRisk = RecruitmentRisk()
    outbox: Outbox = Outbox()
    steps: Steps = Steps()
    lease: Lease = Lease()
    retention: Retention = Retention()
    gaps: Gaps = Gaps()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other settings, and with a version and a calendar of its own."""
        copied = super().model_copy(update=update, deep=deep)
        for worked_out in ("version", "_working_calendar"):
            copied.__dict__.pop(worked_out, None)
        return copied

    @cached_property
    def version(self) -> str:
        """
        Twelve hexadecimal digits that stand for all settings, defaults in the code among them.

        Wording of comments and order of keys do not change it.
        """
        settings = self.model_dump(mode="json", by_alias=True)
        canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    @cached_property
    def _working_calendar(self) -> WorkingCalendar:
        return self.calendar.working_calendar()

    def working_calendar(self) -> WorkingCalendar:
        """When the office is open."""
        return self._working_calendar

    def role_name(self, role: Role) -> str:
        """What this council calls that role."""
        return self.role_names.get(role, role.label)

    def team(self, team_id: str) -> Team:
        """The team with that id; raises KeyError for one that the policy does not have."""
        for team in self.teams:
            if team.id == team_id:
                return team
        raise KeyError(team_id)

    def sorting_teams(self) -> tuple[Team, ...]:
        """The teams that sort incoming mail; there is always at least one."""
        return tuple(team for team in self.teams if team.sorts_incoming)

    def whom_to_ring(self) -> dict[str, str]:
        """The fields of every message to the public that say who we are and whom to ring."""
        team = self.sorting_teams()[0]
        return {
            "team": team.name,
            "telephone": team.telephone,
            "out_of_hours": self.council.out_of_hours_telephone,
            "council": self.council.name,
        }

    def queue(self, kind: MailKind) -> Queue:
        """Where that kind of sorted mail goes; raises KeyError for mail to a named worker."""
        return self.queues.of(kind)

    def timing_of(self, form: str, *, urgent: bool = False) -> WorkItemTiming:
        """When a work item that asks for that form is acknowledged, recalled to mind and escalated."""
        return self.work_items.timing_of(form, urgent=urgent)

    def contact_every(self, rag: Rag | None) -> Duration:
        """
        How often a person on the tray is contacted at least, by colour; None is a case not yet rated.

        PWT-54 to PWT-57 with GAP-12, GAP-14 and GAP-16.
        """
        match rag:
            case Rag.RED:
                return self.gaps.red_contact.red_contact_every
            case Rag.AMBER:
                return self.gaps.months.fortnight
            case Rag.GREEN:
                return self.gaps.months.month
            case None:
                return self.gaps.compulsory_rating.unrated_contact_every

    def gap(self, gap_id: str) -> Gap:
        """What this council does about the point with that id ("GAP-02"); KeyError for an unknown one."""
        return self.gaps.by_id(gap_id)

    def has_decided(self, gap_id: str) -> bool:
        """True where the council's own file speaks about that point; False where our default holds."""
        gap = self.gap(gap_id)
        return any(getattr(self.gaps, name) is gap for name in self.gaps.model_fields_set)

    def awaiting_legal_advice(self) -> tuple[str, ...]:
        """The ids of the points that touch the law and on which no advice is recorded."""
        return tuple(gap_id for gap_id, gap in self.gaps.all().items() if gap.awaits_legal_advice)
