"""Exploring what might prevent needs: facts, record and signal (DUTY-67 to DUTY-70, REA-29 to REA-31, GAP-07)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal


class PreventionToExplore(CaseFacts):
    """Preventive services are explored for somebody: before long-term help, or beside reablement."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    cases_about: ClassVar[dict[str, str]] = {"came_from": "about_person"}
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"explored_by"})
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who it is for",
        "what": "What might help, or why it is explored",
        "before_long_term": "Is long-term help proposed?",
        "came_from": "The referral or case that the record goes to",
    }

    about_person: str
    """Register id."""
    what: str = Field(min_length=1)
    before_long_term: bool = False
    """Long-term or intensive help is proposed: the record goes with that referral (DUTY-68, DUTY-69)."""
    came_from: str | None = None
    """Ref of the case in which it came up; the record goes there."""
    explored_by: str = "role-duty-worker"
    """Tag of who explores it and is asked for the record."""


class PreventionSource(StrEnum):
    """Who offers a preventive service (DUTY-67)."""

    COUNCIL = "council"
    """The council itself."""
    COMMUNITY = "community"
    """The community: groups, neighbours, charities."""
    PARTNER = "partner"
    """A partner, such as the health service or housing."""


class PreventionKind(StrEnum):
    """What kind of service it is; the list is not closed (REA-29)."""

    HEALTH = "health"
    """A health service."""
    OCCUPATIONAL_THERAPY = "occupational-therapy"
    ASSISTIVE_TECHNOLOGY = "assistive-technology"
    """Equipment, sensors, telecare."""
    REABLEMENT = "reablement"
    """Reablement itself."""
    COMPANY = "company"
    """Company, activity, getting out."""
    CARER_SUPPORT = "carer-support"
    """Help for whoever cares for them."""
    OTHER = "other"


class ServiceExplored(BaseModel):
    """A preventive service that was looked at, and why it does or does not suit."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    labels: ClassVar[dict[str, str]] = {
        "source": "Who offers it",
        "kind": "What kind of service",
        "name": "Its name",
        "suitable": "Does it suit the person?",
        "because": "Why it does or does not",
        "wanted": "Does the person want it?",
        "arranged": "How it is arranged",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "wanted": ShownWhen("suitable", (True,)),
        "arranged": ShownWhen("wanted", (True,)),
    }

    source: PreventionSource
    kind: PreventionKind
    name: str = Field(min_length=1)
    suitable: bool
    because: str = Field(min_length=1)
    wanted: bool | None = None
    """Compulsory where it suits."""
    arranged: str = ""
    """With whom, from when. Leave out what is still to be arranged: it is asked for until it is."""

    @model_validator(mode="after")
    def _says_whether_it_is_wanted(self) -> Self:
        if self.suitable != (self.wanted is not None):
            raise ValueError("say wanted of a service that suits, and leave it out otherwise")
        return self

    @property
    def is_to_be_arranged(self) -> bool:
        """Whether it suits, is wanted, and nobody has arranged it yet."""
        return bool(self.wanted) and not self.arranged

    def __str__(self) -> str:
        suits = "suits" if self.suitable else "does not suit"
        arranged = f"; arranged: {self.arranged}" if self.arranged else ""
        wanted = "; not wanted" if self.wanted is False else ""
        kind = self.kind.value.replace("-", " ")
        return f"{self.name} ({self.source}, {kind}): {suits}, {self.because}{wanted}{arranged}"


class PreventionExplored(Form):
    """
    Which services could prevent, delay or reduce this person’s needs? Look at every one that there is locally.

    Say of each why it does or does not suit: the record shows that prevention was looked at before long-term help
    (DUTY-68). Nothing waits for it: an assessment and help that the person is entitled to go on meanwhile, and what
    cannot wait comes first.
    """

    title: ClassVar[str] = "what might prevent needs"
    asks_about_safeguarding: ClassVar[bool] = True
    chased: ClassVar[bool] = False
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "The record goes to the referral or case that it belongs to, and comes to stand in the recording system.",
        "What cannot wait is put to duty at once, in a case of its own.",
        "What suits, is wanted and is not arranged yet is asked for until it is.",
    )
    labels: ClassVar[dict[str, str]] = {
        "act_now": "What cannot wait",
        "services": "The services that were looked at",
        "nothing_else": "Why nothing from others was looked at",
        "long_term_needed": "Is long-term help needed all the same?",
        "not_enough_because": "Why prevention is not enough",
        "not_explored_because": "Why nothing was looked at",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "not_enough_because": ShownWhen("long_term_needed", (True,)),
    }

    act_now: str = ""
    """Duty is asked at once, and you are asked for the record afterwards."""
    services: tuple[ServiceExplored, ...] = ()
    nothing_else: str = ""
    """Before long-term help: compulsory unless something from the council, the community and partners is listed."""
    long_term_needed: bool | None = None
    """Compulsory before long-term help."""
    not_enough_because: str = ""
    """Compulsory where long-term help is needed."""
    not_explored_because: str = ""
    """Only where this council does not ask for the record."""

    @property
    def to_be_arranged(self) -> tuple[ServiceExplored, ...]:
        """What suits, is wanted and is not arranged yet."""
        return tuple(one for one in self.services if one.is_to_be_arranged)

    @property
    def record(self) -> str:
        """The record as a text: each service with why it does or does not suit, and what follows from it."""
        lines = [*map(str, self.services)]
        lines += [f"Nothing else: {self.nothing_else}"] if self.nothing_else else []
        lines += [f"Long-term help is needed: {self.not_enough_because}"] if self.not_enough_because else []
        lines += ["Long-term help is not needed."] if self.long_term_needed is False else []
        lines += [f"Nothing was looked at: {self.not_explored_because}"] if self.not_explored_because else []
        return "\n".join(lines)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        problems = []
        if not (self.services or self.act_now or self.not_explored_because):
            problems.append("say in services what was looked at, or in act_now what cannot wait")
        if bool(self.long_term_needed) != bool(self.not_enough_because):
            problems.append("say not_enough_because where long-term help is needed, and leave it out otherwise")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class PreventionArranged(Form):
    """A preventive service suits this person and is wanted. Has it been arranged?"""

    title: ClassVar[str] = "arranging a preventive service"
    labels: ClassVar[dict[str, str]] = {
        "arranged": "Is everything arranged?",
        "what_was_done": "What was done, with whom, from when",
        "given_up_because": "Why it is not arranged any more",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"given_up_because": ShownWhen("arranged", (False,))}

    arranged: bool
    what_was_done: str = Field(min_length=1)
    given_up_because: str = ""
    """Else it is asked for again."""

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.arranged and self.given_up_because:
            raise ValueError("say given_up_because only of what is not arranged")
        return self


class PreventionRecorded(Signal):
    """What might prevent needs was explored for the person: the record that accompanies their referral (GAP-07)."""

    title: ClassVar[str] = "the record of prevention"
    by_hand: ClassVar[bool] = False

    record: str = Field(min_length=1)
    long_term_needed: bool | None = None
    """None: nobody was asked, as no long-term help was proposed."""
