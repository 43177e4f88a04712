"""Watching over the rota: whether it says for every closed hour ahead who is on call, and a case where it does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.forms.on_call_rota import RotaCertainAgain, RotaNotCertainFacts
from models.notices import Recipient
from models.on_call.rota import RotaTrouble, Uncertain, uncertain
from models.on_call.tables import RotaReading
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.states import CaseStatus
from models.working_time import WorkingCalendar, local_day
from tasks.durable import audited, here
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.on_call.rota_reading import kept_shifts
from tasks.only_one import only_one

log = logging.getLogger("pathways")
PROCEDURE = "rota-not-certain"
AGAIN_AFTER = timedelta(days=1)
"""How long after an answer the same is asked again, where the rota is still wrong."""


@audited("Looked up who keeps the rota")
def look_up_who_keeps_the_rota() -> str:
    """The role that policy names."""
    return here().policy.gaps.on_call_times.rota_kept_by.value


def watch_the_rota(council: Council) -> None:
    """Open a case about a rota that is not to be relied on, one at a time; end it where it is again."""
    with only_one(council.database, "the on-call rota") as is_ours:
        if not is_ours:
            return
        with council.change() as change:
            reading = _latest(change.session)
            if reading is None:
                return
            found = rota_trouble(change.session, change.policy, change.now)
            told = change.session.get(Case, reading.case_ref) if reading.case_ref else None
            is_open = told is not None and told.status != CaseStatus.CLOSED
            if found is None:
                if is_open and told is not None:
                    take_in_signal(change, told.ref, RotaCertainAgain())
                reading.case_ref = None
            elif told is None or (told.closed_at is not None and change.now - told.closed_at >= AGAIN_AFTER):
                _alarm(change, reading, found)


def rota_trouble(session: Session, policy: Policy, now: datetime) -> Uncertain | None:
    """The first thing wrong with the rota, as far ahead as policy looks; None: nothing, or none is connected."""
    reading = _latest(session)
    if reading is None:
        return None
    times, calendar = policy.gaps.on_call_times, policy.working_calendar()
    until = calendar.add(now, times.rota_looked_ahead)
    if reading.read_at is None or calendar.add(reading.read_at, times.rota_trusted_for) < now:
        return Uncertain(reading.read_at or reading.tried_at, until, RotaTrouble.STALE)
    shifts = kept_shifts(session, now, until)
    leavers = {one.id: one.left_on for one in session.scalars(select(Staff).where(Staff.left_on.is_not(None)))}
    staffed = [
        one if one.staff_id is None or not _has_left_by(leavers, one.staff_id, one.start)
        else type(one)(one.start, one.end, one.part, None)
        for one in shifts
    ]  # fmt: skip
    return next(uncertain(staffed, closed_between(calendar, now, until)), None)


def closed_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches between two moments in which the office is closed."""
    moment = start
    while moment < end:
        if calendar.is_open(moment):
            moment = calendar.end_of_working_day(moment)
            continue
        opens = calendar.next_opening(moment)
        yield moment, min(opens, end)
        moment = opens


def _has_left_by(leavers: dict[str, date | None], staff_id: str, moment: datetime) -> bool:
    left_on = leavers.get(staff_id)
    return left_on is not None and left_on <= local_day(moment)


def _latest(session: Session) -> RotaReading | None:
    return session.scalars(select(RotaReading).order_by(RotaReading.tried_at.desc())).first()


def _alarm(change: Change, reading: RotaReading, found: Uncertain) -> None:
    log.error("the on-call rota is not certain (%s)", found.trouble)
    is_stale = found.trouble is RotaTrouble.STALE
    facts = RotaNotCertainFacts(
        trouble=found.trouble,
        begins_at=found.start,
        ends_at=None if is_stale else found.end,
        not_understood=reading.not_understood,
    )
    owner = Role.SYSTEMS if is_stale else change.policy.gaps.on_call_times.rota_kept_by
    reading.case_ref = open_in(change, PROCEDURE, facts, owner=Recipient.role(owner))
