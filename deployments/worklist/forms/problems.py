"""What is wrong with an answer, said to whoever filled it in, at the field that it is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from deployments.worklist.forms.fields import fields_of
from deployments.worklist.forms.kinds import (
    Day,
    Field,
    Json,
    Lines,
    Moment,
    Number,
    Numbers,
    OneOf,
    Part,
    Parts,
    SeveralOf,
    Text,
    Tick,
    TimeOfDay,
    YesNo,
)
from deployments.worklist.forms.places import Place, element_id, part_named, place_of, position
from deployments.worklist.forms.words import first_named, first_spoken_of, said_in_labels, uncapital, within_a_sentence
from models.forms.base import AnswerRefused
from models.reablement.naming import NamedInPlan

_BY_ITSELF = "the answer: "
"""Before what is wrong with an answer as a whole; such sentences are parted by semicolons."""
_MISSING = frozenset({"missing", "string_too_short", "too_short", "none_required", "model_type", "string_type"})

_OUT_OF_BOUNDS = {"greater_than_equal": ("ge", "more"), "less_than_equal": ("le", "less")}
"""Errors of a number that is too small or too large: the bound's name, and on which side of it the number may be."""


@dataclass(frozen=True)
class Problem:
    """One thing that is to be put right."""

    field_name: str | None
    """Where: `what_was_done`, `ways.details`, `also_about.0.act_by`; None: the form as a whole."""
    sentence: str
    """What to do; never what was typed."""
    part: str = dataclasses.field(default="", compare=False)
    """Which part of a list it is about, in words; empty elsewhere."""


def problems_of(model: type[BaseModel], answer: Any) -> tuple[Problem, ...]:
    """Everything that the model refuses in an answer, in the order of the form; empty where it is accepted."""
    try:
        model.model_validate(answer)
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False)
        found = [problem for error in errors for problem in _problems_with(model, error)]
    else:
        reads = getattr(model, "read", None)
        found = [] if reads is None else _refused_by(reads, model, answer)
    return in_order(model, found)


def problems_from(model: type[BaseModel], sentences: Iterable[str]) -> tuple[Problem, ...]:
    """
    What `AnswerRefused` names, as problems: sentences that begin with the place they are about, or speak of a field.

    Such are the problems that only the register, the policy or the case can know of.
    """
    form, found = place_of(model, ()), []
    for one in sentences:
        own = one.removeprefix(_BY_ITSELF)
        found += [_at(form, each) for each in ([one] if own == one else own.split("; "))]
    return in_order(model, found)


def in_order(model: type[BaseModel], problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order in which the form asks; those about the whole form last."""
    once = dict.fromkeys(replace(one, part=part_named(model, one.field_name)) for one in problems)
    return tuple(sorted(once, key=lambda one: position(model, one.field_name)))


def summary(problems: Iterable[Problem], prefix: str = "") -> list[dict[str, str]]:
    """The `errorList` of an error summary: each problem, with a link to the input that it is about."""
    listed = []
    for one in problems:
        item = {"text": f"{one.part}: {uncapital(one.sentence)}" if one.part else one.sentence}
        listed.append(item if one.field_name is None else item | {"href": f"#{element_id(prefix + one.field_name)}"})
    return listed


# ------------------------------------------------------------------ sentences


def what_is_missing(field: Field) -> str:
    """What is said where a field has no answer and must have one."""
    label = within_a_sentence(field.label)
    match field:
        case YesNo():
            return f"Select yes or no for {quoted(field)}"
        case OneOf(like_its_neighbours=True):
            return f"Select an answer for {quoted(field)}"
        case OneOf() | SeveralOf() | Tick():
            return f"Select an answer for {quoted(field)}" if field.label.endswith("?") else f"Select {label}"
        case Part() | Parts():
            return f"Fill in {label}"
        case Text(names=NamedInPlan()) | Lines(names=NamedInPlan()):
            return f"Say {label}"
        case _:
            return f"Answer {quoted(field)}" if field.label.endswith("?") else f"Enter {label}"


def quoted(field: Field) -> str:
    """The label as it is named in a sentence."""
    return f"“{field.label}”"


def what_is_wrong(field: Field) -> str:
    """What is said where an answer is none that the field can have."""
    match field:
        case YesNo() | OneOf() | SeveralOf() | Tick():
            return what_is_missing(field)
        case Day():
            return f"{quoted(field)} must be a real date"
        case Moment():
            return f"{quoted(field)} must be a real date and time"
        case TimeOfDay():
            return f"{quoted(field)} must be a real time, such as 9:30 or 2pm"
        case Number():
            return f"{quoted(field)} must be a whole number, such as 3"
        case Numbers() | Lines():
            return f"{quoted(field)} must be a list, one on each line"
        case Json():
            return f'{quoted(field)} must be written as JSON, such as true, 12 or "text"'
        case _:
            return f"Put right {quoted(field)}"


def _problems_with(model: type[BaseModel], error: Any) -> list[Problem]:
    place = place_of(model, error["loc"])
    if error["type"] == "extra_forbidden":
        return [Problem(None, "Something was sent that this form does not ask for: open the form again and fill it in")]
    if error["type"] == "value_error":
        return [_at(place, one) for one in str(error["ctx"]["error"]).split("; ")]
    if error["type"] == "string_too_long" and place.field is not None:
        most = error["ctx"]["max_length"]
        return [Problem(place.name, f"{quoted(place.field)} must be {most} characters or fewer")]
    if error["type"] in _OUT_OF_BOUNDS and place.field is not None:
        bound, more_or_less = _OUT_OF_BOUNDS[error["type"]]
        return [Problem(place.name, f"{quoted(place.field)} must be {error['ctx'][bound]} or {more_or_less}")]
    if place.field is None:
        return [Problem(place.name or None, "Fill in this part")]
    says = what_is_missing if error["type"] in _MISSING else what_is_wrong
    return [Problem(place.name, says(place.field))]


def _refused_by(reads: Any, model: type[BaseModel], answer: Any) -> list[Problem]:
    """What only `read` itself refuses."""
    try:
        reads(answer)
    except AnswerRefused as refused:
        return [*problems_from(model, refused.problems)]
    return []


def _at(place: Place, sentence: str) -> Problem:
    """A validator's sentence at the field that it is about."""
    about, rest = _led(place, sentence)
    named = first_named(about.model, rest)
    if named is None and first_named(place.model, rest) is not None:  # a part is refused for what the form says
        about, named = place, first_named(place.model, rest)
    name: str | None = about.name
    if about.field is None or isinstance(about.field, Part):
        named = named or first_spoken_of(about.model, rest)
        name = ".".join(one for one in (about.name, named) if one) or None
    ticks = frozenset(one.name for one in fields_of(about.model) if isinstance(one, Tick))
    return Problem(name, said_in_labels(about.model, rest, ticks))


def _led(place: Place, sentence: str) -> tuple[Place, str]:
    """The place that a sentence begins with, such as "ways.review_tray: ", and the rest of it."""
    said, colon, rest = sentence.partition(": ")
    names = said.split(".")
    if not colon or not all(one.isidentifier() or one.isdigit() for one in names):
        return place, sentence
    inner = place_of(place.model, [int(one) if one.isdigit() else one for one in names])
    if inner.name != said:
        return place, sentence
    return Place(".".join(one for one in (place.name, inner.name) if one), inner.field, inner.model), rest
