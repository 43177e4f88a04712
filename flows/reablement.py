"""Reablement: one case looks after somebody's plan from its first day to its last."""

from __future__ import annotations

from enum import StrEnum

from models.forms.reablement import ReablementBegun
from models.forms.reablement_signals import ReablementEndWanted
from tasks.case_people import about_person
from tasks.durable import first_of, procedure, signal
from tasks.reablement.plans import begin_plan, end_plan


class ReablementOutcome(StrEnum):
    """How somebody's reablement ended."""

    ENDED = "ended"
    """By a decision, with what follows for the person on record."""


@procedure(follows="Monitoring Actions (Reablement), November 2023", by_hand=True)
def reablement(begun: ReablementBegun) -> ReablementOutcome:
    """
    Look after one person's reablement plan from its first day to its last.

    Whatever comes about it is taken up in a case of its own, beside which the plan stays in force.
    """
    about_person(begun.person)
    begin_plan(begun)
    match first_of(signal(ReablementEndWanted)):
        case ReablementEndWanted() as wanted:
            end_plan(wanted.because)
            return ReablementOutcome.ENDED
