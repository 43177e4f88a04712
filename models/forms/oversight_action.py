"""The facts, forms and signals of what oversight of the market decided about one provider (TRN-54 to TRN-56)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.forms.commissioning import DECIDERS
from models.market.kinds import OversightDecision, Readiness, Seat
from models.provider_failure.kinds import Trigger
from models.roles import Role


class OversightActionDecided(CaseFacts):
    """What a case is opened with that carries out one decision of oversight about one provider."""

    provider: str
    """Register id."""
    name: str
    decision: OversightDecision
    figures: str
    """What was counted about it, with the refs behind each figure."""
    reasons: str
    what: str = ""
    done_by: date | None = None
    support_of: str | None = None
    oversight: str
    """Ref of the oversight that it comes from."""


class ThemeLookedAt(Form):
    """
    Market oversight asks you to look at a theme at a provider. Look on your next visits, and say what you found.

    If anybody may be in danger now, ring 999 first.
    """

    title: ClassVar[str] = "what was found about a theme at a provider"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"visited_on"})
    labels: ClassVar[dict[str, str]] = {
        "visited": "Was the provider visited?",
        "visited_on": "The day of the last visit",
        "spoken_with": "Who was spoken with: people, families, staff, the manager",
        "confirmed": "Is the theme there?",
        "found": "What was found, or why nobody could visit and what is known all the same",
        "needed": "What would help, or lessen the risk",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "visited_on": ShownWhen("visited", (True,)),
        "spoken_with": ShownWhen("visited", (True,)),
    }

    visited: bool
    visited_on: date | None = None
    spoken_with: str = ""
    confirmed: bool
    found: str = Field(min_length=1)
    needed: str = ""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.visited and not (self.visited_on and self.spoken_with):
            raise ValueError("say visited_on and spoken_with, or that nobody visited")
        return self


class _Prepared(Form):
    title: ClassVar[str] = "what is prepared for a provider that may fail"
    has_legal_weight: ClassVar[bool] = True
    deciders: ClassVar[tuple[Role, ...]] = DECIDERS
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on", "care_ends_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"team": RegisterKind.TEAM}
    labels: ClassVar[dict[str, str]] = {
        "who_does_what": "Who does what, and who leads",
        "alternatives": "Who could take over whose care",
        "follows": "What follows",
        "looked_at_again_on": "The day on which it is looked at again",
        "cause": "What has happened, or is about to",
        "care_ends_on": "The day from which people are without care",
        "team": "The team that leads the incident’s room",
        "because": "Why it is not needed any more",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "looked_at_again_on": ShownWhen("follows", (Readiness.HOLD,)),
        "cause": ShownWhen("follows", (Readiness.BEGIN_INCIDENT,)),
        "care_ends_on": ShownWhen("follows", (Readiness.BEGIN_INCIDENT,)),
        "team": ShownWhen("follows", (Readiness.BEGIN_INCIDENT,)),
        "because": ShownWhen("follows", (Readiness.STAND_DOWN,)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "If you begin the incident, everybody by our records is on its list at once, whoever pays for them.",
    )

    who_does_what: str = Field(min_length=1)
    alternatives: str = Field(min_length=1)
    follows: Readiness
    looked_at_again_on: date | None = None
    cause: Trigger | None = None
    care_ends_on: date | None = None
    """Today, where it has ended already or nobody knows."""
    team: str | None = None
    """Team id."""
    because: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        match self.follows:
            case Readiness.HOLD if self.looked_at_again_on is None:
                raise ValueError("say in looked_at_again_on when it is looked at again")
            case Readiness.BEGIN_INCIDENT if not (self.cause and self.care_ends_on and self.team):
                raise ValueError("say cause, care_ends_on and team: the incident begins with them")
            case Readiness.STAND_DOWN if not self.because:
                raise ValueError("say in because why it is not needed any more")
        return self


class EmergencyGroupMet(_Prepared):
    """
    Bring the response group together over whoever would be without care; they stand beside this form.

    Whoever has care from it counts, whoever pays. Where it has come to it, begin the incident here.
    """

    title: ClassVar[str] = "the response group for a provider"
    past_dates: ClassVar[frozenset[str]] = frozenset({"met_on"})
    labels: ClassVar[dict[str, str]] = {
        **_Prepared.labels,
        "met_on": "The day on which it met",
        "attended": "Who was there, by what they sit there for",
    }

    met_on: date
    attended: frozenset[Seat] = Field(min_length=1)


class DisruptionPrepared(_Prepared):
    """
    Prepare for a disruption at this provider: who would take over whose care. Whoever has care stands beside this form.

    It is looked at again on the day you name, until it is not needed or has come to an incident.
    """

    title: ClassVar[str] = "preparing for a disruption at a provider"


class ActionEnded(Signal):
    """A later meeting ended something that oversight had decided."""

    title: ClassVar[str] = "that an action of oversight is ended"
    by_hand: ClassVar[bool] = False

    because: str
