"""
Noticing that the file of Prefect's database is gone from its place, or that another lies there.

A process that has a deleted file open goes on writing into it as if nothing were amiss, and all of that is lost when
the process ends. So Prefect's server ends as soon as it is noticed, to be started again on what is there: then Prefect
lacks our deployments and runs, and every open case is brought back from our own database.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from deployments.running.parts import START_AGAIN

log = logging.getLogger("pathways")

LOOK_SECONDS = 1.0
"""Between two looks; a file that is lost at two of them in a row is lost."""
_Identity = tuple[int, int]


class WatchedFile:
    """A SQLite database's file that this process has open; with it the write-ahead log beside it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._log = file.with_name(f"{file.name}-wal")
        self._ours: _Identity | None = None
        self._our_log: _Identity | None = None
        self._was_missed = False

    def is_lost(self) -> bool:
        """Look once more: whether the file that was there first is not there, as at the look before."""
        there = _identity(self._file)
        if self._ours is None:
            self._ours = there  # before it is made there is nothing to lose
            return False
        if there == self._ours:
            self._our_log, self._was_missed = _identity(self._log), False
            return False
        was_missed, self._was_missed = self._was_missed, True
        return was_missed

    def take_its_log_away(self) -> None:
        """Delete the lost file's write-ahead log: SQLite would read it into the file that took its place."""
        if self._our_log is not None and _identity(self._log) == self._our_log:
            self._log.unlink(missing_ok=True)


def end_when_lost(file: Path) -> None:
    """From now on end this process, with `START_AGAIN`, when its database's file is lost."""
    threading.Thread(target=_keep_looking, args=(WatchedFile(file),), name="lost file", daemon=True).start()


def _keep_looking(watched: WatchedFile) -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        with suppress(OSError):  # a disk that cannot be asked now is no file that is gone
            if watched.is_lost():
                log.critical(
                    "the file of Prefect's database is gone, or another lies in its place: the server ends, to be "
                    "started again on what is there; every open case comes back from our own database"
                )
                with suppress(OSError):
                    watched.take_its_log_away()
                os._exit(START_AGAIN)  # requests and pages that are open would hold it up, and nothing can be kept


def _identity(file: Path) -> _Identity | None:
    """Which file lies there; None: none. Raises OSError where that cannot be told."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino
