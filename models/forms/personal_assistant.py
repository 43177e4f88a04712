"""The facts and forms of a concern about a personal assistant (REA-56 to REA-60, GAP-40)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.forms.safeguarding import WhoIsAtRisk


class AssistantConcernNoticed(CaseFacts):
    """
    Something is wrong with how a personal assistant works, whom somebody employs with their own money or a payment.

    If anybody may be in danger now, ring 999 first. The assistant’s name stays in the case and is shown in no notice.
    """

    asks_about_safeguarding: ClassVar[bool] = True
    set_to_now: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    past_dates: ClassVar[frozenset[str]] = frozenset({"noticed_at"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"noticed_by"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Whom the assistant works for",
        "assistant": "What the assistant is called, and how they are known to you",
        "what": "What they do or leave undone, and how you know",
        "works_for_others": "Are they known to work for anybody else in the area?",
        "on_a_register": "Are they on a local register of personal assistants?",
        "register_holder": "Who keeps that register",
        "noticed_at": "When it was noticed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"register_holder": ShownWhen("on_a_register", (True,))}

    about_person: str
    """Register id."""
    assistant: str = Field(min_length=1)
    what: str = Field(min_length=1)
    works_for_others: bool
    on_a_register: bool
    register_holder: str = ""
    noticed_at: AwareDatetime
    noticed_by: str = ""
    """Tag of whoever noticed it."""

    @model_validator(mode="after")
    def _register_has_a_holder(self) -> Self:
        if self.on_a_register != bool(self.register_holder):
            raise ValueError("say in register_holder who keeps the register, and only where they are on one")
        return self


class AssistantConcernDiscussed(Form):
    """
    A concern about a personal assistant has come to your team. Discuss it today with whoever noticed it.

    Then it is with your team: whoever answers is asked what was done about it.
    """

    title: ClassVar[str] = "discussing a concern about a personal assistant"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "discussed_with": "With whom it was discussed",
        "what_is_to_be_done": "What is to be done about it, and by whom",
    }
    causes: ClassVar[tuple[str, ...]] = ("The concern is with you: you are asked what was done about it.",)

    discussed_with: str = Field(min_length=1)
    what_is_to_be_done: str = Field(min_length=1)


class AssistantConcernLookedAt(Form):
    """
    A concern about a personal assistant is with you. Say what was done, and whether it is resolved.

    Where it is not, whoever keeps a local register that they are on is told, and you are asked again.
    """

    title: ClassVar[str] = "what was done about a personal assistant"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "what_was_done": "What was done about it",
        "resolved": "Is it resolved?",
        "looked_at_again_on": "The day on which it is looked at again",
        "person_was_seen": "Was the person spoken with about it?",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"looked_at_again_on": ShownWhen("resolved", (False,))}

    what_was_done: str = Field(min_length=1)
    person_was_seen: bool
    resolved: bool
    looked_at_again_on: date | None = None

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody spoke with the person."""
        return self.person_was_seen

    @model_validator(mode="after")
    def _says_when_again(self) -> Self:
        if self.resolved == (self.looked_at_again_on is not None):
            raise ValueError("say in looked_at_again_on when it is looked at again, and only where it is not resolved")
        return self


class OthersConsidered(Form):
    """
    The assistant works for others as well. Consider today whether any of them is in danger.

    If anybody may be in danger now, ring 999 first. For each who is, a safeguarding concern is raised at once. Do not
    ring the others yourself: the direct payments team is asked in any case, and alone tells them.
    """

    title: ClassVar[str] = "others whom a personal assistant works for"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"in_danger": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "danger": "Is any of them in danger?",
        "in_danger": "Those in danger whom the register has",
        "in_danger_in_words": "Those in danger whom the register does not have",
        "what_is_feared": "What is feared for them",
        "at_risk": "Who is at risk",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
        "reasons": "Why none of them is",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "in_danger": ShownWhen("danger", (True,)),
        "in_danger_in_words": ShownWhen("danger", (True,)),
        "what_is_feared": ShownWhen("danger", (True,)),
        "at_risk": ShownWhen("danger", (True,)),
        "danger_or_crime": ShownWhen("danger", (True,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
        "reasons": ShownWhen("danger", (False,)),
    }
    causes: ClassVar[tuple[str, ...]] = ("A safeguarding concern is raised at once for each of those in danger.",)

    danger: bool
    in_danger: tuple[str, ...] = ()
    """Register ids."""
    in_danger_in_words: str = ""
    what_is_feared: str = ""
    at_risk: WhoIsAtRisk | None = None
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""
    reasons: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.danger:
            if not self.reasons:
                raise ValueError("say in reasons why none of them is in danger")
            return self
        problems = []
        if not self.in_danger and not self.in_danger_in_words:
            problems.append("in_danger: name those in danger, or say in in_danger_in_words who they are")
        if not self.what_is_feared or self.at_risk is None or self.danger_or_crime is None:
            problems.append("say what_is_feared, at_risk and danger_or_crime: whoever takes it on must know")
        if self.danger_or_crime and not self.rang_999 and not self.not_rung_because:
            problems.append("rang_999: ring 999 now and say so, or say in not_rung_because why nobody need")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class EmployerToTell(BaseModel):
    """Another employer of a personal assistant, and what they are to be told."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)
    register_fields: ClassVar[dict[str, RegisterKind]] = {"person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "person": "The employer, where the register has them",
        "in_words": "Who it is, where the register does not have them",
        "content": "What they are told",
    }

    person: str | None = None
    """Register id."""
    in_words: str = ""
    content: str = Field(min_length=1)
    """The least that lets them protect themselves."""

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if bool(self.person) == bool(self.in_words):
            raise ValueError("name the employer in person, or say in in_words who it is")
        return self

    def __str__(self) -> str:
        return self.person or self.in_words


class OtherEmployersConsidered(Form):
    """
    A personal assistant about whom there is a concern works for others as well. Decide who of them is told what.

    Nobody else tells them. What each is told passes the disclosure gate; you are asked to give it once it may go.
    """

    title: ClassVar[str] = "telling other employers of a personal assistant"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "employers": "Whom to tell",
        "nobody_because": "Why nobody need be told",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {}

    employers: tuple[EmployerToTell, ...] = ()
    nobody_because: str = ""

    @model_validator(mode="after")
    def _tells_somebody_or_says_why_not(self) -> Self:
        if bool(self.employers) == bool(self.nobody_because):
            raise ValueError("say in employers whom to tell, or else in nobody_because why nobody need be told")
        return self


class AfterTheGate(StrEnum):
    """What follows where somebody outside was not told."""

    TRY_AGAIN = "try-again"
    """It is put to the gate again, with other words."""
    INSTEAD = "instead"
    """Something else is done."""


class NotToldOfAssistant(Form):
    """
    Somebody outside was to be told of a concern about a personal assistant, and was not. Say what follows.

    Why stands in the case beside this form. Try again with less or otherwise, or say what is done instead.
    """

    title: ClassVar[str] = "what follows where somebody was not told"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "step": "What follows",
        "content": "What they are to be told now",
        "instead": "What is done instead",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "content": ShownWhen("step", (AfterTheGate.TRY_AGAIN,)),
        "instead": ShownWhen("step", (AfterTheGate.INSTEAD,)),
    }

    step: AfterTheGate
    content: str = ""
    instead: str = ""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.step is AfterTheGate.TRY_AGAIN and not self.content:
            raise ValueError("say in content what they are to be told now")
        if self.step is AfterTheGate.INSTEAD and not self.instead:
            raise ValueError("say in instead what is done instead")
        return self
