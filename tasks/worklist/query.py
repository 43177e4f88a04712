"""What somebody wants to see of the work: whose, narrowed by what, and in which order. References only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.decision_tables.levels import Complexity, Priority, Rag
from models.roles import Role
from models.working_time import LONDON


class Whose(StrEnum):
    """Whose work a list shows."""

    MINE = "mine"
    """Asked of them, of their role or team, taken by them, passed on to them; and that of those whom they cover."""
    TEAM = "team"
    """Asked of their team or its members, taken by these, or of a case that they own or that is on their tray."""
    ALL = "all"
    """Everything that they may see."""


class Sort(StrEnum):
    """In which order a list stands."""

    DUE = "due"
    """The longest overdue first; what has no date last."""
    OPENED = "opened"
    """The oldest first."""
    COLOUR = "colour"
    """Red, Amber, Green, then what has no colour; within each as by due."""


class DueIn(StrEnum):
    """When an answer is wanted."""

    OVERDUE = "overdue"
    """It should be there by now."""
    TODAY = "today"
    """Wanted today, or overdue since this morning."""
    THIS_WEEK = "this-week"
    """Wanted between today and Sunday."""
    NO_DATE = "no-date"
    """No time was set."""


class Taken(StrEnum):
    """Whether somebody has taken it, or was given it."""

    NOBODY = "nobody"
    """It lies open to all who are asked."""
    ME = "me"
    """They have it themselves."""
    SOMEBODY = "somebody"
    """A colleague has it."""


@dataclass(frozen=True)
class WorkQuery:
    """Which open work items are wanted; what is None narrows nothing."""

    whose: Whose = Whose.MINE
    procedure: str | None = None
    """Name of the procedure, such as pwt-review."""
    role: Role | None = None
    """Asked of the role, or by name of somebody who holds it."""
    team: str | None = None
    """Asked of the team or one of its members, of a case that they own, or on its tray."""
    colour: Rag | None = None
    priority: Priority | None = None
    complexity: Complexity | None = None
    due: DueIn | None = None
    taken: Taken | None = None
    person: str | None = None
    """Register id of somebody whom the case is about."""
    ref: str | None = None
    """The case."""
    sort: Sort = Sort.DUE

    @property
    def looks_into_cases(self) -> bool:
        """Whether it tells something of a case who is in the list; a restricted case is not found so."""
        return any((self.procedure, self.team, self.colour, self.priority, self.complexity, self.person))

    def of(self, whose: Whose) -> WorkQuery:
        """The same, of somebody else's work."""
        return replace(self, whose=whose)


def bounds(due: DueIn, today: date, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when until when something is due, the end not included."""
    morning, night = _midnight(today), _midnight(today + timedelta(days=1))
    match due:
        case DueIn.OVERDUE:
            return None, now
        case DueIn.TODAY:
            return morning, night
        case DueIn.THIS_WEEK:
            return morning, _midnight(today + timedelta(days=7 - today.weekday()))
        case DueIn.NO_DATE:
            return None, None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)
