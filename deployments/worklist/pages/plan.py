"""A reablement plan's page: what is in force, versions side by side, who holds which copy, what is being changed."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.pages.case import found, heading, number_in
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.cases import Case
from models.permissions import Action
from tasks.worklist.case_view import beware_of, people_of, whose
from tasks.worklist.plan_view import plan_view

pages = Pages()


@pages.add("/plans/{ref}", Action.READ_CASE)
def plan_page(visit: Visit, ref: str) -> Response:
    """A plan as somebody reads it who is about to visit, or is asked about it; ?before=1&after=3 compares two."""
    ref = found(visit, ref, Action.READ_CASE)
    visit.note_look("read-plan", ref)
    with visit.council.database.read() as session:
        view = plan_view(
            session,
            visit.member,
            visit.council.policy,
            ref,
            visit.now,
            before=number_in(visit, "before"),
            after=number_in(visit, "after"),
        )
        case = session.get_one(Case, ref)
        people = people_of(session, ref, visit.today, visit.desk.settings.record_address)
        return visit.page(
            "plan.html",
            **heading(visit, session, case, "plan"),
            view=view,
            owner=whose(session, case.owner),
            people=people,
            beware=beware_of(session, case, people),
        )
