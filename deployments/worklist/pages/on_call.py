"""On call: who is on call, what cannot wait while the office is closed, and the list of the night."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.on_call.holding import take_in_hand
from tasks.worklist.naming import team_names
from tasks.worklist.on_call_view import on_call_view
from tasks.worklist.scope import NotFound

pages = Pages()
EVERYTHING = "on-call"
"""What the access log has where somebody looked at the night: it is about no one person."""


@pages.add("/on-call", Action.SEE_WORK)
def on_call(visit: Visit) -> Response:
    """Who is on call now, what is in their hands, and what nobody of the day has accepted yet."""
    visit.note_look("read-on-call", EVERYTHING)
    with visit.council.database.read() as session:
        view = on_call_view(session, visit.council.policy, visit.member, visit.now)
        teams = team_names(session)
    return visit.page("on_call.html", title="On call", view=view, teams=teams, me=visit.member.id)


@pages.add("/on-call/{ref}", Action.ACT_ON_CASE, methods=("POST",))
def has_it(visit: Visit, ref: str) -> Response:
    """Somebody has it in hand: whoever is signed in, or whoever they have just spoken to by telephone."""
    with visit.council.database.read() as session:
        view = on_call_view(session, visit.council.policy, visit.member, visit.now)
    if not any(one.case == ref for night in view.nights for one in night.works):
        raise NotFound("case in on-call's hands")
    held_by = visit.sent("held_by") or visit.member.id
    take_in_hand(visit.council, ref, held_by=held_by, by=visit.member.id)
    return visit.go("/on-call", say=f"Case {ref} is in hand: {held_by} has it.")
