"""A form's fields explained to whoever fills it in, from the form itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.forms.base import CaseFacts, Form
from models.reablement.naming import Offered, with_what_is_offered


@dataclass(frozen=True)
class FieldInWords:
    """One field of a form: what may be put in, whether it must be, and what it means."""

    name: str
    takes: str
    compulsory: bool
    meaning: str


def fields_in_words(form: type[Form] | type[CaseFacts], offered: Offered | None = None) -> Iterator[FieldInWords]:
    """Each field of a form, in its order. `offered`: what of a plan they may name; then personal."""
    schema = with_what_is_offered(form.model_json_schema(), form, offered or {})
    definitions, compulsory = schema.get("$defs", {}), schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        takes = _takes(field, definitions)
        kinds = getattr(form, "register_fields", {})
        if name in kinds:
            takes = f"ids, each of a {kinds[name]}" if field.get("type") == "array" else f"id of a {kinds[name]}"
        meaning = " ".join(str(field.get("description", "")).split())
        yield FieldInWords(name, takes, name in compulsory, meaning)
        yield from _parts(name, field, definitions)


def _parts(place: str, field: dict[str, Any], definitions: dict[str, Any]) -> Iterator[FieldInWords]:
    """The fields of what a field is made of, under its name: `follow_up.on`, `also_about[].about_person`."""
    for one in [field, *field.get("anyOf", [])]:
        if one.get("type") == "array":
            yield from _parts(f"{place}[]", one.get("items", {}), definitions)
        part = definitions.get(str(one.get("$ref", "")).rpartition("/")[2], {})
        for name, inner in part.get("properties", {}).items():
            meaning = " ".join(str(inner.get("description", "")).split())
            is_wanted = name in part.get("required", [])
            yield FieldInWords(f"{place}.{name}", _takes(inner, definitions), is_wanted, meaning)
            yield from _parts(f"{place}.{name}", inner, definitions)


def _takes(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in field:
        return _takes(definitions[field["$ref"].rpartition("/")[2]], definitions)
    if "oneOf" in field:
        return "one of " + "; ".join(one["title"] for one in field["oneOf"] if one["const"])
    if "anyOf" in field:
        choices = [_takes(one, definitions) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(choices)
    if "enum" in field:
        return "one of " + ", ".join(map(str, field["enum"]))
    if "const" in field:
        return str(field.get("title", field["const"]))
    match field.get("type"), field.get("format"):
        case "array", _:
            return f"a list, each {_takes(field.get('items', {}), definitions)}"
        case "string", "date":
            return "a date such as 2026-11-30"
        case "string", "date-time":
            return "a time such as 2026-11-30T09:00:00Z"
        case "string", _:
            return "text"
        case "boolean", _:
            return "true or false"
        case (("integer" | "number"), _):
            return "a number"
        case "object", _:
            return "an object with the fields below"
        case _:
            return "anything"
