"""
What of a log record may be said.

Our own messages are made of references, roles, counts and the names of error types, and are said as they are. What
another library says may hold an address, a subject line or the text of an error, so of those only the words that stand
in the library's own source are said: a message that was put together at run time is withheld, and so are the values
of placeholders. Of an error the type and the places are said, never its text. Where an error of the operating system
is itself the message, as of a port that is taken, its kind is said as well, in the system's own words.
"""

from __future__ import annotations

import linecache
import logging
import os
import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from models.log_context import what_is_in_hand
from models.refs import ALPHABET, find_refs

OURS = ("pathways", "deployments", "tasks", "flows", "models")
"""The first names of our loggers."""
FIELDS = ("case", "work_item", "fence", "flow_run")
"""References that are fields of their own; given with `extra=`, by `in_hand`, or found in one of our messages."""
WITHHELD = "(withheld: it may be personal)"
CALL_LINES = 12
"""How many lines of source a call that logs may take."""
FRAMES = 12

_WORK_ITEM = re.compile(rf"(?<![0-9A-Z-])W-[{ALPHABET}]{{8,16}}(?![0-9A-Z-])")


def is_ours(record: logging.LogRecord) -> bool:
    """Whether one of our own modules said it."""
    return record.name.partition(".")[0] in OURS


def words_of(record: logging.LogRecord) -> str:
    """The message as far as it may be said."""
    if is_ours(record):
        try:
            return record.getMessage()
        except (TypeError, ValueError, KeyError):  # placeholders and values do not fit: say the words alone
            return str(record.msg)
    if isinstance(record.msg, OSError) and record.msg.errno is not None:
        return f"{type(record.msg).__name__}: {os.strerror(record.msg.errno)}"
    said = record.msg if isinstance(record.msg, str) else ""
    return said if said and _stands_in_source(said, record) else WITHHELD


def references_of(record: logging.LogRecord, words: str) -> dict[str, Any]:
    """The references that the line is about."""
    found: dict[str, Any] = {}
    if is_ours(record):
        refs, items = find_refs(words), set(_WORK_ITEM.findall(words))
        if len(refs) == 1:
            found["case"] = refs[0]
        if len(items) == 1:
            found["work_item"] = items.pop()
    given = {name: value for name, value in vars(record).items() if name in FIELDS} if is_ours(record) else {}
    return found | dict(what_is_in_hand()) | given


def error_of(record: logging.LogRecord) -> dict[str, Any]:
    """The type of the error that was logged and the places it came through; empty where there is none."""
    kind, _, places = record.exc_info if isinstance(record.exc_info, tuple) else (None, None, None)
    return {} if kind is None else told_of(kind, places)


def told_of(kind: type[BaseException], places: TracebackType | None) -> dict[str, Any]:
    """What is said of an error: its type, and where it came through, the innermost place last."""
    frames = traceback.extract_tb(places)[-FRAMES:]
    return {
        "error": kind.__name__,
        "places": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _stands_in_source(said: str, record: logging.LogRecord) -> bool:
    """Whether a message is a literal at the place that logged it, so that no value can have got into it."""
    begins = max(record.lineno - 1, 0)
    source = "".join(linecache.getlines(record.pathname)[begins : begins + CALL_LINES])
    return any(f"{quote}{said}{quote}" in source for quote in "\"'")


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])
