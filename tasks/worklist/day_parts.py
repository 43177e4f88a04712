"""What somebody's day is made of: people, what is asked about each, and what came in. Personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.decision_tables.levels import Rag
from models.forms.house import MessageRead
from models.register import Person
from tasks.worklist.what_came import WhatCame

COUNT_UP_TO = 1_000
"""What can wait is counted so far."""


@dataclass(frozen=True)
class DayItem:
    """Something that is asked of them."""

    id: str
    case: str
    form: str
    due: datetime | None
    is_urgent: bool
    is_overdue: bool
    is_due_today: bool
    """Later today."""
    is_new: bool
    is_taken: bool
    """By them, or by somebody for whom they stand in."""
    for_whom: str
    """The name of whom they stand in for, where it is that one's; else empty."""

    @property
    def is_message(self) -> bool:
        """Whether somebody wrote or called, and it waits to be read."""
        return self.form == MessageRead.name()


@dataclass(frozen=True)
class DayNews:
    """Something that came to a case of theirs since the office closed."""

    case: str
    signal: str
    at: datetime


@dataclass(frozen=True)
class DayPerson:
    """Somebody whom their day is about, or a case about nobody known."""

    person: Person | None
    case: str | None = None
    """The case's ref, where nobody is known yet, or nothing more may stand in a list."""
    is_restricted: bool = False
    """Whether no name may stand beside it."""
    items: tuple[DayItem, ...] = ()
    """The soonest due first."""
    news: tuple[DayNews, ...] = ()
    """The latest first."""
    came: WhatCame | None = None
    """What the case began with, where nobody is known yet."""
    team: str | None = None
    """The team on whose tray they wait."""
    colour: Rag | None = None
    """Their colour there."""
    last_reached_at: datetime | None = None
    """When somebody last really reached them; None: never, as far as the ledgers know."""

    @property
    def called_back(self) -> bool:
        """Whether something came from them, or about them."""
        return bool(self.news) or any(one.is_message for one in self.items)

    @property
    def is_overdue(self) -> bool:
        """Whether something for them is overdue."""
        return any(one.is_overdue for one in self.items)

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """People known before others; what is urgent first, then what is due soonest, then the latest news."""
        due = min((one.due.timestamp() for one in self.items if one.due is not None), default=float("inf"))
        came = max((one.at.timestamp() for one in self.news), default=0.0)
        name = self.person.id if self.person is not None else self.case or ""
        return (self.person is None, not any(one.is_urgent for one in self.items), due, -came, name)


@dataclass(frozen=True)
class Day:
    """Somebody's day. Personal data."""

    now: datetime
    since: datetime
    """From when on something is new."""
    people: tuple[DayPerson, ...]
    later: int
    """How much more is theirs and can wait; more than `COUNT_UP_TO` says only that it is more."""
    left_out: bool
    """Whether there is more for today than is shown."""

    @property
    def items(self) -> tuple[DayItem, ...]:
        """Everything that is asked, each once."""
        return tuple({one.id: one for person in self.people for one in person.items}.values())
