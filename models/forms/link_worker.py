"""The facts and form of naming a provider's link worker (TRN-55)."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind
from models.forms.commissioning import DECIDERS
from models.roles import Role


class LinkWorkerWanted(CaseFacts):
    """A provider has nobody who visits and knows it. Commissioning names a link worker."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {"provider": "The provider", "why": "Why one is wanted, or another"}

    provider: str
    """Register id."""
    why: str = Field(min_length=1)


class LinkWorkerNamed(Form):
    """Name whoever visits this provider and knows it; or say why nobody is named, and who looks after it instead."""

    title: ClassVar[str] = "naming a provider’s link worker"
    may_concern_safety: ClassVar[bool] = False
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    register_fields: ClassVar[dict[str, RegisterKind]] = {"link_worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "link_worker": "The link worker",
        "not_named_because": "Why nobody is named, and who looks after it instead",
    }

    link_worker: str | None = None
    """Staff id."""
    not_named_because: str = ""

    @model_validator(mode="after")
    def _names_somebody_or_says_why_not(self) -> Self:
        if bool(self.link_worker) == bool(self.not_named_because):
            raise ValueError("name the link_worker, or else say in not_named_because why nobody is")
        return self
