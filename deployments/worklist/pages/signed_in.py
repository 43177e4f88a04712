"""Where somebody is signed in, and signing out everywhere else: for a lost telephone, or a computer left open."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.routing import Pages
from deployments.worklist.sessions import end_other_sessions, open_sessions
from deployments.worklist.visit import Visit
from models.permissions import Action

pages = Pages()


@pages.add("/signed-in", Action.SIGN_IN)
def signed_in(visit: Visit) -> Response:
    """One's own sessions, and no more of each than when it began and was last used."""
    with visit.council.database.read() as session:
        found = open_sessions(session, visit.member.id, visit.now, visit.desk.settings)
    mine = visit.signed_in.token_digest
    return visit.page("signed_in.html", title="Where you are signed in", sessions=found, mine=mine)


@pages.add("/signed-in/end-others", Action.SIGN_IN, methods=("POST",))
def end_others(visit: Visit) -> Response:
    """Sign out everywhere but here."""
    with visit.council.database.write() as session:
        ended = end_other_sessions(session, visit.signed_in, visit.now)
    places = "1 other place" if ended == 1 else f"{ended} other places"
    return visit.go("/signed-in", say=f"You are signed out in {places}.")
