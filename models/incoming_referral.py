"""
A referral as another system sends it, the contact centre's or a locality team's: the published schema of that door.

Every limit here is in the description that partners read, so it is changed with their knowledge only. What is said of
people is a statement of whoever sent it; triage looks, and asks for what is missing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from models.incoming_contact import (
    LONGEST_TEXT,
    MOST_FILES,
    SEVERAL_LINES,
    Email,
    Incoming,
    IncomingFile,
    IncomingSubject,
    Moment,
    Name,
    Short,
    Words,
)

Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=SEVERAL_LINES)]
"""Plain text of several lines that is not empty."""


class IncomingReferrer(Incoming):
    """Who referred the person, where they did not ask themselves. They are told what was decided."""

    name: Name
    """Their name."""
    organisation: Name | None = None
    """For whom they work, such as a surgery or a ward."""
    relationship: Name | None = None
    """Who they are to the person, such as daughter, neighbour or district nurse."""
    email: Email | None = None
    """Where an answer by e-mail reaches them."""
    telephone: Short | None = None
    """A number at which they can be rung."""


class IncomingRepresentative(Incoming):
    """Somebody who speaks for the person and is told in their place or beside them."""

    name: Name
    """Their name."""
    relationship: Name | None = None
    """Who they are to the person, such as son, attorney or advocate."""
    email: Email | None = None
    """Where they can be written to."""
    telephone: Short | None = None
    """A number at which they can be rung."""


class IncomingPerson(IncomingSubject):
    """The person who needs help, as far as is known. All of it is looked up and confirmed by somebody."""

    telephone: Short | None = None
    """A number at which the person can be rung."""
    address: Words | None = None
    """Where the person lives, in a line."""
    communication_needs: Words | None = None
    """How the person is best reached and what they need for it, such as large print or an interpreter."""


class IncomingReferral(Incoming):
    """
    A referral to adult social care, from the contact centre or straight to a locality team.

    Say enough for whoever receives it to decide how soon the person needs somebody. A need that cannot wait is rung
    through as well: nobody rings back on the strength of this call alone.
    """

    source: Literal["contact-centre", "locality-team"]
    """Who took it: the contact centre, which passes it on, or a locality or county-wide team to which it went."""
    source_reference: Short | None = None
    """The sending system's own number for it, so that both sides can speak of it."""
    requested_at: Moment | None = None
    """
    When help was first asked for (RFC 3339 with a zone): how long the person waits is counted from here. Left out, or
    in the future: now.
    """
    about: IncomingPerson
    """The person who needs help."""
    referrer: IncomingReferrer | None = None
    """Who referred the person; left out where the person asked themselves."""
    representative: IncomingRepresentative | None = None
    """Who speaks for the person, where somebody does."""
    team: Short | None = None
    """The id of the council's team that it is for, where that is known."""
    subject: Words | None = None
    """What it is about, in a line."""
    text: Text
    """The contact form in full, as plain text: what was asked for, how the person is, what has been done."""
    transfer_summary: Text | None = None
    """What whoever passes it on has found out and decided. The contact centre sends one with each referral."""
    urgent: bool = False
    """Something in it cannot wait until tomorrow."""
    self_funder: bool | None = None
    """The person pays for their own care; left out where nobody has asked."""
    discharge_to_assess: bool | None = None
    """Discharge-to-assess funding is in place; left out where nobody has asked."""
    ordinarily_resident: bool | None = None
    """The person is ordinarily resident in the council's area; left out where nobody has confirmed it."""
    section_117: bool | None = None
    """Aftercare under section 117 of the Mental Health Act may be owed; left out where nobody has considered it."""
    attachments: Annotated[tuple[IncomingFile, ...], Field(max_length=MOST_FILES)] = ()
    """Files that belong to it."""

    @property
    def asked_at(self) -> datetime | None:
        """When help was asked for, in UTC, as the sender has it."""
        return None if self.requested_at is None else datetime.fromisoformat(self.requested_at).astimezone(UTC)

    @classmethod
    def example(cls) -> dict[str, Any]:
        """A referral as it may be sent, for the description."""
        return {
            "source": "contact-centre",
            "source_reference": "CC-88120",
            "requested_at": "2026-01-05T08:20:00Z",
            "about": {
                "name": "Albert Amberley",
                "born_on": "1941-06-30",
                "postcode": "WB1 4QT",
                "telephone": "01632 960188",
                "communication_needs": "hard of hearing: speak slowly",
            },
            "referrer": {
                "name": "Joyce Amberley",
                "relationship": "daughter",
                "email": "joyce@example.org",
                "telephone": "01632 960123",
            },
            "subject": "Help with washing and dressing",
            "text": "He can no longer wash and dress alone. She comes twice a week and cannot come more often.",
            "transfer_summary": "Advice on equipment given. No risk today. Asks for an assessment.",
            "self_funder": False,
            "ordinarily_resident": True,
            "section_117": False,
        }


class ReferralByHand(IncomingReferral):
    """A referral that staff took in themselves; no other system may send these two."""

    source: Literal["contact-centre", "locality-team", "duty"]  # type: ignore[assignment]  # duty takes them by hand
    about_person: Short | None = None
    """Register id of the person, found by whoever took it in."""
