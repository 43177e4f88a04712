"""Fields that name somebody in the register: chosen from a list where it is short, else typed as an id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deployments.worklist.forms.kinds import Field, Lines, Part, Parts, RegisterId
from deployments.worklist.forms.saying import Choices
from deployments.worklist.forms.words import capital
from models.forms.base import RegisterKind

MOST_CHOICES = 300
"""A list that is longer is of no use on a page; the id is typed."""
_WHICH_ID = {
    RegisterKind.STAFF: "Their staff id.",
    RegisterKind.SERVING_STAFF: "Their staff id.",
    RegisterKind.TEAM: "The team’s id.",
    RegisterKind.PERSON: "Their register id.",
    RegisterKind.PROVIDER: "The provider’s id.",
}
_SPEAKS_OF_IDS = re.compile(r"^(?:Staff id|Team id|Provider id|Register id)(?: of |[.,;] ?|$)")


def register_options(kind: RegisterKind, choices: Choices | None) -> list[tuple[str, str]] | None:
    """Ids with what people call them, a blank one first; None where the id is typed: a person's always is."""
    if choices is None or kind is RegisterKind.PERSON:
        return None
    known = list(choices(kind))
    return [("", ""), *known] if 0 < len(known) <= MOST_CHOICES else None


def register_hint(field: RegisterId, *, chosen: bool = False) -> str:
    """The field's hint; one that is chosen from a list says nothing of ids, one that is typed says which id it is."""
    if chosen:
        return capital(_SPEAKS_OF_IDS.sub("", field.hint))
    if " id" in field.hint:
        return field.hint
    return f"{field.hint} {_WHICH_ID[field.kind]}".strip()


def people_named_in(fields: Sequence[Field], answer: Mapping[str, Any]) -> Iterator[str]:
    """Register ids of the people whom an answer names, in its parts as well."""
    for one in fields:
        value = answer.get(one.name)
        match one:
            case Part() if value is not None:
                yield from people_named_in(one.fields, value)
            case Parts():
                for inside in value or ():
                    yield from people_named_in(one.fields, inside)
            case RegisterId(kind=RegisterKind.PERSON) if value:
                yield str(value)
            case Lines(kind=RegisterKind.PERSON):
                yield from map(str, value or ())
            case _:
                pass
