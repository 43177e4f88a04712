"""
Evidence about somebody's reablement as another system sends it, such as a rota or a care app: that door's schema.

Every limit here is in the description that partners read, so it is changed with their knowledge only. What is said is a
statement of whoever sent it; somebody decides what follows from it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from models.incoming_contact import MOST_FILES, Day, Incoming, IncomingFile, IncomingSubject, Name, Short
from models.incoming_referral import Text


class IncomingEvidence(Incoming):
    """
    Something that speaks for changing somebody's reablement plan: what was seen, reported or said, or equipment.

    Name the plan, or the person by their NHS number or record id. Where that finds one open plan, whoever coordinates
    it decides within a working day. Where it does not, the duty team reads it as a contact. Whoever is in danger is
    rung about, and 999 first: nobody acts at once on the strength of this call alone.
    """

    source: Short
    """The system that it comes from, such as rota."""
    source_reference: Short | None = None
    """The sending system's own number for it, so that both sides can speak of it."""
    plan: Short | None = None
    """The reference of the case that looks after the person's reablement, such as 7K3Q-9PXM, where that is known."""
    about: IncomingSubject | None = None
    """The person; compulsory in practice where the plan is not named."""
    kind: Literal["observation", "other-professional", "person", "equipment"]
    """
    What it rests on: what a reablement worker has observed; what another professional reports; what the person or their
    carer says; equipment that has come.
    """
    given_by: Name
    """Who has seen it, reports it or says it."""
    organisation: Name | None = None
    """For whom they work."""
    noticed_on: Day | None = None
    """The day on which it was noticed, such as 2026-01-12; one in the future is left out."""
    text: Text
    """What it says, as plain text: what the person can do now, or can no longer do, and what was seen."""
    changed_at_home: bool = False
    """The copy of the plan at the person's home has been amended by hand already, as was agreed."""
    home_copy_says: Text | None = None
    """What the copy at home says now, where it was amended."""
    attachments: Annotated[tuple[IncomingFile, ...], Field(max_length=MOST_FILES)] = ()
    """Files that belong to it, such as a photograph of the copy at home."""

    @property
    def day(self) -> date | None:
        """The day on which it was noticed, as the sender has it."""
        return None if self.noticed_on is None else date.fromisoformat(self.noticed_on)

    @classmethod
    def example(cls) -> dict[str, Any]:
        """Evidence as it may be sent, for the description."""
        return {
            "source": "rota",
            "source_reference": "V-5521",
            "plan": "7K3Q-9PXM",
            "about": {"nhs_number": "999 001 0005", "name": "Edith Tilling"},
            "kind": "observation",
            "given_by": "Meera Solanki",
            "organisation": "Wenbridge Reablement",
            "noticed_on": "2026-01-12",
            "text": "She has dressed by herself on the last five mornings. Half an hour would be enough.",
        }
