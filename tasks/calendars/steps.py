"""The step by which a procedure looks in somebody's calendar."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from pydantic import AwareDatetime
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.calendars import BusyKind, BusyTime, CalendarAnswer, CalendarTrouble
from models.free_time import Diary
from models.register import Absence
from models.working_time import LONDON, local_day
from tasks.calendars.asking import ask_calendar
from tasks.calendars.source import CalendarUnavailable, Whose
from tasks.durable import SKIP, audited, outside
from tasks.durable.leg import Outside
from tasks.register.lookups import staff_member

log = logging.getLogger("pathways")


@audited(
    "Looked in the worker's calendar whether they are there in time",
    clauses="DUTY-19 DUTY-24",
    for_cases_past=SKIP,
    reads_outside=True,
)
def look_in_calendar(staff_id: str, needed_by: AwareDatetime) -> CalendarAnswer:
    """
    Whether a member of staff is there before `needed_by`, and when they are back: by their calendar and the
    register's recorded absences together, and within council's office hours.

    There in time is who has so much working time free as policy says. A calendar that cannot be read gives `known`
    false, and never an error. For cases past it the outcome is None.
    """
    step = outside()
    look = _Look(step, needed_by)
    with step.council.database.read() as session:
        worker = staff_member(session, staff_id)
        absences = _absences(session, staff_id, look)
    if worker is None:
        return CalendarAnswer(known=False, trouble=CalendarTrouble.NOT_CONNECTED)
    try:
        return look.answer(Whose(worker.id, worker.email, worker.team_id), absences)
    except CalendarUnavailable as failed:
        if failed.trouble is not CalendarTrouble.NOT_CONNECTED:
            log.warning("a calendar could not be read (%s) for case %s", failed.trouble, step.ref)
        return CalendarAnswer(known=False, trouble=failed.trouble)


class _Look:
    """One look: from the beginning of today, so that a whole day taken can be seen, to as far as policy says."""

    def __init__(self, step: Outside, needed_by: datetime) -> None:
        self._step, self._office, self.now = step, step.policy.working_calendar(), step.now
        self.begin = datetime.combine(local_day(step.now), time(), tzinfo=LONDON).astimezone(UTC)
        self.horizon = step.now + step.policy.staff_calendars.look_ahead
        self.needed_by = min(needed_by, self.horizon)

    def answer(self, whose: Whose, absences: _Absences) -> CalendarAnswer:
        """What calendar and absences come to. Raises `CalendarUnavailable`."""
        now, needed = self.now, self._step.policy.staff_calendars.free_time_needed
        near = max(self.needed_by, self._office.end_of_working_day(now))
        diary = self._diary(whose, near, absences)
        if not absences.away_without_end and diary.in_time(now, self.needed_by, needed):
            away = diary.is_away(now)
            return CalendarAnswer(
                known=True, in_time=True, away=away, back_at=diary.there_from(now, near) if away else None
            )
        return self._when_back(self._further(whose, diary, near, absences), absences)

    def _when_back(self, diary: Diary, absences: _Absences) -> CalendarAnswer:
        """They are not there in time: when are they (DUTY-24)?"""
        now, needed = self.now, self._step.policy.staff_calendars.free_time_needed
        if diary.is_away(now):
            return CalendarAnswer(known=True, away=True, back_at=diary.there_from(now, self.horizon))
        if absences.away_without_end:  # the register has them away, and the calendar does not say until when
            return CalendarAnswer(known=True, away=True)
        return CalendarAnswer(known=True, back_at=diary.free_from(now, self.horizon, needed))

    def _further(self, whose: Whose, diary: Diary, near: datetime, absences: _Absences) -> Diary:
        """As far as policy says. What cannot be seen so far ahead is taken, so that nobody is called back too early."""
        try:
            return self._diary(whose, self.horizon, absences) if near < self.horizon else diary
        except CalendarUnavailable:
            unseen = BusyTime(near, self.horizon + timedelta(days=1), BusyKind.BUSY)  # the last day as a whole
            return Diary(self._office, [*diary.times, unseen])

    def _diary(self, whose: Whose, until: datetime, absences: _Absences) -> Diary:
        times = ask_calendar(self._step.council.connections.calendars, whose, self.begin, until)
        return Diary(self._office, [*times, *absences.times])


@dataclass(frozen=True)
class _Absences:
    """The register's absences of one member of staff."""

    times: Sequence[BusyTime]
    """Those that have an end, and those to come."""
    away_without_end: bool
    """They are away now, and nobody has recorded until when."""


def _absences(session: Session, staff_id: str, look: _Look) -> _Absences:
    rows = session.scalars(
        select(Absence).where(
            Absence.staff_id == staff_id.lower(),
            Absence.starts_at < look.horizon,
            or_(Absence.returns_at.is_(None), Absence.returns_at > look.begin),
        )
    ).all()
    times = [
        BusyTime(row.starts_at, row.returns_at or look.horizon, BusyKind.AWAY)
        for row in rows
        if row.starts_at != row.returns_at and (row.returns_at is not None or row.starts_at > look.now)
    ]
    return _Absences(times, any(row.returns_at is None and row.starts_at <= look.now for row in rows))
