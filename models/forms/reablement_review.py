"""The forms of an unscheduled review of reablement (REA-25, GAP-50)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen
from models.forms.explaining import EveryoneTold
from models.forms.reablement_signals import COSTS_EXPLAINED
from models.reablement.naming import NamedInPlan


class ReviewConsidered(Form):
    """
    Something speaks for a review of reablement outside its turn. Decide whether one is held, and say why or why not.

    What speaks for it, the plan and what is achieved stand beside this form (REA-25).
    """

    title: ClassVar[str] = "considering a review of reablement"
    has_legal_weight: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"on"})
    causes: ClassVar[tuple[str, ...]] = (
        "A review is asked for on its day, until it was held.",
        "Where none is held, whoever asked has been told, and reablement goes on as planned.",
    )
    labels: ClassVar[dict[str, str]] = {
        "hold": "Is a review held?",
        "reasons": "The reasons",
        "who_asked_told": "How whoever asked, or noticed it, was told",
        "on": "The day of the review",
        "cannot_hold": "Why you cannot hold it yourself",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "who_asked_told": ShownWhen("hold", (False,)),
        "on": ShownWhen("hold", (True,)),
        "cannot_hold": ShownWhen("hold", (True,)),
    }

    hold: bool
    reasons: str = Field(min_length=1)
    who_asked_told: str = ""
    """Compulsory where no review is held."""
    on: date | None = None
    """Compulsory where a review is held; agree it with the person."""
    cannot_hold: str = ""
    """Then your team is asked. Leave out where you hold it."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.hold != (self.on is not None):
            raise ValueError("give in on the day of a review that is held, and leave it out otherwise")
        if not self.hold and not self.who_asked_told:
            raise ValueError("say who_asked_told, since no review is held")
        return self


class ReviewPutOnTray(Form):
    """Put this review in the Review tray of the recording system, for the day beside this form (GAP-50)."""

    title: ClassVar[str] = "putting a review in the Review tray"
    may_concern_safety: ClassVar[bool] = False
    past_dates: ClassVar[frozenset[str]] = frozenset({"put_there_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"put_there_on"})
    labels: ClassVar[dict[str, str]] = {"put_there_on": "The day on which you put it there"}

    put_there_on: date


class ReviewResult(StrEnum):
    """What a review of reablement came to."""

    GOES_ON = "goes-on"
    """Reablement goes on as planned."""
    PLAN_TO_CHANGE = "plan-to-change"
    """Reablement goes on, and the plan is to change."""
    ENDS = "ends"
    """Reablement ends."""
    LONG_TERM_NEEDS = "long-term-needs"
    """The person needs help beyond reablement: they are referred for it, and prevention is explored beside that."""


class ReviewHeld(Form):
    """
    Hold the review with the person and whoever has a part in the plan, and say what it came to.

    Nothing that the person is entitled to waits: a referral for long-term help goes at once, and the record of
    prevention accompanies it.
    """

    title: ClassVar[str] = "the review of reablement"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"held_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"held_on"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"again_on"})
    causes: ClassVar[tuple[str, ...]] = (
        "Where the plan is to change, what is to change is put at once to whoever decides on it.",
        "Where reablement ends, its case is told to end.",
        "Where long-term help is needed, a referral opens at once, and so does the record of prevention.",
    )
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"know_already": NamedInPlan.INVOLVED}
    labels: ClassVar[dict[str, str]] = {
        "held": "Was the review held?",
        "held_on": "The day on which it was held",
        "why_not": "Why it was not held",
        "again_on": "The day of the review now",
        "with_whom": "Who took part",
        "person_took_part": "The person took part",
        "found": "What was found",
        "result": "What it came to",
        "what_follows": "What is to change, or what follows for the person",
        "last_day": "The last day of reablement",
        "costs_explained": COSTS_EXPLAINED,
        "know_already": "Who in the plan knows the result already",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "why_not": ShownWhen("held", (False,)),
        "again_on": ShownWhen("held", (False,)),
        **{
            name: ShownWhen("held", (True,))
            for name in ("held_on", "with_whom", "person_took_part", "found", "result", "know_already")
        },
        "what_follows": ShownWhen(
            "result", (ReviewResult.PLAN_TO_CHANGE, ReviewResult.ENDS, ReviewResult.LONG_TERM_NEEDS)
        ),
        "last_day": ShownWhen("result", (ReviewResult.ENDS, ReviewResult.LONG_TERM_NEEDS)),
        "costs_explained": ShownWhen("result", (ReviewResult.ENDS, ReviewResult.LONG_TERM_NEEDS)),
    }

    held: bool
    held_on: date | None = None
    """Leave out for today."""
    why_not: str = ""
    """Compulsory where it was not held."""
    again_on: date | None = None
    """Leave out for the next working day."""
    with_whom: str = ""
    """Compulsory where it was held."""
    person_took_part: bool = False
    found: str = ""
    """Compulsory where it was held."""
    result: ReviewResult | None = None
    """Compulsory where it was held."""
    what_follows: str = ""
    """Compulsory unless reablement goes on as planned."""
    last_day: date | None = None
    """Compulsory where reablement ends. With long-term needs: leave out where it goes on for now."""
    costs_explained: bool = False
    """Compulsory where the last day lies past the free weeks."""
    know_already: tuple[str, ...] = ()
    """Their letters and numbers in the plan, such as P1: nobody is asked to tell them once more."""

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really saw the person."""
        return self.held and self.person_took_part

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if not self.held and not self.why_not:
            problems.append("say why_not")
        if self.held and not (self.with_whom and self.found and self.result):
            problems.append("say with_whom, found and result of a review that was held")
        if not self.held and self.result is not None:
            problems.append("give result only of a review that was held")
        if self.result not in (None, ReviewResult.GOES_ON) and not self.what_follows:
            problems.append("say what_follows")
        if self.result is ReviewResult.ENDS and self.last_day is None:
            problems.append("give last_day")
        if self.last_day is not None and self.result not in (ReviewResult.ENDS, ReviewResult.LONG_TERM_NEEDS):
            problems.append("give last_day only where reablement ends")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class ReviewTold(EveryoneTold):
    """
    Reablement was reviewed. Tell everybody listed beside this form what it came to; name only those who were not told.

    Staff with a part in the plan have been told already.
    """

    title: ClassVar[str] = "telling what the review came to"
