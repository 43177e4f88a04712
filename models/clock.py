"""One clock. Everything that asks for the time asks a `Clock`; flows ask `now()` and never the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Whatever tells the time."""

    def now(self) -> datetime:
        """The time now, aware and in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time now, aware and in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that moves only when told to, for tests, simulation and the replay check."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a virtual clock starts at an aware time")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The time it was last set to, in UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment`; a clock never goes back."""
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {moment.isoformat()}")
        self._now = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Go forward by a length of time."""
        self.move_to(self._now + by)
