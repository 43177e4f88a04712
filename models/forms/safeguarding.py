"""The facts and forms of a safeguarding concern (DUTY-49, DUTY-50, REA-32, REA-33, GAP-10)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen


class WhoIsAtRisk(StrEnum):
    """Whom a concern is about; each has a route of its own."""

    ADULT = "adult"
    """An adult with care and support needs."""
    CHILD = "child"
    """A child or young person under 18."""
    BOTH = "both"
    """An adult and a child."""


class ConcernNoticed(CaseFacts):
    """Somebody may suffer abuse or neglect, or be at risk of it. If anybody may be in danger now, ring 999 first."""

    set_to_now: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    past_dates: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"noticed_by"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
        "at_risk": "Who is at risk",
        "about_person": "The person whom it is about, where the register has them",
        "what": "What was said or seen, and who may be harming them",
        "where": "Where the adult or child is",
        "other_council": "The council whose area that is, where it is not ours",
        "noticed_at": "When it was noticed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
    }

    danger_or_crime: bool
    """Either is enough to ring 999 before anything else (DUTY-50)."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""
    at_risk: WhoIsAtRisk
    about_person: str | None = None
    """Register id."""
    what: str = Field(min_length=1)
    where: str = ""
    """The council where the adult or child is has the concern, whoever pays for their care (GAP-10)."""
    other_council: str = ""
    """Its name. Leave it empty where they are in our area, or nobody knows."""
    noticed_at: AwareDatetime
    noticed_by: str = ""
    """Tag of whoever noticed it."""
    came_from: str | None = None
    """Ref of the case in which it was noticed."""

    @model_validator(mode="after")
    def _danger_goes_first(self) -> Self:
        if self.danger_or_crime and not self.rang_999 and not self.not_rung_because:
            raise ValueError("ring 999 now and say so in rang_999, or say in not_rung_because why nobody need")
        return self

    @property
    def emergency_in_words(self) -> str:
        """Whether 999 was rung, for whoever takes the concern on."""
        if self.rang_999:
            return "999 was rung."
        if self.danger_or_crime:
            return f"DANGER OR CRIME, AND 999 WAS NOT RUNG: {self.not_rung_because}"
        return "999 was not rung: nobody was thought to be in danger at that moment, and no crime."


class ConcernReply(StrEnum):
    """What whoever carries out safeguarding says to a concern."""

    TAKEN_ON = "taken-on"
    """They have it and look into it."""
    NOT_SAFEGUARDING = "not-safeguarding"
    """It is not a matter for safeguarding, with the reasons and what is done instead."""


class ConcernAcknowledged(Form):
    """
    A safeguarding concern has come for an adult in our area. Take it on, or say why it is not one.

    If anybody may be in danger now, ring 999 first. Until you answer it counts as not acknowledged: when the office
    closes, somebody telephones out of hours about it (GAP-10).
    """

    title: ClassVar[str] = "acknowledging a safeguarding concern"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "reply": "Your reply",
        "reference": "Its reference in your own system",
        "led_by": "Who leads on it",
        "emergency": "What was done about the danger or the crime",
        "reasons": "Why it is not a matter for safeguarding",
        "what_instead": "What is done instead, and by whom",
        "about_person": "The person, where the concern did not say who it is and you know",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "reference": ShownWhen("reply", (ConcernReply.TAKEN_ON,)),
        "led_by": ShownWhen("reply", (ConcernReply.TAKEN_ON,)),
        "reasons": ShownWhen("reply", (ConcernReply.NOT_SAFEGUARDING,)),
        "what_instead": ShownWhen("reply", (ConcernReply.NOT_SAFEGUARDING,)),
    }
    causes: ClassVar[tuple[str, ...]] = ("Whoever noticed it hears what you say.",)

    reply: ConcernReply
    reference: str = ""
    """Where it stands, so that nobody keys it in again. Compulsory with taken-on."""
    led_by: str = ""
    """Compulsory with taken-on."""
    emergency: str = ""
    """Compulsory where there was danger or a crime and 999 was not rung."""
    reasons: str = ""
    what_instead: str = ""
    about_person: str | None = None
    """Register id."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.reply is ConcernReply.TAKEN_ON and not (self.reference and self.led_by):
            raise ValueError("say in reference where it stands in your system, and in led_by who leads on it")
        if self.reply is ConcernReply.NOT_SAFEGUARDING and not (self.reasons and self.what_instead):
            raise ValueError("say the reasons, and in what_instead what is done about it and by whom")
        return self


class _PassedOn(Form):
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "taken_on_by": "Who there has taken it on",
        "reference": "Their reference",
        "agreed": "What was agreed",
    }
    causes: ClassVar[tuple[str, ...]] = ("The concern counts as acknowledged by them.",)

    taken_on_by: str = Field(min_length=1)
    """Name and team of whoever has it now. Ring until somebody has: a message that was left is not enough."""
    reference: str = ""
    """Leave it empty where they gave none."""
    agreed: str = Field(min_length=1)


class ChildConcernPassedOn(_PassedOn):
    """
    A child may be at risk. Ring the children's team now, at the number beside this form, and say who has taken it on.

    If the child may be in danger now, ring 999 first.
    """

    title: ClassVar[str] = "ringing the children’s team"


class ConcernPassedElsewhere(_PassedOn):
    """
    Somebody at risk is in another council's area. Raise the concern with that council, and say who has taken it on.

    If anybody may be in danger now, ring 999 first. Who pays for their care makes no difference.
    """

    title: ClassVar[str] = "raising a concern with another council"


class OutOfHoursRung(Form):
    """
    Nobody has acknowledged a safeguarding concern, and the office is closed. Telephone out of hours about it now.

    If anybody may be in danger now, ring 999 first. Whoever was to acknowledge it is still asked.
    """

    title: ClassVar[str] = "ringing out of hours about a safeguarding concern"
    labels: ClassVar[dict[str, str]] = {
        "taken_on_by": "Who in out of hours has taken it on",
        "agreed": "What they do until the office opens",
    }

    taken_on_by: str = Field(min_length=1)
    """Ring until somebody has it: a message that was left is not enough."""
    agreed: str = Field(min_length=1)
