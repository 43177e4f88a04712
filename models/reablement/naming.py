"""
What a field of a form names in a reablement plan, and what of it may be chosen.

A form stores ids, such as V2. Whoever fills it in chooses among what the plan has, in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel


class NamedInPlan(StrEnum):
    """What a field of a form names in a plan, or beside it."""

    OUTCOME = "an outcome of the plan"
    VISIT = "a visit of the plan"
    SUPPORT = "support in the plan"
    EQUIPMENT = "equipment in the plan"
    INVOLVED = "somebody in the plan"
    """By their id."""
    ANYBODY = "somebody in the plan, or anybody else"
    """By their id, or by a name that was typed."""
    CARER = "a carer in the plan, or anybody else"
    """As `ANYBODY`."""
    COPY_HOLDER = "somebody who is to have the new copy, or the home"
    COPY_READER = "somebody who is to have the new copy"
    SECURE_ROUTE = "a secure route"
    """As policy calls it."""
    OTHER_CHANGE = "another change of the plan that is under way"
    """By the reference of its case."""

    @property
    def may_be_typed(self) -> bool:
        """Whether somebody may be named who is not in the plan."""
        return self in (NamedInPlan.ANYBODY, NamedInPlan.CARER)


Offered: TypeAlias = Mapping[NamedInPlan, tuple[tuple[str, str], ...]]
"""What each may name: the id that is stored, and what people call it. Personal data."""


def plan_fields_of(model: type[BaseModel]) -> Mapping[str, NamedInPlan]:
    """The model's own fields that name something of a plan."""
    named: Mapping[str, NamedInPlan] = getattr(model, "plan_fields", {})
    return named


def names_something_of_a_plan(model: type[BaseModel]) -> bool:
    """Whether a field of the model, or of a part of it, does."""
    return any(plan_fields_of(one) for one in _with_its_parts(model))


def with_what_is_offered(schema: dict[str, Any], model: type[BaseModel], offered: Offered) -> dict[str, Any]:
    """The JSON Schema of the model, in which such fields say what they may be; as it was where nothing is offered."""
    made: dict[str, Any] = {**schema, "$defs": {**schema.get("$defs", {})}}
    for one in _with_its_parts(model):
        said = made if one is model else made["$defs"].get(one.__name__)
        if said is None:
            continue
        properties = {**said.get("properties", {})}
        for name, names in plan_fields_of(one).items():
            if choices := offered.get(names, ()):
                properties[name] = _of_these(properties[name], choices, names)
        said = {**said, "properties": properties}
        if one is model:
            made |= said
        else:
            made["$defs"][one.__name__] = said
    return made if made["$defs"] else {name: value for name, value in made.items() if name != "$defs"}


def _of_these(field: dict[str, Any], choices: tuple[tuple[str, str], ...], names: NamedInPlan) -> dict[str, Any]:
    if field.get("type") == "array":
        return {**field, "items": _of_these(field.get("items", {}), choices, names)}
    known: list[dict[str, Any]] = [{"const": one, "title": words} for one, words in choices]
    if names.may_be_typed:
        return {**field, "anyOf": [*known, {"type": "string", "title": "A name"}]}
    if "default" in field:
        known.append({"const": field["default"], "title": "None of these"})
    return {**{name: value for name, value in field.items() if name != "pattern"}, "oneOf": known}


def _with_its_parts(
    model: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()
) -> Iterator[type[BaseModel]]:
    """The model, and what it is made of."""
    yield model
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            if inner not in seen:
                yield from _with_its_parts(inner, seen | {model, inner})


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models_in(one)
