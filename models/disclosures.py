"""What the disclosure gate finds, in words for the story, and how a disclosure ends."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Passage(StrEnum):
    """How a disclosure stands with the gate before anybody is asked."""

    NOT_GATED = "not gated"
    """It goes to the very person it is about."""
    ROUTINE = "routine"
    """The approved table has this recipient with this purpose."""
    EMERGENCY = "emergency"
    """It cannot wait, passes, and is justified afterwards."""
    TO_BE_DECIDED = "to be decided"
    """A person decides."""


class AtTheGate(BaseModel):
    """What the gate says, on what ground."""

    model_config = ConfigDict(frozen=True)

    passage: Passage
    legal_basis: str = ""
    approved_by: str = ""
    """The role that approved the table's line."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        ground = (
            f", {self.legal_basis}; approved by the {self.approved_by.replace('-', ' ')}" if self.approved_by else ""
        )
        return f"{self.passage}{ground}"


class DisclosureOutcome(StrEnum):
    """How a disclosure ended."""

    GIVEN = "given"
    """The information was given and it is recorded how."""
    NOT_GIVEN = "not given after all"
    """It might have been given, and was not needed or not possible."""
    REFUSED = "refused"
    """It may not be given, and whoever asked knows."""
