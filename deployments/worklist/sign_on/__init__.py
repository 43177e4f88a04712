"""
Signing on and off: by the council's OpenID provider, or, for trying things out on one machine, by the local sign-in.

`openid` and `provider` speak to the provider, `staff` finds whom it means in the register, `local` is the local
sign-in, `refusals` says why somebody is not let in and counts it, `leaving` signs out.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from deployments.worklist.desk import Desk
from deployments.worklist.sign_on import local, openid
from deployments.worklist.sign_on.leaving import say_signed_out, sign_out
from deployments.worklist.sign_on.provider import Provider
from deployments.worklist.sign_on.serving import Caller, Handler, outside_route


def routes(desk: Desk) -> list[BaseRoute]:
    """The paths that nobody needs to be signed in for."""
    found: list[tuple[str, tuple[str, ...], Handler]]
    provider = None
    settings = desk.council.connections.sign_on
    if settings is None:
        found = [("/sign-in", ("GET", "POST"), _without_provider)]
    else:
        provider = Provider(settings, desk.address, desk.council.clock)
        found = [
            ("/sign-in", ("GET",), openid.sign_on_by(provider)),
            ("/sign-in/return", ("GET",), openid.come_back(provider, settings)),
            ("/sign-out/provider", ("POST",), openid.signed_out_by(provider)),
        ]
    found += [
        ("/sign-out", ("POST",), sign_out(provider)),
        ("/signed-out", ("GET",), say_signed_out(provider)),
    ]
    return [outside_route(desk, path, methods, handler) for path, methods, handler in found]


def _without_provider(caller: Caller) -> Response:
    """The local sign-in for whoever sits at this machine; for anybody else what systems staff have to do."""
    if local.is_open(caller.desk, caller.request):
        return local.local_sign_in(caller)
    return caller.page("sign_in_not_set_up.html", title="Nobody can sign in here yet", status=403)
