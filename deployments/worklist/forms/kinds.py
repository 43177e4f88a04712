"""The kinds of fields that a form can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import BaseModel

from models.forms.base import RegisterKind, ShownWhen
from models.reablement.naming import NamedInPlan


@dataclass(frozen=True)
class Choice:
    """One of the answers that a field offers."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every field has, whatever its kind."""

    name: str
    """Its name in its model."""
    label: str
    hint: str = ""
    compulsory: bool = False
    """The model is refused without it, whatever else was answered."""
    blank_is_none: bool = False
    """It must be given and may be None: left blank it is None."""
    shown_when: ShownWhen | None = None
    """The answer to another field of the same model with which it is asked for; None: always."""


@dataclass(frozen=True, kw_only=True)
class Text(Asked):
    """Words: of one line, or of several."""

    several_lines: bool
    default: str = ""
    names: NamedInPlan | None = None
    """What of a reablement plan it names by its id; it is chosen where the plan is known."""


@dataclass(frozen=True, kw_only=True)
class RegisterId(Asked):
    """The id of a team, a member of staff or a person."""

    kind: RegisterKind
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class File(Asked):
    """A file that is taken in while the form is filled in; its id is what is answered."""


@dataclass(frozen=True, kw_only=True)
class YesNo(Asked):
    """A question that is answered by yes or no; unanswered is neither."""

    default: bool | None = None
    may_be_unknown: bool = False
    """Neither yes nor no is an answer too."""


@dataclass(frozen=True, kw_only=True)
class Tick(Asked):
    """A statement that holds where its box is ticked."""


@dataclass(frozen=True, kw_only=True)
class OneOf(Asked):
    """One choice of several."""

    choices: tuple[Choice, ...]
    default: str = ""
    like_its_neighbours: bool = False
    """Its model asks several fields with the same choices: they are shown in short, and explained once."""
    is_offered: bool = False
    """Its choices are what stands just now: what was chosen before and is gone stands among them all the same."""
    may_be_typed: bool = False
    """Somebody may be named who is none of them."""


@dataclass(frozen=True, kw_only=True)
class SeveralOf(Asked):
    """Any of several choices."""

    choices: tuple[Choice, ...]
    is_offered: bool = False
    """As for `OneOf`."""


@dataclass(frozen=True, kw_only=True)
class Day(Asked):
    """A date."""


@dataclass(frozen=True, kw_only=True)
class Moment(Asked):
    """A date and a time of day on the wall clock in Europe/London."""


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(Asked):
    """A time of day on the wall clock, of no day in particular."""


@dataclass(frozen=True, kw_only=True)
class Number(Asked):
    """A whole number."""

    default: str = ""


@dataclass(frozen=True, kw_only=True)
class Lines(Asked):
    """Several texts or ids, one on each line."""

    kind: RegisterKind | None = None
    names: NamedInPlan | None = None
    """As for `Text`."""


@dataclass(frozen=True, kw_only=True)
class Numbers(Asked):
    """Several whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Json(Asked):
    """Anything that JSON can say; for those who mend a case."""


@dataclass(frozen=True, kw_only=True)
class Part(Asked):
    """What is made of fields itself."""

    model: type[BaseModel]
    fields: tuple[Field, ...]
    may_be_left_out: bool


@dataclass(frozen=True, kw_only=True)
class Parts(Asked):
    """Any number of things made of the same fields."""

    model: type[BaseModel]
    fields: tuple[Field, ...]
    at_least_one: bool


Field: TypeAlias = (
    Text
    | RegisterId
    | File
    | YesNo
    | Tick
    | OneOf
    | SeveralOf
    | Day
    | Moment
    | TimeOfDay
    | Number
    | Lines
    | Numbers
    | Json
    | Part
    | Parts
)
