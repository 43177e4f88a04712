"""The facts of exploring what might prevent needs (DUTY-67 to DUTY-70, REA-29 to REA-31, GAP-07)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts, RegisterKind


class PreventionToExplore(CaseFacts):
    """Preventive services are explored for somebody: before long-term help, or beside reablement."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is for",
        "what": "What might help, or why it is explored",
        "before_long_term": "Is long-term help proposed?",
    }

    about_person: str
    """Register id."""
    what: str = Field(min_length=1)
    before_long_term: bool = False
    """Long-term or intensive help is proposed: the record goes with that referral (DUTY-68, DUTY-69)."""
    came_from: str | None = None
    """Ref of the case in which it came up."""
