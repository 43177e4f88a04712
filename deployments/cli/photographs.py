"""Files that are given beside the JSON of an answer or a signal, such as a photograph: kept with the case first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from deployments.cli.reading import read_bytes
from deployments.worklist.forms import is_file_of
from models.errors import PathwaysError
from tasks.durable.council import Council
from tasks.worklist.photographs import keep_photograph, problem_with_photograph

Files = Annotated[
    list[str] | None,
    typer.Option(
        "--file", metavar="FIELD=FILE", help="A PDF, PNG, JPEG or TIFF for that field, such as settled.photograph."
    ),
]


class FileRefused(PathwaysError):
    """A file cannot be given like that; the message says what to give instead."""


def with_files(council: Council, model: type[BaseModel], ref: str, given: Any, files: Sequence[str], *, by: str) -> Any:
    """What was given, with the ids of the files in their fields. Raises `FileRefused`, `FileUnreadable`."""
    for one in files:
        field, parted, path = one.partition("=")
        if not parted or not is_file_of(model, field):
            raise FileRefused(f"--file {field}: there is no such file in what is sent; give --file FIELD=FILE")
        content = read_bytes(path)
        if (wrong := problem_with_photograph(council, content)) is not None:
            raise FileRefused(f"--file {field}: {wrong}")
        given = _put(given, field.split("."), keep_photograph(council, ref, content, Path(path).name, by=by))
    return given


def _put(given: Any, names: Sequence[str], value: str) -> Any:
    """The JSON with a value in the field of that path; what is no object stays, and its form refuses it."""
    if not isinstance(given, dict):
        return given
    first, *rest = names
    return {**given, first: _put(given.get(first) or {}, rest, value) if rest else value}
