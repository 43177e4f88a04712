"""The facts of a safeguarding concern (DUTY-49, DUTY-50, REA-32, REA-33)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime, Field

from models.forms.base import CaseFacts, RegisterKind


class WhoIsAtRisk(StrEnum):
    """Whom a concern is about; each has a route of its own."""

    ADULT = "adult"
    """An adult with care and support needs."""
    CHILD = "child"
    """A child or young person under 18."""
    BOTH = "both"
    """An adult and a child."""


class ConcernNoticed(CaseFacts):
    """Somebody may suffer abuse or neglect, or be at risk of it. If anybody may be in danger now, ring 999 first."""

    set_to_now: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    past_dates: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"noticed_by"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "at_risk": "Who is at risk",
        "about_person": "The person whom it is about, where the register has them",
        "what": "What was said or seen, and who may be harming them",
        "where": "Where the adult or child is",
        "rang_999": "Was 999 rung?",
        "noticed_at": "When it was noticed",
    }

    at_risk: WhoIsAtRisk
    what: str = Field(min_length=1)
    where: str = ""
    """The council where the adult or child is has the concern, whoever pays for their care (GAP-10)."""
    about_person: str | None = None
    """Register id."""
    rang_999: bool = False
    noticed_at: AwareDatetime
    noticed_by: str = ""
    """Tag of whoever noticed it."""
    came_from: str | None = None
    """Ref of the case in which it was noticed."""
