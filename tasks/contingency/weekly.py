"""Once a week whoever answers for contingency plans hears how much has none; the list is worked out by whoever asks."""

from __future__ import annotations

from models.notices import Notice, Recipient, Verb, Where
from models.working_time import local_day
from tasks.contingency.covering import plans_in_force, without_a_plan
from tasks.durable.council import Council
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.once import is_first
from tasks.telling.queueing import queue

MATTER = "without-contingency-plan"


def tell_what_has_no_plan(council: Council | None = None) -> int:
    """
    Tell the owner of `[contingency]` and commissioning how many duties and providers have no plan, once a week.

    It comes with the next digest, and not where everything has one. Gives the number that was told.
    """
    council = council or council_of_this_process()
    now, policy = council.clock.now(), council.policy
    today = local_day(now)
    with council.database.read() as session:
        late = sum(one.next_review_on < today for one in plans_in_force(session))
        number = len(without_a_plan(session, policy, today)) + late
    if not number:
        return 0
    year, week, _ = today.isocalendar()
    with council.change() as change:
        if not is_first(change.session, f"without-contingency-plan:{year}-{week:02}", now):
            return 0
        notice = Notice(verb=Verb.CHECK, what=MATTER, how_many=number, where=Where.CONTINGENCY_PLANS)
        told = dict.fromkeys((policy.contingency.owner, "commissioning"))
        queue(change.session, notice, [Recipient.role(one) for one in told], None, None, now)
    return number
