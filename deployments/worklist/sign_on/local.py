"""
The local sign-in: choose who you are, without a password, to try everything out on one machine.

It is there only where no sign-on is connected, staff reach us by http on this very machine, and the call itself came
from this machine and through nobody. There is no setting for it, so nobody can leave one switched on.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from deployments.worklist.desk import Desk
from deployments.worklist.protecting import is_loopback
from deployments.worklist.sessions import begin_session, digest_of, end_session
from deployments.worklist.sign_on.cookies import browser_of, new_browser, set_browser_cookie, set_session_cookie
from deployments.worklist.sign_on.paths import own_path
from deployments.worklist.sign_on.refusals import NotSignedIn, Refusal, came_from, count_refusal, must_wait
from deployments.worklist.sign_on.serving import Caller
from models.register import Staff, Team
from models.roles import Role
from tasks.audit.access_log import note_access
from tasks.durable.checking import has_left
from tasks.register.lookups import staff_member

SIGNED_IN_LOCALLY = "local-sign-in"
"""The access log's word for it."""
_PASSED_ON = ("via", "forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
_PASSED_ON_PREFIXES = ("x-forwarded", "x-original", "x-cluster", "x-envoy")


def is_open(desk: Desk, request: Request) -> bool:
    """Whether whoever asks sits at this machine, and nothing stands between them and us."""
    here = desk.council.connections.sign_on is None and is_loopback(desk.address.removeprefix("http://"))
    return (
        here
        and is_loopback(request.headers.get("host", ""))
        and _is_this_machine(request)
        and not _was_passed_on(request)
    )


def local_sign_in(caller: Caller) -> Response:
    """The page, and choosing."""
    if caller.request.method == "POST":
        return _chosen(caller)
    return _page(caller)


def _page(caller: Caller, *, nobody_chosen: bool = False) -> Response:
    browser = browser_of(caller.desk, caller.request) or new_browser()
    with caller.council.database.read() as session:
        teams = _by_team(session, caller)
    go_to = own_path(caller.sent.get("go_to", "") if nobody_chosen else caller.asked("go_to"))
    page = caller.page(
        "sign_in_local.html",
        title="Choose who you are",
        status=400 if nobody_chosen else 200,
        teams=teams,
        how_many=sum(len(members) for _, members in teams),
        go_to=go_to,
        form_token=_form_token(browser),
        nobody_chosen=nobody_chosen,
    )
    set_browser_cookie(caller.desk, page, browser)
    return page


def _chosen(caller: Caller) -> Response:
    address, now = came_from(caller.request), caller.now
    with caller.council.database.read() as session:
        if must_wait(session, address, now):
            raise NotSignedIn(Refusal.TOO_MANY)
    browser = browser_of(caller.desk, caller.request)
    is_ours = hmac.compare_digest(caller.sent.get("form_token", "").encode(), _form_token(browser).encode())
    if not browser or not is_ours:
        count_refusal(caller.council, address, "local", "the form was not made for this browser")
        raise NotSignedIn(Refusal.NOT_BEGUN_HERE)
    with caller.council.database.write() as session:
        chosen = staff_member(session, caller.sent.get("staff", ""))
        token = None
        if chosen is not None and not has_left(chosen, now):
            note_access(session, chosen.id, SIGNED_IN_LOCALLY, chosen.id, now)
            end_session(session, digest_of(caller.request.cookies.get(caller.desk.cookie, "")), now)
            token = begin_session(session, chosen.id, now, caller.desk.settings)
    if token is None:
        return _page(caller, nobody_chosen=True)
    response = RedirectResponse(own_path(caller.sent.get("go_to", "")), status_code=303)
    set_session_cookie(caller.desk, response, token)
    return response


def _form_token(browser: str) -> str:
    """What the form sends back, which only the page that we gave to that browser has."""
    return digest_of(f"the form of {browser}")


def _by_team(session: Session, caller: Caller) -> list[tuple[str, Sequence[Staff]]]:
    """Staff of today by the name of their team; the most senior last, as in a line of management."""
    rows = session.execute(select(Staff, Team.name).join(Team, Team.id == Staff.team_id)).all()
    order = list(Role)
    here = [(row, name) for row, name in rows if not has_left(row, caller.now)]
    here.sort(key=lambda one: (one[1], one[0].team_id, order.index(Role(one[0].role)), one[0].name))
    return [(name, [row for row, _ in group]) for name, group in groupby(here, key=lambda one: one[1])]


def _is_this_machine(request: Request) -> bool:
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _was_passed_on(request: Request) -> bool:
    """Whether a proxy stands between: it says so in a header, or speaks the old HTTP/1.0 that browsers do not."""
    names = [name.lower() for name in request.headers]
    return request.scope.get("http_version") == "1.0" or any(
        name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES) for name in names
    )
