"""The morning after: each team accepts its list of the night by name; a part of `out_of_hours`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from models.forms.handover import HandoverReply
from models.forms.out_of_hours import NightHandover, NightWorkActedOn
from models.notices import Recipient
from models.on_call.nights import TeamsNight
from models.roles import Role
from tasks.durable import Asked, Due, Wait, at, decision, hears, team, which_of, withdraw
from tasks.durable.leg import Step
from tasks.on_call.night_steps import (
    end_the_night,
    handover_key,
    nights_list,
    note_accepted,
    work_out_accepted_by,
)

ABOVE = (Role.TEAM_MANAGER, Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)
"""Who is asked where a team refuses its list or says nothing, one after the other."""


@dataclass
class Handing:
    """One team's list, until somebody has accepted it."""

    night: TeamsNight
    asked: Wait[NightHandover]
    late: Wait[Due] | None
    turn: int = 0
    refused: list[str] = field(default_factory=list)


Came = NightHandover | NightWorkActedOn | Due


def hand_back() -> None:
    """
    Hand what the night left back to the teams whose it is; those who were on call have it until it is accepted.

    Refusing needs a reason. Refusal and silence go to the team's manager, and on to the head of service, who is asked
    until they answer. Whoever opens what is left and acts on all of it has accepted it.
    """
    handing = {one.team: ask(one) for one in end_the_night()}
    while handing:
        awaited: dict[str, Wait[Came]] = {"acted on": hears(NightWorkActedOn)}
        for name, one in handing.items():
            awaited[f"list {name}"] = one.asked
            if one.late is not None:
                awaited[f"late {name}"] = one.late
        match which_of(awaited):
            case _, NightWorkActedOn(team=name):
                if (accepted := handing.pop(name, None)) is not None:
                    stop(accepted)
            case which, NightHandover(reply=HandoverReply.ACCEPT):
                name = which.removeprefix("list ")
                note_accepted(name)
                stop(handing.pop(name))
            case which, NightHandover(reason=reason):
                name = which.removeprefix("list ")
                handing[name].refused.append(reason)
                handing[name] = ask_above(handing[name])
            case which, Due():
                name = which.removeprefix("late ")
                handing[name] = ask_above(handing[name])


def ask(night: TeamsNight, turn: int = 0, refused: tuple[str, ...] = ()) -> Handing:
    """One list, and one question; it interrupts only where something is still to be done."""
    by = work_out_accepted_by()
    of: Asked = team(night.team) if turn == 0 else Recipient.role(ABOVE[min(turn, len(ABOVE)) - 1])
    asked = decision(
        NightHandover,
        of=of,
        near=night.team if turn else None,
        key=handover_key(night.team),
        about=partial(to_read, team=night.team, refused=refused),
        urgent=night.still_open > 0,
        wanted_within=by,
        clauses="TRN-04 TRN-06",
    )
    late = at(f"not-accepted-{night.team}", by) if turn < len(ABOVE) else None
    return Handing(night, asked, late, turn, list(refused))


def ask_above(one: Handing) -> Handing:
    """Refused, or not accepted in time: whoever stands above decides whose it is."""
    stop(one)
    return ask(one.night, min(one.turn + 1, len(ABOVE)), tuple(one.refused))


def stop(one: Handing) -> None:
    """Nothing about it is asked or awaited any more."""
    withdraw(one.asked)
    if one.late is not None:
        withdraw(one.late)


def to_read(step: Step, *, team: str, refused: tuple[str, ...]) -> str:
    """The list, and why it was refused where it was."""
    return "\n".join([*(f"Refused: {why}" for why in refused), nights_list(step, team)])
