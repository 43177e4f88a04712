"""
The parts of a running system, each a process of its own so that one can die without the others.

A part that dies is started again; a part whose parent has died ends itself, so that nothing stays behind that would
hold a port.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployments.logs.reading import gravest_words
from deployments.logs.rotating import keep_small

log = logging.getLogger("pathways")

_PR_SET_PDEATHSIG = 1
START_AGAIN = 75
"""The exit code of a part that ended to be started again."""
PATIENCE_SECONDS = 6
"""How long a part may take to end when asked, before it is killed; what it was doing goes on at the next start."""


@dataclass
class Part:
    """One process of the system."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    patience_seconds: float = PATIENCE_SECONDS
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    logged_before: int = 0
    """Bytes of its log when it was last started."""

    def start(self) -> None:
        """Start it, its output going to its log file."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as out:
            self.logged_before = out.tell()
            self.process = subprocess.Popen(
                list(self.command),
                env={**self.environment, "PATHWAYS_PART": self.log_file.stem},
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started_at = time.monotonic()

    @property
    def trouble(self) -> str:
        """The last grave thing in its log since it was started; empty: there is none."""
        return gravest_words(self.log_file, self.logged_before)

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, until: float) -> None:
        """Wait for its end until `until` (monotonic seconds), then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Parts:
    """All parts of a system, started in order and ended in reverse."""

    note_pid: Callable[[int], None] = lambda _pid: None
    """Told the process number of every part that is started."""
    parts: list[Part] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, part: Part) -> None:
        """Start a part and keep it alive from now on."""
        self._start(part)
        log.info("%s is started", part.name)
        self.parts.append(part)

    def _start(self, part: Part) -> None:
        part.start()
        if part.process is not None:
            self.note_pid(part.process.pid)

    def revive(self) -> None:
        """Start again whatever has died, with growing pauses for what dies at once; and keep the logs small."""
        for part in self.parts:
            keep_small(part.log_file)
            if self.stopping.is_set() or part.process is None or part.process.poll() is None:
                continue
            lived = time.monotonic() - part.started_at
            part.failures = 0 if lived > 60 else part.failures + 1
            if lived < min(2**part.failures, 30) and part.failures > 1:
                continue
            last = f"; the last trouble in its log: {trouble}" if (trouble := part.trouble) else ""
            log.warning("%s ended with %s; it is started again%s", part.name, part.process.returncode, last)
            self._start(part)

    def end(self) -> None:
        """End all parts, the last started first; each may still speak to those started before it."""
        self.stopping.set()
        for part in reversed(self.parts):
            part.ask_to_end()
            part.wait_or_kill(time.monotonic() + part.patience_seconds)


def python(*arguments: str) -> list[str]:
    """A command of this Python."""
    return [sys.executable, *arguments]


def _end_with_parent() -> None:
    """In the new process: be sent SIGTERM when the parent dies, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os.kill(os.getpid(), signal.SIGTERM)
