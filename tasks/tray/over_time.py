"""
The tray over time: how many waited and for how long at each week's end, and what became of the contacts of each week.

Each week's end is told as it was known then, in one pass over the ledgers: the same people, colours and days as the
list of that day has (`tasks/tray/listing.py`). What became of a contact is told as it is known now.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.entry_kinds import EntryKind
from models.working_time import local_day
from tasks.as_of import Cases, entered, moment_of, start_of
from tasks.durable.ledger import Recorded
from tasks.tray.contacts import TELL_OF_CONTACTS, Made, contacts_of
from tasks.tray.figures import MEDIAN, NINETIETH, nearest_rank
from tasks.tray.listing import PROCEDURE, UNRATED

WEEKS = 26
COLOURS = ("Red", "Amber", "Green", UNRATED)
_SUNDAY = 6


@dataclass(frozen=True)
class Waiting:
    """How long those of one colour had waited at a week's end, in calendar days since help was asked for."""

    people: int
    median_days: int | None
    """The shortest wait that at least half of them did not exceed; None where there is nobody."""
    ninetieth_centile_days: int | None
    """The shortest wait that at least nine in ten of them did not exceed; None where there is nobody."""


@dataclass(frozen=True)
class Week:
    """One week, Monday to Sunday; the present one so far."""

    ends: date
    """Its Sunday, or today."""
    waiting: dict[str, Waiting]
    """By colour, "unrated" among them, and "all"."""
    contacts: dict[Made, int]
    """How many of the contacts that were due in it were made on time, late, or missed."""


@dataclass(frozen=True)
class _Standing:
    team: str
    colour: str
    requested_on: date


@dataclass(frozen=True)
class _Stood:
    """Somebody's case, and how they stood from each of its entries on; None where one was erased."""

    opened_at: datetime
    closed_at: datetime | None
    since: Sequence[datetime]
    standings: Sequence[_Standing | None]

    def at(self, moment: datetime) -> _Standing | None:
        """How they stood then; None where they were not on the tray, or it is not known any more."""
        if self.opened_at > moment or (self.closed_at is not None and self.closed_at <= moment):
            return None
        number = bisect_right(self.since, moment)
        return self.standings[number - 1] if number else None


def over_time(session: Session, now: datetime, *, team: str | None = None, weeks: int = WEEKS) -> list[Week]:
    """The last weeks, the present one last; of a team's tray as it held it then, or of every tray."""
    ends = week_ends(local_day(now), weeks)
    first = start_of(ends[0] - timedelta(days=_SUNDAY))
    stood: list[_Stood] = []
    due: defaultdict[date, Counter[Made]] = defaultdict(Counter)
    cases = _in(first, now)
    rows = session.execute(select(Case.ref, Case.opened_at, Case.closed_at).where(Case.ref.in_(cases))).all()
    case = {row.ref: row for row in rows}
    for ref, told in groupby(entered(session, cases, now, TELL_OF_CONTACTS), key=lambda one: one[0]):
        entries = [entry for _, entry in told]
        opened_at, closed_at = case[ref].opened_at, case[ref].closed_at
        stood.append(_stood(entries, opened_at, closed_at))
        ended = closed_at if closed_at is not None and closed_at <= now else None
        for one in contacts_of(ref, entries, now, ended):
            if team in (None, one.team) and one.due >= first:
                due[_week_of(one.due, ends)][one.made] += 1
    return [Week(end, _waiting(stood, moment_of(end, now), team), dict(due[end])) for end in ends]


def week_ends(today: date, weeks: int) -> list[date]:
    """The Sundays of the last weeks, and today as the end of the present one."""
    sunday = today + timedelta(days=_SUNDAY - today.weekday())
    past = [sunday - timedelta(days=7 * number) for number in range(weeks - 1, 0, -1)]
    return [*past, today]


def _week_of(moment: datetime, ends: Sequence[date]) -> date:
    day = local_day(moment)
    return next(end for end in ends if day <= end)


def _in(start: datetime, end: datetime) -> Cases:
    return select(Case.ref).where(
        Case.procedure == PROCEDURE, Case.opened_at <= end, or_(Case.closed_at.is_(None), Case.closed_at >= start)
    )


def _stood(entries: Iterable[Recorded], opened_at: datetime, closed_at: datetime | None) -> _Stood:
    standings = [entry for entry in entries if entry.kind is EntryKind.DONE]
    return _Stood(opened_at, closed_at, [one.at for one in standings], [_standing(one.data) for one in standings])


def _standing(data: Any) -> _Standing | None:
    if not isinstance(data, dict):
        return None  # erased
    requested_on = local_day(datetime.fromisoformat(data["requested_at"]))
    return _Standing(data["team"], (data.get("rated") or {}).get("colour", UNRATED), requested_on)


def _waiting(stood: Iterable[_Stood], moment: datetime, team: str | None) -> dict[str, Waiting]:
    today = local_day(moment)
    days: defaultdict[str, list[int]] = defaultdict(list)
    for one in stood:
        standing = one.at(moment)
        if standing is None or team not in (None, standing.team):
            continue
        waited = (today - standing.requested_on).days
        days[standing.colour].append(waited)
        days["all"].append(waited)
    return {colour: _figures(sorted(days[colour])) for colour in (*COLOURS, "all")}


def _figures(days: Sequence[int]) -> Waiting:
    return Waiting(len(days), nearest_rank(days, MEDIAN), nearest_rank(days, NINETIETH))
