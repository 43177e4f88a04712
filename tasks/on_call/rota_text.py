"""The council's on-call rota as iCalendar text (RFC 5545), to shifts of staff."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

from models.calendars import CalendarTrouble
from models.connections import OnCallRota
from models.on_call.rota import Part, Shift
from tasks.calendars.ical import MOST_OCCURRENCES, moment_of
from tasks.calendars.ical_text import ROTA_TOO, about_time_only
from tasks.calendars.source import CalendarUnavailable

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class RotaRead:
    """What a rota says between two moments."""

    shifts: tuple[Shift, ...]
    """In order; overlapping ones stand side by side, and one that is told twice stands once."""
    not_understood: int
    """Events that say neither of a duty worker nor of a manager."""


def shifts_in(
    text: bytes,
    start: datetime,
    end: datetime,
    *,
    rota: OnCallRota,
    by_email: Mapping[str, str],
    staff: Collection[str],
) -> RotaRead:
    """
    The shifts that touch the time between two moments, whole.

    `by_email` leads from work addresses in small letters to staff ids, and `staff` are all staff ids. A time without a
    zone is that on the wall in England, so that a shift over the night of a clock change is as long as that night is.
    An event with several attendees is a shift of each. Raises `CalendarUnavailable` where it is no calendar.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            events = list(_events(text, start, end))
            who = _Who(rota, by_email, staff)
            shifts: set[Shift] = set()
            not_understood = 0
            for event in events:
                begins, ends = _times_of(event)
                if begins >= ends or begins >= end or ends <= start:
                    continue
                part = _part_of(event, rota)
                if part is None:
                    not_understood += 1
                    continue
                shifts.update(Shift(begins, ends, part, one) for one in who.in_event(event))
    except CalendarUnavailable as failed:
        trouble = failed.trouble
    except Exception:  # the readers raise whatever a broken calendar brings them to
        trouble = CalendarTrouble.UNREADABLE
    else:
        in_order = sorted(shifts, key=lambda one: (one.start, one.end, one.part, one.staff_id or ""))
        return RotaRead(tuple(in_order), not_understood)
    raise CalendarUnavailable(trouble)


def _events(text: bytes, start: datetime, end: datetime) -> Iterator[Any]:
    calendar: Any = icalendar.Calendar.from_ical(about_time_only(text, start, end, also=ROTA_TOO))
    if any(part.errors for part in calendar.walk()):
        raise CalendarUnavailable(CalendarTrouble.UNREADABLE)
    found = recurring_ical_events.of(calendar).between(start - _DAY, end + _DAY)
    for count, event in enumerate(islice(found, MOST_OCCURRENCES + 1), 1):
        if count > MOST_OCCURRENCES:
            raise CalendarUnavailable(CalendarTrouble.TOO_LARGE)
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield event


def _times_of(event: Any) -> tuple[datetime, datetime]:
    """From when until when, in UTC; an event of whole days lasts from midnight to midnight in England."""
    first, last = event["DTSTART"].dt, event["DTEND"].dt
    if first == last and not isinstance(first, datetime):
        last += _DAY
    return moment_of(first), moment_of(last)


def _part_of(event: Any, rota: OnCallRota) -> Part | None:
    said = _said(event)
    if any(word.lower() in said for word in rota.manager_says):
        return Part.MANAGER
    return Part.DUTY if any(word.lower() in said for word in rota.duty_says) else None


def _said(event: Any) -> str:
    """Title and categories, in small letters."""
    found = event.get("CATEGORIES", [])
    categories = [str(name) for one in _listed(found) for name in getattr(one, "cats", [one])]
    return " ".join([str(event.get("SUMMARY", "")), *categories]).lower()


@dataclass(frozen=True)
class _Who:
    rota: OnCallRota
    by_email: Mapping[str, str]
    staff: Collection[str]

    def in_event(self, event: Any) -> list[str | None]:
        """Staff ids of who is on call by an event; None for somebody who is not known, and where it names nobody."""
        known = [staff_id for said, staff_id in self.rota.people.items() if said in _said(event)]
        if known:
            return [one if one in self.staff else None for one in known]
        coming = [one for one in _listed(event.get("ATTENDEE", [])) if not _has_declined(one)]
        addresses = [str(one).lower().removeprefix("mailto:").strip() for one in coming]
        return [self.rota.people.get(one) or self.by_email.get(one) for one in addresses] or [None]


def _has_declined(attendee: Any) -> bool:
    return str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]
