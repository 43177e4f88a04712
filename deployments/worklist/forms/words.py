"""
The words of a form: what its fields and choices are called, its hints, and sentences about it as people read them.

Docstrings and validators were written for every reader of the models, and call a field by its name in code. Here such
names become the field's label in quotation marks, choices become words, and clause ids are left out of hints.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, get_args

from pydantic import BaseModel

from models.forms.base import ShownWhen

_CLAUSES = re.compile(r"\s*\([A-Z]+-\d+(?:(?:, | to | and )(?:[A-Z]+-)?\d+)*\)")
_WORDS = {"gp": "GP"}
"""Choices whose words cannot be made from their value."""
_SMALL_WORDS = frozenset(
    {"a", "an", "the", "i", "to", "of", "it", "they", "them", "their", "wa", "were", "doe", "do", "whether"}
)
_BEFORE_A_NAME = r"(?:\b(?:say|give|in|and|or|name|of)\s|,\s|\(|^)"
"""What stands before a field's name of one word in a validator's sentence; elsewhere it is a word like any other."""


_ID_OF = re.compile(r"^(?P<id>(?:Register|Staff|Team) id) of (?P<of>[^,.;]+)")
_ENDS = re.compile(r"(?:[.;:]|, (?!and\b|or\b)|\.?$)\s*(?!else\b)")
"""Where the first thing that a hint says may end."""
_ASKS = r"(?:what|whether|which|who|whom|why|how|where|when|by)\b"
"""How a sentence goes on that says what is to stand in a field: at that field its name is not needed."""


def labels_of(model: type[BaseModel]) -> dict[str, str]:
    """What each field is called: as its `labels` say, those of the nearest class first, else its name in words."""
    said = _gathered(model, "labels")
    return {name: str(said.get(name) or capital(name.replace("_", " "))) for name in model.model_fields}


def conditions_of(model: type[BaseModel]) -> dict[str, ShownWhen]:
    """`shown_when` of the model and of the classes that it is made from."""
    return _gathered(model, "shown_when")


def _gathered(model: type[BaseModel], attribute: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in reversed(model.__mro__):
        found |= vars(one).get(attribute) or {}
    return found


# ------------------------------------------------------------------ choices


def choice_in_words(value: str) -> str:
    """A choice's value as a label: `reached-person` becomes "Reached person"."""
    return _WORDS.get(value) or capital(value.replace("-", " ").replace("_", " "))


@functools.cache
def choice_hints(choices: type[StrEnum]) -> dict[str, str]:
    """The sentence of each member of an enumeration that has one and says more than its value, by its value."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(choices)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for named, said in itertools.pairwise(body):
        match named, said:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(sentence))):
                value, hint = str(choices[name]), without_clauses(sentence)
                found[value] = "" if _restates(choice_in_words(value), hint) else hint
            case _:
                pass
    return found


# ------------------------------------------------------------------ sentences


def hint_in_words(model: type[BaseModel], docstring: str | None, label: str = "") -> str:
    """An attribute docstring as the hint of a field on a page; what only says the label again is left out."""
    said = without_clauses(docstring or "")
    said = re.sub(r"\b([Nn])one:", lambda found: "Left blank:" if found[1] == "N" else "left blank:", said)
    said = re.sub(r"\b([Ll])eave out\b", r"\1eave blank", said)
    return capital(in_labels(model, _beyond(label, said)))


def _beyond(label: str, said: str) -> str:
    """What a hint says besides its label, which is read aloud before it; an "and" that goes on from it keeps it."""
    said = _ID_OF.sub(lambda found: found["id"] if _restates(label, found["of"]) else found[0], said, count=1)
    for end in _ENDS.finditer(said):
        if _restates(label, said[: end.start()]):
            return said[end.end() :]
    return said


def _restates(label: str, said: str) -> bool:
    """Whether a text says nothing that its label does not say."""
    return not _words(said) - _words(label)


def _words(text: str) -> set[str]:
    """The words of a text that say something, without the s at their end."""
    return {one.rstrip("s") for one in re.findall(r"[\w-]+", text.lower())} - _SMALL_WORDS


def guidance(model: type[BaseModel]) -> tuple[str, ...]:
    """What a form says to whoever fills it in: the paragraphs of its docstring."""
    said = inspect.cleandoc(vars(model).get("__doc__") or "")
    return tuple(in_labels(model, without_clauses(one)) for one in said.split("\n\n") if one.strip())


def in_labels(model: type[BaseModel], sentence: str) -> str:
    """The sentence with labels in place of field names that have an underscore, and words in place of choices."""
    return _choices_in_words(model, _named_in(model, sentence, ticks=frozenset(), plain=False))


def said_in_labels(model: type[BaseModel], sentence: str, ticks: frozenset[str] = frozenset()) -> str:
    """
    A validator's sentence as `in_labels`, with names of one word as well where it speaks of a field.

    A field that is a box to tick is ticked, where the sentence has it said.
    """
    sentence = re.sub(rf"^say in (?:{_any(model.model_fields)}) (?={_ASKS})", "say ", sentence)
    return capital(_choices_in_words(model, _named_in(model, sentence, ticks=ticks, plain=True)))


def first_named(model: type[BaseModel], sentence: str) -> str | None:
    """The field that a validator's sentence names first; None where it names none."""
    found = _mentions(model, plain=True).search(sentence)
    return None if found is None else found["name"] or found["plain"]


