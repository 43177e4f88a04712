"""
Keeping Apprise from logging what it sends.

Apprise's plugins log titles, bodies and the answers of services. None of that may reach a log, so its logger
is closed for good; what is kept of a failure is its number or the name of an exception.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ERROR_NUMBER = re.compile(r"\berror[=: ]+(\d{1,5})\b", re.IGNORECASE)
_this_thread = threading.local()


class Trouble:
    """What may be kept of the failures Apprise speaks of while a message is sent."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def __str__(self) -> str:
        return ", ".join(dict.fromkeys(self.kinds))

    def note(self, record: logging.LogRecord) -> None:
        """Keep the exception's name or the error number of a log record, and nothing else of it."""
        if record.exc_info and record.exc_info[0]:
            self.kinds.append(record.exc_info[0].__name__)
        elif number := _ERROR_NUMBER.search(record.getMessage()):
            self.kinds.append(f"error {number.group(1)}")


class _NothingPasses(logging.Filter):
    """Stops every record; a failure's kind is noted for the thread that is sending."""

    def filter(self, record: logging.LogRecord) -> bool:
        trouble: Trouble | None = getattr(_this_thread, "trouble", None)
        if trouble is not None and record.levelno >= logging.WARNING:
            trouble.note(record)
        return False


class _NoAddresses(logging.Filter):
    """Stops the debug lines of the HTTP library, which hold service addresses with their tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


_nothing_passes = _NothingPasses()
_no_addresses = _NoAddresses()


def close_apprise_log() -> None:
    """Close Apprise's logger, and those below it, for good; doing it twice changes nothing."""
    logger = logging.getLogger("apprise")
    logger.addFilter(_nothing_passes)
    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())
    logging.getLogger("urllib3.connectionpool").addFilter(_no_addresses)


def close_notify_log() -> None:
    """Close the loggers of GOV.UK Notify's client, which repeat what Notify says of numbers and addresses."""
    for name in ("notifications_python_client.base", "notifications_python_client.notifications"):
        logger = logging.getLogger(name)
        logger.addFilter(_nothing_passes)
        logger.propagate = False
    logging.getLogger("urllib3.connectionpool").addFilter(_no_addresses)


@contextmanager
def trouble_noted() -> Iterator[Trouble]:
    """While this is open, the kinds of failure that Apprise logs in this thread are noted; none is logged."""
    close_apprise_log()
    trouble = Trouble()
    _this_thread.trouble = trouble
    try:
        yield trouble
    finally:
        _this_thread.trouble = None
