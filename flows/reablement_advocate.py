"""Planning and reviews wait for the person's advocate, and safety never does; a part of the cases around a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.advocacy import AdvocacyOutcome, advocacy
from flows.leaving_notes import leave_note
from models.forms.advocacy import AdvocacyNeed, CannotWaitForAdvocate, CanWaitForAdvocate
from models.forms.reablement_signals import PlanCoordinatorChanged, PlanHasEnded
from models.policy.gaps.duty import AdvocacyStep
from models.reablement.findings import PlanStands
from tasks.advocacy.holding import advocacy_holds
from tasks.advocacy.known import look_up_open_advocacy
from tasks.durable import (
    Closed,
    Wait,
    answered_by,
    closed,
    decision,
    first_of,
    hears,
    open_case,
    sent_by,
    this_case,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.reablement.beside import beside_the_plan
from tasks.reablement.coordinating import AskedAboutAPlan, go_with_the_plan, who_that_is

NOTE = "Reablement: goes on without an advocate"
"""The literal title of the note that says why."""


Came = CanWaitForAdvocate | CannotWaitForAdvocate | Closed | PlanHasEnded | PlanCoordinatorChanged


class Waited(StrEnum):
    """How it goes on once it need not wait for an advocate."""

    NOT_AT_ALL = "not at all"
    """Nothing has held it."""
    THERE = "there"
    """An advocate is in place now, and was not before."""
    NOT_NEEDED = "not needed"
    """None is needed after all."""
    CANNOT_WAIT = "cannot wait"
    """Somebody would not be safe: it goes on without, with the reasons in the record."""
    ENDED = "reablement has ended"
    """Before an advocate was there."""


@dataclass
class HeldUp:
    """What may have to wait for the advocate of a person in reablement, as the ledger tells it so far."""

    plan: PlanStands
    worker: AskedAboutAPlan
    """Whoever is asked whether it can wait, and holds the review or settles the matter."""
    what: str
    """What it is about."""
    step: AdvocacyStep = AdvocacyStep.PLANNING
    found_in: str | None = None
    """Ref of the case in which an advocate is found, where this case has said that one is needed."""
    goes_on_without: bool = False
    """It was said that it cannot wait."""


def wait_for_an_advocate(held_up: HeldUp, *, ask_whether_it_can_wait: bool = True) -> Waited:
    """
    Go on once nothing holds it until an advocate is in place (DUTY-42, GAP-06).

    Whoever has it in hand is asked at once whether it can wait, and may say later that it no longer can. The
    advocate's own case is chased, and shows how long others have waited for it.
    """
    waited = Waited.NOT_AT_ALL
    while not held_up.goes_on_without:
        held = advocacy_holds(held_up.plan.person, held_up.step, held_up.found_in)
        if held is None:
            break
        there = closed(held.case)
        asked = ask_if_it_can_wait(held_up) if ask_whether_it_can_wait else None
        waited = wait_for_them(held_up, there, asked)
        if waited is Waited.ENDED:
            break
        ask_whether_it_can_wait = False
    return waited


def have_an_advocate_found(held_up: HeldUp, *, is_known: bool = False, clauses: str) -> None:
    """
    In the case that is open for it already, or in one of its own: nobody is asked or referred twice (DUTY-40).

    `is_known`: both conditions have been said to hold, and are not asked for again.
    """
    held_up.found_in = look_up_open_advocacy(held_up.plan.person)
    if held_up.found_in is None:
        worker = who_that_is(held_up.worker)
        need = AdvocacyNeed(
            about_person=held_up.plan.person,
            step=held_up.step,
            what=held_up.what,
            nobody_appropriate=is_known or None,
            substantial_difficulty=is_known or None,
            decided_by=worker.tag,
            came_from=this_case(),
        )
        held_up.found_in = open_case(advocacy, need, owner=worker, clauses=clauses)


def ask_if_it_can_wait(held_up: HeldUp) -> Wait[CanWaitForAdvocate]:
    """Nobody is left unsafe because an advocate is not there yet: somebody looks at it at once (GAP-06)."""
    return decision(
        CanWaitForAdvocate,
        of=who_that_is(held_up.worker),
        about=beside_the_plan(held_up.plan.plan, held_up.what),
        wanted_within=policy().gaps.reasonable_time.urgent,
        clauses="DUTY-42 GAP-06",
    )


def wait_for_them(held_up: HeldUp, there: Wait[Closed], asked: Wait[CanWaitForAdvocate] | None) -> Waited:
    """Until the case about the advocate is closed, it is said that it cannot wait, or reablement has ended."""
    while True:
        always = (hears(CannotWaitForAdvocate), hears(PlanHasEnded), hears(PlanCoordinatorChanged))
        waits: list[Wait[Came]] = [there, *always, *([asked] if asked is not None else [])]
        match first_of(*waits):
            case CanWaitForAdvocate(can_wait=True):
                asked = None
            case CanWaitForAdvocate(because=because):
                go_on_without_one(held_up, because, answered_by(CanWaitForAdvocate))
                return stop_waiting(waits, Waited.CANNOT_WAIT)
            case CannotWaitForAdvocate(because=because):
                go_on_without_one(held_up, because, sent_by(CannotWaitForAdvocate))
                return stop_waiting(waits, Waited.CANNOT_WAIT)
            case Closed(outcome=AdvocacyOutcome.IN_PLACE):
                return stop_waiting(waits, Waited.THERE)
            case Closed():
                return stop_waiting(waits, Waited.NOT_NEEDED)
            case PlanHasEnded():
                return stop_waiting(waits, Waited.ENDED)
            case PlanCoordinatorChanged(plan=plan):
                go_with_the_plan(plan)
                if asked is not None:
                    withdraw(asked)
                    asked = ask_if_it_can_wait(held_up)


def stop_waiting(waits: list[Wait[Came]], waited: Waited) -> Waited:
    """Nothing of it stays open."""
    for wait in waits:
        withdraw(wait)
    return waited


def go_on_without_one(held_up: HeldUp, because: str, by: str) -> None:
    """Somebody would not be safe: the reasons, and who gave them, stand in the person's record (GAP-06)."""
    held_up.goes_on_without = True
    leave_note(
        NOTE,
        f"{held_up.what}\nAn independent advocate is needed and not there yet. It cannot wait: {because}",
        about_person=held_up.plan.person,
        of=who_that_is(held_up.worker),
        author=by,
        clauses="DUTY-42 GAP-06",
    )
