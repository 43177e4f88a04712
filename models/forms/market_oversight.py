"""The facts, forms and signals of oversight of the market (TRN-54 to TRN-56)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.commissioning import DECIDERS
from models.market.kinds import OversightDecision, Seat
from models.roles import Role

_DONE = (
    OversightDecision.LINK_WORKER,
    OversightDecision.TARGETED_SUPPORT,
    OversightDecision.EMERGENCY_GROUP,
    OversightDecision.PREPARE,
)
"""Decisions that somebody carries out by a day."""


class OversightDue(CaseFacts):
    """What a case of oversight is opened with: the day after the last that was counted."""

    first_day: date


class OversightMeeting(Form):
    """
    Hold the oversight meeting over the figures beside this form, and say who was there.

    Each provider that is proposed, and each action that is open, is then asked about by itself. A provider that the
    figures do not propose is added by telling this case of it, before or after you answer.
    """

    title: ClassVar[str] = "holding the market oversight meeting"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    past_dates: ClassVar[frozenset[str]] = frozenset({"met_on"})
    labels: ClassVar[dict[str, str]] = {
        "met_on": "The day on which it met",
        "chaired_by": "Who chaired it",
        "attended": "Who was there, by what they sit there for",
        "names": "Their names and posts",
        "notes": "What was said about the market as a whole",
    }

    met_on: date
    chaired_by: str = Field(min_length=1)
    attended: frozenset[Seat] = Field(min_length=1)
    names: str = ""
    notes: str = ""


class ProviderConsidered(Form):
    """
    Say what is decided about this provider; several things may fit at once. Each becomes a case that is looked after.

    The figures, and the references of the cases behind each, stand beside this form.
    """

    title: ClassVar[str] = "what is decided about a provider in oversight"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    coming_dates: ClassVar[frozenset[str]] = frozenset({"done_by"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"support_of": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "decisions": "What is decided",
        "reasons": "The reasons",
        "what": "What is looked at, supported or prepared",
        "done_by": "The day by which it is done or reported",
        "support_of": "A practitioner whose help is asked for",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what": ShownWhen("decisions", _DONE),
        "done_by": ShownWhen("decisions", _DONE),
        "support_of": ShownWhen("decisions", (OversightDecision.TARGETED_SUPPORT,)),
    }
    causes: ClassVar[tuple[str, ...]] = ("What is decided begins at once, and the next meeting is asked about it.",)

    decisions: frozenset[OversightDecision] = Field(min_length=1)
    reasons: str = Field(min_length=1)
    what: str = ""
    done_by: date | None = None
    support_of: str | None = None
    """Staff id."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if OversightDecision.NO_ACTION in self.decisions and len(self.decisions) > 1:
            raise ValueError("decisions: no action goes with nothing else")
        if not self.decisions.isdisjoint(_DONE) and not (self.what and self.done_by):
            raise ValueError("say in what what is looked at, supported or prepared, and in done_by until which day")
        if self.support_of and OversightDecision.TARGETED_SUPPORT not in self.decisions:
            raise ValueError("support_of: a practitioner is asked for targeted support only")
        return self


class ActionReported(Form):
    """An earlier meeting decided this, and it is open. Say how it stands, and whether it goes on."""

    title: ClassVar[str] = "an open action of market oversight"
    may_concern_safety: ClassVar[bool] = False
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    labels: ClassVar[dict[str, str]] = {
        "goes_on": "Does it go on?",
        "how_it_stands": "How it stands, or why it ends",
    }

    goes_on: bool
    how_it_stands: str = Field(min_length=1)


class ProviderToDiscuss(Signal):
    """A provider that the figures do not propose is to be decided on in this oversight all the same."""

    title: ClassVar[str] = "that oversight is to discuss a provider"
    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {"provider": "Which provider", "why": "Why it is to be discussed"}

    provider: str
    """Register id."""
    why: str = Field(min_length=1)
