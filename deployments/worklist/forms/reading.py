"""Reading what a browser posts: from pairs of name and value to an answer that a model reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from deployments.worklist.forms.dates import NoSuchTime, month_named, time_of_day, wall_clock
from deployments.worklist.forms.fields import fields_of
from deployments.worklist.forms.kinds import (
    Day,
    Field,
    File,
    Json,
    Lines,
    Moment,
    Number,
    Numbers,
    Part,
    Parts,
    SeveralOf,
    Text,
    Tick,
    TimeOfDay,
    YesNo,
)
from deployments.worklist.forms.posted import CHOSEN_FILE, NO, TAKE_IN, TYPED, YES, Pairs, Posted, is_given
from deployments.worklist.forms.problems import Problem, in_order, problems_of, quoted, what_is_missing, what_is_wrong
from models.reablement.naming import NamedInPlan
from models.unfit import has_nul

_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""Characters that no record can keep: NUL, and halves of characters."""


@dataclass(frozen=True)
class Filled:
    """What was posted, as an answer, and what is to be put right."""

    answer: dict[str, Any]
    """Fit for the model's `read`: what was left blank is left out."""
    problems: tuple[Problem, ...] = ()


class _Unreadable(Exception):
    """What stands in a field says nothing that the field can mean; its sentence says what to do."""


def read(model: type[BaseModel], pairs: Pairs, *, without: Sequence[str] = ()) -> Filled:
    """
    The answer that was posted; its problems are those of reading alone, such as a date that is none.

    Lines end with a line feed, blanks around a text are taken off. A field that its parent hides is read like any
    other, so that nothing is lost silently. Pairs that the model has no field for are the page's own.
    """
    reader = _Reader()
    answer = reader.part(fields_of(model, without=without), Posted(pairs), "")
    return Filled(answer, in_order(model, reader.problems))


def checked(
    model: type[BaseModel], pairs: Pairs, *, without: Sequence[str] = (), given: Mapping[str, Any] | None = None
) -> Filled:
    """
    As `read`, with everything that the model refuses in it; what could not be read is complained of once.

    `given`: answers that the page gives itself, and does not ask for.
    """
    given = given or {}
    filled = read(model, pairs, without=(*without, *given))
    answer = {**filled.answer, **given}
    unread = {one.field_name for one in filled.problems}
    refused = [
        one
        for one in problems_of(model, answer)
        if one.field_name not in unread and not _is_outside(one.field_name, without)
    ]
    return Filled(answer, in_order(model, [*filled.problems, *refused]))


def _is_outside(name: str | None, without: Sequence[str]) -> bool:
    return name is not None and any(name == one or name.startswith(f"{one}.") for one in without)


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def part(self, fields: tuple[Field, ...], posted: Posted, place: str) -> dict[str, Any]:
        """The answers to the fields, by name; nothing where nothing was answered."""
        answer: dict[str, Any] = {}
        for one in fields:
            try:
                value = self._value(one, posted, place + one.name)
            except _Unreadable as unreadable:
                self.problems.append(Problem(place + one.name, str(unreadable)))
                continue
            if value is not None or one.blank_is_none:
                answer[one.name] = value
        return answer

    def _value(self, one: Field, posted: Posted, place: str) -> Any:
        match one:
            case Part():
                wanted = not one.may_be_left_out or is_given(one, posted)
                return self.part(one.fields, posted.under(one.name), f"{place}.") if wanted else None
            case Parts():
                groups = enumerate(posted.groups(one))
                found = [self.part(one.fields, group, f"{place}.{number}.") for number, group in groups]
                return found or ([] if one.compulsory else None)
            case Day():
                return _day(one, posted)
            case Moment():
                return _moment(one, posted)
            case SeveralOf() | Lines() | Numbers():
                return _several(one, posted)
            case File():
                return _file(one, posted)
            case Text(names=NamedInPlan(may_be_typed=True)):
                return _chosen_or_typed(one, posted)
            case _:
                text = _text(one, posted.one(one.name))
                if not text:
                    return None
                return _ONE[type(one)](one, text) if type(one) in _ONE else text


