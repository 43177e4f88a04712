"""The way back: from an answer to the pairs that a browser would post for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import BaseModel

from deployments.worklist.forms.dates import time_typed_as, typed_as
from deployments.worklist.forms.fields import fields_of
from deployments.worklist.forms.kinds import (
    Day,
    Field,
    Json,
    Lines,
    Moment,
    Numbers,
    Part,
    Parts,
    SeveralOf,
    Tick,
    TimeOfDay,
)
from deployments.worklist.forms.posted import GIVEN, NO, YES


def pairs_from(model: type[BaseModel], answer: Mapping[str, Any] | BaseModel) -> list[tuple[str, str]]:
    """
    The pairs that say an answer, or the part of one that is known already; `read` gives the answer back.

    The answer is the model's own, or as JSON has it. What it has and the model does not ask for is left out.
    """
    said = answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer
    return list(_pairs(fields_of(model), said, ""))


def _pairs(fields: tuple[Field, ...], answer: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = answer.get(field.name)
        if value is not None:
            yield from _pairs_of(field, value, place + field.name)


def _pairs_of(field: Field, value: Any, name: str) -> Iterator[tuple[str, str]]:
    match field:
        case Part():
            yield name, GIVEN
            yield from _pairs(field.fields, value, f"{name}.")
        case Parts():
            for number, one in enumerate(value):
                yield f"{name}.{number}", GIVEN
                yield from _pairs(field.fields, one, f"{name}.{number}.")
        case Day():
            yield from _day_pairs(value if isinstance(value, date) else date.fromisoformat(value), name)
        case Moment():
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            day, typed = typed_as(moment)
            yield from _day_pairs(day, name)
            yield f"{name}-time", typed
        case TimeOfDay():
            yield name, time_typed_as(value if isinstance(value, time) else time.fromisoformat(value))
        case SeveralOf() | Lines() | Numbers():
            values = sorted(value) if isinstance(value, frozenset | set) else value
            for one in values:
                yield name, str(one)
        case Tick():
            if value:
                yield name, YES
        case Json():
            yield name, json.dumps(value, ensure_ascii=False)
        case _:
            yield name, YES if value is True else NO if value is False else str(value)


def _day_pairs(day: date, name: str) -> Iterator[tuple[str, str]]:
    yield f"{name}-day", str(day.day)
    yield f"{name}-month", str(day.month)
    yield f"{name}-year", f"{day.year:04}"
