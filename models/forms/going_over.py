"""What every going over of care asks, whatever it comes from: who decides, what is prepared, and how the day went."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen


class MakesDecision(StrEnum):
    """Who decides about somebody's care and where they live."""

    THEY_DO = "they-do"
    """They have the capacity to decide it."""
    FOR_THEM = "for-them"
    """They lack it: somebody decides for them, or in their best interests."""
    IN_DOUBT = "in-doubt"
    """It is in doubt, and has to be assessed."""


class DayPrepared(Form):
    """
    Before care goes over: what happens next, who does what, and the practical arrangements that every such day has.

    All of it has to be there before the day (TRN-01). Who nothing needs to be done for, say so.
    """

    title: ClassVar[str] = "preparing the day on which care goes over"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"day"})
    labels: ClassVar[dict[str, str]] = {
        "day": "The day",
        "what_next": "What happens next, as they were told it",
        "who_does_it": "Who goes with them or is there, and who hands over to whom",
        "medicines": "Medicines: who brings them and who gives them",
        "gp": "The GP and other health services: who tells them",
        "belongings": "Belongings, keys and money: who sees to them",
        "family_told": "Family and friends: who was told",
        "risks": "The risks they were helped to understand, and how each is managed",
        "liberty": "Does the new arrangement restrict them so that an authorisation may be needed?",
        "restrictions": "What restricts them, or would",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"restrictions": ShownWhen("liberty", (True,))}

    day: date
    what_next: str = Field(min_length=1)
    who_does_it: str = Field(min_length=1)
    medicines: str = Field(min_length=1)
    gp: str = Field(min_length=1)
    belongings: str = Field(min_length=1)
    family_told: str = Field(min_length=1)
    risks: str = Field(min_length=1)
    liberty: bool
    restrictions: str = ""

    @model_validator(mode="after")
    def _names_restrictions(self) -> Self:
        if self.liberty and not self.restrictions:
            raise ValueError("say in restrictions what restricts them, or would")
        return self


class WentOver(Form):
    """Today care goes over. Say once they are there, or why it has not happened and when it will."""

    title: ClassVar[str] = "care going over"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"new_day"})
    labels: ClassVar[dict[str, str]] = {
        "done": "Are they there, with everything they need?",
        "received_by": "Who received them, by name",
        "why_not": "Why not",
        "new_day": "The new day",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "received_by": ShownWhen("done", (True,)),
        "why_not": ShownWhen("done", (False,)),
        "new_day": ShownWhen("done", (False,)),
    }

    done: bool
    received_by: str = ""
    why_not: str = ""
    new_day: date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.done and not self.received_by:
            raise ValueError("say in received_by who received them")
        if not self.done and (not self.why_not or self.new_day is None):
            raise ValueError("say why not, and the new day")
        return self
