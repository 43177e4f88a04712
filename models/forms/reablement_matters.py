"""What the cases around a reablement plan are opened with: each names the plan, and what came."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from models.forms.base import CaseFacts
from models.forms.reablement_signals import (
    EvidenceReceived,
    IssueFound,
    MonitoringChangeWanted,
    ReviewAsked,
)


class _AboutAPlan(CaseFacts):
    plan: str
    """Ref of the case that looks after the person's reablement."""
    worker: str
    """Tag of whoever coordinated the plan as the case was opened; whoever does so by then is asked about it."""


class EvidenceOfChange(_AboutAPlan):
    """Evidence has come that speaks for changing the plan."""

    evidence: EvidenceReceived
    received_at: AwareDatetime
    """From then the time runs in which it is decided (GAP-34)."""


class MonitoringToChange(_AboutAPlan):
    """Monitoring is to be turned up or down."""

    wanted: MonitoringChangeWanted


class PlanIssue(_AboutAPlan):
    """Something stands in the way of the plan."""

    issue: IssueFound
    change: str | None = None
    """Ref of the case whose change somebody objects to, where it comes from that."""


class ReviewToConsider(_AboutAPlan):
    """An unscheduled review is considered."""

    asked: ReviewAsked


class PauseToConsider(_AboutAPlan):
    """A safeguarding concern about the person: does reablement pause?"""

    concern: str
    """Ref of the concern's case."""
    known_at: AwareDatetime
    """From then the day counts on which it is decided (GAP-35)."""


class EndToTell(_AboutAPlan):
    """Reablement has ended: whoever is involved, and is not on our staff, hears so."""

    last_day: date
    because: str
    what_follows: str
    was_paused: bool
    """Others gave care instead until now."""
    told_elsewhere: bool
    """Everybody was told already, but for whoever keeps the rota."""
