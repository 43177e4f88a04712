"""
The contacts that fell due with somebody on the tray, and what became of each, as the ledger tells it.

A contact begins to run when somebody is placed or was last reached. It is made when they are reached, and called off
where they leave, or their clocks stop, before it is due. Where nobody reaches them for another whole rhythm after that,
a further contact was due: reaching them at last makes the latest of these, late, and those before it stay missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from models.entry_kinds import EntryKind
from models.working_time import local_day
from tasks.as_of import Cases, entered
from tasks.durable.ledger import Recorded
from tasks.tray.listing import CONTACT_CLOCK, STANDS, STILL_MISSED_CLOCK, UNRATED, due_in, sets

REACHED, LEAVING = "note-reached", "note-leaving"
"""The steps of `tasks/tray/standing.py` at which a contact was made, and at which clocks may stop."""


class Made(StrEnum):
    """What became of a contact that was due."""

    ON_TIME = "on time"
    """They were reached by the time it was due."""
    LATE = "late"
    """They were reached, after it was due."""
    MISSED = "missed"
    """Nobody had reached them when the next one was due, at the end of the time looked at, or when they left."""


@dataclass(frozen=True)
class Contact:
    """A contact that was due."""

    ref: str
    due: datetime
    made: Made
    colour: str
    """Their colour when it was due; "unrated" where there was none."""
    team: str
    """The team that held the tray when it was due."""
    days_over: int
    """How many calendar days passed until they were reached or left, or so far; 0 where it was made on time."""
    is_open: bool
    """The first of those still due at the end of the time looked at: they have neither left nor been reached."""


def contacts(session: Session, cases: Cases, until: datetime, closed_at: dict[str, datetime]) -> list[Contact]:
    """
    Every contact of those cases that was due by `until`, with what had become of it by then.

    `closed_at` says which of them had been closed, and when.
    """
    told = entered(session, cases, until, TELL_OF_CONTACTS)
    return [
        one
        for ref, entries in groupby(told, key=lambda one: one[0])
        for one in contacts_of(ref, (entry for _, entry in entries), until, closed_at.get(ref))
    ]


def contacts_of(ref: str, entries: Iterable[Recorded], until: datetime, ended: datetime | None) -> list[Contact]:
    """The same of one case, from those of its entries that `TELL_OF_CONTACTS`; `ended` where it was closed by then."""
    return [one for one in _of_one(ref, entries, ended or until, waits=ended is None) if one.due <= until]


TELL_OF_CONTACTS: ColumnElement[bool] = or_(STANDS, sets(CONTACT_CLOCK), sets(STILL_MISSED_CLOCK))
"""The entries by which it is known which contacts were due, and what became of them."""


@dataclass(frozen=True)
class _Stood:
    at: datetime
    colour: str
    team: str


def _of_one(ref: str, entries: Iterable[Recorded], ended: datetime, *, waits: bool) -> Iterator[Contact]:
    due: datetime | None = None
    further: list[datetime] = []
    history: list[_Stood] = []

    def passed(by: datetime) -> list[datetime]:
        """When contacts were due that nobody had made by then, the first one first."""
        if due is None:
            return []
        return [one for one in (due, *(one for one in further if one > due)) if one <= by]

    def what_became(of: datetime, made: Made, at: datetime, *, is_open: bool = False) -> Contact:
        then = [one for one in history if one.at <= of] or history[:1]
        over = max((local_day(at) - local_day(of)).days, 0)
        return Contact(ref, of, made, then[-1].colour, then[-1].team, over, is_open)

    for entry in entries:
        data: Any = entry.data
        if entry.kind is not EntryKind.DONE:
            if entry.key.partition("[")[0] == CONTACT_CLOCK:
                due = due_in(entry)
            elif (again := due_in(entry)) is not None:
                further = [*(one for one in further if one <= entry.at), again]  # one that had not come yet is moved
            continue
        if not isinstance(data, dict):
            continue  # erased
        history.append(_Stood(entry.at, (data.get("rated") or {}).get("colour", UNRATED), data["team"]))
        if entry.step == REACHED and data.get("was_due"):
            due, reached_at = datetime.fromisoformat(data["was_due"]), datetime.fromisoformat(data["last_reached_at"])
            *before, last = passed(reached_at) or [due]
            yield from (what_became(one, Made.MISSED, reached_at) for one in before)
            yield what_became(last, Made.ON_TIME if reached_at <= last else Made.LATE, reached_at)
            due, further = None, []
        elif entry.step == LEAVING and data.get("stopped"):
            yield from (what_became(one, Made.MISSED, entry.at) for one in passed(entry.at))
            due, further = None, []
    if history:
        for number, one in enumerate(passed(ended)):
            yield what_became(one, Made.MISSED, ended, is_open=waits and number == 0)
