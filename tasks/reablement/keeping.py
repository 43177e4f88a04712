"""What the case that looks after a plan looks up and works out."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import AwareDatetime

from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.ledger import SYSTEM, recall
from tasks.reablement.coordinating import coordinator_of
from tasks.reablement.open_plans import open_plans_of


@audited("Looked whether whoever coordinates the plan has begun it themselves")
def look_whether_they_began_it(worker: str) -> bool:
    """Whether the worker opened the case, or no person did: then nobody has to be asked whether they take it on."""
    step = here()
    return recall(step.session, step.case.ref)[0].by in (worker, SYSTEM)


@audited("Looked up who coordinates the plan")
def look_up_coordinator() -> str:
    """
    Tag of whoever owns the case: who has accepted to coordinate it, or whoever has it while nobody has.

    Of their team, where they have left.
    """
    step = here()
    return coordinator_of(step, step.case.ref).tag


@audited("Looked whether they were in reablement already")
def look_up_other_plan(person: str) -> str | None:
    """Ref of another case that looks after a plan of theirs."""
    step = here()
    others = [ref for ref in open_plans_of(step.session, person) if ref != step.case.ref]
    return others[0] if others else None


@audited("Worked out from when the end of the free weeks is in sight")
def work_out_end_in_sight(begun_on: date) -> AwareDatetime:
    """The opening of the office on the day that policy sets, counted from the first; now where that is over."""
    step = here()
    day = begun_on + timedelta(days=step.policy.reablement.end_in_sight_after_days)
    return max(step.policy.working_calendar().opening_time_of(day), step.now)


@audited("Worked out when the reablement lead decides what follows")
def work_out_lead_decides(free_until: date) -> AwareDatetime:
    """The opening of the office on the last working day of the free weeks; the next working day where that is over."""
    step, calendar = here(), here().policy.working_calendar()
    day = free_until if calendar.is_working_day(free_until) else calendar.previous_working_day(free_until)
    moment = calendar.opening_time(day)
    return moment if moment > step.now else calendar.opening_time(calendar.next_working_day(local_day(step.now)))


@audited("Looked whether the last day was over already")
def look_whether_over(last_day: date) -> bool:
    """Whether that day is past."""
    return last_day < local_day(here().now)
