"""The market of care: the last oversight with its figures and decisions, and the risk in recruitment from abroad."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.worklist.market_view import market_view

pages = Pages()


@pages.add("/market", Action.READ_CASE)
def market(visit: Visit) -> Response:
    """What was counted about each provider, what the group decided and what came of it; noted in the access log."""
    with visit.council.database.read() as session:
        view = market_view(session, visit.member, visit.now)
    for ref in view.cases:
        visit.note_look("read-market", ref)
    return visit.page("market.html", title="Market oversight", view=view)
