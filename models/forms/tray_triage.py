"""What triage starts from, and what is asked on the way to a decision about the planned work tray."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime

from models.forms.base import CaseFacts
from models.forms.written_contact import WrittenContact
from models.tray import Part


class ReferralSource(StrEnum):
    """Where a referral came in."""

    CONTACT_CENTRE = "contact-centre"
    """The council's contact centre passed it on, with its contact form and transfer summary (PWT-13)."""
    DUTY = "duty"
    """The duty team took it, or sorted it out of the post."""
    LOCALITY_TEAM = "locality-team"
    """It went straight to a locality or county-wide team (PWT-17)."""


class Referrer(Part):
    """Who referred the person, where it was not the person."""

    name: str
    organisation: str = ""
    relation: str = ""
    """Who they are to the person: daughter, general practitioner, ward."""
    email: str | None = None
    telephone: str | None = None


class Referral(CaseFacts):
    """Somebody asks for adult social care, or is referred to it."""

    past_dates: ClassVar[frozenset[str]] = frozenset({"requested_at"})

    source: ReferralSource
    requested_at: AwareDatetime
    """When help was asked for: the 28 days are counted from here (GAP-15)."""
    contact: WrittenContact
    """What came, in full: the contact form, the transfer summary, the letter."""
    about_person: str | None = None
    """Register id, where it is certain."""
    team: str | None = None
    """Team it is for, where that is known."""
    referrer: Referrer | None = None
    """None: the person asked themselves."""
    representative: str = ""
    """Who speaks for the person, and how to reach them, where somebody does."""
    urgent: bool = False
    """Whoever sent it says that something cannot wait."""
    self_funder: bool | None = None
    """The person pays for their own care; None: nobody has said."""
    discharge_to_assess: bool | None = None
    """Discharge-to-assess funding is in place; None: nobody has said."""
