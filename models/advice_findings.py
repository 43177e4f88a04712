"""How it is found out whether information and advice helped: what the steps of giving it find."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.working_time import for_people


class AskedBy(StrEnum):
    """By what means somebody is asked whether advice helped."""

    SOMEBODY = "somebody"
    """A member of staff asks them."""
    MESSAGE = "message"
    """One message, which they may answer."""
    NOBODY = "nobody"
    """They are not asked."""


class AdviceCheck(BaseModel):
    """By what means and when somebody is asked whether advice helped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: AskedBy
    at: AwareDatetime
    because: str = ""
    """Why nobody asks, or why no call is made. No personal data."""
    silence_is_an_answer: bool = False
    """So little hangs on it that a message which nobody answers is enough."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if self.by is AskedBy.NOBODY:
            return f"not asked, as {self.because}"
        return f"asked by {self.by}, {for_people(self.at)}{f' ({self.because})' if self.because else ''}"
