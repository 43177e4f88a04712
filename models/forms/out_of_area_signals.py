"""What the case of an out-of-area placement may be told at any time, by people and by the house."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from models.forms.base import Signal
from models.out_of_area.kinds import CouncilConcernKind, PlacementEnd


class CouncilRaisedConcern(Signal):
    """The other council has a concern about the person, the care or the provider. Whoever looks after it acts today."""

    title: ClassVar[str] = "that the other council has a concern about a placement"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "kind": "What it is about",
        "what": "What it says",
        "by_whom": "Who there says so, and how to reach them",
    }

    kind: CouncilConcernKind
    what: str = Field(min_length=1)
    by_whom: str = Field(min_length=1)


class PlacementChanged(Signal):
    """Something about the placement has changed: its price, what is needed, who speaks for the person."""

    title: ClassVar[str] = "that something about a placement has changed"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "what": "What has changed",
        "tell_council": "Is the other council to be told?",
    }

    what: str = Field(min_length=1)
    tell_council: bool = True


class PlacementIsOver(Signal):
    """The placement is over, or is said to be. Its clocks stand still, and a manager confirms it."""

    title: ClassVar[str] = "that a placement is over"
    labels: ClassVar[dict[str, str]] = {
        "reason": "Why",
        "on": "The first day without it, where that is known",
        "how_known": "How it is known",
    }

    reason: PlacementEnd | None = None
    """None: nobody knows yet."""
    on: date | None = None
    how_known: str = Field(min_length=1)


class ProviderHasConcern(Signal):
    """A concern was raised about the provider with which somebody is placed."""

    title: ClassVar[str] = "that there is a concern about the provider of a placement"
    by_hand: ClassVar[bool] = False

    concern: str
    """Ref of the concern's case."""
    at_risk_now: bool


class ProviderOfPlacementFails(Signal):
    """The provider with which somebody is placed fails; an incident looks after everybody there."""

    title: ClassVar[str] = "that the provider of a placement fails"
    by_hand: ClassVar[bool] = False

    incident: str
    """Ref of the incident's case."""


class PlacementLacksOwner(Signal):
    """Nobody looks after a placement by name, or one of its four sides: whoever did has gone."""

    title: ClassVar[str] = "that a placement has nobody by name"
    by_hand: ClassVar[bool] = False
