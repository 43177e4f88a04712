"""The facts and forms by which somebody who waits is brought before a strategic manager (PWT-59 to PWT-62)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime, Field

from models.forms.base import CaseFacts, Form, RegisterKind, Signal
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


class EscalationRaised(Signal):
    """Another limit is reached while the first discussion is still to come: it goes to whoever stands higher."""

    title: ClassVar[str] = "an escalation that is raised"
    by_hand: ClassVar[bool] = False

    to: Role
    reason: EscalationReason
    reasons: str = ""
    """What the manager wrote. Personal."""


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


class EscalationDiscussed(Form):
    """
    Somebody who waits on a planned work tray is brought before you. Discuss them with the manager who placed them.

    What you say is kept as the note of the discussion (PWT-62), and the manager is told that it is there. If you name a
    worker, they are asked to accept.
    """

    title: ClassVar[str] = "discussing somebody who waits too long or at risk"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "worker": "The worker who is to take them on",
    }

    what_was_discussed: str = Field(min_length=1)
    """With whom, and what about."""
    what_follows: str = Field(min_length=1)
    """What is done now, by whom and by when; or why nothing is changed."""
    worker: str | None = None
    """Staff id of who is to take them on, where you decide that they are allocated now."""
