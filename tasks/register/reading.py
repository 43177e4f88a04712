"""
Reading the files of the recording system's extract.

They are CSV in UTF-8 with a header; columns that we have no use for are passed over. A row that is wrong is
named by its line and, where it has one, its reference; what stands in it is not repeated.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.errors import PathwaysError
from models.register import ExtractKind
from tasks.register.rows import NAME, REFERENCE, ROWS, Row

_BY_NAME = (ExtractKind.STAFF, ExtractKind.ABSENCES, ExtractKind.TEAMS, ExtractKind.PROVIDERS)
"""Files whose rows are about staff, teams or providers, whose ids need no digit; all others are about people."""


class FileRefused(PathwaysError):
    """A file of the extract cannot be taken at all: mend it or write it anew; nothing was imported."""

    def __init__(self, file: Path, sentence: str) -> None:
        super().__init__(f"{file.name}: {sentence}; nothing was imported")
        self.file = file


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not taken; `reference` is empty where the row has none that can be shown."""

    file: str
    line: int
    reference: str
    problem: str

    def __str__(self) -> str:
        of = f" ({self.reference})" if self.reference else ""
        return f"{self.file}:{self.line}{of}: {self.problem}"


@dataclass
class ReadFile:
    """A file of the extract as it was read: good rows with their lines, and the others by name."""

    kind: ExtractKind
    name: str
    rows: list[tuple[int, Any]] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    spoken_of: set[str] = field(default_factory=set)
    """Who the rejected rows are about: a full extract does not end what it holds of them."""
    optional_columns: tuple[str, ...] = ()
    """Which columns it has of those that it may leave out."""
    about_nobody_known: bool = False
    """A rejected row does not say who it is about, so that nothing can be said to be missing."""

    def reject(self, line: int, subject: str, problem: str, *, known: bool = False) -> None:
        """
        Put a row among the rejected, by the person or member of staff it is about.

        With `known` the file says elsewhere what the row would have said.
        """
        showable = NAME if self.kind in _BY_NAME else REFERENCE
        shown = subject if showable.fullmatch(subject) else ""
        self.rejected.append(RejectedRow(self.name, line, shown, problem))
        if not known:
            self.spoken_of.add(subject)
            self.about_nobody_known = self.about_nobody_known or not shown


@dataclass(frozen=True)
class CsvRows:
    """A CSV file as it stands: which of its columns are ours, and each row with its first line."""

    columns: tuple[str, ...]
    passed_over: tuple[str, ...]
    """Columns that we have no use for."""
    rows: tuple[tuple[int, Sequence[str] | dict[str, str]], ...]
    """By column; or all fields as they stand where a row has too many or too few."""


def read_file(file: Path) -> ReadFile:
    """Read one file of the extract; its kind is how its name begins. Raises `FileRefused`."""
    kind = next((kind for kind in ExtractKind if re.match(rf"{kind}([^a-z]|$)", file.stem.lower())), None)
    if kind is None:
        raise FileRefused(file, f"its name must begin with one of {', '.join(ExtractKind)}")
    read, model = ReadFile(kind, file.name), ROWS[kind]
    found = read_csv(file, model)
    read.optional_columns = tuple(one for one in found.columns if not model.model_fields[one].is_required())
    for line, raw in found.rows:
        _take(read, line, raw)
    return read


def read_csv(file: Path, model: type[Row]) -> CsvRows:
    """Read a CSV file whose rows are to be like `model`; none is looked at yet. Raises `FileRefused`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, strict=True)
            header = [column.strip().lower() for column in next(reader, [])]
            columns = _columns(file, model, header)
            passed_over = tuple(one for one in header if one and one not in columns)
            return CsvRows(columns, passed_over, tuple(_raw_rows(reader, header, model)))
    except OSError as failed:
        raise FileRefused(file, f"it cannot be read ({failed.strerror})") from None
    except UnicodeDecodeError:
        raise FileRefused(file, "it is not UTF-8 text; write it as UTF-8") from None
    except csv.Error:
        raise FileRefused(file, "it is not CSV throughout; look for quotes that are not closed") from None


def problems_of(failed: ValidationError) -> str:
    """All that is wrong with a row, column by column, without what stood there."""
    return "; ".join(_problem(error) for error in failed.errors())


def _columns(file: Path, model: type[Row], header: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name, field in model.model_fields.items() if field.is_required() and name not in header]
    if model.at_least_one_of and not set(model.at_least_one_of) & set(header):
        missing.append(" or ".join(model.at_least_one_of))
    if missing:
        raise FileRefused(file, f"the header lacks {', '.join(missing)}")
    if twice := [column for column in model.model_fields if header.count(column) > 1]:
        raise FileRefused(file, f"the header names {', '.join(twice)} more than once")
    return tuple(column for column in model.model_fields if column in header)


def _raw_rows(
    reader: Any, header: Sequence[str], model: type[Row]
) -> Iterator[tuple[int, Sequence[str] | dict[str, str]]]:
    line = reader.line_num + 1
    for fields in reader:
        if any(text.strip() for text in fields):
            if len(fields) == len(header):
                cells = dict(zip(header, (text.strip() for text in fields), strict=True))
                yield line, {column: text for column, text in cells.items() if column in model.model_fields}
            else:
                yield line, fields
        line = reader.line_num + 1


def _take(read: ReadFile, line: int, raw: Sequence[str] | dict[str, str]) -> None:
    if not isinstance(raw, dict):
        read.reject(line, "", f"has {len(raw)} fields, which is not what the header says")
        return
    model = ROWS[read.kind]
    try:
        read.rows.append((line, model.model_validate(raw)))
    except ValidationError as failed:
        subject = raw.get(next(iter(model.model_fields)), "")
        if read.kind in _BY_NAME:
            subject = subject.lower()
        read.reject(line, subject, problems_of(failed))


def _problem(error: Any) -> str:
    what = str(error["msg"]).removeprefix("Value error, ")
    return " ".join([*map(str, error["loc"]), what])