def first_spoken_of(model: type[BaseModel], sentence: str) -> str | None:
    """The field that a sentence speaks of without naming it: by its choices, or by a word that is its name as well."""
    for name, choices in _choices(model).items():
        if any(re.search(_whole(str(one)), sentence) for one in choices if "-" in one):
            return name
    for name, choices in _choices(model).items():
        if sum(bool(re.search(_whole(str(one)), sentence)) for one in choices) > 1:
            return name
    words = [name for name in model.model_fields if len(name) > 4 and re.search(_whole(name), sentence)]
    return words[0] if words else None


def _named_in(model: type[BaseModel], sentence: str, *, ticks: frozenset[str], plain: bool) -> str:
    labels = labels_of(model)

    def label(found: re.Match[str]) -> str:
        name = found["name"] or found["plain"]
        before = found["say"] or found["before"] or ""
        return f"{'tick ' if before == 'say ' and name in ticks else before}“{labels[name]}”"

    return _mentions(model, plain=plain).sub(label, sentence)


@functools.cache
def _mentions(model: type[BaseModel], *, plain: bool) -> re.Pattern[str]:
    """
    Where a sentence names a field of the model: `name` has an underscore, `plain` is a word like any other.

    A member of staff is one whether or not a field is called so.
    """
    names = [name for name in model.model_fields if "_" in name]
    words = [name for name in model.model_fields if "_" not in name] if plain else []
    return re.compile(
        rf"(?P<say>\bsay )?(?P<name>(?<![\w-])(?:{_any(names)})(?![\w-]))"
        rf"|(?<!\bmember )(?P<before>{_BEFORE_A_NAME})(?P<plain>(?:{_any(words)})(?![\w-]))"
    )


def _choices_in_words(model: type[BaseModel], sentence: str) -> str:
    """Choices with a hyphen as they are shown; others are words already."""
    values = sorted({str(one) for choices in _choices(model).values() for one in choices if "-" in one})
    pattern = rf"(?<![\w-])(\"?)({_any(values)})\1(?![\w-])"
    return re.sub(pattern, lambda found: f"“{choice_in_words(found[2])}”", sentence)


@functools.cache
def _choices(model: type[BaseModel]) -> dict[str, type[StrEnum]]:
    """The enumerations that the model's own fields choose from."""
    found = {}
    for name, field in model.model_fields.items():
        inner = [field.annotation, *get_args(field.annotation)]
        for one in (*inner, *(deeper for each in inner for deeper in get_args(each))):
            if isinstance(one, type) and issubclass(one, StrEnum):
                found[name] = one
    return found


def _whole(word: str) -> str:
    return rf"(?<![\w-]){re.escape(word)}(?![\w-])"


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; it matches nothing where there is none."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


def without_clauses(said: str) -> str:
    """A docstring as one line, without the ids of clauses in brackets."""
    return _CLAUSES.sub("", " ".join(said.split()))


def capital(text: str) -> str:
    """The text with a capital letter at its beginning; the rest as it is."""
    return text[:1].upper() + text[1:]


def within_a_sentence(label: str) -> str:
    """A label in the middle of a sentence: with a small letter, unless its first word is an abbreviation or I."""
    first = label.split(" ", 1)[0]
    return label if first == "I" or any(one.isupper() or one.isdigit() for one in first[1:]) else uncapital(label)


def uncapital(text: str) -> str:
    """The text with a small letter at its beginning; the rest as it is."""
    return text[:1].lower() + text[1:]
