"""Allocation from the planned work tray: a named worker is offered somebody who waits, until one takes them on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from models.forms.recording import PersonHasDied
from models.forms.tray_allocation import (
    AllocationFacts,
    AllocationReply,
    AllocationTakenBack,
    ReferredAgain,
    WorkerChosen,
)
from models.forms.tray_signals import AllocationSettled, AllocationWanted, TrayLeft
from models.notices import Interruption
from tasks.calendars.steps import look_in_calendar
from tasks.case_people import about_person
from tasks.durable import (
    Accepted,
    Due,
    Refused,
    Verb,
    Wait,
    at,
    decision,
    first_of,
    hears,
    procedure,
    role,
    send,
    staff,
    taken_on,
    tell,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.replying import work_out_reply_by
from tasks.tray.allocating import (
    away_by_calendar,
    beside_the_choice,
    beside_the_offer,
    look_up_worker,
    to_an_offer,
    work_out_allocated_by,
)

Came = (
    AllocationReply
    | WorkerChosen
    | Due
    | AllocationWanted
    | ReferredAgain
    | AllocationTakenBack
    | TrayLeft
    | PersonHasDied
)
"""What can come while somebody is offered to a worker, or a manager chooses another."""


class AllocationOutcome(StrEnum):
    """How an allocation ended."""

    ACCEPTED = "accepted"
    """A worker has taken them on."""
    NOT_ALLOCATED = "not allocated"
    """Nobody can take them on now; they wait on the tray, or a manager decides about them again."""
    LEFT = "left the tray"
    """They have left the tray meanwhile."""
    DIED = "the person has died"
    """Nobody is offered them any more."""


@dataclass(frozen=True)
class Asking:
    """Who is asked at present, and what is awaited of them."""

    worker: str | None
    """The worker to whom they are offered; None: the manager chooses another."""
    why: str
    awaited: list[Wait[Came]] = field(default_factory=list)

    def stop(self) -> None:
        """What was asked is asked no longer."""
        for wait in self.awaited:
            withdraw(wait)


@procedure(
    follows="Managing Planned Work Trays, March 2023: allocation to a named worker",
    title="Allocation from the tray",
    acts_on=(PersonHasDied,),
)
def pwt_allocation(allocating: AllocationFacts) -> AllocationOutcome:
    """
    See that somebody is taken on by a named worker, and stays where they are until somebody has accepted.

    The worker whom the manager has in mind is asked to accept. Nobody is offered work while they are away: then, and
    where they refuse or do not reply in time, the manager who allocates is asked for another, with who is suitable and
    who is there before them. A manager may name another worker at any time. An urgent case is allocated on the same
    day; if it is not, the manager and the strategic manager hear of it. Who leaves the tray is offered no longer.

    Whoever comes straight from triage is on no tray: their triage stays open, and a manager decides about them again
    where nobody takes them on in time.
    """
    if allocating.tray_case is None:
        about_person(allocating.person)  # else the case on the tray is about them, and says when they leave
    late = urgent_clock(allocating)  # PWT-10
    asking = offer(allocating, allocating.worker, allocating.reasons)  # PWT-11, PWT-24
    while True:
        match first_of(*asking.awaited, *late, *what_may_come()):
            case AllocationReply() as reply:
                asking.stop()
                match taken_on(reply):
                    case Accepted(by=worker):
                        return settle(allocating, worker)
                    case Refused(by=worker, reason=reason):
                        asking = choose(allocating, f"Refused by {worker}: {reason}")
            case WorkerChosen(worker=None, reasons=reasons):
                return give_up(allocating, reasons)
            case WorkerChosen(worker=chosen, reasons=reasons):
                assert chosen is not None
                asking = offer(allocating, chosen, reasons)
            case AllocationWanted(worker=worker, reasons=reasons):
                if worker != asking.worker:
                    asking.stop()
                    asking = offer(allocating, worker, reasons)
            case ReferredAgain(what=what):
                asking.stop()
                allocating = allocating.model_copy(update={"to_read": f"{allocating.to_read}\n{what}".strip()})
                asking = ask_anew(allocating, asking)
            case Due(name="no-reply"):
                asking.stop()
                asking = choose(allocating, f"{asking.worker} has not replied in time.")
            case Due():
                late = say_that_it_is_late(allocating)
            case AllocationTakenBack() as taken_back:
                return give_up(allocating, taken_back.title)
            case TrayLeft():
                return AllocationOutcome.LEFT
            case PersonHasDied():
                asking.stop()  # at once: whoever owns their triage reads what follows
                return AllocationOutcome.DIED


def what_may_come() -> list[Wait[Came]]:
    """What nobody is asked for, and what may come at any time."""
    return [
        hears(AllocationWanted),
        hears(ReferredAgain),
        hears(AllocationTakenBack),
        hears(TrayLeft),
        hears(PersonHasDied),
    ]


def offer(allocating: AllocationFacts, worker: str, reasons: str) -> Asking:
    """Ask the worker to take them on, and the time they have; where they are away, the manager for another."""
    recorded = look_up_worker(worker)
    reply_by = work_out_reply_by(to_an_offer(allocating.is_urgent))  # PWT-10
    not_there = recorded.why_not_offered or away_by_calendar(worker, look_in_calendar(worker, reply_by))
    if not_there:
        return choose(allocating, not_there)
    offered = decision(
        AllocationReply,
        of=staff(worker),
        about=beside_the_offer(allocating, worker, reasons),
        urgent=allocating.is_urgent,
        wanted_within=reply_by,
        clauses="PWT-10 PWT-11 PWT-24",
    )
    return Asking(worker, reasons, [offered, at("no-reply", reply_by)])


def choose(allocating: AllocationFacts, why: str) -> Asking:
    """The manager who allocates says who is asked next; complexity guides who is suitable (PWT-35)."""
    chosen = decision(
        WorkerChosen,
        of=staff(allocating.manager),
        about=beside_the_choice(allocating, why),
        urgent=allocating.is_urgent,
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="PWT-35",
    )
    return Asking(None, why, [chosen])


def ask_anew(allocating: AllocationFacts, asking: Asking) -> Asking:
    """The same is asked of the same, with what has come to it beside the form."""
    return choose(allocating, asking.why) if asking.worker is None else offer(allocating, asking.worker, asking.why)


def settle(allocating: AllocationFacts, worker: str) -> AllocationOutcome:
    """The worker has taken them on, and whoever waited for that hears it."""
    if allocating.tray_case is not None:
        send(allocating.tray_case, AllocationSettled(accepted_by=worker), clauses="PWT-11")
    return AllocationOutcome.ACCEPTED


def give_up(allocating: AllocationFacts, because: str) -> AllocationOutcome:
    """Nobody can take them on now; they wait on."""
    if allocating.tray_case is not None:
        send(allocating.tray_case, AllocationSettled(accepted_by=None, because=because))
    return AllocationOutcome.NOT_ALLOCATED


def urgent_clock(allocating: AllocationFacts) -> list[Wait[Came]]:
    """An urgent case is allocated at the first possibility, and on the same day (PWT-10, GAP-15)."""
    return [at("urgent-allocated-by", work_out_allocated_by())] if allocating.is_urgent else []


def say_that_it_is_late(allocating: AllocationFacts) -> list[Wait[Came]]:
    """The day is over and an urgent case has no worker: the managers hear of it at once."""
    tell(
        [staff(allocating.manager), role(policy().gaps.allocation_clock.breach_goes_to)],
        Verb.ACT,
        "urgent-case-not-allocated",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        near=allocating.team,
        clauses="PWT-10",
    )
    return []
