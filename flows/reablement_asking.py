"""
Asking and waiting about a reablement plan for as long as reablement lasts; a part of the cases around a plan.

Where somebody else comes to coordinate the plan the case is theirs from then on, and so is what was asked of the one
before.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from models.forms.base import FormT
from models.forms.plan_change import PlanMoved
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded
from models.notices import Recipient
from models.reablement.findings import PlanStands
from tasks.durable import Closed, Due, Wait, decision, first_of, hears, now, withdraw
from tasks.durable.work_items import ByWhen
from tasks.reablement.beside import About, beside_the_plan
from tasks.reablement.coordinating import AskedAboutAPlan, Coordinator, go_with_the_plan, who_that_is
from tasks.reablement.plans import look_up_plan

W = TypeVar("W", bound=Due | Closed)


def ask_while_it_lasts(
    form: type[FormT],
    *,
    of: AskedAboutAPlan,
    about: About,
    wanted_within: ByWhen,
    clauses: str,
    near: str | None = None,
) -> FormT | None:
    """
    Ask about a plan. None: reablement has ended, and the question has left the worklist.

    What becomes of whatever was open was asked before it ended; nobody is asked once more.
    """
    first_asked = now()
    since: datetime | None = None
    while True:
        whom = who_that_is(of)
        asked = decision(
            form, of=whom, about=about, wanted_within=wanted_within, since=since, clauses=clauses, near=near
        )
        came = answered_or_ended(asked, of, whom)
        if isinstance(came, PlanHasEnded):
            withdraw(asked)
            return None
        if came is not None:
            return came
        since = first_asked


def ask_by_the_plan_in_force(
    form: type[FormT],
    plan: PlanStands,
    what: str,
    *,
    of: AskedAboutAPlan,
    wanted_within: ByWhen,
    clauses: str,
    near: str | None = None,
) -> tuple[FormT | None, PlanStands]:
    """
    As `ask_while_it_lasts`, beside the plan in force: where a new version comes meanwhile it is asked anew by that one.

    Gives the plan, too, as it stood beside the form.
    """
    first_asked, shown = now(), plan
    question: Wait[FormT] | None = None
    while True:
        asked = decision(
            form,
            of=who_that_is(of),
            about=beside_the_plan(plan.plan, what),
            wanted_within=wanted_within,
            since=first_asked,
            clauses=clauses,
            near=near,
        )
        if asked is not question:  # what was answered in the instant of a move was answered by the plan before it
            question, shown = asked, plan
        match first_of(asked, hears(PlanMoved), hears(PlanHasEnded), hears(PlanCoordinatorChanged)):
            case PlanMoved():
                before, plan = plan.version, look_up_plan(plan.plan)
                if plan.version != before:
                    withdraw(asked)
            case PlanHasEnded():
                withdraw(asked)
                return None, shown
            case PlanCoordinatorChanged():
                go_with_the_plan(plan.plan)
                if isinstance(of, Coordinator):
                    withdraw(asked)
            case answer:
                return answer, shown


def ask_whether_it_lasts_or_not(
    form: type[FormT], *, of: AskedAboutAPlan, about: About, wanted_within: ByWhen, clauses: str
) -> FormT:
    """Ask about a plan what is still to be done once reablement has ended."""
    first_asked = now()
    since: datetime | None = None
    while True:
        whom = who_that_is(of)
        asked = decision(form, of=whom, about=about, wanted_within=wanted_within, since=since, clauses=clauses)
        came = answered_or_ended(asked, of, whom)
        if came is not None and not isinstance(came, PlanHasEnded):
            return came
        since = first_asked


def answered_or_ended(asked: Wait[FormT], of: AskedAboutAPlan, whom: Recipient) -> FormT | PlanHasEnded | None:
    """The answer, or that reablement has ended. None: somebody else has taken the plan over, and is to be asked."""
    while True:
        came = first_of(asked, hears(PlanHasEnded), hears(PlanCoordinatorChanged))
        if not isinstance(came, PlanCoordinatorChanged):
            return came
        theirs = go_with_the_plan(came.plan)
        if isinstance(of, Coordinator) and theirs != whom.tag:
            withdraw(asked)
            return None


def wait_while_it_lasts(moment: Wait[Due | Closed]) -> bool:
    """Wait for a moment, or for a case to be closed; False where reablement has ended before it."""
    came = first_while_it_lasts(moment)
    if isinstance(came, PlanHasEnded):
        withdraw(moment)
        return False
    return True


def first_while_it_lasts(moment: Wait[W]) -> W | PlanHasEnded:
    """What is waited for, or that reablement has ended before it; whoever takes the plan over has this case, too."""
    while True:
        came = first_of(moment, hears(PlanHasEnded), hears(PlanCoordinatorChanged))
        if not isinstance(came, PlanCoordinatorChanged):
            return came
        go_with_the_plan(came.plan)
