"""The front door: where each role begins its day, what each may do, and the keeping of half-written forms."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.drafts import FORM_ID, drop_draft, is_path_of_form, keep_draft
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit, whole_number
from models.permissions import PERMISSIONS, Action, Reach
from models.roles import Role
from tasks.worklist.submissions import was_sent

pages = Pages()


@pages.add("/", Action.SIGN_IN)
def front_page(visit: Visit) -> Response:
    """Managers begin with everybody who waits, auditors with the record, all others with their day."""
    for action, path in ((Action.SEE_ONE_LIST, "/unseen"), (Action.SEE_WORK, "/day"), (Action.AUDIT, "/audit")):
        if visit.member.may(action):
            return visit.go(path)
    return visit.go("/permissions")


@pages.add("/permissions", Action.SIGN_IN)
def permissions(visit: Visit) -> Response:
    """The table of who may do what, as the code has it."""
    return visit.page(
        "permissions.html", title="Who may do what", permissions=PERMISSIONS, roles=tuple(Role), nothing=Reach.NOTHING
    )


@pages.add("/drafts", Action.SIGN_IN, methods=("POST",))
def save_draft(visit: Visit) -> Response:
    """Keep what somebody is typing; `_path` says into which form. 204 once it is kept, 409: it was sent already."""
    path = visit.sent("_path")
    if not is_path_of_form(path):
        return Response(status_code=400)
    with visit.council.database.write() as session:
        if was_sent(session, visit.sent(FORM_ID), visit.member.id):
            drop_draft(session, visit.member.id, path)
            return Response(status_code=409)
    number = whole_number(visit.sent("_seen_entry_no"))
    kept = keep_draft(visit.council, visit.member.id, path, visit.pairs, visit.now, seen_entry_no=number)
    return Response(status_code=204 if kept else 413)
