"""Where something stands in a form: its name, the id of its element, its place in the order of the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from deployments.worklist.forms.fields import fields_of
from deployments.worklist.forms.kinds import Field, File, Part, Parts


@dataclass(frozen=True)
class Place:
    """A field of a form, found by its name: its place, itself, and the model that it is a field of."""

    name: str
    field: Field | None
    """None: the form itself, or one part of a list."""
    model: type[BaseModel]
    """Whose fields a sentence about this place speaks of."""


def element_id(name: str) -> str:
    """The id of a field's first input, or of the group of fields with that name: field-ways-details."""
    return "field-" + name.replace(".", "-")


def stands_by_itself(field: Field, parent: Field) -> bool:
    """Whether a field keeps its place though it hangs on another: no single answer has it, nor does another field."""
    return field.shown_when is not None and len(field.shown_when.values) > 1 and parent.shown_when is None


def place_of(model: type[BaseModel], loc: Sequence[int | str]) -> Place:
    """The field that a place names, as far as the model has it."""
    place, fields = Place("", None, model), fields_of(model)
    for one in loc:
        if isinstance(one, int):
            if not isinstance(place.field, Parts):
                break
            place = Place(f"{place.name}.{one}", None, place.model)
            continue
        found = next((field for field in fields if field.name == one), None)
        if found is None:
            break
        inside = isinstance(found, Part | Parts)
        name = f"{place.name}.{one}" if place.name else one
        place = Place(name, found, found.model if isinstance(found, Part | Parts) else place.model)
        fields = found.fields if isinstance(found, Part | Parts) else ()
        if not inside:
            break
    return place


def is_file_of(model: type[BaseModel], name: str) -> bool:
    """Whether a field of that name, such as `settled.photograph`, has the id of a file."""
    loc = [int(one) if one.isascii() and one.isdigit() else one for one in name.split(".")]
    found = place_of(model, loc)
    return found.name == name and isinstance(found.field, File)


def part_named(model: type[BaseModel], name: str | None) -> str:
    """Which part of a list a field lies in, as the form calls it."""
    walked: list[int | str] = []
    called = ""
    for one in (name or "").split("."):
        if one.isdigit():
            of = place_of(model, walked).field
            called = f"{of.label} {int(one) + 1}" if of is not None else ""
        walked.append(int(one) if one.isdigit() else one)
    return called


def position(model: type[BaseModel], name: str | None) -> tuple[float, ...]:
    """Where a field stands on the form: what is shown with an answer stands right behind the question."""
    if name is None:
        return (float("inf"),)
    position: list[float] = []
    fields = fields_of(model)
    for one in name.split("."):
        if one.isdigit():
            position.append(int(one))
            continue
        names = [field.name for field in fields]
        if one not in names:
            break
        own = names.index(one)
        field = fields[own]
        parents = [own]
        while field.shown_when is not None and field.shown_when.field in names:
            parent = fields[names.index(field.shown_when.field)]
            if stands_by_itself(field, parent):
                break
            parents.insert(0, names.index(parent.name))
            field = parent
        position += [*parents, -1.0]
        chosen = fields[own]
        fields = chosen.fields if isinstance(chosen, Part | Parts) else ()
    return tuple(position)
