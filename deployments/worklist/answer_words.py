"""An answer as its pages show it again: in words, by the form's parts, with who they are whom it names by an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deployments.worklist import forms
from deployments.worklist.forms import Choice, Pairs
from deployments.worklist.offering import offered_on
from deployments.worklist.visit import Visit
from tasks.worklist.asked import AskedItem
from tasks.worklist.choosing import choices_on, people_by_id

NAMED = "_named"
"""Register ids of people whose names stood beside them when the answer was sent."""


def rows(visit: Visit, asked: AskedItem, given: dict[str, Any]) -> list[tuple[str, list[dict[str, str]]]]:
    """Label and text of each answer, with the way back to its field; by the parts of the form, outside of any first."""
    fields = forms.fields_of(asked.form)
    choices = choices_on(visit.council, visit.today, named(visit, asked, given))
    said = forms.in_parts(asked.form, given, choices, offered_beside(visit, asked))
    found: dict[str, list[dict[str, str]]] = {"": []}
    for part, label, text in said:
        begins = [f"{part or label} ".startswith((f"{field.label} ", f"{field.label}:")) for field in fields]
        of = [field.name for field, is_its in zip(fields, begins, strict=True) if is_its]
        anchor = f"#{forms.element_id(max(of, key=len))}" if of else "#form"
        # A browser that shows this page at the form's own path would not leave it for a fragment alone.
        row = {"label": label, "text": text, "href": f"/work-items/{asked.id}?change=answers{anchor}"}
        found.setdefault(part, []).append(row)
    return [(part, inside) for part, inside in found.items() if inside]


def offered_beside(visit: Visit, asked: AskedItem) -> Mapping[str, Sequence[Choice]]:
    """What its form offers to choose from; of a plan only to whoever may see the case."""
    return offered_on(visit.council, asked.form, asked.case_ref if asked.sees_case else None)


def named(visit: Visit, asked: AskedItem, given: dict[str, Any]) -> dict[str, str]:
    """Who they are whom an answer names, by register id. The look is noted."""
    people = people_by_id(visit.council, visit.member, people_in(asked, given), visit.today)
    if people:
        visit.note_look("find-person", f"{len(people)} found")
    return people


def people_in(asked: AskedItem, given: dict[str, Any]) -> list[str]:
    """Register ids of the people whom an answer names."""
    return sorted(set(forms.people_named_in(forms.fields_of(asked.form), given)))


def unnamed(visit: Visit, asked: AskedItem, given: dict[str, Any]) -> set[str]:
    """Those named by an id alone whose names they have not seen: a slip of the finger would be somebody else."""
    return set(people_in(asked, given)) - {one.id for one in asked.people} - set(visit.sent_all(NAMED))


def texts(asked: AskedItem, typed: Pairs) -> list[tuple[str, str]]:
    """What was typed, each with what its field is called: to be copied."""
    labels = {field.name: field.label for field in forms.fields_of(asked.form)}
    return [
        (labels[field], text)
        for name, text in typed
        if (field := name.partition(".")[0].partition("-")[0]) in labels and text.strip()
    ]
