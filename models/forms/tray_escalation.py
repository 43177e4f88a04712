"""The facts and forms by which somebody who waits is brought before a strategic manager (PWT-59 to PWT-62)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from models.forms.base import CaseFacts
from models.roles import Role
from models.tray import Rated


class EscalationReason(StrEnum):
    """Why somebody is brought before a senior manager."""

    RED_TOO_LONG = "red-too-long"
    """A Red case has waited for as long as policy lets it (PWT-61, GAP-17)."""
    LIMIT_REACHED = "limit-reached"
    """The aim of 28 days was not met (PWT-11, GAP-15)."""
    MANAGER = "manager"
    """A manager believes that the risk has grown, or thinks so for another reason (PWT-59, PWT-60)."""


class EscalationFacts(CaseFacts):
    """Somebody who waits is brought before a senior manager."""

    tray_case: str
    """Ref of the case on the tray."""
    person: str
    """Register id."""
    team: str
    manager: str
    """Staff id of the manager who placed them."""
    to: Role
    reason: EscalationReason
    requested_at: AwareDatetime
    rated: Rated | None
    reasons: str = ""
    """What the manager wrote. Personal."""
    to_read: str = ""
    """What is known. Personal."""
