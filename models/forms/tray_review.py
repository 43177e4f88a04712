"""The weekly review of a team's whole tray: what it is opened with, the manager's form, and the next week's review."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.tray_rating import RatingFacts
from models.refs import is_ref
from models.tray import Part


class TrayReviewFacts(CaseFacts):
    """Whose tray is reviewed."""

    team: str
    """Team that holds the tray."""
    last_opened_at: AwareDatetime | None = None
    """When the review before this one was opened: who was not looked at since then comes first. None: the first."""


class AfterLooking(StrEnum):
    """What is decided about somebody in a review of the whole tray."""

    STILL_WAITS = "still-waits"
    """Nothing is changed."""
    ALLOCATE = "allocate"
    """They are given to a worker, who is asked to accept."""
    ESCALATE = "escalate"
    """They are brought before the strategic manager."""
    RATE_AGAIN = "rate-again"
    """Priority, complexity and colour are set anew."""
    LOOK_INTO = "look-into"
    """Something may have changed: they are contacted now."""


class LookedAt(Part):
    """One case that was looked at by itself, and what was decided."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "case": "The case",
        "decision": "Your decision",
        "worker": "The worker",
        "facts": "How they stand now",
        "facts_changed": "Have the facts changed?",
        "reasons": "The reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "worker": ShownWhen("decision", (AfterLooking.ALLOCATE,)),
        "facts": ShownWhen("decision", (AfterLooking.RATE_AGAIN,)),
        "facts_changed": ShownWhen("decision", (AfterLooking.RATE_AGAIN,)),
        "reasons": ShownWhen("decision", tuple(one for one in AfterLooking if one is not AfterLooking.STILL_WAITS)),
    }

    case: str
    """Its number on the list, or its reference."""
    decision: AfterLooking = AfterLooking.STILL_WAITS
    worker: str | None = None
    """Staff id. Compulsory to allocate."""
    facts: RatingFacts | None = None
    """How they stand. Compulsory to rate again."""
    facts_changed: bool = True
    """The facts have changed; else the same facts are judged otherwise (GAP-22)."""
    reasons: str = ""
    """Why. Compulsory unless they still wait."""

    @field_validator("case")
    @classmethod
    def _is_on_a_list(cls, case: str) -> str:
        return _number_or_ref(case)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if (self.decision is AfterLooking.ALLOCATE) != (self.worker is not None):
            problems.append("give worker to allocate, and leave it out otherwise")
        if (self.decision is AfterLooking.RATE_AGAIN) != (self.facts is not None):
            problems.append("give facts to rate again, and leave them out otherwise")
        if self.decision is not AfterLooking.STILL_WAITS and not self.reasons:
            problems.append("say why in reasons")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __str__(self) -> str:
        worker = f" to {self.worker}" if self.worker else ""
        return f"{self.case} {self.decision}{worker}{f' ({self.reasons})' if self.reasons else ''}"


class TrayReviewed(Form):
    """
    Review your whole tray: where has need or risk grown? Everybody on it stands beside this form, worst first (PWT-08).

    Give each case that is listed by itself its decision. Look through the rest as a list; any of them may be given a
    decision of its own too. What you have not looked at is listed first when you are asked again.
    """

    title: ClassVar[str] = "reviewing the whole tray"
    labels: ClassVar[dict[str, str]] = {
        "one_by_one": "Cases looked at by themselves",
        "rest_looked_at": "The rest was looked through as a list",
        "rest_except": "Those of the rest that were not looked at",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "rest_except": ShownWhen("rest_looked_at", (True,)),
    }

    one_by_one: tuple[LookedAt, ...] = ()
    """The cases looked at by themselves."""
    rest_looked_at: bool = False
    """The rest was looked through as a list: they still wait."""
    rest_except: tuple[str, ...] = ()
    """Numbers or references of those of the rest that were not looked at."""

    @field_validator("rest_except")
    @classmethod
    def _are_on_a_list(cls, cases: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_number_or_ref(case) for case in cases)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if not self.one_by_one and not self.rest_looked_at:
            problems.append("say in one_by_one or rest_looked_at what was looked at")
        if self.rest_except and not self.rest_looked_at:
            problems.append("rest_except is only for a rest that was looked at")
        named = [one.case for one in self.one_by_one]
        if len(set(named)) < len(named):
            problems.append("name each case once in one_by_one")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class NextReviewOpened(Signal):
    """The next review of the same tray is open and goes on with what this one has left."""

    title: ClassVar[str] = "the next review of the tray"
    by_hand: ClassVar[bool] = False

    review: str = Field(min_length=1)
    """Ref of its case."""


def _number_or_ref(case: str) -> str:
    bare = case.strip().upper().removesuffix(".")
    if bare.isascii() and bare.isdigit() and int(bare) > 0:
        return str(int(bare))
    if not is_ref(bare):
        raise ValueError("give the number on the list, or the reference of the case")
    return bare
