"""Every model that a form can be made of, random instances of each, and a page read as a browser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from enum import StrEnum
from html.parser import HTMLParser
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

import models.forms.base as forms
from deployments.worklist.forms.fields import LONGEST_LINE, ONE_LINE


def every_model() -> list[type[BaseModel]]:
    """Every form, signal and case's facts, by name."""
    forms._import_every_form()
    bases = (forms.Form, forms.Signal, forms.CaseFacts)
    return sorted({one for base in bases for one in _below(base)}, key=lambda one: one.__name__)


def every_signal() -> list[type[forms.Signal]]:
    """Every signal of the system, without those that tests define for themselves."""
    return [one for one in every_model() if issubclass(one, forms.Signal)]


def every_model_and_part() -> list[type[BaseModel]]:
    """The same, with the parts that they are made of."""
    found: dict[type[BaseModel], None] = {}
    unseen = every_model()
    while unseen:
        model = unseen.pop()
        if model not in found:
            found[model] = None
            model.model_rebuild()
            unseen += [one for info in model.model_fields.values() for one in _models_in(info.annotation)]
    return sorted(found, key=lambda one: one.__name__)


def _below(base: type[Any]) -> Iterator[type[BaseModel]]:
    for one in base.__subclasses__():
        if one.__module__.startswith("models."):
            yield one
            yield from _below(one)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models_in(one)


# ------------------------------------------------------------------ instances

_BARE: dict[type[BaseModel], type[BaseModel]] = {}


def bare(model: type[BaseModel]) -> type[BaseModel]:
    """The model with its fields and without its own rules, so that any instance is a valid one."""
    if model.__name__.startswith("Bare"):
        return model
    if model not in _BARE:
        model.model_rebuild()
        fields: dict[str, Any] = {
            name: (
                _bare_annotation(info.annotation),
                Field(default=... if info.is_required() else info.default, **_lengths(info)),
            )
            for name, info in model.model_fields.items()
        }
        _BARE[model] = create_model(f"Bare{model.__name__}", __config__=ConfigDict(extra="forbid"), **fields)
    return _BARE[model]


def _bare_annotation(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bare(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return Union[tuple(_bare_annotation(one) for one in args)]  # noqa: UP007 - made from what was found
    if origin is tuple:
        return tuple[_bare_annotation(args[0]), ...]  # type: ignore[misc]
    return annotation


def _lengths(info: FieldInfo) -> dict[str, Any]:
    least = [one.min_length for one in info.metadata if isinstance(one, MinLen)]
    most = [one.max_length for one in info.metadata if isinstance(one, MaxLen)]
    return ({"min_length": least[0]} if least else {}) | ({"max_length": most[0]} if most else {})


_LINE = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
_TEXT = st.one_of(_LINE, st.sampled_from("\n\t<>&\"'"))


def _words(alphabet: Any, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=min(most, 25)).map(str.strip).filter(bool)


def _value(name: str, annotation: Any, most: int, least: int) -> st.SearchStrategy[Any]:
    if get_origin(annotation) in (Union, UnionType):
        inner = next(one for one in get_args(annotation) if one is not NoneType)
        return st.none() | _value(name, inner, most, least)
    if get_origin(annotation) in (tuple, frozenset):
        inner = get_args(annotation)[0]
        if isinstance(inner, type) and issubclass(inner, StrEnum):  # each is ticked once, in the order of the page
            members = list(inner)
            ticked = st.sets(st.sampled_from(members), min_size=least)
            return ticked.map(lambda some: get_origin(annotation)(one for one in members if one in some))
        one = _words(_LINE, 25) if inner is str else _value(name, inner, most, 0)
        many = st.lists(one, min_size=least, max_size=3)
        return many.map(frozenset if get_origin(annotation) is frozenset else tuple)
    if annotation is Any:
        return st.none() | st.recursive(
            st.booleans() | st.integers(-9, 9) | _words(_TEXT, 25),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_words(_LINE, 9), inner, max_size=2),
            max_leaves=4,
        )
    if annotation is str:
        is_line = name in ONE_LINE or most <= LONGEST_LINE
        return _words(_LINE if is_line else _TEXT, most)
    if annotation is AwareDatetime:
        return st.datetimes(datetime(1972, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - limits
    if annotation is date:
        return st.dates(date(1900, 1, 1), date(2100, 1, 1))
    if annotation is time:
        return st.times()
    if annotation in (bool, int):
        return st.booleans() if annotation is bool else st.integers(-(10**6), 10**6)
    if issubclass(annotation, StrEnum):
        return st.sampled_from(list(annotation))
    return instances(annotation)


@st.composite
def _instance(draw: Any, model: type[BaseModel]) -> BaseModel:
    given = {}
    for name, info in bare(model).model_fields.items():
        if info.is_required() or draw(st.booleans()):
            lengths = _lengths(info)
            most, least = lengths.get("max_length", 10**6), lengths.get("min_length", 0)
            given[name] = draw(_value(name, info.annotation, most, least))
    return bare(model)(**given)


def instances(model: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    """Random instances of the model's bare likeness."""
    return _instance(model)


# ------------------------------------------------------------------ a browser


class Page(HTMLParser):
    """What a browser makes of a form's HTML: the pairs it would send, and every id and link between elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.pointed_at: list[str] = []
        self.buttons: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._textarea: str | None = None
        self._select: list[tuple[str, bool]] = []
        self._select_name = ""
        self._text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Gather what the element sends, what it is called and what it points at."""
        said = {name: value if value is not None else "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [said["id"]] if "id" in said else []
        for name in ("for", "aria-describedby", "data-aria-controls"):
            self.pointed_at += said.get(name, "").split()
        if tag == "input" and ("checked" in said or said.get("type") not in ("radio", "checkbox")):
            self.pairs.append((said["name"], said.get("value", "")))
        if tag == "textarea":
            self._textarea, self._text = said["name"], ""
        if tag == "select":
            self._select_name, self._select = said["name"], []
        if tag == "option":
            self._select.append((said["value"], "selected" in said))
        if tag == "button":
            self.buttons.append((said.get("name", ""), said.get("value", "")))

    def handle_data(self, data: str) -> None:
        """Gather the text of a textarea."""
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """A textarea sends its text with the line ends of a browser; a select what is chosen, else its first."""
        if tag == "textarea" and self._textarea is not None:
            self.pairs.append((self._textarea, self._text.removeprefix("\n").replace("\n", "\r\n")))
            self._textarea = None
        if tag == "select":
            chosen = [value for value, is_chosen in self._select if is_chosen] or [self._select[0][0]]
            self.pairs.append((self._select_name, chosen[-1]))
