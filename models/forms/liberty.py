"""The facts of care that may take somebody's liberty (REA-37, GAP-36)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from models.forms.base import CaseFacts, RegisterKind


class LibertyConcern(CaseFacts):
    """Care restricts somebody who may lack capacity to decide about it, or would have to."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is about",
        "what": "What restricts them, or would",
    }

    about_person: str
    """Register id."""
    what: str = Field(min_length=1)
    plan: str | None = None
    """Ref of the case that looks after their reablement, where they have it."""
    worker: str | None = None
    """Tag of whoever coordinates the plan. None: a practitioner is asked."""
