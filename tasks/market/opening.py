"""Opening oversight of the market: one case when one is due, never two, and no day that is not counted (GAP-46)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.market_oversight import OversightDue
from models.market.themes import Themes
from models.notices import Recipient
from models.policy import Policy
from models.roles import Role
from models.states import CaseStatus
from models.working_time import LONDON, local_day
from tasks.as_of import latest
from tasks.durable.cases import open_in
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.once import is_first

PROCEDURE = "market-oversight"
COUNTED = "work-out-themes"
"""The step that counts; its outcome is a `Themes`."""


def open_due_oversight(council: Council | None = None) -> str | None:
    """
    On a working day: open oversight where its time has come since the last day that was counted; the new case's ref.

    It counts on from the day after that one, however long ago it was. While the last is still open there is no other:
    that case counts anew itself, and says that nobody has met.
    """
    council = council or council_of_this_process()
    today = local_day(council.clock.now())
    if not council.policy.working_calendar().is_working_day(today):
        return None
    with council.change() as change:
        if is_open(change.session):
            return None
        last = last_counted_day(change.session, change.now)
        first_day = last + timedelta(days=1) if last else _before(council.policy, today)
        if _due_on(council.policy, first_day) > today or not is_first(
            change.session, f"{PROCEDURE}:{today}", change.now
        ):
            return None
        return open_in(change, PROCEDURE, OversightDue(first_day=first_day), owner=Recipient.role(Role.COMMISSIONING))


def is_open(session: Session) -> bool:
    """Whether there is oversight that has not ended."""
    still_open = select(Case.ref).where(Case.procedure == PROCEDURE, Case.status != CaseStatus.CLOSED)
    return session.scalar(still_open.limit(1)) is not None


def last_counted_day(session: Session, now: datetime) -> date | None:
    """The last day that oversight has counted; None where it never has, or its words are erased."""
    last = last_oversight(session)
    themes = themes_of(session, last, now) if last is not None else None
    return themes.window.last_day if themes is not None else None


def last_oversight(session: Session) -> str | None:
    """Ref of the latest oversight; None where there was none."""
    every = select(Case.ref).where(Case.procedure == PROCEDURE)
    return session.scalar(every.order_by(Case.opened_at.desc(), Case.ref.desc()).limit(1))


def themes_of(session: Session, oversight: str, now: datetime) -> Themes | None:
    """What an oversight counted last; None before it has, and once that is erased."""
    this = select(Case.ref).where(Case.ref == oversight)
    counted = latest(session, this, now, Entry.kind == EntryKind.DONE, Entry.step == COUNTED).get(oversight)
    return Themes.model_validate(counted.data) if counted is not None and counted.data is not None else None


def _due_on(policy: Policy, first_day: date) -> date:
    """The day on which a window that began on `first_day` is over; where that is closed, the last open one before."""
    calendar, every = policy.working_calendar(), policy.gaps.on_call_times.oversight_every
    day = local_day(calendar.add(_noon(first_day), every))
    if policy.gaps.time_kinds.safety_comes_earlier_on_closed_days and not calendar.is_working_day(day):
        earlier = calendar.previous_working_day(day)
        day = earlier if earlier > first_day else day
    return day


def _before(policy: Policy, today: date) -> date:
    """Where the first window begins, so that it is over today: the policy's time before it."""
    calendar, every = policy.working_calendar(), policy.gaps.on_call_times.oversight_every
    day = today - (local_day(calendar.add(_noon(today), every)) - today)
    while _due_on(policy, day) > today:
        day -= timedelta(days=1)
    return day


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), LONDON).astimezone(UTC)
