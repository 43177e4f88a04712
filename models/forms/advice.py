"""The facts of information and advice that was given (DUTY-51 to DUTY-61, REA-26 to REA-28, GAP-08)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts, RegisterKind


class AdviceRisk(StrEnum):
    """How much hangs on whether the advice helps; it sets when that is found out (GAP-08)."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class AdviceWanted(CaseFacts):
    """Somebody needs information or advice about care and support; any resident may ask (DUTY-52)."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who needs it, where the register has them",
        "called": "Who needs it, where the register does not have them",
        "what": "What it is about",
    }

    what: str = Field(min_length=1)
    about_person: str | None = None
    """Register id; residents whom nobody knows are advised all the same (DUTY-52)."""
    called: str = ""
    """Name and how they can be reached, where the register does not have them."""
    came_from: str | None = None
    """Ref of the case in which it came up."""
