"""Telling everybody with a part in a reablement plan: staff by notice, all others by one worker, on one form."""

from __future__ import annotations

from collections.abc import Collection

from flows.reablement_asking import ask_whether_it_lasts_or_not, ask_while_it_lasts, first_while_it_lasts
from models.forms.explaining import EveryoneTold
from models.forms.reablement_signals import PlanHasEnded
from models.reablement.findings import PlanStands
from tasks.coming_days import work_out_next_morning
from tasks.durable import Verb, at, staff, tell, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.beside import beside_the_plan, listed
from tasks.reablement.coordinating import AskedAboutAPlan, who_that_is
from tasks.reablement.matters import look_up_who_is_told


def explain_to_everyone(
    plan: PlanStands,
    what: str,
    *,
    by: AskedAboutAPlan,
    form: type[EveryoneTold],
    notice: str,
    known_by: Collection[str] = (),
    even_after_the_end: bool = False,
    clauses: str = "",
) -> None:
    """
    See that everybody in the plan hears of something, and come back when nobody is left to be told.

    Once reablement has ended nobody need hear of it any more, except where it is said otherwise.

    `known_by` are those, by their ids in the plan, who know already. Who could not be told is asked for again on the
    next working day, until they are told or it is recorded why they are not.
    """
    told = look_up_who_is_told(plan.plan, who_that_is(by).tag, tuple(known_by))
    if told.staff:
        tell([staff(one) for one in told.staff], Verb.READ, notice, clauses=clauses)
    left = told.others
    while left:
        about, soon = beside_the_plan(plan.plan, what, listed(left)), policy().gaps.reasonable_time.reasonable
        asking = ask_whether_it_lasts_or_not if even_after_the_end else ask_while_it_lasts
        answer = asking(form, of=by, about=about, wanted_within=soon, clauses=clauses)
        if answer is None:
            return
        left = tuple(one for one in left if one.id in answer.later)
        if left:
            again = at("told-again", work_out_next_morning())
            while isinstance(first_while_it_lasts(again), PlanHasEnded):
                if not even_after_the_end:
                    withdraw(again)
                    return
