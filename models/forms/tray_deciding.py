"""What managers are asked about somebody who waits on the tray."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, RegisterKind, ShownWhen
from models.forms.tray_rating import RatingFacts
from models.policy.gaps.tray_exits import LeavingReason


class AfterDiscussion(StrEnum):
    """What follows from a discussion about somebody who waits."""

    STILL_WAITS = "still-waits"
    """Nothing is changed."""
    RATE_AGAIN = "rate-again"
    """They are rated anew on this form."""
    ALLOCATE = "allocate"
    """They are given to a worker, who is asked to accept."""
    TAKE_OFF = "take-off"
    """They leave the tray: it is no longer needed."""
    ACT_NOW = "act-now"
    """Something cannot wait: duty acts today, and they stay on the tray meanwhile."""


class ContactDiscussed(Form):
    """
    A contact, a change or a missing rating asks for your decision on somebody who waits (PWT-50, PWT-52, PWT-53).

    What you decide, and why, is kept as the note of the discussion.
    """

    title: ClassVar[str] = "deciding about somebody on the tray"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "decision": "Your decision",
        "reasons": "The reasons",
        "facts": "How they stand now",
        "facts_changed": "Have the facts changed?",
        "worker": "The worker",
        "safety_plan": "The interim safety plan",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "facts": ShownWhen("decision", (AfterDiscussion.RATE_AGAIN,)),
        "facts_changed": ShownWhen("decision", (AfterDiscussion.RATE_AGAIN,)),
        "safety_plan": ShownWhen("decision", (AfterDiscussion.RATE_AGAIN,)),
        "worker": ShownWhen("decision", (AfterDiscussion.ALLOCATE,)),
    }

    decision: AfterDiscussion
    reasons: str = Field(min_length=1)
    """What was discussed, with whom, and why you decide so."""
    facts: RatingFacts | None = None
    """How they stand now. Compulsory to rate again."""
    facts_changed: bool = True
    """The facts have changed; else the same facts are judged otherwise (GAP-22)."""
    worker: str | None = None
    """Staff id. Compulsory to allocate."""
    safety_plan: str = ""
    """What keeps a Red person safe meanwhile (GAP-12)."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if (self.decision is AfterDiscussion.RATE_AGAIN) != (self.facts is not None):
            problems.append("give facts to rate again, and leave them out otherwise")
        if (self.decision is AfterDiscussion.ALLOCATE) != (self.worker is not None):
            problems.append("give worker to allocate, and leave it out otherwise")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class SecondManagerAgrees(Form):
    """
    Another manager wants to rate a case lower than Red though the matrix says Red. Agree, or say why not (GAP-22).

    Until you agree it stays Red. Whoever asks for it cannot agree to it.
    """

    title: ClassVar[str] = "agreeing that a Red case is lowered"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "agreed": "Do you agree?",
        "reasons": "The reasons",
    }

    agreed: bool
    reasons: str = Field(min_length=1)


class LeavingConfirmed(Form):
    """
    Somebody is said to leave the tray. Their clocks and letters have stopped. Confirm the reason, or say what is so.

    Nothing is deleted. After a death nobody writes or rings.
    """

    title: ClassVar[str] = "confirming that somebody leaves the tray"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "leaves": "Do they leave the tray?",
        "reason": "Another reason than the one reported",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "reason": ShownWhen("leaves", (True,)),
    }

    leaves: bool
    """They leave. If not, they wait on, and are contacted at once."""
    reason: LeavingReason | None = None
    """Why, where it is another reason than the one reported."""
    what_was_discussed: str = Field(min_length=1)
