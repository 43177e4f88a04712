"""
Reading a list of people as a provider, a council or anybody sends it: CSV with a header, as spreadsheets write it.

A list is taken whole or not at all. What is wrong is named by its line; what stands in it is not repeated.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from models.errors import PathwaysError
from models.forms.provider_failure import ListedPerson
from models.providers.kinds import PaidBy
from models.unfit import has_nul, is_out_of_time
from tasks.register.reading import problems_of
from tasks.register.rows import Row

COLUMNS = tuple(ListedPerson.model_fields)
"""What a list may say of somebody, in the header's words; it has `person` or `name`, all else may be left out."""
MOST_PEOPLE = 5_000
_DAYS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})"),
)
_SAID = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


class ListRefused(PathwaysError):
    """A list of people is not taken: nothing was sent. Each problem names its line, and repeats nothing of it."""

    def __init__(self, problems: Sequence[str]) -> None:
        first, more = problems[:5], len(problems) - 5
        rest = f"; and {more} more" if more > 0 else ""
        super().__init__(f"nothing was sent, put right what is named and send it again: {'; '.join(first)}{rest}")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class ReadList:
    """A list as it was read. Personal data."""

    people: tuple[ListedPerson, ...]
    lines: tuple[int, ...]
    """The line on which each of them begins."""
    passed_over: tuple[str, ...]
    """Columns that nobody has a use for; as the header writes them."""


def read_list(content: bytes) -> ReadList:
    """The people on a list. Raises `ListRefused` with everything that is wrong."""
    reader = _reader(content)
    try:
        header = [_column(one) for one in next(reader, [])]
        _check_header(header)
        rows = _rows(reader)
    except csv.Error:
        raise ListRefused(["it is not CSV throughout: look for quotes that are not closed"]) from None
    people, problems = [], []
    for line, fields in rows:
        try:
            people.append((line, _person(header, fields)))
        except _BadRow as wrong:
            problems.append(f"line {line}: {wrong}")
    if not rows:
        problems.append("there is nobody on it")
    if len(rows) > MOST_PEOPLE:
        problems.append(f"there are more than {MOST_PEOPLE} people on it: send it in parts")
    if problems:
        raise ListRefused(problems)
    passed_over = tuple(one for one in header if one and one not in COLUMNS)
    return ReadList(tuple(one for _, one in people), tuple(line for line, _ in people), passed_over)


class _BadRow(Exception):
    """A row that is wrong; the message repeats nothing of it."""


def _day(text: str) -> date | None:
    if not text:
        return None
    found = next((match for one in _DAYS if (match := one.fullmatch(text))), None)
    try:
        read = date(**{name: int(said) for name, said in found.groupdict().items()}) if found else None
    except ValueError:
        read = None
    if read is None:
        raise ValueError("must be a date such as 1938-04-12 or 12/04/1938")
    if is_out_of_time(read):
        raise ValueError("is not a date of birth")
    return read


def _yes_or_no(text: str) -> bool:
    if text and text.lower() not in _SAID:
        raise ValueError("must be yes or no")
    return _SAID.get(text.lower(), False)


def _paid_by(text: str) -> str:
    said = text.lower().replace(" ", "-").replace("_", "-")
    if said and said not in set(PaidBy):
        raise ValueError(f"must be one of {', '.join(PaidBy)}, or empty")
    return said or PaidBy.UNKNOWN


def _read(by: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(by)


class _ListRow(Row):
    """A row of a list; each column may be left out, but for one that says who it is."""

    at_least_one_of = ("person", "name")

    person: Annotated[str | None, _read(lambda text: text or None)] = None
    name: str = ""
    born_on: Annotated[date | None, _read(_day)] = None
    whereabouts: str = ""
    paid_by: Annotated[PaidBy, _read(_paid_by)] = PaidBy.UNKNOWN
    placed_by: str = ""
    call_times: str = ""
    time_critical_medicine: Annotated[bool, _read(_yes_or_no)] = False
    double_handed: Annotated[bool, _read(_yes_or_no)] = False
    lives_alone: Annotated[bool, _read(_yes_or_no)] = False


def _reader(content: bytes) -> Any:
    """A CSV reader of it: UTF-8, or as Excel on Windows saves it; parted by commas or by semicolons."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise ListRefused(["it is no text: save it as CSV (UTF-8)"]) from None
    if has_nul(text):
        raise ListRefused(["it is no text: save it as CSV (UTF-8)"])
    first = text.partition("\n")[0]
    return csv.reader(
        io.StringIO(text, newline=""), strict=True, delimiter=";" if ";" in first and "," not in first else ","
    )


def _column(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _check_header(header: Sequence[str]) -> None:
    if not {"person", "name"} & set(header):
        raise ListRefused([f"the first line names no column person or name; it may have {', '.join(COLUMNS)}"])
    if twice := [one for one in COLUMNS if header.count(one) > 1]:
        raise ListRefused([f"the first line names {', '.join(twice)} more than once"])


def _rows(reader: Any) -> list[tuple[int, list[str]]]:
    """The rows with anything in them, each with the line on which it begins."""
    rows: list[tuple[int, list[str]]] = []
    line = reader.line_num + 1
    for fields in reader:
        if any(one.strip() for one in fields):
            rows.append((line, [one.strip() for one in fields]))
        line = reader.line_num + 1
    return rows


def _person(header: Sequence[str], fields: Sequence[str]) -> ListedPerson:
    if len(fields) > len(header) and any(fields[len(header) :]):
        raise _BadRow(f"has {len(fields)} fields, and the first line {len(header)}")
    said = {name: text for name, text in zip(header, fields, strict=False) if name in COLUMNS}
    try:
        return ListedPerson(**_ListRow.model_validate(said).model_dump())
    except ValidationError as failed:
        raise _BadRow(problems_of(failed)) from None
