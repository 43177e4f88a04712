"""What a model asks for, field by field: a description that pages are made from and posted answers are read by."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from deployments.worklist.forms.kinds import (
    Asked,
    Choice,
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
from deployments.worklist.forms.words import (
    capital,
    choice_hints,
    choice_in_words,
    conditions_of,
    hint_in_words,
    labels_of,
)
from models.errors import PathwaysError
from models.forms.base import RegisterKind
from models.reablement.naming import NamedInPlan, plan_fields_of

ONE_LINE = frozenset(
    {
        "about_case",
        "accepted_by",
        "addressed_to",
        "asked_by",
        "answers_case",
        "author",
        "called",
        "case",
        "email",
        "evidence",
        "filed_at",
        "found_by",
        "given_by",
        "how_to_reach",
        "in_reply_to",
        "item",
        "mail_id",
        "mailbox",
        "manager",
        "message_id",
        "name",
        "nhs_number",
        "note",
        "note_id",
        "noticed_by",
        "of",
        "organisation",
        "original_filed_at",
        "person",
        "postcode",
        "purpose",
        "raised_already_as",
        "recipient",
        "record_id",
        "reference",
        "referral",
        "relation",
        "responsible",
        "review",
        "review_tray",
        "row",
        "said_to_be",
        "sender",
        "sender_address",
        "sent_by",
        "subject",
        "team",
        "telephone",
        "title",
        "told_by",
        "tray_case",
        "wanted_by",
        "where_recorded",
        "worker",
    }
)
"""Texts of one line: they name, number or place something. Every other text may have several."""
_SPEAKS_OF_IDS = re.compile(r"^[^.:]*(?:\b(?:ids?|letters? and numbers?) in the plan|beside this form)\b[^.:]*[.:]? *")
LONGEST_LINE = 300
"""So many characters at most have one line as well."""


class UnknownKind(PathwaysError):
    """A model has a field that no form can ask for; teach `fields_of` its kind, or give it another."""


def fields_of(
    model: type[BaseModel],
    *,
    without: Sequence[str] = (),
    offered: Mapping[str, Sequence[Choice]] | None = None,
) -> tuple[Field, ...]:
    """
    The fields of a form, signal, case's facts or part, in their order.

    `without`: fields that the page sees to itself, `contact` or `contact.mail_id`. `offered`: what an id or a list of
    ids may be where only the council knows it, by the field's own name or by what of a plan it names
    (`models/reablement/naming.py`); it is then chosen instead of typed. Raises `UnknownKind`.
    """
    return tuple(_offering(field, offered or {}) for field in _kept(_fields(model), frozenset(without), ""))


def _kept(fields: tuple[Field, ...], without: frozenset[str], place: str) -> tuple[Field, ...]:
    kept: list[Field] = []
    for field in fields:
        if place + field.name in without:
            continue
        if isinstance(field, Part | Parts):
            field = replace(field, fields=_kept(field.fields, without, f"{place}{field.name}."))
        kept.append(field)
    return tuple(kept)


def _offering(field: Field, offered: Mapping[str, Sequence[Choice]]) -> Field:
    match field:
        case Part() | Parts():
            return replace(field, fields=tuple(_offering(one, offered) for one in field.fields))
        case Text(names=NamedInPlan() as names) if offered.get(names):
            return OneOf(
                **_asked(field),
                choices=tuple(offered[names]),
                default=field.default,
                is_offered=True,
                may_be_typed=names.may_be_typed,
            )
        case Lines(names=names) if found := offered.get(names or field.name):
            return SeveralOf(**_asked(field), choices=tuple(found), is_offered=names is not None)
        case _:
            return field


def _asked(field: Text | Lines) -> dict[str, Any]:
    """What the field has whatever its kind; where it is chosen, its hint says nothing of how ids are written."""
    known = {name: getattr(field, name) for name in Asked.__dataclass_fields__}
    return known | ({"hint": capital(_SPEAKS_OF_IDS.sub("", field.hint))} if field.names else {})


@functools.cache
def _fields(model: type[BaseModel]) -> tuple[Field, ...]:
    model.model_rebuild()
    labels, conditions = labels_of(model), conditions_of(model)
    kinds: Mapping[str, RegisterKind] = getattr(model, "register_fields", {})
    names = plan_fields_of(model)
    found: list[Field] = []
    for name, info in model.model_fields.items():
        inner, may_be_none = _without_none(info.annotation)
        asked: dict[str, Any] = {
            "name": name,
            "label": labels[name],
            "hint": hint_in_words(model, info.description, labels[name]),
            "compulsory": info.is_required(),
            "blank_is_none": info.is_required() and may_be_none,
            "shown_when": conditions.get(name),
        }
        field = _field(model, info, inner, asked, kinds.get(name), may_be_none)
        if isinstance(field, Text) and name in getattr(model, "file_fields", ()):
            field = File(**asked)
        elif isinstance(field, Text | Lines) and name in names:
            field = replace(field, names=names[name])
        found.append(field)
    return _in_short(tuple(found))


def _field(
    model: type[BaseModel],
    info: FieldInfo,
    inner: Any,
    asked: dict[str, Any],
    kind: RegisterKind | None,
    may_be_none: bool,
) -> Field:
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    if get_origin(inner) in (tuple, frozenset):
        return _list_field(model, info, get_args(inner)[0], asked, kind)
    if inner is Any:
        return Json(**asked)
    if inner is bool:
        is_question = info.is_required() or may_be_none or default is True or asked["label"].endswith("?")
        if not is_question:
            return Tick(**asked)
        return YesNo(**asked, default=default if default is True else None, may_be_unknown=may_be_none)
    if inner is AwareDatetime or inner is datetime:
        return Moment(**asked)
    if inner is date:
        return Day(**asked)
    if inner is time:
        return TimeOfDay(**asked)
    if inner is int:
        return Number(**asked, default="" if default is None else str(default))
    if inner is str and kind is not None:
        return RegisterId(**asked, kind=kind, default=default or "")
    if inner is str:
        return Text(**asked, several_lines=not _is_short(asked["name"], info), default=default or "")
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return OneOf(**asked, choices=_choices(inner), default="" if default is None else str(default))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return Part(**asked, model=inner, fields=_fields(inner), may_be_left_out=may_be_none)
    raise UnknownKind(f"{model.__name__}.{asked['name']} is of a kind that no form can ask for: {info.annotation}")


def _is_short(name: str, info: FieldInfo) -> bool:
    """Whether a text has one line: by its name, or as it has few characters at most."""
    most = [one.max_length for one in info.metadata if isinstance(one, MaxLen)]
    return name in ONE_LINE or any(one <= LONGEST_LINE for one in most)


def _list_field(
    model: type[BaseModel], info: FieldInfo, inner: Any, asked: dict[str, Any], kind: RegisterKind | None
) -> Field:
    if inner is str:
        return Lines(**asked, kind=kind)
    if inner is int:
        return Numbers(**asked)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return SeveralOf(**asked, choices=_choices(inner))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        at_least_one = any(getattr(one, "min_length", 0) for one in info.metadata)
        return Parts(**asked, model=inner, fields=_fields(inner), at_least_one=at_least_one)
    raise UnknownKind(f"{model.__name__}.{asked['name']} is a list that no form can ask for: {info.annotation}")


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation without None, and whether None was in it."""
    if get_origin(annotation) in (Union, UnionType):
        left = [one for one in get_args(annotation) if one is not NoneType]
        if len(left) == 1:
            return left[0], True
    return annotation, False


def _choices(members: type[StrEnum]) -> tuple[Choice, ...]:
    hints = choice_hints(members)
    return tuple(Choice(str(one), choice_in_words(one), hints.get(str(one), "")) for one in members)


def _in_short(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Three or more fields with the same choices say them in short."""
    offers = [field.choices for field in fields if isinstance(field, OneOf)]
    return tuple(
        replace(field, like_its_neighbours=True)
        if isinstance(field, OneOf) and offers.count(field.choices) > 2
        else field
        for field in fields
    )
