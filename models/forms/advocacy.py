"""The facts of a possible need for an independent advocate (DUTY-40 to DUTY-44, GAP-06)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts, RegisterKind
from models.policy.gaps.duty import AdvocacyStep


class AdvocacyNeed(CaseFacts):
    """The person or carer takes part in something in which they may need an independent advocate."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who may need an advocate",
        "step": "What they are to take part in",
        "what": "What is known about it",
    }

    about_person: str
    """Register id."""
    step: AdvocacyStep
    what: str = Field(min_length=1)
    came_from: str | None = None
    """Ref of the case that needs to know; it is told when an advocate is in place."""
