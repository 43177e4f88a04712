"""The one interface behind which every calendar lies, and the one error by which it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.calendars import BusyTime, CalendarTrouble
from models.errors import PathwaysError


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose calendar is read: a member of staff, as the register has them."""

    id: str
    email: str | None
    team_id: str


class CalendarUnavailable(PathwaysError):
    """A calendar could not be read: ask a colleague. It says what kind of trouble it was, and nothing else."""

    def __init__(self, trouble: CalendarTrouble) -> None:
        super().__init__(f"a calendar could not be read ({trouble}): ask a colleague, and check the connections file")
        self.trouble = trouble


class CalendarSource(Protocol):
    """Wherever busy times come from."""

    def busy_times(self, whose: Whose, start: datetime, end: datetime) -> tuple[BusyTime, ...]:
        """
        What is not free between two aware moments, in order; free is what is left.

        Times that reach beyond `start` or `end` are given whole. Raises `CalendarUnavailable` and nothing else.
        """
