"""What follows when somebody who waits was tried and not reached (PWT-58, GAP-19)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pydantic import AwareDatetime

from models.decision_tables.levels import Rag
from models.durations import working_time
from models.forms.tray_waiting import ContactMeans
from models.tray import Part, Standing
from models.working_time import LONDON, WorkingCalendar, for_people
from tasks.durable import audited, here

SHORTEST_PAUSE = timedelta(minutes=20)
"""Two attempts closer together than this are hardly at different times."""
AFTERNOON = time(14)


class Attempt(Part):
    """One attempt: when, and by what means."""

    at: AwareDatetime
    means: ContactMeans

    def __str__(self) -> str:
        return f"{self.means.replace('-', ' ')}, {for_people(self.at)}"


class NextAttempt(Part):
    """When they are tried again; None: they were tried as often as policy asks, and a manager decides."""

    at: AwareDatetime | None
    other_means: tuple[ContactMeans, ...] = ()
    """Means that were not tried yet, where another is to be used."""

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"tried again {for_people(self.at)}" if self.at else "a manager decides on a safe and well check"


@audited("Worked out what follows", clauses="PWT-58 GAP-19")
def work_out_next_attempt(standing: Standing, tried: tuple[Attempt, ...]) -> NextAttempt:
    """
    As many attempts as policy asks, at different times and by different means, within its window; then a decision.

    Red: on the same day. Where the window has no room for another time of day, it is tried again at once.
    """
    step, choice = here(), here().policy.gaps.unreachable_person
    if len(tried) >= choice.attempts:
        return NextAttempt(at=None)
    calendar, used = step.policy.working_calendar(), {one.means for one in tried}
    length = choice.red_attempts_within if standing.colour is Rag.RED else choice.attempts_within
    until, left = calendar.due(tried[0].at, length), choice.attempts - len(tried)
    other = tuple(one for one in ContactMeans if one not in used and one is not ContactMeans.OTHER)
    return NextAttempt(
        at=_next_time(calendar, step.now, until, left) if choice.at_different_times else step.now,
        other_means=other if choice.by_different_means else (),
    )


def _next_time(calendar: WorkingCalendar, now: datetime, until: datetime, left: int) -> datetime:
    """Another part of the day: this afternoon, else tomorrow morning; where that is too late, spread over the rest."""
    local = now.astimezone(LONDON)
    afternoon = datetime.combine(local.date(), AFTERNOON, LONDON)
    other = afternoon if now < afternoon - SHORTEST_PAUSE and calendar.is_open(afternoon) else None
    if other is None:
        other = calendar.opening_time(calendar.next_working_day(local.date()))
    if other + SHORTEST_PAUSE * left <= until:
        return other
    share = calendar.working_time_between(now, until) / (left + 1)
    return calendar.add(now, working_time(share)) if share >= SHORTEST_PAUSE else now
