"""What stands on a form's page: the fields as `templates/forms/fields.html` shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to tick or choose, and the fields that are asked for with it."""

    value: str
    text: str
    hint: str = ""
    checked: bool = False
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Control:
    """One field as it stands on the page; `kind` names the macro of `templates/forms/fields.html` that shows it."""

    kind: str
    name: str
    id: str
    label: str
    hint: str = ""
    error: str = ""
    value: str = ""
    one_line: bool = True
    width: str = ""
    spellcheck: bool = True
    numeric: bool = False
    inline: bool = False
    inputs: tuple[dict[str, str], ...] = ()
    options: tuple[Option, ...] = ()
    controls: tuple[Control, ...] = ()
    groups: tuple[Control, ...] = ()
    folded: str = ""
    """What opens it where it is folded away; empty: it is not."""
    is_open: bool = False
    given: bool = False
    """The part is there although nothing in it may be filled in."""
    removable: bool = False
    adds_to: str = ""
    """The list to which its button adds one more."""
    chosen: str = ""
    """The name under which a file is sent."""
    to: str = ""
    """Where it is sent."""
    shown_by: str = ""
    """Name of the field that shows it where one of `shown_values` is chosen there, and hides it otherwise."""
    shown_values: str = ""
