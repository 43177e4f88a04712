"""Who is on call at a moment, by the council's rota; and whether the rota can be relied on then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise


class Part(StrEnum):
    """What somebody on call does."""

    DUTY = "duty"
    """The duty worker on call: takes what cannot wait, and acts on it."""
    MANAGER = "manager"
    """The on-call manager: agrees what needs a manager, and is asked where the duty worker does not answer."""

    @property
    def label(self) -> str:
        """In words."""
        return "duty worker on call" if self is Part.DUTY else "on-call manager"


class RotaTrouble(StrEnum):
    """Why the rota does not say for certain who is on call."""

    NOT_CONNECTED = "not-connected"
    """No rota is connected: the holders of the on-call manager's role are told."""
    STALE = "stale"
    """It has not been read for longer than policy trusts it."""
    NOBODY = "nobody"
    """It has no duty worker on call at that time."""
    NO_MANAGER = "no-manager"
    """It has no on-call manager at that time."""
    NOT_STAFF = "not-staff"
    """It names somebody who is no member of staff of the register, or has left."""
    AWAY = "away"
    """It names somebody whom the register shows as away."""

    @property
    def in_words(self) -> str:
        """As lists and alarms say it."""
        match self:
            case RotaTrouble.NOT_CONNECTED:
                return "no rota is connected"
            case RotaTrouble.STALE:
                return "the rota has not been read for too long"
            case RotaTrouble.NOBODY:
                return "nobody is on the rota as duty worker"
            case RotaTrouble.NO_MANAGER:
                return "nobody is on the rota as manager"
            case RotaTrouble.NOT_STAFF:
                return "the rota names somebody who is not on the staff register"
            case RotaTrouble.AWAY:
                return "somebody on the rota is away by the register"


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time in which somebody is on call. Times are aware, `end` is later; else ValueError."""

    start: datetime
    end: datetime
    part: Part
    staff_id: str | None
    """None: the rota names somebody whom the register does not have."""

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a shift without a zone has no place in a rota")
        if self.start >= self.end:
            raise ValueError("a shift must end after it begins")

    def holds(self, moment: datetime) -> bool:
        """True from the moment at which it starts up to, not at, the moment at which it ends."""
        return self.start <= moment < self.end


@dataclass(frozen=True)
class OnCall:
    """Who is on call at a moment, and why that is not certain, where it is not."""

    at: datetime
    duty: tuple[str, ...] = ()
    """Staff ids; several where shifts overlap."""
    managers: tuple[str, ...] = ()
    troubles: tuple[RotaTrouble, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.troubles


def on_call_at(
    shifts: Iterable[Shift], moment: datetime, *, unknown: Iterable[str] = (), away: Iterable[str] = ()
) -> OnCall:
    """
    Who is on call at a moment by those shifts.

    `unknown` are staff ids that are no staff's any more, and `away` those whom the register shows as away: neither is
    on call, and that the rota says so is a trouble of its own.
    """
    not_staff, not_there = set(unknown), set(away)
    now = sorted((one for one in shifts if one.holds(moment)), key=lambda one: (one.start, one.end, one.staff_id or ""))
    there: dict[Part, list[str]] = {part: [] for part in Part}
    troubles: list[RotaTrouble] = []
    for one in now:
        if one.staff_id is None or one.staff_id in not_staff:
            troubles.append(RotaTrouble.NOT_STAFF)
        elif one.staff_id in not_there:
            troubles.append(RotaTrouble.AWAY)
        else:
            there[one.part].append(one.staff_id)
    troubles += [RotaTrouble.NOBODY] if not there[Part.DUTY] else []
    troubles += [RotaTrouble.NO_MANAGER] if not there[Part.MANAGER] else []
    duty, managers = (tuple(dict.fromkeys(there[part])) for part in (Part.DUTY, Part.MANAGER))
    return OnCall(moment, duty, managers, tuple(dict.fromkeys(troubles)))


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A stretch of time in which the rota does not say for certain who is on call, and why."""

    start: datetime
    end: datetime
    trouble: RotaTrouble


def uncertain(shifts: Sequence[Shift], closed: Iterable[tuple[datetime, datetime]]) -> Iterator[Uncertain]:
    """
    Where the rota leaves the closed hours without a duty worker or a manager, or names nobody of ours; in order.

    `closed` are the stretches in which the office is closed. Stretches that touch and have the same trouble are one.
    """
    found: list[Uncertain] = []
    for begins, ends in closed:
        inside = {moment for one in shifts for moment in (one.start, one.end) if begins < moment < ends}
        marks = sorted({begins, ends, *inside})
        for start, end in pairwise(marks):
            for trouble in on_call_at(shifts, start).troubles:
                before = next((one for one in found if one.end == start and one.trouble is trouble), None)
                if before is not None:
                    found[found.index(before)] = Uncertain(before.start, end, trouble)
                else:
                    found.append(Uncertain(start, end, trouble))
    yield from sorted(found, key=lambda one: (one.start, one.end, one.trouble))
