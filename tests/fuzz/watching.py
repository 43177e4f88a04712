"""What is watched while one input is taken in: what is logged, what it costs, and that nothing of it comes out."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CANARY = "Featherquill"
"""Stands in every input where a person could write; it is in no log, no error's text, no address."""
CPU_SECONDS = 20.0
"""Processor time that one input may take at most; far above any that was seen, and no matter how busy the machine."""
MOST_STATEMENTS = 3_000
"""Statements that one input may cost at most."""


class TooLong(Exception):
    """One input has taken more processor time than any may."""


def keeps_silent(text: object) -> None:
    """Fail where something of the input stands in a text that others see."""
    assert CANARY.lower() not in str(text).lower(), "something of what was sent stands in a text that others see"


@contextmanager
def watched() -> Iterator[None]:
    """Fail where the block logs anything of the input, owns up to a fault of ours, or takes too long."""
    heard = _Heard()
    root = logging.getLogger()
    root.addHandler(heard)
    loggers = [root, *(one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    aside = [one for one in loggers if not one.propagate]
    for one in aside:
        one.addHandler(heard)
    try:
        with _within(CPU_SECONDS):
            yield
    except AssertionError as failed:
        for text, is_fault in heard.told:
            if is_fault:
                failed.add_note(f"logged: {text}")
        raise
    finally:
        root.removeHandler(heard)
        for one in aside:
            one.removeHandler(heard)
    for text, is_fault in heard.told:
        keeps_silent(text)
        assert not is_fault, f"a fault of ours was logged: {text}"


class _Heard(logging.Handler):
    """Every record that came, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.told: list[tuple[str, bool]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        is_fault = record.levelno >= logging.ERROR and record.name.split(".")[0] in _OURS
        self.told.append((logging.Formatter().format(record), is_fault))


_OURS = ("pathways", "deployments", "tasks", "flows", "models", "asyncio")


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return

    def too_long(*_told: Any) -> None:
        raise TooLong(f"one input took more than {seconds:.0f} seconds of processor time")

    before = signal.signal(signal.SIGVTALRM, too_long)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
