"""Reading the council's on-call rota and keeping it, with its age."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.calendars import CalendarTrouble
from models.connections import OnCallRota
from models.on_call.rota import Part, Shift
from models.on_call.tables import OnCallShift, RotaReading
from models.register import Staff
from tasks.calendars.fetching import LARGEST_BODY, REDIRECTS, Call, fetch, within
from tasks.calendars.source import CalendarUnavailable
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.on_call.rota_text import RotaRead, shifts_in

log = logging.getLogger("pathways")

READ_BACK = timedelta(days=2)
"""How far back what the rota says now takes the place of what it said; what lies before stays as it was."""
READ_AHEAD = timedelta(days=60)


def read_rota(council: Council | None = None) -> CalendarTrouble | None:
    """
    Read the rota of the connections file, if there is one, and keep what it says; gives why it could not be read.

    What was read before stands where it cannot be read now, and grows old. Nothing of the rota but times and staff ids
    is kept.
    """
    council = council or council_of_this_process()
    rota, now = council.connections.on_call, council.clock.now()
    if rota is None:
        return None
    start, end = now - READ_BACK, now + READ_AHEAD
    try:
        text = _text_of(rota)
        with council.database.read() as session:
            staff = session.scalars(select(Staff)).all()
        by_email = {one.email.lower(): one.id for one in staff if one.email}
        read = shifts_in(text, start, end, rota=rota, by_email=by_email, staff={one.id for one in staff})
    except CalendarUnavailable as failed:
        log.warning("the on-call rota could not be read (%s)", failed.trouble)
        with council.database.write() as session:
            _note(session, rota.name, now, failed.trouble, None)
        return failed.trouble
    with council.database.write() as session:
        _keep(session, read.shifts, start)
        _note(session, rota.name, now, None, read)
    return None


def kept_shifts(session: Session, start: datetime, end: datetime) -> list[Shift]:
    """The shifts that are known and touch the time from `start` up to `end`."""
    rows = session.scalars(
        select(OnCallShift)
        .where(OnCallShift.ends_at > start, OnCallShift.starts_at < end)
        .order_by(OnCallShift.starts_at, OnCallShift.ends_at, OnCallShift.id)
    )
    return [Shift(row.starts_at, row.ends_at, Part(row.part), row.staff_id) for row in rows]


def last_reading(session: Session, rota: OnCallRota) -> RotaReading | None:
    """How reading it went; None where nobody has tried yet."""
    return session.get(RotaReading, rota.name)


def _text_of(rota: OnCallRota) -> bytes:
    if rota.address is not None:
        wanted = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
        call = Call("GET", rota.address.get_secret_value(), wanted, redirects=REDIRECTS)
        return within(rota.timeout_seconds, lambda: fetch(call, rota.timeout_seconds))
    assert rota.file is not None
    try:
        if rota.file.stat().st_size > LARGEST_BODY:
            raise CalendarUnavailable(CalendarTrouble.TOO_LARGE)
        return rota.file.read_bytes()
    except FileNotFoundError:
        trouble = CalendarTrouble.NOT_FOUND
    except OSError:
        trouble = CalendarTrouble.REFUSED
    raise CalendarUnavailable(trouble)


def _keep(session: Session, shifts: Sequence[Shift], start: datetime) -> None:
    """What the rota says now takes the place of what it said of the time from `start` on."""
    session.execute(delete(OnCallShift).where(OnCallShift.ends_at > start))
    session.add_all(
        OnCallShift(starts_at=one.start, ends_at=one.end, part=str(one.part), staff_id=one.staff_id) for one in shifts
    )


def _note(session: Session, name: str, now: datetime, trouble: CalendarTrouble | None, read: RotaRead | None) -> None:
    row = session.get(RotaReading, name)
    if row is None:
        row = RotaReading(name=name, tried_at=now, read_at=None, trouble="", not_understood=0, case_ref=None)
        session.add(row)
    row.tried_at, row.trouble = now, str(trouble or "")
    if read is not None:
        row.read_at, row.not_understood = now, read.not_understood
