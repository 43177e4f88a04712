"""
What those outside the system know themselves: whose message was accepted, whose answer was taken, who was told no.

It is kept beside the product, line by line, by whoever got the answer; a process that dies before it can write has got
none. The invariants hold the ledger against it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Heard(StrEnum):
    """What somebody outside has heard."""

    MESSAGE_ACCEPTED = "message-accepted"
    """A door said that it has the message."""
    MESSAGE_REFUSED = "message-refused"
    """A door said that it does not have it; it is brought again."""
    ANSWERS = "answers"
    """A message that is about to be sent answers one of ours."""
    ANSWER_TAKEN = "answer-taken"
    """A work item was answered."""
    ANSWER_REFUSED = "answer-refused"
    """Somebody else was first, or it is no longer asked."""
    SIGNAL_TAKEN = "signal-taken"
    """A case was told something."""
    CASE_OPENED = "case-opened"
    """A case was opened by hand."""
    BROKE = "broke"
    """A part of the product raised what it must not raise."""
    DEADLOCK = "deadlock"
    """Two transactions waited for each other, and the database ended one of them."""


@dataclass(frozen=True)
class Line:
    """One thing that somebody has heard."""

    what: Heard
    who: str
    """The process that wrote it, such as staff-2."""
    id: str = ""
    """A message's mark, a work item's id, a signal's id, a case's ref."""
    said: dict[str, Any] = field(default_factory=dict)


class Journal:
    """One file for all processes of a trial; each line is written at once and whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, what: Heard, who: str, id: str = "", **said: Any) -> None:
        """Write one line."""
        text = json.dumps(asdict(Line(what, who, id, said)), default=str)
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, text.encode() + b"\n")
        finally:
            os.close(handle)

    def lines(self, *what: Heard) -> Iterator[Line]:
        """What was heard, in its order; of some kinds, or of all."""
        if not self._file.exists():
            return
        for text in self._file.read_text().splitlines():
            said = json.loads(text)
            line = Line(Heard(said["what"]), said["who"], said["id"], said["said"])
            if not what or line.what in what:
                yield line


def digest_of(data: Any) -> str:
    """By which an answer is known again."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
