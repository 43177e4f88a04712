"""The facts and forms of an unauthorised disclosure (DUTY-66)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind


class BreachFound(CaseFacts):
    """Personal information has reached somebody who should not have it."""

    found_at: AwareDatetime
    """The time to tell the regulator counts from here."""
    past_dates: ClassVar[frozenset[str]] = frozenset({"found_at"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_people": RegisterKind.PERSON,
        "disclosed_by": RegisterKind.STAFF,
    }
    labels: ClassVar[dict[str, str]] = {
        "found_at": "When somebody in the council first knew",
        "about_people": "Whose information it was",
        "disclosed_by": "Who disclosed it, where that is known",
    }
    what_happened: str = Field(min_length=1)
    about_people: tuple[str, ...] = ()
    """Register ids of the people whose information it was."""
    disclosed_by: str | None = None
    """Staff id."""


class BreachContained(Form):
    """Personal information has gone astray. Do now what gets it back or keeps it from going further, and say what."""

    title: ClassVar[str] = "containing an unauthorised disclosure"
    labels: ClassVar[dict[str, str]] = {
        "anybody_at_risk": "Is anybody at risk?",
    }

    what_was_done: str = Field(min_length=1)
    anybody_at_risk: bool
    """Somebody is less safe because of it: they, and safeguarding, have been told."""


class BreachAssessed(Form):
    """
    How serious is the unauthorised disclosure, and who must be told?

    The Information Commissioner is told within 72 hours of its being found unless it is unlikely to be a risk to
    anybody; the people concerned are told without delay where the risk to them is high (UK GDPR, articles 33 and 34).
    """

    title: ClassVar[str] = "assessing an unauthorised disclosure"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "risk": "The risk to the people concerned",
        "tell_regulator": "Is the Information Commissioner told?",
        "tell_people": "Are the people concerned told?",
        "reasons": "The reasons",
    }

    risk: str = Field(min_length=1)
    """What it may mean for the people concerned."""
    tell_regulator: bool
    tell_people: bool
    reasons: str = Field(min_length=1)


class RegulatorTold(Form):
    """Tell the Information Commissioner of the unauthorised disclosure, in time."""

    title: ClassVar[str] = "telling the Information Commissioner"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False

    past_dates: ClassVar[frozenset[str]] = frozenset({"told_on"})
    labels: ClassVar[dict[str, str]] = {
        "told_on": "The day on which the Commissioner was told",
        "reference": "The reference",
    }

    told_on: date
    reference: str = Field(min_length=1)
    """The Commissioner's reference, or how it was reported."""


class PeopleConcernedTold(Form):
    """Tell the people whose information it was, each in the way that is safe for them."""

    title: ClassVar[str] = "telling the people concerned"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "how": "How they were told",
    }

    how: str = Field(min_length=1)
    """Who was told, and how; or why somebody could not be."""


class BreachConsequences(Form):
    """What follows for whoever disclosed it, and what keeps it from happening again (DUTY-66)."""

    title: ClassVar[str] = "deciding what follows from an unauthorised disclosure"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "disciplinary": "Is it looked into under the disciplinary procedure?",
        "prosecution": "Is it passed on as a possible offence?",
        "reasons": "The reasons",
        "changed": "What is changed",
    }

    disciplinary: bool
    """It is looked into under the disciplinary procedure."""
    prosecution: bool
    """It is passed on as a possible offence under the Data Protection Act 2018."""
    reasons: str = Field(min_length=1)
    changed: str = ""
    """What is done so that it does not happen again."""

    @model_validator(mode="after")
    def _prosecution_is_looked_into(self) -> Self:
        if self.prosecution and not self.disciplinary:
            raise ValueError("what may be an offence is looked into as a disciplinary matter as well")
        return self
