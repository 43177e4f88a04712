"""My day, by person: what is due, who called back, what is new."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.recording import record_of
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.worklist.day import my_day
from tasks.worklist.day_parts import COUNT_UP_TO
from tasks.worklist.naming import team_names

pages = Pages()


@pages.add("/day", Action.SEE_WORK)
def day_page(visit: Visit) -> Response:
    """Everything of one's own that cannot wait until tomorrow, on one page."""
    visit.note_look("read-day", visit.member.id)
    with visit.council.database.read() as session:
        found = my_day(session, visit.member, visit.council.policy.working_calendar(), visit.now)
        teams = team_names(session)
    return visit.page(
        "day.html",
        title="My day",
        found=found,
        teams=teams,
        count_up_to=COUNT_UP_TO,
        may_see_red=visit.member.may(Action.SEE_RED_LIST),
        record_of=record_of(visit.desk),
    )