def _text(one: Field, typed: str) -> str:
    if _UNFIT.search(typed):
        raise _Unreadable(_unfit(one))
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def _file(one: File, posted: Posted) -> str | None:
    """The id of a file that was taken in; one that was only chosen is not there yet."""
    if not posted.is_blank(one.name + CHOSEN_FILE):
        raise _Unreadable(f"{quoted(one)} was not taken in yet: choose the file again, then press “{TAKE_IN}”")
    return _text(one, posted.one(one.name)) or None


def _chosen_or_typed(one: Field, posted: Posted) -> str | None:
    """One of those who were offered, or a name; a page has both, and one of them is left blank."""
    chosen, typed = (_text(one, posted.one(name)) for name in (one.name, one.name + TYPED))
    if chosen and typed and chosen != typed:
        raise _Unreadable(f"{quoted(one)}: choose somebody or type a name, not both")
    return chosen or typed or None


def _unfit(one: Field) -> str:
    return f"{quoted(one)} has a character in it that no record can keep: type it again without it"


def _yes_or_no(one: Field, text: str) -> bool:
    if text not in (YES, NO):
        raise _Unreadable(what_is_missing(one))
    return text == YES


def _ticked(one: Field, text: str) -> bool:
    if text != YES:
        raise _Unreadable(what_is_missing(one))
    return True


def _number(one: Field, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise _Unreadable(what_is_wrong(one))
    return int(text)


def _json(one: Field, text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _Unreadable(what_is_wrong(one)) from None
    said = json.dumps(value, ensure_ascii=False)
    if has_nul(value) or _UNFIT.search(said):
        raise _Unreadable(_unfit(one))
    return value


def _no_number(_name: str) -> Any:
    raise ValueError("not a number that JSON has")


def _time(one: Field, text: str) -> str:
    found = time_of_day(text)
    if found is None or found.zone:
        raise _Unreadable(what_is_wrong(one))
    return found.at.isoformat()


_ONE: dict[type, Callable[[Field, str], Any]] = {
    YesNo: _yes_or_no,
    Tick: _ticked,
    Number: _number,
    TimeOfDay: _time,
    Json: _json,
}


def _several(one: SeveralOf | Lines | Numbers, posted: Posted) -> list[Any] | None:
    texts = [_text(one, value) for value in posted.every(one.name)]
    lines = texts if isinstance(one, SeveralOf) else [line.strip() for text in texts for line in text.split("\n")]
    if isinstance(one, Numbers):
        lines = [number for line in lines for number in re.split(r"[\s,;]+", line)]
    found: list[Any] = [line for line in lines if line]
    if isinstance(one, Numbers):
        found = [_number_in(one, number) for number in found]
    return found or ([] if one.compulsory else None)


def _number_in(one: Numbers, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise _Unreadable(f"{quoted(one)} must be whole numbers, such as 1, 4, 7")
    return int(text)


# ------------------------------------------------------------------ days and times


def _day(one: Day | Moment, posted: Posted) -> str | None:
    typed = {part: _text(one, posted.one(f"{one.name}-{part}")) for part in ("day", "month", "year")}
    missing = [part for part, text in typed.items() if not text]
    if len(missing) == 3:
        return None
    if missing:
        raise _Unreadable(f"{quoted(one)} must include a {' and a '.join(missing)}")
    month = month_named(typed["month"])
    if month is None or not re.fullmatch("[0-9]{1,2}", typed["day"]):
        raise _Unreadable(f"{quoted(one)} must be a real date")
    if not re.fullmatch("[0-9]{4}", typed["year"]):
        raise _Unreadable(f"{quoted(one)}: the year must have 4 numbers")
    try:
        return date(int(typed["year"]), month, int(typed["day"])).isoformat()
    except ValueError:
        raise _Unreadable(f"{quoted(one)} must be a real date") from None


def _moment(one: Moment, posted: Posted) -> str | None:
    typed = _text(one, posted.one(f"{one.name}-time"))
    day = _day(one, posted)
    if day is None and not typed:
        return None
    if day is None:
        raise _Unreadable(f"{quoted(one)} must include a date")
    if not typed:
        raise _Unreadable(f"{quoted(one)} must include a time")
    found = time_of_day(typed)
    if found is None:
        raise _Unreadable(f"{quoted(one)} must have a real time, such as 9:30 or 14:05")
    try:
        return wall_clock(date.fromisoformat(day), found).isoformat()
    except NoSuchTime as gone:
        raise _Unreadable(f"{quoted(one)}: {gone}") from None
