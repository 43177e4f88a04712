"""Emergency support that is arranged while the office is closed, and what follows when it ends (TRN-07)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen


class SupportKind(StrEnum):
    """What was arranged."""

    CARE = "emergency-care"
    """Somebody comes to them, or they go somewhere where they are cared for."""
    HOUSING = "emergency-housing-support"
    """A roof over their head, and what they need there."""


class EmergencySupport(CaseFacts):
    """Emergency care or emergency housing support was arranged for somebody until a moment."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "agreed_by": RegisterKind.SERVING_STAFF,
    }
    living: ClassVar[frozenset[str]] = frozenset({"about_person"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"ends_at"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"arranged_by"})
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is for",
        "kind": "What was arranged",
        "what": "Who gives it, where, and whom to ring there",
        "ends_at": "When it ends",
        "in_the_morning": "What must be done when the office opens",
        "agreed_by": "The manager who agreed it",
        "case": "The case in which it was needed",
        "arranged_by": "Who arranged it",
    }

    about_person: str | None = None
    """Register id, where they are known."""
    kind: SupportKind
    what: str = Field(min_length=1)
    """Who gives it, where, and whom to ring there; whom it is for, where the register does not have them."""
    ends_at: AwareDatetime
    """Until then it is arranged; before then it is decided what follows."""
    in_the_morning: str = Field(min_length=1)
    """What must be done when the office opens, such as telling the family or a brokerage referral."""
    agreed_by: str | None = None
    """Staff id, where a manager had to agree (GAP-28)."""
    case: str | None = None
    """Ref of the case in which it was needed, where there is one."""
    arranged_by: str | None = None
    """Tag of whoever arranged it."""


class WhatFollows(StrEnum):
    """What comes after emergency support."""

    LASTING = "lasting"
    """Something that lasts is in place, or they are back where they were with what they need."""
    EXTENDED = "extended"
    """The emergency support goes on, until another moment."""
    NOT_NEEDED = "not-needed"
    """They do not need it any more."""


class EmergencySupportFollowed(Form):
    """
    Emergency support was arranged out of hours, and it ends. Do what was left for the morning, and say what follows.

    Nobody is left without support because an arrangement ran out (TRN-04).
    """

    title: ClassVar[str] = "what follows emergency support"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"until"})
    labels: ClassVar[dict[str, str]] = {
        "follows": "What follows",
        "what": "What it is, who gives it, and from when",
        "until": "Until when the emergency support goes on",
        "person_reached": "The person was reached",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"until": ShownWhen("follows", (WhatFollows.EXTENDED,))}

    follows: WhatFollows
    what: str = Field(min_length=1)
    until: AwareDatetime | None = None
    """Compulsory where it goes on."""
    person_reached: bool = False

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really reached the person."""
        return self.person_reached

    @model_validator(mode="after")
    def _says_until_when(self) -> Self:
        if (self.follows is WhatFollows.EXTENDED) != (self.until is not None):
            raise ValueError("say until when it goes on, and leave that out otherwise")
        return self
