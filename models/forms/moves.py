"""The facts of a move between services, settings or areas, and what may be said about it at any time."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, RegisterKind, ShownWhen, Signal
from models.moves.kinds import Pathway, WhoMoves


class MoveWanted(CaseFacts):
    """
    Somebody is to move between services, settings or areas: the care they have goes on until the new one has begun.

    Before the day there is a plan with what happens next, who does each thing and every arrangement in place, the risks
    are talked over with them, and whoever receives them takes them on by name. Where that cannot wait, a manager
    decides so, and what is missing is chased at once.
    """

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "person": RegisterKind.PERSON,
        "old_provider": RegisterKind.PROVIDER,
        "new_provider": RegisterKind.PROVIDER,
        "new_team": RegisterKind.TEAM,
    }
    living: ClassVar[frozenset[str]] = frozenset({"person"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"day"})
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"asked_by"})
    labels: ClassVar[dict[str, str]] = {
        "person": "Who moves, where the register has them",
        "for_whom": "Who moves, where the register does not have them",
        "who_moves": "Who that is",
        "pathway": "What kind of move it is",
        "pathway_in_words": "What kind of move it is, in your words",
        "why": "Why they move, and what they wish",
        "old_service": "What care they have now, and from whom",
        "old_provider": "The provider of it, where the register has it",
        "care_ends_on": "The first day without that care, where it ends by itself",
        "to_be_found": "Is the new service still to be found?",
        "new_service": "Where they go, and who gives the care there",
        "new_provider": "The provider of it, where the register has it",
        "new_team": "Our own team that receives them, where one does",
        "day": "The day by which they move",
        "emergency": "Can it not wait until all is prepared?",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "pathway_in_words": ShownWhen("pathway", (Pathway.ANOTHER,)),
        "new_service": ShownWhen("to_be_found", (False,)),
        "new_provider": ShownWhen("to_be_found", (False,)),
    }

    person: str | None = None
    """Register id."""
    for_whom: str = ""
    who_moves: WhoMoves
    pathway: Pathway
    pathway_in_words: str = ""
    why: str = Field(min_length=1)
    old_service: str = Field(min_length=1)
    old_provider: str | None = None
    """Register id."""
    care_ends_on: date | None = None
    """Leave it out where that care goes on until the new one has begun."""
    to_be_found: bool
    """Brokerage looks for it at once."""
    new_service: str = ""
    new_provider: str | None = None
    """Register id."""
    new_team: str | None = None
    """Register id."""
    day: date
    emergency: bool = False
    """A manager is asked at once; until one has decided, nobody moves unprepared."""
    asked_by: str = ""
    """Tag of whoever has the move in hand."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.person and not self.for_whom:
            raise ValueError("name the person, or say in for_whom who moves")
        if self.pathway is Pathway.ANOTHER and not self.pathway_in_words:
            raise ValueError("say in pathway_in_words what kind of move it is")
        if not self.to_be_found and not self.new_service:
            raise ValueError("say in new_service where they go, or that it is still to be found")
        return self


class MovePutOff(Signal):
    """The day of a move is another one. The care that they have must last until then."""

    title: ClassVar[str] = "another day for a move"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"new_day"})
    labels: ClassVar[dict[str, str]] = {"new_day": "The new day", "because": "Why, and who agreed"}

    new_day: date
    because: str = Field(min_length=1)


class DestinationChanged(Signal):
    """They go somewhere else than was planned: what was accepted, talked over and arranged is done anew for it."""

    title: ClassVar[str] = "that somebody moves somewhere else"
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "new_provider": RegisterKind.PROVIDER,
        "new_team": RegisterKind.TEAM,
    }
    labels: ClassVar[dict[str, str]] = {
        "to_be_found": "Is it still to be found?",
        "new_service": "Where they go now, and who gives the care there",
        "new_provider": "The provider of it, where the register has it",
        "new_team": "Our own team that receives them, where one does",
        "because": "Why, and who agreed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "new_service": ShownWhen("to_be_found", (False,)),
        "new_provider": ShownWhen("to_be_found", (False,)),
    }

    to_be_found: bool
    new_service: str = ""
    new_provider: str | None = None
    new_team: str | None = None
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not self.to_be_found and not self.new_service:
            raise ValueError("say in new_service where they go, or that it is still to be found")
        return self


class OldServiceEnds(Signal):
    """The care that somebody has until they move ends on another day than was thought."""

    title: ClassVar[str] = "from which day somebody who moves is without the care they have"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "care_ends_on": "The first day without it; empty where it goes on until the new one has begun",
        "what": "What has changed, and who says so",
    }

    care_ends_on: date | None = None
    what: str = Field(min_length=1)


class MoveNeedsDeciding(Signal):
    """Somebody cannot or does not want to go on with a move: a manager decides whether it is put off, made or ended."""

    title: ClassVar[str] = "that a manager must decide about a move"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"why": "What has happened, and what is wanted"}

    why: str = Field(min_length=1)
