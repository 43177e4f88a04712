"""The Red list, to be printed for an outage or for out of hours."""

from __future__ import annotations

from jinja2 import Environment
from starlette.responses import Response

from deployments.worklist.routing import Pages
from deployments.worklist.set_up import BUILT
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.worklist.red_list import RedList, red_list

pages = Pages()
STYLES = BUILT / "pathways.css"


@pages.add("/red-list", Action.SEE_RED_LIST)
def red_list_page(visit: Visit) -> Response:
    """Everybody at high risk within one's reach."""
    found = red_list(visit.council, visit.member, visit.now)
    return visit.page("red_list.html", title="People at high risk", found=found)


def red_list_file(templates: Environment, found: RedList) -> str:
    """The same as one file of HTML that needs nothing else, to be kept where an outage does not reach it."""
    styles = STYLES.read_text(encoding="utf-8") if STYLES.exists() else ""
    return templates.get_template("red_list_file.html").render(found=found, title="People at high risk", styles=styles)
