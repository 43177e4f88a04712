"""The forms by which duty brings a contact to its outcome itself (DUTY-30 to DUTY-35)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import Form, ShownWhen
from models.forms.follow_up import FollowUpWanted


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class DutyFunction(StrEnum):
    """What duty may do for an allocated worker or team; the list is not closed (DUTY-33)."""

    SUSPEND_SERVICE = "suspend-service"
    """Suspend a service, for instance when the person goes into hospital."""
    RESTART_SERVICE = "restart-service"
    """Restart a service, for instance when the person comes home."""
    PLANNED_RESPITE = "planned-respite"
    """Arrange respite that the care and support plan already provides for."""
    INTERNAL_REFERRAL = "internal-referral"
    """Complete a referral to another team of the council."""
    OTHER = "other"
    """Something else that the worker would have done."""


class FunctionDone(_Part):
    """One thing that duty has done for the worker or team responsible."""

    labels: ClassVar[dict[str, str]] = {
        "function": "What duty did",
        "what": "What was done in detail",
    }

    function: DutyFunction
    what: str = Field(min_length=1)
    """What was done, with whom, from when."""

    def __str__(self) -> str:
        return f"{self.function.replace('-', ' ')}: {self.what}"


class ReferralOut(_Part):
    """A referral to a team or body outside the council: it goes through the disclosure gate before it goes out."""

    labels: ClassVar[dict[str, str]] = {
        "recipient": "The body it goes to",
        "purpose": "What it is for",
        "content": "What the referral would say",
        "emergency": "It is an emergency",
    }

    recipient: str = Field(min_length=1)
    """What kind of body it goes to, in the words of the council's approved table where it stands there."""
    purpose: str = Field(min_length=1)
    """What it is for, in the words of the approved table where it stands there."""
    content: str = Field(min_length=1)
    """What the referral would say: the least that serves."""
    emergency: bool = False
    """Somebody would come to harm if it waited."""

    def __str__(self) -> str:
        return f"{self.recipient} for {self.purpose}"


class DoneForAnother(Form):
    """What duty has done for whoever is responsible, and whether it needs a later check."""

    labels: ClassVar[dict[str, str]] = {
        "functions": "Things done for the worker or team responsible",
        "referrals_out": "Referrals outside the council",
        "follow_up_needed": "Does what was done need a later check?",
        "follow_up": "The later check",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "follow_up": ShownWhen("follow_up_needed", (True,)),
    }

    functions: tuple[FunctionDone, ...] = ()
    """Each function carried out for the worker or team responsible: they are told of it (DUTY-33, DUTY-34)."""
    referrals_out: tuple[ReferralOut, ...] = ()
    """Referrals that are to go outside the council; each is given leave first (DUTY-63)."""
    follow_up_needed: bool | None = None
    """Whether what was done needs a later check. Compulsory with functions and referrals_out (DUTY-35)."""
    follow_up: FollowUpWanted | None = None
    """What is to be checked, when, by whom, and what the person wishes. Compulsory where it is needed."""

    @model_validator(mode="after")
    def _follow_up_is_decided(self) -> Self:
        problems = []
        if (self.functions or self.referrals_out) and self.follow_up_needed is None:
            problems.append("say in follow_up_needed whether what was done for another needs a later check")
        if bool(self.follow_up_needed) != (self.follow_up is not None):
            problems.append("give follow_up where follow_up_needed is true, and leave it out otherwise")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class SettledAtDuty(DoneForAnother):
    """
    The contact is dealt with at duty: nobody is allocated, nobody took it, or its outcome lies within what duty can do.

    Settle it now, through whoever is right for it and with the least trouble for the person (DUTY-30). Where it is
    urgent, everything that cannot wait is done, or handed to out of hours, before closing (GAP-02).
    """

    title: ClassVar[str] = "settling the contact at duty"
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"acknowledgement_sent"})
    labels: ClassVar[dict[str, str]] = {
        "acknowledgement_sent": "The day on which you acknowledged it",
    }

    what_was_done: str = Field(min_length=1)
    acknowledgement_sent: date | None = None
    """The day on which you have written to the sender that it has arrived, if that is done: no further form asks."""
