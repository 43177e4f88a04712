"""The worklist as one application: its pages, its sign-on, its JSON API, its styles and scripts."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from deployments.worklist import sign_on
from deployments.worklist.desk import Desk
from deployments.worklist.pages import EVERY_PAGE
from deployments.worklist.protecting import Protected
from deployments.worklist.routing import Page, route
from deployments.worklist.set_up import ASSETS, BUILT
from deployments.worklist.trouble import Trouble, trouble_page


def worklist(desk: Desk, pages: Sequence[Page] = EVERY_PAGE) -> Protected:
    """The application, to be mounted where nothing else is served."""
    BUILT.mkdir(exist_ok=True)

    async def not_found(_request: Request, _failed: Exception) -> Response:
        return trouble_page(desk, Trouble.NOT_FOUND)

    app = Starlette(
        routes=[
            Mount("/assets/scripts", StaticFiles(directory=ASSETS / "scripts")),
            Route("/assets/icon.svg", _icon),
            Mount("/assets", StaticFiles(directory=BUILT)),
            *sign_on.routes(desk),
            *(route(desk, page) for page in pages),
        ],
        exception_handlers={404: not_found, 405: not_found},
    )
    return Protected(app, desk)


async def _icon(_request: Request) -> Response:
    return Response((ASSETS / "icon.svg").read_bytes(), media_type="image/svg+xml")
