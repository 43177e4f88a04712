"""An answer in words, for "check your answers" and wherever else it is read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel

from deployments.worklist.forms.fields import fields_of
from deployments.worklist.forms.kinds import (
    Choice,
    Day,
    Field,
    Json,
    Lines,
    Moment,
    Numbers,
    OneOf,
    Part,
    Parts,
    RegisterId,
    SeveralOf,
    Tick,
    TimeOfDay,
    YesNo,
)
from deployments.worklist.forms.words import choice_in_words, within_a_sentence
from models.forms.base import RegisterKind
from models.working_time import for_people, time_in_words
from models.written_contact_findings import day_in_words

Choices = Callable[[RegisterKind], Sequence[tuple[str, str]]]
"""What may stand in a field that names somebody in the register: ids, each with what people call it."""


def in_words(
    model: type[BaseModel],
    answer: Mapping[str, Any] | BaseModel,
    choices: Choices | None = None,
    offered: Mapping[str, Sequence[Choice]] | None = None,
) -> list[tuple[str, str]]:
    """
    Label and text of everything that was answered, in the order of the form.

    What was left blank is left out; a box that was asked for and not ticked says No. The fields of a part follow its
    own label. `offered`: as for `fields_of`. Personal, as the answer is.
    """
    said = in_parts(model, answer, choices, offered)
    return [(f"{part}: {within_a_sentence(label)}" if part else label, text) for part, label, text in said]


def in_parts(
    model: type[BaseModel],
    answer: Mapping[str, Any] | BaseModel,
    choices: Choices | None = None,
    offered: Mapping[str, Sequence[Choice]] | None = None,
) -> list[tuple[str, str, str]]:
    """As `in_words`, with the part that each field stands in apart: part, label, text; empty outside of any."""
    said = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    return list(_rows(fields_of(model, offered=offered), said, "", choices))


def _rows(
    fields: tuple[Field, ...], answer: Mapping[str, Any], before: str, choices: Choices | None
) -> Iterator[tuple[str, str, str]]:
    for field in fields:
        value = answer.get(field.name)
        inside = f"{before}: {within_a_sentence(field.label)}" if before else field.label
        match field:
            case Part():
                if value is not None:
                    yield from _rows(field.fields, value, inside, choices)
            case Parts():
                for number, one in enumerate(value or (), start=1):
                    yield from _rows(field.fields, one, f"{inside} {number}", choices)
            case Tick():
                if value or _is_asked(field, answer):
                    yield before, field.label, "Yes" if value else "No"
            case _:
                text = "" if value is None else _text(field, value, choices)
                if text:
                    yield before, field.label, text


def _is_asked(field: Field, answer: Mapping[str, Any]) -> bool:
    """Whether the answers so far show the field at all."""
    if field.shown_when is None:
        return True
    given = answer.get(field.shown_when.field)
    every = given if isinstance(given, list | tuple | frozenset | set) else (bool(given) if given is None else given,)
    return any(one == value for one in every for value in field.shown_when.values)


def _text(field: Field, value: Any, choices: Choices | None) -> str:
    match field:
        case YesNo():
            return "Yes" if value else "No"
        case OneOf(is_offered=True):
            return {one.value: one.label for one in field.choices}.get(str(value), str(value))
        case OneOf():
            return choice_in_words(str(value))
        case SeveralOf():
            known = {one.value: one.label for one in field.choices}
            given = {str(one) for one in value}
            return ", ".join([*(label for one, label in known.items() if one in given), *sorted(given - set(known))])
        case Day():
            return day_in_words(value if isinstance(value, date) else date.fromisoformat(value))
        case Moment():
            return for_people(value if isinstance(value, datetime) else datetime.fromisoformat(value))
        case TimeOfDay():
            return time_in_words(value if isinstance(value, time) else time.fromisoformat(value))
        case Numbers():
            return ", ".join(map(str, value))
        case Lines():
            lines = sorted(value) if isinstance(value, frozenset | set) else value
            return "\n".join(_known(field.kind, choices).get(line, line) for line in lines)
        case Json():
            return json.dumps(value, ensure_ascii=False)
        case RegisterId():
            return _known(field.kind, choices).get(str(value), str(value))
        case _:
            return str(value)


def _known(kind: RegisterKind | None, choices: Choices | None) -> dict[str, str]:
    """What people call those whom a field can name, by id."""
    return dict(choices(kind)) if choices is not None and kind is not None else {}
