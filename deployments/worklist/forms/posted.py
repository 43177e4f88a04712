"""What a browser posts: pairs of name and value, and what of it counts as an answer."""

from __future__ import annotations

from collections.abc import Sequence

from deployments.worklist.forms.kinds import Day, Field, File, Moment, Number, OneOf, Part, Parts, Text, YesNo

Pairs = Sequence[tuple[str, str]]
"""Names and values in the order of the form, as typed."""

ADD, REMOVE = "_add", "_remove"
"""Names of the buttons of a list of parts; the value is the list, or the part that is taken out."""
GIVEN = "given"
"""A part that is there although nothing in it is filled in has a pair of its own name with this value."""
YES, NO = "yes", "no"
TAKE_IN = "Take it in"
"""The button that takes in a file."""
CHOSEN_FILE = "-file"
"""Behind the name of a field with the id of a file: the file that was chosen, which its own button takes in."""
TYPED = "-typed"
"""Behind the name of a field in which one of several is chosen, or somebody else's name is typed: what was typed."""


class Posted:
    """Pairs by name; `under` gives those of a part by their names inside it."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def one(self, name: str) -> str:
        """The value of that name, the last where there are several; empty where there is none."""
        return self._values[name][-1] if name in self._values else ""

    def every(self, name: str) -> list[str]:
        """Every value of that name."""
        return list(self._values.get(name, ()))

    def is_blank(self, name: str) -> bool:
        """Whether nothing but blanks has that name."""
        return not any(value.strip() for value in self._values.get(name, ()))

    def under(self, name: str) -> Posted:
        """What lies under that name: `ways.details` is `details` under `ways`, and `ways` itself has no name there."""
        begins = f"{name}."
        found = Posted(())
        found._values = {one.removeprefix(begins): all_ for one, all_ in self._values.items() if one.startswith(begins)}
        if name in self._values:
            found._values[""] = self._values[name]
        return found

    @property
    def is_marked(self) -> bool:
        """Whether the part is said to be there, although nothing in it may be filled in."""
        return GIVEN in self._values.get("", ())

    def groups(self, field: Parts) -> list[Posted]:
        """The parts of a list in which something was given, in their order."""
        inside = self.under(field.name)
        numbers = {name.partition(".")[0] for name in inside._values}
        numbers = {one for one in numbers if one.isascii() and one.isdigit() and len(one) < 7}
        inner = [inside.under(one) for one in sorted(numbers, key=int)]
        return [one for one in inner if one.is_marked or any(is_given(each, one) for each in field.fields)]


def is_given(field: Field, posted: Posted) -> bool:
    """Whether anything was answered to a field: something that is not blank, and not what stands there untouched."""
    match field:
        case Part():
            inside = posted.under(field.name)
            return inside.is_marked or any(is_given(one, inside) for one in field.fields)
        case Parts():
            return bool(posted.groups(field))
        case Day() | Moment():
            return any(not posted.is_blank(f"{field.name}-{part}") for part in ("day", "month", "year", "time"))
        case File():
            return not (posted.is_blank(field.name) and posted.is_blank(field.name + CHOSEN_FILE))
        case OneOf() | Text() | Number():
            if not posted.is_blank(field.name + TYPED):
                return True
            return not posted.is_blank(field.name) and posted.one(field.name).strip() != field.default
        case YesNo():
            untouched = YES if field.default else ""
            return not posted.is_blank(field.name) and posted.one(field.name).strip() != untouched
        case _:
            return not posted.is_blank(field.name)


def changed_by_button(pairs: Pairs) -> Pairs | None:
    """
    What is to be shown again where "Add another" or "Remove" was pressed; None where the form was really sent.

    Nothing is checked then and nothing lost: the part that was to be removed is left out, all else is as it was typed.
    """
    buttons = {name: value for name, value in pairs if name in (ADD, REMOVE)}
    if not buttons:
        return None
    removed = buttons.get(REMOVE)
    return [
        (name, value)
        for name, value in pairs
        if name != REMOVE and (removed is None or (name != removed and not name.startswith(f"{removed}.")))
    ]
