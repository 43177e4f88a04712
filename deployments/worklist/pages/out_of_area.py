"""The tracker of out-of-area placements: who is where, who looks after them, and what is overdue."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.looks import label
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.out_of_area.kinds import Direction
from models.permissions import Action
from tasks.worklist.out_of_area import EVERYBODY, tracker_of

pages = Pages()


@pages.add("/out-of-area", Action.READ_CASE)
def tracker(visit: Visit) -> Response:
    """Every open placement within one's reach, in both directions or one; who looks is noted."""
    visit.note_look("read-out-of-area-tracker", EVERYBODY)
    with visit.council.database.read() as session:
        every = tracker_of(session, visit.member, visit.council.policy, visit.now)
    asked = visit.asked("direction")
    chosen = asked if asked in set(Direction) else ""
    return visit.page(
        "out_of_area.html",
        title="Out of area",
        lines=[one for one in every if chosen in ("", one.direction)],
        every=every,
        chosen=chosen,
        directions=[(one, label(one)) for one in Direction],
    )
