"""Out of hours: from closing to opening, what cannot wait reaches somebody, and in the morning somebody has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows.out_of_hours_morning import hand_back
from models.forms.out_of_hours import Night, NoLongerUrgent, OnCallChanged, OnCallHasIt, UrgentWorkArose
from models.notices import Interruption, Recipient
from models.roles import Role
from tasks.durable import Due, Then, ThenKind, Verb, Wait, Where, at, first_of, hears, procedure, tell
from tasks.on_call.looking import FIRST
from tasks.on_call.night_steps import look_up_what_the_shift_left, look_when_the_office_opens, offer_on_call

NEXT = (Role.ON_CALL_MANAGER, Role.HEAD_OF_SERVICE)
"""Who is told where nobody has it in hand: the manager first, from then on the head of service."""


class NightOutcome(StrEnum):
    """How a night ended."""

    ACCEPTED = "accepted by name"
    """Each team has accepted what the night left to it."""


@dataclass
class Unheld:
    """A case that nobody has in hand yet."""

    turn: int
    """How often somebody was told."""
    next_at: datetime


@dataclass
class Watch:
    """A night, as the ledger tells it so far."""

    opens_at: datetime
    unheld: dict[str, Unheld] = field(default_factory=dict)


Came = UrgentWorkArose | OnCallHasIt | NoLongerUrgent | OnCallChanged | Due


@procedure(follows="Safe pathways, systems and transitions (local authority assessment): help when offices are closed")
def out_of_hours(night: Night) -> NightOutcome:
    """
    See that what cannot wait reaches somebody while the office is closed, and that somebody has it in the morning.

    Each case goes on as it is, under its own reference: whoever is on call is told of it at once, and acts on its own
    questions. In danger of life 999 is rung first, as each form says. They say within half an hour that they have it in
    hand, on the page or by telephone; else the on-call manager is told, then the head of service, and all of them
    every hour: it never ends in silence. When somebody else comes on call, they are told of what is still open. When
    the office opens, each team gets one list of the night and accepts it by name; until then it stays with those who
    were on call, and managers are asked.
    """
    watch = Watch(night.opens_at)
    while True:
        match first_of(*everything_awaited(watch)):
            case UrgentWorkArose(cases=cases):
                offer(watch, cases, FIRST)  # TRN-05, TRN-07, GAP-02, GAP-10
            case OnCallHasIt(case=case) | NoLongerUrgent(case=case):
                watch.unheld.pop(case, None)
            case OnCallChanged():
                tell_the_next_shift(watch)
            case Due(name="the-office-opens"):
                still_closed = look_when_the_office_opens()
                if still_closed is None:
                    break
                watch.opens_at = still_closed
            case Due(at=moment):
                tell_the_next(watch, moment)  # GAP-46
    hand_back()  # TRN-04, TRN-06
    return NightOutcome.ACCEPTED


def everything_awaited(watch: Watch) -> list[Wait[Came]]:
    """What comes to on call, what they say, the time at which the next is told, and the opening of the office."""
    awaited: list[Wait[Came]] = [
        hears(UrgentWorkArose),
        hears(OnCallHasIt),
        hears(NoLongerUrgent),
        hears(OnCallChanged),
        at("the-office-opens", watch.opens_at),
    ]
    if watch.unheld:
        awaited.append(at("nobody-has-it", min(one.next_at for one in watch.unheld.values())))
    return awaited


def offer(watch: Watch, cases: tuple[str, ...], turn: int) -> None:
    """Whoever is to act is told at once, of all of them together, and by when they say that they have them."""
    for told in offer_on_call(cases, turn):
        tell(
            [Recipient.from_tag(tag) for tag in told.tags],
            Verb.ACKNOWLEDGE,
            "work-that-cannot-wait-until-the-office-opens",
            by=told.next_at,
            then=Then(kind=ThenKind.TOLD, to=Recipient.role(NEXT[min(turn, 1)])),
            where=Where.ON_CALL,
            urgent=True,
            interrupts=Interruption.ON_CALL,
            about_case=told.cases[0],
            how_many=len(told.cases) if len(told.cases) > 1 else None,
            rings=True,
            clauses="TRN-05 TRN-07 GAP-46",
        )
        for case in told.cases:
            watch.unheld[case] = Unheld(turn, told.next_at)


def tell_the_next(watch: Watch, moment: datetime) -> None:
    """Nobody has said in time that they have it: the next is told, and it does not end there."""
    late = {case: one.turn for case, one in watch.unheld.items() if one.next_at <= moment}
    for case in late:
        del watch.unheld[case]
    for turn in sorted(set(late.values())):
        offer(watch, tuple(sorted(case for case in late if late[case] == turn)), turn + 1)


def tell_the_next_shift(watch: Watch) -> None:
    """Whoever is on call from now on is told of what is still open; it is theirs once they say so."""
    left = look_up_what_the_shift_left()
    if left:
        offer(watch, left, FIRST)
