"""Opening the weekly reviews: one for each team that holds a tray, when policy's time has passed since the last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.tray_review import NextReviewOpened, TrayReviewFacts
from models.notices import Recipient
from models.once import DoneOnce
from models.policy import Policy
from models.states import CaseStatus
from models.tray import TrayPlace
from models.working_time import LONDON, local_day
from tasks.as_of import latest
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.once import is_first

PROCEDURE = "pwt-tray-review"


def open_due_reviews(council: Council | None = None) -> list[str]:
    """
    On a working day: open the review of each tray with anybody on it whose week is over; refs of the new cases.

    A review that is still open ends when the next is, which goes on with what was not looked at (PWT-08, GAP-13).
    """
    council = council or council_of_this_process()
    today = local_day(council.clock.now())
    if not council.policy.working_calendar().is_working_day(today):
        return []
    with council.database.read() as session:
        teams = _teams_with_a_tray(session)
        due = [team for team in teams if _is_due(council.policy, _last_day(session, team), today)]
    opened = [_open(council, team, today) for team in due]
    return [ref for ref in opened if ref is not None]


def _teams_with_a_tray(session: Session) -> list[str]:
    """The teams on whose tray somebody waits, whatever policy says of them now."""
    waiting = select(TrayPlace.team_id).where(TrayPlace.left_at.is_(None))
    return list(session.scalars(waiting.distinct().order_by(TrayPlace.team_id)))


def _last_day(session: Session, team: str) -> date | None:
    """The day on which the team's last review was opened."""
    begun = f"{PROCEDURE}:{team}:"
    last = session.scalar(select(func.max(DoneOnce.name)).where(DoneOnce.name.startswith(begun, autoescape=True)))
    return None if last is None else date.fromisoformat(last.removeprefix(begun))


def _is_due(policy: Policy, last: date | None, today: date) -> bool:
    """Whether the time has passed, by the day; where it would on a closed day, on the last open one before (GAP-51)."""
    if last is None:
        return True
    calendar, every = policy.working_calendar(), policy.gaps.tray_timers.desk_review_every
    day = local_day(calendar.add(datetime.combine(last, time(12), LONDON).astimezone(UTC), every))
    if policy.gaps.time_kinds.safety_comes_earlier_on_closed_days and not calendar.is_working_day(day):
        earlier = calendar.previous_working_day(day)
        day = earlier if earlier > last else day
    return day <= today


def _open(council: Council, team: str, today: date) -> str | None:
    """Open the team's review, and end the one that is still open; None where another process has."""
    with council.change() as change:
        last = change.session.scalar(
            select(DoneOnce.at)
            .where(DoneOnce.name.startswith(f"{PROCEDURE}:{team}:", autoescape=True))
            .order_by(DoneOnce.name.desc())
            .limit(1)
        )
        if not is_first(change.session, f"{PROCEDURE}:{team}:{today}", change.now):
            return None
        unfinished = _open_reviews(change, team)
        facts = TrayReviewFacts(team=team, last_opened_at=last)
        ref = open_in(change, PROCEDURE, facts, owner=Recipient.team(team))
        for before in unfinished:
            take_in_signal(change, before, NextReviewOpened(review=ref), signal_id=f"next-review:{ref}")
    return ref


def _open_reviews(change: Change, team: str) -> list[str]:
    """The reviews of that tray which are still open, whoever owns them: of a closed team's another team does."""
    still_open = select(Case.ref).where(Case.procedure == PROCEDURE, Case.status != CaseStatus.CLOSED)
    opened_with = latest(change.session, still_open, change.now, Entry.kind == EntryKind.OPENED)
    return sorted(
        ref for ref, entry in opened_with.items() if isinstance(entry.data, dict) and entry.data.get("team") == team
    )
