"""Putting the log in place in a process: handlers, levels, and what becomes of an error that nobody caught."""

from __future__ import annotations

import logging
import logging.config
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

import yaml

from deployments.logs.lines import line
from deployments.logs.rotating import KEPT, LARGEST_BYTES
from tasks.installation import LOGGING_FILE

log = logging.getLogger("pathways")


def set_up_logging(part: str) -> None:
    """From now on this process logs as that part of the system, on its standard error."""
    os.environ["PATHWAYS_PART"] = part
    logging.config.dictConfig(yaml.safe_load(LOGGING_FILE.read_text(encoding="utf-8")))


@contextmanager
def kept_in(file: Path) -> Iterator[None]:
    """While the block runs, what this process logs is kept in a file as well, bounded like those of the parts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(file, maxBytes=LARGEST_BYTES, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(line())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def formatter() -> logging.Formatter:
    """
    What `logging.yaml` asks for: the formatter of this process.

    It also sees to it that an error which nobody caught is told without its text. That belongs here because this is
    all that a process of Prefect's calls of ours.
    """
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    warnings.showwarning = _warned
    return line()


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.info("a warning of Python's: %s at %s:%s", category.__name__, "/".join(Path(filename).parts[-2:]), lineno)


def _uncaught(kind: type[BaseException], error: BaseException | None, places: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("an error that nobody caught", exc_info=(kind, error or kind(), places))
