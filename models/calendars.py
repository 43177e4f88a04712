"""
What a calendar tells us about somebody, and what follows for a contact that must be acted on in time.

Only times and their kinds are ever known here: no title, no place, no company of an appointment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.working_time import for_people
from models.written_contact_findings import Availability


class BusyKind(StrEnum):
    """In what way a time is taken."""

    BUSY = "busy"
    """At work and occupied."""
    TENTATIVE = "tentative"
    """Perhaps occupied; it counts as free."""
    AWAY = "away"
    """Out of the office."""


@dataclass(frozen=True, slots=True)
class BusyTime:
    """A stretch of time that is not free. Times are aware, `end` is later than `start`; else ValueError."""

    start: datetime
    end: datetime
    kind: BusyKind

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a busy time without a zone has no place in a calendar")
        if self.start >= self.end:
            raise ValueError("a busy time must end after it begins")


class CalendarTrouble(StrEnum):
    """Why somebody's calendar tells us nothing."""

    NOT_CONNECTED = "not-connected"
    """No calendar of theirs is connected."""
    NO_ANSWER = "no-answer"
    """Its server did not answer in time, or cannot be reached."""
    REFUSED = "refused"
    """Its server did not let us in."""
    NOT_FOUND = "not-found"
    """Its server knows no such calendar."""
    FAILING = "failing"
    """Its server said that it has trouble of its own, or too much to do."""
    TOO_LARGE = "too-large"
    """It is larger, or its repetitions are more, than we are willing to read."""
    OUT_OF_DATE = "out-of-date"
    """It does not reach as far as we have to look."""
    UNREADABLE = "unreadable"
    """What came is not a calendar as its standard has it."""

    @property
    def in_words(self) -> str:
        """For the story of the case and beside a form."""
        match self:
            case CalendarTrouble.NOT_CONNECTED:
                return "no calendar of theirs is connected"
            case _:
                return f"their calendar could not be read ({self.value.replace('-', ' ')})"


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class CalendarAnswer(_Found):
    """Whether somebody is there by a moment, by their calendar and the register's absences together (DUTY-19)."""

    known: bool
    """The calendar could be read; otherwise the other fields say nothing but `trouble`."""
    in_time: bool = False
    away: bool = False
    """They are not at work now."""
    back_at: AwareDatetime | None = None
    """When they are back or free again; none: they are there, or it is not to be seen."""
    trouble: CalendarTrouble | None = None

    @property
    def return_in_words(self) -> str:
        """When they are there: "away, back Monday 12 January 2026, 8:30am"."""
        if self.away:
            return f"away, back {for_people(self.back_at)}" if self.back_at else "away, no return is to be seen"
        if self.in_time:
            return "there"
        return f"busy until {for_people(self.back_at)}" if self.back_at else "busy for as far as can be seen"

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        if self.trouble is not None:
            return self.trouble.in_words
        return f"{'yes' if self.in_time else 'no'}, {self.return_in_words}"


class Presence(_Found):
    """What the register and the calendar come to together: offer it, ask somebody, or neither."""

    in_time: bool
    ask: bool
    """A person finds out from a colleague (DUTY-24)."""
    back_at: AwareDatetime | None
    """From when they are there; none: now, or nobody knows."""
    in_words: str
    """A sentence for whoever finds out."""


def presence(recorded: Availability, calendar: CalendarAnswer | None) -> Presence:
    """
    Weigh the register's recorded absences and the calendar's answer: away by either of them is away.

    An answer that is known has the recorded absences in it and holds. Without one the register alone holds, as it
    does where no calendar is connected (`calendar` may be None too). Where a calendar that is connected could not be
    read and the register records no absence, nothing confirms that they are there: a person asks.
    """
    if not (recorded.in_time or recorded.away):  # the office is closed until it is too late; no calendar changes that
        return Presence(in_time=False, ask=False, back_at=None, in_words=_sentence(recorded.in_words))
    if calendar is not None and calendar.known:
        words = f"The worker is {calendar.return_in_words}."
        return Presence(in_time=calendar.in_time, ask=not calendar.in_time, back_at=calendar.back_at, in_words=words)
    trouble = None if calendar is None else calendar.trouble
    unread = trouble is not None and trouble is not CalendarTrouble.NOT_CONNECTED
    also = f" {_sentence(trouble.in_words)}" if trouble is not None and unread else ""
    if recorded.away:
        words = f"The worker is {recorded.return_in_words}.{also}"
        return Presence(in_time=recorded.in_time, ask=not recorded.in_time, back_at=recorded.back_at, in_words=words)
    words = f"No absence of the worker is recorded.{also}"
    return Presence(in_time=not unread, ask=unread, back_at=None, in_words=words)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
