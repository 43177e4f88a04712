"""A record as one line: a JSON object for machines, or plain text for people."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from deployments.harmless import harmless
from deployments.logs.wording import WITHHELD, error_of, references_of, words_of


def part_of_the_system() -> str:
    """Which part this process is, such as `worker` or `serving`."""
    return os.environ.get("PATHWAYS_PART", "command")


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """
    Everything that is said of a record, in the order of a line.

    `time` in UTC, `level`, `part`, `logger`, `message`, and the `place` of a message that is withheld; where there are
    any `case`, `work_item`, `fence`, `flow_run`; of an error `error` and `places`.
    """
    words = words_of(record)
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return {
        "time": when.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "part": part_of_the_system(),
        "logger": record.name,
        "message": words,
        **({"place": f"{record.filename}:{record.lineno} {record.funcName}"} if words == WITHHELD else {}),
        **references_of(record, words),
        **error_of(record),
    }


class JsonLine(JsonFormatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; the record itself is left as it is, for whoever else handles it."""
        return self.serialize_log_record(facts_of(record))


class TextLine(logging.Formatter):
    """The same facts for somebody who reads along."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what could steer a terminal is taken out."""
        facts = facts_of(record)
        begin = f"{facts.pop('time')} {facts.pop('level').upper():7} {facts.pop('part')}: {facts.pop('message')}"
        rest = " ".join(f"{name}={value}" for name, value in facts.items() if name != "places")
        return harmless(f"{begin} [{rest}]").replace("\n", " ")


def line() -> logging.Formatter:
    """JSON or text, as PATHWAYS_LOG (`json` or `text`) says; without it text for a terminal and JSON for the rest."""
    wanted = os.environ.get("PATHWAYS_LOG") or ("text" if sys.stderr is not None and sys.stderr.isatty() else "json")
    return TextLine() if wanted == "text" else JsonLine()
