"""Taking in what people hand to a command: files and JSON. What is wrong is said without repeating what stood there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from models.errors import PathwaysError


class FileUnreadable(PathwaysError):
    """A file cannot be read or written; the message names it."""


class NotJson(PathwaysError):
    """That is not JSON; the message says where."""


def read_bytes(file: str) -> bytes:
    """All bytes of a file, or of standard input for "-". Raises `FileUnreadable`."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
    raise FileUnreadable(f"{file} cannot be read ({reason}): give the path of a file that you may read")


def read_text(file: str) -> str:
    """A file's text. Raises `FileUnreadable`, also where it is not UTF-8."""
    raw = read_bytes(file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
    raise FileUnreadable(f"{_called(file)} is not UTF-8 text (line {line}): save it as UTF-8 and send it again")


def read_json(file: str) -> Any:
    """The JSON in a file, or in standard input for "-". Raises `FileUnreadable`, `NotJson`."""
    text = read_text(file)
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
    except _Refused as refused:
        where = str(refused)
    except (ValueError, RecursionError) as wrong:
        where = f"it cannot be read ({type(wrong).__name__})"
    raise NotJson(f"{_called(file)} is not sound JSON: {where}; put it right and send it again")


def write_new_file(file: str, content: bytes) -> None:
    """Write a file that is not there yet. Raises `FileUnreadable`."""
    try:
        with Path(file).open("xb") as out:
            out.write(content)
        return
    except FileExistsError:
        reason = "it is there already; give another name"
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
    raise FileUnreadable(f"{file} cannot be written: {reason}")


class _Refused(Exception):
    """JSON that a parser takes and we do not."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused("a field stands in it twice")
    return found


def _no_constant(_name: str) -> Any:
    raise _Refused("NaN and Infinity are not JSON")


def _called(file: str) -> str:
    return "standard input" if file == "-" else file
