"""Making the controls of a page: each field with what was typed into it, its problem, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup, escape

from deployments.worklist.forms.controls import Control, Option
from deployments.worklist.forms.kinds import (
    Day,
    Field,
    File,
    Json,
    Lines,
    Moment,
    Number,
    Numbers,
    OneOf,
    Part,
    Parts,
    RegisterId,
    SeveralOf,
    Text,
    Tick,
    TimeOfDay,
    YesNo,
)
from deployments.worklist.forms.places import element_id, stands_by_itself
from deployments.worklist.forms.posted import CHOSEN_FILE, NO, TYPED, YES, Posted, is_given
from deployments.worklist.forms.problems import Problem
from deployments.worklist.forms.register_ids import register_hint, register_options
from deployments.worklist.forms.saying import Choices
from deployments.worklist.forms.words import capital, within_a_sentence
from models.forms.base import RegisterKind

SCANS = "A PDF, PNG, JPEG or TIFF. It is kept with the case as soon as it is taken in."
MOST_RADIOS = 8
"""What stands in a plan is chosen from a list that unfolds where there is more of it."""


@dataclass
class Controls:
    """Makes controls of fields. What was typed is shown as it was typed, whatever it is."""

    problems: Mapping[str, list[str]]
    choices: Choices | None = None
    added: str = ""
    """The list to which another part was asked for by its button."""
    files_to: str = ""
    """Where a file is sent that belongs to the form; empty: it takes none."""

    @classmethod
    def with_problems(
        cls, problems: Iterable[Problem], choices: Choices | None, added: str, files_to: str = ""
    ) -> Controls:
        """For a form in which that is wrong."""
        said: dict[str, list[str]] = {}
        for one in problems:
            if one.field_name is not None:
                said.setdefault(one.field_name, []).append(one.sentence)
        return cls(said, choices, added, files_to)

    def of(self, fields: tuple[Field, ...], posted: Posted, place: str) -> tuple[Control, ...]:
        """The controls of fields that lie at a place, those that hang on another right behind it or within it."""
        by_name = {one.name: one for one in fields}
        made: list[Control] = []
        for one in fields:
            parent = self._parent(one, by_name)
            if parent is None:
                made += self._with_children(one, by_name, posted, place)
            elif stands_by_itself(one, parent):
                made += self._shown_with(one, by_name, posted, place)
        return tuple(made)

    def _parent(self, one: Field, by_name: Mapping[str, Field]) -> Field | None:
        return by_name.get(one.shown_when.field) if one.shown_when is not None else None

    def _with_children(self, one: Field, by_name: Mapping[str, Field], posted: Posted, place: str) -> Iterable[Control]:
        """A field, and behind it those that hang on several of its answers or must be seen whatever it says."""
        children = [child for child in by_name.values() if self._parent(child, by_name) is one]
        inside: dict[str, list[Control]] = {}
        behind: list[Control] = []
        for child in children:
            assert child.shown_when is not None
            values = [_value(value) for value in child.shown_when.values]
            if stands_by_itself(child, one):
                continue
            made = list(self._with_children(child, by_name, posted, place))
            is_shown = any(value in self._chosen(one, posted) for value in values)
            if len(values) == 1 and (is_shown or not self._must_be_seen(child, posted, place)):
                inside.setdefault(values[0], []).extend(made)
            else:
                behind += self._shown_with(child, by_name, posted, place)
        return [self._control(one, posted, place, inside), *behind]

    def _shown_with(self, child: Field, by_name: Mapping[str, Field], posted: Posted, place: str) -> Iterable[Control]:
        """A field that is shown and hidden by a script; one that holds something, or a problem, is always shown."""
        assert child.shown_when is not None
        made = self._with_children(child, by_name, posted, place)
        if self._must_be_seen(child, posted, place):
            return made
        values = " ".join(_value(value) for value in child.shown_when.values)
        shown_by = place + child.shown_when.field
        return [each if each.shown_by else replace(each, shown_by=shown_by, shown_values=values) for each in made]

    def _must_be_seen(self, child: Field, posted: Posted, place: str) -> bool:
        name = place + child.name
        has_problem = any(said == name or said.startswith(f"{name}.") for said in self.problems)
        return has_problem or is_given(child, posted)

    def _chosen(self, one: Field, posted: Posted) -> list[str]:
        """The answers that are chosen as the field is shown: what was posted, else what stands there from the start."""
        if one.name in posted:
            return posted.every(one.name) if isinstance(one, SeveralOf) else [posted.one(one.name)]
        match one:
            case OneOf() if one.default:
                return [one.default]
            case YesNo() if one.default:
                return [YES]
            case _:
                return []

    # -------------------------------------------------------------- one field

    def _control(self, one: Field, posted: Posted, place: str, inside: dict[str, list[Control]]) -> Control:
        name = place + one.name
        common: dict[str, Any] = {
            "name": name,
            "id": element_id(name),
            "label": one.label,
            "hint": one.hint,
            "error": ". ".join(self.problems.get(name, ())),
        }
        chosen = self._chosen(one, posted)

        def option(value: str, text: str, hint: str = "") -> Option:
            return Option(
                value=value, text=text, hint=hint, checked=value in chosen, controls=tuple(inside.get(value, ()))
            )

        match one:
            case Text():
                value = posted.one(one.name) if one.name in posted else one.default
                if one.several_lines:
                    return Control(kind="text", **common, value=kept_lines(value), one_line=False)
                return Control(kind="text", **common, value=value)
            case RegisterId():
                return self._register_id(one, posted, common)
            case File():
                value = posted.one(one.name)
                if not self.files_to:
                    return Control(kind="text", **common, value=value, spellcheck=False)
                sent = f"{name}{CHOSEN_FILE}"
                return Control(kind="file", **common | {"hint": SCANS}, value=value, chosen=sent, to=self.files_to)
            case YesNo():
                answers = [option(YES, "Yes"), option(NO, "No")]
                if one.may_be_unknown:
                    answers.append(option("", "Not known"))
                return Control(kind="radios", **common, options=tuple(answers), inline=not inside)
            case Tick():
                return Control(kind="tick", **common, options=(option(YES, one.label, one.hint),))
            case OneOf(is_offered=True) | SeveralOf(is_offered=True):
                return self._offered(one, posted, common)
            case OneOf() | SeveralOf():
                in_short = isinstance(one, OneOf) and one.like_its_neighbours
                options = [option(each.value, each.label, "" if in_short else each.hint) for each in one.choices]
                if isinstance(one, OneOf) and not one.default and (not one.compulsory or one.blank_is_none):
                    options.append(option("", "None of these"))
                kind = "radios" if isinstance(one, OneOf) else "checkboxes"
                return Control(kind=kind, **common, options=tuple(options), inline=in_short)
            case Day() | Moment():
                return Control(kind="date", **common, inputs=_date_inputs(one, posted, common["id"], common["error"]))
            case TimeOfDay():
                hint = one.hint if ":" in one.hint else f"{one.hint} Such as 9:30 or 2pm.".strip()
                value, width = posted.one(one.name), "govuk-input--width-5"
                return Control(kind="text", **common | {"hint": hint}, value=value, width=width, spellcheck=False)
            case Number():
                value = posted.one(one.name) if one.name in posted else one.default
                return Control(kind="text", **common, value=value, width="govuk-input--width-5", numeric=True)
            case Lines():
                value = kept_lines("\n".join(posted.every(one.name)))
                hint = f"{one.hint} One on each line.".strip()
                return Control(kind="text", **common | {"hint": hint}, value=value, one_line=False, spellcheck=False)
            case Numbers():
                value = ", ".join(posted.every(one.name))
                hint = f"{one.hint} Such as 1, 4, 7.".strip()
                return Control(kind="text", **common | {"hint": hint}, value=value, spellcheck=False)
            case Json():
                hint = f"{one.hint} Written as JSON.".strip()
                value = kept_lines(posted.one(one.name))
                return Control(kind="text", **common | {"hint": hint}, value=value, one_line=False, spellcheck=False)
            case Part():
                return self._part(one, posted, common)
            case Parts():
                return self._parts(one, posted, common)

    def _register_id(self, one: RegisterId, posted: Posted, common: dict[str, Any]) -> Control:
        value = posted.one(one.name) if one.name in posted else one.default
        known = register_options(one.kind, self.choices)
        if known is None:
            named = dict(self.choices(one.kind)).get(value.strip()) if self.choices is not None else None
            hint = " ".join([register_hint(one), *([f"Below stands {named}."] if named else [])])
            width = "govuk-input--width-10" if one.kind is RegisterKind.PERSON else "govuk-input--width-20"
            return Control(kind="text", **common | {"hint": hint}, value=value, width=width, spellcheck=False)
        if value.strip() not in {each for each, _ in known}:
            known = [*known, (value, f"{value} (not on the list)")]
        options = tuple(Option(value=each, text=text, checked=each == value.strip()) for each, text in known)
        return Control(kind="select", **common | {"hint": register_hint(one, chosen=True)}, options=options)

    def _offered(self, one: OneOf | SeveralOf, posted: Posted, common: dict[str, Any]) -> Control:
        """What stands in a plan, to be chosen; what was chosen before and stands there no more is not lost silently."""
        if isinstance(one, OneOf) and one.may_be_typed:
            return self._offered_or_typed(one, posted, common)
        chosen = [value.strip() for value in posted.every(one.name) if value.strip()]
        known = {each.value: each.label for each in one.choices}
        known |= {value: f"{value} (not in the plan now)" for value in chosen if value not in known}
        options = tuple(Option(value=value, text=text, checked=value in chosen) for value, text in known.items())
        if isinstance(one, SeveralOf):
            return Control(kind="checkboxes", **common, options=options)
        if len(options) > MOST_RADIOS:
            nothing = Option(value="", text="", checked=not chosen)
            return Control(kind="select", **common, options=(nothing, *options))
        nothing = Option(value="", text="None of these")
        return Control(kind="radios", **common, options=options if one.compulsory else (*options, nothing))

    def _offered_or_typed(self, one: OneOf, posted: Posted, common: dict[str, Any]) -> Control:
        """As `_offered`, with a line for the name of somebody who is not in the plan."""
        known = {each.value: each.label for each in one.choices}
        chosen, typed = posted.one(one.name).strip(), posted.one(one.name + TYPED)
        if chosen not in known:  # a name, as it was answered or told before
            chosen, typed = "", typed or chosen
        is_typed = bool(typed.strip())
        name = f"{common['name']}{TYPED}"
        line = Control(kind="text", name=name, id=element_id(name), label="Their name", value=typed)
        somebody_else = Option(
            value="",
            text="Somebody else" if one.compulsory else "Somebody else, or nobody",
            checked=is_typed,
            controls=(line,),
        )
        options = [
            Option(value=value, text=text, checked=value == chosen and not is_typed) for value, text in known.items()
        ]
        return Control(kind="radios", **common, options=(*options, somebody_else))

    def _part(self, one: Part, posted: Posted, common: dict[str, Any]) -> Control:
        inside, name = posted.under(one.name), common["name"]
        is_folded = one.may_be_left_out and one.shown_when is None
        return Control(
            kind="part",
            **common | {"hint": _explained(one)},
            controls=self.of(one.fields, inside, f"{name}."),
            given=inside.is_marked,
            folded=f"{one.label}: fill this in where it applies" if is_folded else "",
            is_open=self._must_be_seen(one, posted, name.removesuffix(one.name)),
        )

    def _parts(self, one: Parts, posted: Posted, common: dict[str, Any]) -> Control:
        """Those that were filled in, and one more that is blank."""
        name, groups = common["name"], posted.groups(one)
        shown = [
            replace(self._group(one, number, inside, name), given=inside.is_marked, removable=True)
            for number, inside in enumerate(groups)
        ]
        wanted = not groups and (one.at_least_one or one.shown_when is not None)
        asked_for = self.added == name
        blank = self._group(one, len(groups), Posted(()), name)
        has_problem = any(said.startswith(f"{name}.{len(groups)}.") for said in self.problems)
        another = f"Add another to “{one.label}”" if groups else f"Add to “{one.label}”"
        folded = "" if wanted else another
        blank = replace(blank, folded=folded, is_open=asked_for or has_problem, adds_to=name)
        return Control(kind="parts", **common, controls=(), groups=(*shown, blank))

    def _group(self, one: Parts, number: int, inside: Posted, name: str) -> Control:
        place = f"{name}.{number}"
        return Control(
            kind="group",
            name=place,
            id=element_id(place),
            label=f"{one.label} {number + 1}",
            error=". ".join(self.problems.get(place, ())),
            controls=self.of(one.fields, inside, f"{place}."),
        )


def kept_lines(text: str) -> Markup:
    """Text for a textarea, in which no line may be moved: components indent what lies inside them."""
    return Markup(str(escape(text)).replace("\r\n", "\n").replace("\n", "&#10;"))


def _value(value: object) -> str:
    return YES if value is True else NO if value is False else str(value)


def _explained(one: Part) -> str:
    """What a part is about; and what the choices mean that several of its fields have in common."""
    alike = [each for each in one.fields if isinstance(each, OneOf) and each.like_its_neighbours]
    if not alike:
        return one.hint
    meanings = (f"{each.label}: {within_a_sentence(each.hint)}" for each in alike[0].choices if each.hint)
    return " ".join([one.hint, *meanings]).strip()


def _date_inputs(one: Day | Moment, posted: Posted, control_id: str, error: str) -> tuple[dict[str, str], ...]:
    """Day, month and year, and a time of day where one is asked for."""
    parts = [("day", "2"), ("month", "2"), ("year", "4")]
    if isinstance(one, Moment):
        parts.append(("time", "5"))
    return tuple(
        {
            "name": part,
            "label": capital(part),
            "id": control_id if part == "day" else f"{control_id}-{part}",
            "value": posted.one(f"{one.name}-{part}"),
            "classes": f"govuk-input--width-{width}{' govuk-input--error' if error else ''}",
            "autocomplete": "off",
            "inputmode": "text" if part == "time" else "numeric",
        }
        for part, width in parts
    )
