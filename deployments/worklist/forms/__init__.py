"""
Forms of the worklist, made from the Pydantic models that the flows ask for, and read back.

A form, signal or the facts of a case (or any part of them) is described as fields (`fields_of`), shown from what was
typed or was answered before (`render`), read (`checked`, or `read` and `problems_of` apart) and said in words
(`in_words`). What was typed travels as pairs of name and value, as a browser posts them: `ways.care_technology`,
`self_funder_answers.0.question`, `told_on-day`. Names that begin with an underscore are the page's own.

What a model may say for it: `labels` and `shown_when` (`models/forms/base.py`); hints are its attribute docstrings.
"""

from __future__ import annotations

from deployments.worklist.forms.fields import UnknownKind, fields_of
from deployments.worklist.forms.filling import pairs_from
from deployments.worklist.forms.kinds import Choice, Field
from deployments.worklist.forms.places import element_id, is_file_of
from deployments.worklist.forms.posted import Pairs, changed_by_button
from deployments.worklist.forms.problems import Problem, problems_from, problems_of, summary
from deployments.worklist.forms.reading import Filled, checked, read
from deployments.worklist.forms.register_ids import people_named_in
from deployments.worklist.forms.rendering import render
from deployments.worklist.forms.saying import in_parts, in_words
from deployments.worklist.forms.words import guidance

__all__ = [
    "Choice",
    "Field",
    "Filled",
    "Pairs",
    "Problem",
    "UnknownKind",
    "changed_by_button",
    "checked",
    "element_id",
    "fields_of",
    "guidance",
    "in_parts",
    "in_words",
    "is_file_of",
    "pairs_from",
    "people_named_in",
    "problems_from",
    "problems_of",
    "read",
    "render",
    "summary",
]
