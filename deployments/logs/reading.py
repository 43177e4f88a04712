"""Reading what a part has logged, to say in another place why it ended."""

from __future__ import annotations

import json
import re
from pathlib import Path

MOST_BYTES = 64_000
"""So much of a log's end is read."""
_TEXT_LINE = re.compile(r"^\S+ (?P<level>[A-Z]+) +\S+: (?P<message>.*) \[[^\[]*\]$")


def gravest_words(file: Path, since: int) -> str:
    """
    The last message of level critical behind so many bytes of a log, or else the last error; empty: there is neither.

    Only lines of our own making are looked at, which have nothing personal in them.
    """
    try:
        with file.open("rb") as log:
            end = log.seek(0, 2)
            log.seek(max(since if since <= end else 0, end - MOST_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    said = [_told(line) for line in reversed(lines)]
    for level in ("critical", "error"):
        for one, message in said:
            if one == level:
                return message
    return ""


def _told(line: str) -> tuple[str, str]:
    """Level and message of a line; both empty where it is none of ours."""
    if line.startswith("{"):
        try:
            facts = json.loads(line)
            return str(facts["level"]), str(facts["message"])
        except (ValueError, KeyError):
            return "", ""
    found = _TEXT_LINE.match(line)
    return (found["level"].lower(), found["message"]) if found else ("", "")
