"""What cannot wait: the facts and the form of an urgent action at the duty point (PWT-07, PWT-18)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen


class UrgentActionFacts(CaseFacts):
    """Something must be done for somebody today."""

    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"known_at"})
    set_to_now: ClassVar[frozenset[str]] = frozenset({"known_at"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "manager": RegisterKind.SERVING_STAFF,
    }
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is for",
        "what": "What cannot wait",
        "known_at": "When it was first known",
        "manager": "The manager who hears if it is not done in time",
        "to_read": "What is known",
    }

    what: str = Field(min_length=1)
    """What has to be done today, and for whom."""
    about_person: str | None = None
    """Register id, where they are known."""
    known_at: AwareDatetime
    """Since when it is known: from then its clock runs."""
    manager: str | None = None
    """Staff id. None: the team managers."""
    to_read: str = ""
    """Whatever helps whoever acts: where they are, who is with them, whom to ring."""


class UrgentStep(StrEnum):
    """How far an urgent action is."""

    DONE = "done"
    """All that cannot wait is done."""
    HANDED_TO_OUT_OF_HOURS = "handed-to-out-of-hours"
    """Those who work while the office is closed have taken it on; when it opens, somebody asks what came of it."""
    MORE_TO_DO = "more-to-do"
    """Something was done, and something is left that cannot wait."""
    NOT_URGENT = "not-urgent"
    """It has turned out that it can wait."""


class UrgentActionTaken(Form):
    """
    If anybody may be in danger now, ring 999. Something cannot wait for somebody: act on it now.

    Where they live, who pays, and whether anybody is allocated make no difference (GAP-48). Before the office closes
    it is done, or out of hours has taken it on.
    """

    title: ClassVar[str] = "an urgent action at the duty point"
    labels: ClassVar[dict[str, str]] = {
        "step": "How far it is",
        "still_to_do": "What is left",
        "person_reached": "The person was reached",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "still_to_do": ShownWhen("step", (UrgentStep.MORE_TO_DO,)),
    }

    step: UrgentStep
    what_was_done: str = Field(min_length=1)
    """What was done, with whom; who in out of hours has taken it on; or why it can wait."""
    still_to_do: str = ""
    """What is left. Compulsory with more-to-do."""
    person_reached: bool = False
    """The person themselves was reached, or somebody who stands for them."""

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really reached the person."""
        return self.person_reached

    @model_validator(mode="after")
    def _says_what_is_left(self) -> Self:
        if (self.step is UrgentStep.MORE_TO_DO) != bool(self.still_to_do):
            raise ValueError("say still_to_do where there is more to do, and leave it out otherwise")
        return self


class UrgentActionTonight(UrgentActionTaken):
    """
    If anybody may be in danger now, ring 999. This could not be done before the office closed: act on it tonight.

    What can wait for the morning stays here; duty asks what came of it when the office opens.
    """

    title: ClassVar[str] = "an urgent action while the office is closed"
    is_told: ClassVar[bool] = False

    @model_validator(mode="after")
    def _is_not_handed_on(self) -> Self:
        if self.step is UrgentStep.HANDED_TO_OUT_OF_HOURS:
            raise ValueError("say in step how far it is: it is with out of hours already")
        return self
