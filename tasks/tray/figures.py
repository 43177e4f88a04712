"""The figures of a report on the tray: how long people waited, and which contacts were made. Each is one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.tray.contacts import Contact, Made
from tasks.tray.listing import UNRATED

AIM_DAYS = 28
"""The aim of a named worker for everybody (PWT-11); fixed here, so that councils' figures can be compared."""
MEDIAN, NINETIETH = 50, 90


@dataclass(frozen=True)
class Waited:
    """How long somebody had waited when they left, or at the end of the period while they still wait."""

    ref: str
    person: str
    team: str
    colour: str
    days: int
    """Calendar days from the day on which help was asked for."""
    outcome: str | None
    """How they left the tray; None: they still wait."""
    restricted: bool


@dataclass(frozen=True)
class WaitFigures:
    """How long several people have waited, in calendar days since help was asked for."""

    people: int
    """How many there are."""
    median_days: int | None
    """The shortest wait that at least half of them did not exceed; None where there is nobody."""
    ninetieth_centile_days: int | None
    """The shortest wait that at least nine in ten of them did not exceed; None where there is nobody."""
    longest_days: int | None
    """The longest wait among them; None where there is nobody."""
    over_28_days: int
    """How many of them have waited for more than 28 days."""

    @classmethod
    def of(cls, waits: Iterable[Waited]) -> WaitFigures:
        """The figures of those waits."""
        days = sorted(one.days for one in waits)
        return cls(
            len(days),
            nearest_rank(days, MEDIAN),
            nearest_rank(days, NINETIETH),
            days[-1] if days else None,
            sum(one > AIM_DAYS for one in days),
        )


@dataclass(frozen=True)
class ContactFigures:
    """What became of the contacts that were due in the period, as known at its end (PWT-54 to PWT-57)."""

    due: int
    """How many contacts were due on a day of the period; where nobody makes one, the next is due a rhythm later."""
    on_time: int
    """How many of them were made by the time they were due, or before."""
    late: int
    """How many of them were made after they were due, and by the end of the period."""
    missed: int
    """How many of them had not been made when the next was due, when the period ended, or when the person left."""
    overdue_at_end: int
    """How many people had a contact overdue when the period ended, whenever it was due."""
    longest_overdue_days: int | None
    """The most calendar days for which somebody whose contact was due was not reached; None where none was late."""

    @classmethod
    def of(cls, contacts: Iterable[Contact], begins: datetime) -> ContactFigures:
        """The figures of those contacts for the period that begins then; some may have been due before it."""
        every = list(contacts)
        due = [one for one in every if one.due >= begins]
        made = [one.made for one in due]
        overdue = [one for one in every if one.is_open]
        return cls(
            len(made),
            made.count(Made.ON_TIME),
            made.count(Made.LATE),
            made.count(Made.MISSED),
            len(overdue),
            max((one.days_over for one in (*due, *overdue) if one.made is not Made.ON_TIME), default=None),
        )


@dataclass(frozen=True)
class Group:
    """The figures of everybody, of a team, of a colour, or of one colour in one team."""

    team: str | None
    """None: of every team."""
    colour: str | None
    """As it stood at the end or when they left, for contacts when they were due; None: of every colour."""
    left: WaitFigures
    """Of those who left the tray in the period, however they left it."""
    allocated: WaitFigures
    """Of those among them who left because a named worker had accepted."""
    waiting: WaitFigures
    """Of those who still waited at the end of the period."""
    contacts: ContactFigures


def groups(waits: Sequence[Waited], contacts: Sequence[Contact], begins: datetime) -> tuple[Group, ...]:
    """Everybody, then each team, each colour, and each colour in each team where there is anybody."""
    teams = sorted({one.team for one in waits} | {one.team for one in contacts})
    present = {one.colour for one in waits} | {one.colour for one in contacts}
    colours = [one for one in ("Red", "Amber", "Green", UNRATED) if one in present]
    pairs: list[tuple[str | None, str | None]] = [
        (None, None),
        *((team, None) for team in teams),
        *((None, colour) for colour in colours),
        *((team, colour) for team in teams for colour in colours),
    ]
    found = (_group(waits, contacts, begins, team, colour) for team, colour in pairs)
    return tuple(one for one in found if one.team is None or one.left.people or one.waiting.people or one.contacts.due)


def nearest_rank(rising: Sequence[int], percent: int) -> int | None:
    """
    The smallest of the values, which rise, that at least so many percent of them do not exceed; None of none.

    It is always one of the values; nothing is averaged.
    """
    return rising[max(math.ceil(len(rising) * percent / 100), 1) - 1] if rising else None


def _group(
    waits: Sequence[Waited], contacts: Sequence[Contact], begins: datetime, team: str | None, colour: str | None
) -> Group:
    def belongs(one: Waited | Contact) -> bool:
        return team in (None, one.team) and colour in (None, one.colour)

    these = [one for one in waits if belongs(one)]
    left = [one for one in these if one.outcome is not None]
    return Group(
        team=team,
        colour=colour,
        left=WaitFigures.of(left),
        allocated=WaitFigures.of(one for one in left if one.outcome == "allocated"),
        waiting=WaitFigures.of(one for one in these if one.outcome is None),
        contacts=ContactFigures.of((one for one in contacts if belongs(one)), begins),
    )
