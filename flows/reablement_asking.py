"""Asking and waiting about a reablement plan for as long as reablement lasts; a part of the cases around a plan."""

from __future__ import annotations

from models.forms.base import FormT
from models.forms.reablement_signals import PlanHasEnded
from models.policy.gaps.duty import AdvocacyStep
from tasks.advocacy.holding import advocacy_holds
from tasks.durable import Asked, Closed, Due, Wait, closed, decision, first_of, hears, withdraw
from tasks.durable.work_items import ByWhen


def ask_while_it_lasts(
    form: type[FormT], *, of: Asked, about: str, wanted_within: ByWhen, clauses: str, near: str | None = None
) -> FormT | None:
    """
    Ask about a plan. None: reablement has ended, and the question has left the worklist.

    What becomes of whatever was open was asked before it ended; nobody is asked once more.
    """
    asked = decision(form, of=of, about=about, wanted_within=wanted_within, clauses=clauses, near=near)
    came = first_of(asked, hears(PlanHasEnded))
    if isinstance(came, PlanHasEnded):
        withdraw(asked)
        return None
    return came


def ask_whether_it_lasts_or_not(
    form: type[FormT], *, of: Asked, about: str, wanted_within: ByWhen, clauses: str
) -> FormT:
    """Ask about a plan what is still to be done once reablement has ended."""
    asked = decision(form, of=of, about=about, wanted_within=wanted_within, clauses=clauses)
    while True:
        came = first_of(asked, hears(PlanHasEnded))
        if not isinstance(came, PlanHasEnded):
            return came


def wait_for_an_advocate(person: str, step: AdvocacyStep) -> bool:
    """
    Go on once nothing holds that step until an advocate is in place (DUTY-42, GAP-06); False: reablement ended first.

    The advocate's own case is chased, and shows how long others have waited for it.
    """
    while (held := advocacy_holds(person, step)) is not None:
        if not wait_while_it_lasts(closed(held.case)):
            return False
    return True


def wait_while_it_lasts(moment: Wait[Due] | Wait[Closed]) -> bool:
    """Wait for a moment, or for a case to be closed; False where reablement has ended before it."""
    came = first_of(moment, hears(PlanHasEnded))
    if isinstance(came, PlanHasEnded):
        withdraw(moment)
        return False
    return True
