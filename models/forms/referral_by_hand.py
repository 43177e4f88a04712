"""A referral as staff take it in: heard on the telephone, or sent on by somebody who has no system of their own."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, RegisterKind
from models.forms.tray_triage import ReferralSource
from models.incoming_contact import LONGEST_TEXT
from models.tray import Part

_NAME, _LINE, _SHORT = 200, 300, 60
"""Characters that a line may have; as at the door of other systems (`models/incoming_referral.py`)."""


class ReferredPerson(Part):
    """What is known of somebody whom the register does not have, or not yet."""

    labels: ClassVar[dict[str, str]] = {"born_on": "Date of birth", "nhs_number": "NHS number"}

    name: str | None = Field(default=None, max_length=_NAME)
    born_on: date | None = None
    nhs_number: str | None = Field(default=None, max_length=_SHORT)
    postcode: str | None = Field(default=None, max_length=_SHORT)
    telephone: str | None = Field(default=None, max_length=_SHORT)
    """A number at which they can be rung."""
    address: str | None = Field(default=None, max_length=_LINE)
    """Where they live, in a line."""
    communication_needs: str | None = Field(default=None, max_length=_LINE)
    """How they are best reached and what they need for it, such as large print or an interpreter."""


class ReferredBy(Part):
    """Who referred the person. They are told what was decided."""

    labels: ClassVar[dict[str, str]] = {"name": "Their name", "email": "Their e-mail address"}

    name: str = Field(min_length=1, max_length=_NAME)
    relationship: str | None = Field(default=None, max_length=_NAME)
    """Who they are to the person, such as daughter, neighbour or district nurse."""
    organisation: str | None = Field(default=None, max_length=_NAME)
    """For whom they work, such as a surgery or a ward."""
    telephone: str | None = Field(default=None, max_length=_SHORT)
    email: str | None = Field(default=None, max_length=254)


class SpeaksForThem(Part):
    """Somebody who speaks for the person and is told in their place or beside them."""

    labels: ClassVar[dict[str, str]] = {"name": "Their name", "email": "Their e-mail address"}

    name: str = Field(min_length=1, max_length=_NAME)
    relationship: str | None = Field(default=None, max_length=_NAME)
    """Who they are to the person, such as son, attorney or advocate."""
    telephone: str | None = Field(default=None, max_length=_SHORT)
    email: str | None = Field(default=None, max_length=254)


class ReferralTaken(CaseFacts):
    """
    Somebody asks for adult social care, or is referred to it.

    What cannot wait until tomorrow is ticked as urgent, and acted on now: nobody rings back because of this form alone.
    """

    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"requested_at"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "team": RegisterKind.TEAM,
    }
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who needs help",
        "about": "Who needs help, where the register does not have them",
        "source": "Where it came in",
        "source_reference": "Its number there",
        "requested_at": "When help was first asked for",
        "urgent": "Something in it cannot wait until tomorrow",
        "subject": "What it is about, in a line",
        "text": "What was asked for, in full",
        "transfer_summary": "What was found out and decided before it came to us",
        "referrer": "Who referred them, where they did not ask themselves",
        "representative": "Who speaks for them, where somebody does",
        "team": "The team it is for, where that is known",
        "self_funder": "Do they pay for their own care?",
        "discharge_to_assess": "Is discharge-to-assess funding in place?",
        "ordinarily_resident": "Are they ordinarily resident in the council's area?",
        "section_117": "May aftercare under section 117 be owed?",
    }

    about_person: str | None = None
    """Register id, where they are known."""
    about: ReferredPerson | None = None
    urgent: bool = False
    source: ReferralSource
    source_reference: str | None = Field(default=None, max_length=_SHORT)
    """Such as the contact centre's own number for it."""
    requested_at: AwareDatetime | None = None
    """How long they wait is counted from here. None: now."""
    subject: str | None = Field(default=None, max_length=_LINE)
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    """What was asked for, how the person is, what has been done, in their own words where possible."""
    transfer_summary: str | None = Field(default=None, max_length=LONGEST_TEXT)
    """What whoever passes it on has found out and decided."""
    referrer: ReferredBy | None = None
    representative: SpeaksForThem | None = None
    team: str | None = None
    """Team id."""
    self_funder: bool | None = None
    """Leave out where nobody has asked."""
    discharge_to_assess: bool | None = None
    """Leave out where nobody has asked."""
    ordinarily_resident: bool | None = None
    """Leave out where nobody has confirmed it."""
    section_117: bool | None = None
    """Section 117 of the Mental Health Act. Leave out where nobody has considered it."""

    @model_validator(mode="after")
    def _is_about_somebody(self) -> Self:
        if self.about_person is None and (self.about is None or not any(self.about.model_dump().values())):
            raise ValueError("say about_person, or in about whatever is known of them")
        return self
