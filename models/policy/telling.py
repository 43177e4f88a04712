"""How people outside are told: what a machine may take on, and how long it waits to hear that a message arrived."""

from __future__ import annotations

from pydantic import Field

from models.durations import Duration, calendar_hours, working_days
from models.policy.settings import Settings


class TellingPeople(Settings):
    """What a machine may send to people outside; all else is done by a person, with the text ready."""

    needs_met_by_machine: tuple[str, ...] = ()
    """Communication needs, as the register words them, that a message sent by a machine meets. Any other: a person."""
    arrives_within: Duration = calendar_hours(24)
    """From then on an e-mail or a text message that no receipt speaks of counts as not arrived."""
    letter_arrives_within: Duration = working_days(5)
    """The same for a letter, whose receipt says that it was printed and posted."""
    longest_text: int = Field(default=800, ge=100, le=10_000)
    """Characters; what is longer does not go as a text message, a person tells it."""
