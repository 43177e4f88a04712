"""How a path is served for which nobody needs to be signed in: its form read, its work done aside, its page written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from deployments.worklist.desk import Desk
from deployments.worklist.sign_on.refusals import NotSignedIn, Refusal
from tasks.durable.council import Council

Handler = Callable[["Caller"], Response]
AT_ONCE = 8
"""Sign-ons at the same time; while the council's provider is slow, those who are signed in must not wait for it."""
_MOST_FIELDS = 20


@dataclass(frozen=True)
class Caller:
    """Somebody who may not be signed in, and what their browser sent."""

    desk: Desk
    request: Request
    sent: Mapping[str, str] = field(default_factory=dict)

    @property
    def council(self) -> Council:
        """The council's running system."""
        return self.desk.council

    @property
    def now(self) -> datetime:
        """The time."""
        return self.desk.council.clock.now()

    def asked(self, name: str) -> str:
        """A parameter of the address."""
        return self.request.query_params.get(name, "")

    def page(self, template: str, *, title: str, status: int = 200, **context: Any) -> Response:
        """A page for somebody who is not signed in; its template extends `layout.html`."""
        written = self.desk.templates.get_template(template).render(title=title, **context)
        return HTMLResponse(written, status_code=status)

    def refused(self, refusal: Refusal) -> Response:
        """The page that says why somebody is not signed in, and whom to ask."""
        words = refusal.value
        is_somebody = refusal in (Refusal.NOT_IN_REGISTER, Refusal.NO_ONE_ROLE, Refusal.NO_ONE_TEAM)
        return self.page(
            "sign_in_refused.html",
            title=words.title,
            status=words.status,
            what_to_do=words.what_to_do,
            may_begin_again=refusal is not Refusal.TOO_MANY,
            is_somebody=is_somebody,
        )


def outside_route(desk: Desk, path: str, methods: tuple[str, ...], handler: Handler) -> Route:
    """A path that nobody needs to be signed in for."""
    limiter = anyio.CapacityLimiter(AT_ONCE)

    def answered(caller: Caller) -> Response:
        try:
            return handler(caller)
        except NotSignedIn as wrong:
            return caller.refused(wrong.refusal)

    async def serve(request: Request) -> Response:
        sent: dict[str, str] = {}
        if request.method == "POST":
            async with request.form(max_fields=_MOST_FIELDS, max_files=0) as form:
                sent = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
        return await anyio.to_thread.run_sync(answered, Caller(desk, request, sent), limiter=limiter)

    return Route(path, serve, methods=[*methods])
