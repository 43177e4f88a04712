"""Fields as HTML, with the components of the GOV.UK Design System."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from deployments.worklist.forms.controls import Control
from deployments.worklist.forms.kinds import Field
from deployments.worklist.forms.posted import ADD, Pairs, Posted
from deployments.worklist.forms.problems import Problem
from deployments.worklist.forms.saying import Choices
from deployments.worklist.forms.showing import Controls

TEMPLATE = "forms/fields.html"


def render(
    environment: Environment,
    fields: Sequence[Field],
    pairs: Pairs,
    problems: Iterable[Problem] = (),
    prefix: str = "",
    choices: Choices | None = None,
    files_to: str = "",
) -> Markup:
    """
    The fields as a form shows them: filled with the pairs exactly as typed, each problem at its field.

    `prefix` stands before every name, such as `one_by_one.0.`, where the fields are those of a part; pairs and problems
    have it too. `choices` gives teams and staff to choose from; `files_to` is the path to which a file is sent that
    belongs to the form, and without it the file's id is typed. The page has the form element, with `novalidate`, the
    error summary and the button that sends it; buttons of ours are named in `posted`, and a page that is sent by the
    Enter key is sent without them.
    """
    own = [(name.removeprefix(prefix), _showable(value)) for name, value in pairs if name.startswith(prefix)]
    added = Posted(pairs).one(ADD)
    controls = Controls.with_problems(problems, choices, added, files_to).of(tuple(fields), Posted(own), prefix)
    macros: Any = environment.get_template(TEMPLATE).module
    first = macros.sends_the_form() if any(_has_buttons(controls)) else ""
    return Markup(first) + Markup(macros.controls(controls))


def _showable(typed: str) -> str:
    """Half characters, which no page can be sent with, as question marks; reading complains of them."""
    return typed.encode("utf-8", "replace").decode()


def _has_buttons(controls: Iterable[Control]) -> Iterator[bool]:
    for control in controls:
        yield control.kind in ("parts", "file")
        yield from _has_buttons(control.controls)
        yield from (one for option in control.options for one in _has_buttons(option.controls))
