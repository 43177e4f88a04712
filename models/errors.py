"""The one base of every error we raise: the message says what to do next and carries references only."""

from __future__ import annotations


class PathwaysError(Exception):
    """Something is not as it must be; the message is one sentence that says what to do next."""

    exit_code = 2
    """2: the call or its input was wrong. 1: a check did not hold."""


class CheckFailed(PathwaysError):
    """A check did not hold (exit code 1)."""

    exit_code = 1
