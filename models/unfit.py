"""What is not fit for a record, whoever sends it: a character none can keep, JSON without end, a day out of time."""

from __future__ import annotations

from datetime import date
from typing import Any

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Between these lies every day that is sent to us; beyond them lie slips of the pen."""

MOST_NESTED = 100
"""Lists and objects of JSON within one another; nothing that we ask for has ten."""


def is_too_deep(said: Any) -> bool:
    """Whether some JSON is nested deeper than whatever writes it again later could follow."""
    left = [(said, 1)]
    while left:
        one, depth = left.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else None
        if inner is not None:
            if depth > MOST_NESTED:
                return True
            left += ((each, depth + 1) for each in inner)
    return False


def has_nul(said: Any) -> bool:
    """Whether the character NUL, which no database of ours keeps, stands anywhere in some JSON, however deep."""
    left = [said]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "\x00" in one:
                return True
        elif isinstance(one, dict):
            left += one.keys()
            left += one.values()
        elif isinstance(one, list | tuple):
            left += one
    return False


def is_out_of_time(day: date) -> bool:
    """Whether a day, or a time, is so far off that it cannot be meant, and may not even be told in another zone."""
    return not FIRST_YEAR <= day.year <= LAST_YEAR
