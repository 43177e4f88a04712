"""The facts, forms and signals of a contingency plan (TRN-46)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.contingency.kinds import Interruption, OwnDuty
from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.providers.kinds import ProviderKind


class ContingencyPlanAgreed(CaseFacts):
    """
    A plan for an interruption: of one of our own duties, or of care that somebody else gives.

    It is kept by name, looked at on its day and after every incident to which it applies.
    """

    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "team": RegisterKind.TEAM,
        "provider": RegisterKind.PROVIDER,
        "owner": RegisterKind.SERVING_STAFF,
    }
    past_dates: ClassVar[frozenset[str]] = frozenset({"agreed_on", "tested_on"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"next_review_on"})
    labels: ClassVar[dict[str, str]] = {
        "name": "What the plan is called",
        "interruption": "What is interrupted",
        "duty": "Which of our own duties",
        "team": "The team, where it is one team's",
        "provider": "The provider, where it is about one",
        "provider_kind": "The kind of provider, where it is about all of a kind",
        "owner": "Who keeps it",
        "document": "Where the document lies",
        "agreed_on": "The day on which it was agreed",
        "tested_on": "The day on which it was last tried out",
        "next_review_on": "The day on which it is looked at next",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "duty": ShownWhen("interruption", (Interruption.OWN_DUTIES,)),
        "team": ShownWhen("interruption", (Interruption.OWN_DUTIES,)),
        "provider": ShownWhen("interruption", (Interruption.PROVISION,)),
        "provider_kind": ShownWhen("interruption", (Interruption.PROVISION,)),
    }

    name: str = Field(min_length=1)
    interruption: Interruption
    duty: OwnDuty | None = None
    team: str | None = None
    """Register id."""
    provider: str | None = None
    """Register id."""
    provider_kind: ProviderKind | None = None
    owner: str
    """Staff id."""
    document: str = Field(min_length=1)
    agreed_on: date
    tested_on: date | None = None
    next_review_on: date

    @model_validator(mode="after")
    def _says_for_what(self) -> Self:
        if self.interruption is Interruption.OWN_DUTIES:
            if self.duty is None or self.provider or self.provider_kind:
                raise ValueError("say in duty which of our own duties it is for, and name no provider")
        elif self.duty is not None or self.team:
            raise ValueError("duty and team are for plans about our own duties: leave them out")
        if self.provider and self.provider_kind:
            raise ValueError("name the provider or the kind, and not both")
        return self


class PlanReviewed(Form):
    """
    A contingency plan is due to be looked at. Say whether it holds, what you changed, and when it is looked at next.

    Give it on to somebody else where you keep it no more. Where it is no longer needed, say which plan takes its place.
    """

    title: ClassVar[str] = "looking at a contingency plan"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"owner": RegisterKind.SERVING_STAFF}
    past_dates: ClassVar[frozenset[str]] = frozenset({"tested_on"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"next_review_on"})
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "still_needed": "Is it still needed?",
        "because": "Why not, and what takes its place",
        "found": "What you looked at, and what you changed",
        "document": "Where the document lies now, where that is elsewhere",
        "tested_on": "The day on which it was tried out, where it was since",
        "owner": "Who keeps it from now on, where that is somebody else",
        "next_review_on": "The day on which it is looked at next",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "because": ShownWhen("still_needed", (False,)),
        **{
            name: ShownWhen("still_needed", (True,))
            for name in ("found", "document", "tested_on", "owner", "next_review_on")
        },
    }

    still_needed: bool
    because: str = ""
    found: str = ""
    document: str = ""
    tested_on: date | None = None
    owner: str | None = None
    """Staff id."""
    next_review_on: date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.still_needed and not self.because:
            raise ValueError("say in because why not, and what takes its place")
        if self.still_needed and (not self.found or self.next_review_on is None):
            raise ValueError("say in found what you looked at, and the day on which it is looked at next")
        return self


class PlanAfterIncident(Form):
    """An incident has ended to which this plan applies. Say whether the plan worked, and whether it must change."""

    title: ClassVar[str] = "whether a contingency plan worked"
    may_concern_safety: ClassVar[bool] = False
    coming_dates: ClassVar[frozenset[str]] = frozenset({"changed_by"})
    labels: ClassVar[dict[str, str]] = {
        "used": "Was it used?",
        "what": "How it went, or why it was not used",
        "must_change": "Must it change?",
        "change": "What must change",
        "changed_by": "By when",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "change": ShownWhen("must_change", (True,)),
        "changed_by": ShownWhen("must_change", (True,)),
    }

    used: bool
    what: str = Field(min_length=1)
    must_change: bool
    change: str = ""
    changed_by: date | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.must_change and (not self.change or self.changed_by is None):
            raise ValueError("say what must change, and by when")
        return self


class IncidentHasEnded(Signal):
    """An incident has ended to which a contingency plan applies."""

    title: ClassVar[str] = "that an incident has ended"
    by_hand: ClassVar[bool] = False

    incident: str
    """Ref of the incident's case."""


class PlanToBeReviewed(Signal):
    """A contingency plan is looked at now, and not on its day only: something has changed, or it was tried out."""

    title: ClassVar[str] = "that a contingency plan is to be looked at now"
    labels: ClassVar[dict[str, str]] = {"why": "Why now"}

    why: str = Field(min_length=1)
