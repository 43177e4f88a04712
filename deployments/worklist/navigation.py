"""What stands at the top of every page: only what somebody may open."""

from __future__ import annotations

from dataclasses import dataclass

from models.permissions import Action
from tasks.worklist.members import Member


@dataclass(frozen=True)
class Place:
    """One place of the navigation."""

    text: str
    path: str
    action: Action


PLACES = (
    Place("My day", "/day", Action.SEE_WORK),
    Place("Work", "/work-items", Action.SEE_WORK),
    Place("Find", "/find", Action.FIND_PERSON),
    Place("Start", "/start", Action.START_CASE),
    Place("Nobody forgotten", "/unseen", Action.SEE_ONE_LIST),
    Place("Tray", "/tray", Action.SEE_TRAY),
    Place("On call", "/on-call", Action.SEE_WORK),
    Place("Incidents", "/incidents", Action.READ_CASE),
    Place("Moves", "/moves", Action.SEE_ONE_LIST),
    Place("Out of area", "/out-of-area", Action.READ_CASE),
    Place("Market", "/market", Action.READ_CASE),
    Place("Audit", "/audit", Action.AUDIT),
)


def navigation_for(member: Member, path: str) -> list[dict[str, object]]:
    """The places that somebody may open, as the service navigation takes them."""
    return [
        {"text": place.text, "href": place.path, "active": path == place.path or path.startswith(f"{place.path}/")}
        for place in PLACES
        if member.may(place.action)
    ]
