"""The questions that the house itself asks, in any procedure, when something needs a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen, Signal
from models.notices import Interruption


class HowItGoesOn(StrEnum):
    """What becomes of a step that failed for good."""

    RETRY = "retry"
    """Try again: what was wrong has been put right."""
    DONE_BY_HAND = "done-by-hand"
    """A person has done it; say what was done."""


class StepAttention(Form):
    """A step failed for good, or the code and the ledger disagree. A person says how the case goes on."""

    title: ClassVar[str] = "a case that needs attention"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "how": "How the case goes on",
        "outcome": "What the step would have returned",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what_was_done": ShownWhen("how", (HowItGoesOn.DONE_BY_HAND,)),
        "outcome": ShownWhen("how", (HowItGoesOn.DONE_BY_HAND,)),
    }

    how: HowItGoesOn
    what_was_done: str = ""
    """What was done by hand, for the record. Compulsory with done-by-hand."""
    outcome: Any = None
    """What the step would have returned, where the procedure needs it to go on."""

    @model_validator(mode="after")
    def _by_hand_says_what(self) -> StepAttention:
        if self.how is HowItGoesOn.DONE_BY_HAND and not self.what_was_done:
            raise ValueError("say in what_was_done what was done by hand")
        return self


class MessageRead(Form):
    """A message came for an open case. Whoever owns the case reads it and says what follows."""

    title: ClassVar[str] = "a message to be read"

    what_follows: str = Field(min_length=1)
    """What was done about it, or why nothing need be done."""


class AskedHasLeft(Signal):
    """Somebody was asked what nobody else can say for them, and is no longer there (`Form.nobody_in_their_stead`)."""

    title: ClassVar[str] = "somebody who was asked has left"
    by_hand: ClassVar[bool] = False

    item: str
    """Id of what they were asked; it is open until the procedure asks otherwise."""


class RunInterference(Form):
    """Somebody cancelled, paused or deleted the case's run in Prefect. It goes on; a manager says what was meant."""

    title: ClassVar[str] = "a run stopped in the dashboard"
    may_concern_safety: ClassVar[bool] = False

    what_was_meant: str = Field(min_length=1)
    """Why the run was stopped, and what was done about the wish behind it: a case ends only by its own procedure."""


class RecordOlder(Form):
    """A case's record is older than what happened: the database came from a backup. Somebody finds out what is missing.

    The case does nothing by itself until this is answered. Answer its open questions first, where they had been
    answered already: the case goes on from what its record says.
    """

    title: ClassVar[str] = "a record that is older than what happened"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "what_happened": "What happened that the record has lost, and where you found it",
        "what_was_done": "What was done about it",
    }

    what_happened: str = Field(min_length=1)
    """From the mail, the recording system and colleagues; or that nothing was found, and where you looked."""
    what_was_done: str = ""
    """Questions answered again, people told, notes put right."""


class NoticeUndelivered(Form):
    """A notice reached nobody. Somebody tells the people concerned another way and says how."""

    title: ClassVar[str] = "a notice that reached nobody"
    may_concern_safety: ClassVar[bool] = False
    interrupts: ClassVar[Interruption | None] = Interruption.REACHED_NOBODY
    labels: ClassVar[dict[str, str]] = {
        "told": "Who was told, and how",
        "services_mended": "Are the notification services put right?",
    }

    told: str = Field(min_length=1)
    """Who was told, and how."""
    services_mended: bool
    """Whether the configuration of the notification services was put right."""
