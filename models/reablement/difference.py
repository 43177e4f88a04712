"""What differs between two versions of a plan, in plain words, for whoever agrees to it or has it to hand."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from models.reablement.edits import called
from models.reablement.plan import (
    Item,
    PlanContent,
    day_in_words,
    days_in_words,
    kind_of,
)
from models.working_time import time_in_words

FIELDS_IN_WORDS = {
    "days": "days",
    "at": "time",
    "minutes": "length",
    "workers": "number of workers",
    "what": "",
    "since": "there since",
    "part": "part",
    "name": "name",
    "email": "e-mail address",
    "telephone": "telephone",
    "staff": "staff id",
    "has_copy": "has a copy",
}
"""What a field of an item is called in a sentence; what an item is needs no word."""


def differences(before: PlanContent, after: PlanContent) -> tuple[str, ...]:
    """A sentence for each thing that is otherwise, in the order of the plan; empty where nothing is."""
    stood, stands = before.items, after.items
    lines = [
        _difference(one, stood.get(one), stands.get(one))
        for one in sorted(stood.keys() | stands.keys(), key=_place)
        if stood.get(one) != stands.get(one)
    ]
    if before.monitoring != after.monitoring:
        lines.append(f"Monitoring: {after.monitoring}, instead of {before.monitoring}.")
    return tuple(lines)


def plan_in_words(content: PlanContent) -> str:
    """The whole plan as a text, a line for each item with its id."""
    lines = [f"{_heading(one.id)}: {one}." for one in content.items.values()]
    return "\n".join((*lines, f"Monitoring: {content.monitoring}."))


def _difference(item_id: str, old: Item | None, new: Item | None) -> str:
    if old is None:
        return f"New {called(item_id)}: {new}."
    if new is None:
        return f"No more {called(item_id)}: {old}."
    return f"{_heading(item_id)}: {_changed(old, new)}."


def _heading(item_id: str) -> str:
    words = called(item_id)
    return words[0].upper() + words[1:]


def _changed(old: Item, new: Item) -> str:
    parts = []
    for name, words in FIELDS_IN_WORDS.items():
        was, is_now = getattr(old, name, None), getattr(new, name, None)
        if was != is_now:
            parts.append(f"{words} {_value(name, is_now)} instead of {_value(name, was)}".strip())
    return "; ".join(parts)


def _value(name: str, value: Any) -> str:
    match value:
        case None | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case frozenset():
            return days_in_words(value)
        case time():
            return time_in_words(value)
        case date():
            return day_in_words(value)
        case int():
            return f"{value} minutes" if name == "minutes" else str(value)
        case _:
            return str(value)


def _place(item_id: str) -> tuple[int, int]:
    return "OVSEP".index(kind_of(item_id).letter), int(item_id[1:])
