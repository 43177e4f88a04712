"""Who is told of an incident: what the room decides about it, for everybody outside of the room."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import Form, RegisterKind, Signal
from models.provider_failure.kinds import NOT_WHILE_CONFIDENTIAL, Audience


class CouncilLeftOut(BaseModel):
    """Another council with people on the list that is not told, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    labels: ClassVar[dict[str, str]] = {"council": "Which council", "because": "Why it is not told"}

    council: str = Field(min_length=1)
    because: str = Field(min_length=1)


class TellingDecided(Form):
    """
    Decide who is told of the incident, and what. Whoever is named beside this form has not been decided about yet.

    The people themselves are told in the way that suits them; everything to others passes the disclosure gate. While
    the incident is confidential nothing goes to people, families or staff: it is kept ready until it is announced.
    """

    title: ClassVar[str] = "deciding who is told of an incident"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "councils": "What other councils are told that placed people there",
        "councils_not_told": "Councils that are not told",
        "regulator": "What the regulator is told",
        "regulator_not_because": "Why the regulator is not told",
        "health": "What the health service is told",
        "people_subject": "What people are told: the subject, in one line",
        "people": "What people are told",
        "families": "What families are told, and whoever stands by somebody",
        "staff": "What those are told who work for the provider",
        "left_out_because": "Why anybody else is left out, for now or for good",
        "before_announced": "Who is told at once though it is confidential",
    }

    councils: str = ""
    """Who of its people it is stands with it: write nothing about anybody here."""
    councils_not_told: tuple[CouncilLeftOut, ...] = ()
    regulator: str = ""
    regulator_not_because: str = ""
    health: str = ""
    people_subject: str = Field(default="", max_length=120)
    people: str = ""
    families: str = ""
    staff: str = ""
    left_out_because: str = ""
    """Compulsory where nothing is said to people, families, staff or the health service."""
    before_announced: frozenset[Audience] = frozenset()
    """Of councils, the regulator and the health service."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.regulator and self.regulator_not_because:
            raise ValueError("regulator_not_because: leave it out where the regulator is told")
        if bool(self.people) != bool(self.people_subject):
            raise ValueError("people_subject: say both what people are told and its subject, or neither")
        if self.before_announced & set(NOT_WHILE_CONFIDENTIAL):
            raise ValueError("before_announced: nothing goes to people, families or staff before it is announced")
        return self

    def to(self, audience: Audience) -> str:
        """What they are told; empty: nothing is said."""
        return {
            Audience.PEOPLE: self.people,
            Audience.FAMILIES: self.families,
            Audience.STAFF: self.staff,
            Audience.COUNCIL: self.councils,
            Audience.REGULATOR: self.regulator,
            Audience.HEALTH: self.health,
        }[audience]


class TellingWanted(Signal):
    """It is decided anew who is told of the incident: somebody who was left out, or otherwise than before."""

    title: ClassVar[str] = "that it is decided anew who is told"
    labels: ClassVar[dict[str, str]] = {"why": "Who, or what has changed"}

    why: str = Field(min_length=1)


class RoomOpenedTo(Signal):
    """A member of staff may open the incident from now on, confidential or not, and what is done about its people."""

    title: ClassVar[str] = "that somebody joins the incident room"
    managers_only: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"who": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {"who": "Who joins the room", "because": "What they do there"}

    who: str
    """Staff id."""
    because: str = Field(min_length=1)
