"""The worklist as one application: its pages, its sign-on, its JSON API, its styles and scripts."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, compile_path
from starlette.staticfiles import StaticFiles

from deployments.worklist import sign_on
from deployments.worklist.api.app import MOUNTED, TAKES_FILES, api
from deployments.worklist.api.problems import problem_for
from deployments.worklist.desk import Desk
from deployments.worklist.pages import EVERY_PAGE
from deployments.worklist.protecting import Protected
from deployments.worklist.routing import Page, route
from deployments.worklist.set_up import ASSETS, BUILT
from deployments.worklist.trouble import Trouble, trouble_of, trouble_page
from models.errors import PathwaysError


def worklist(desk: Desk, pages: Sequence[Page] = EVERY_PAGE) -> Protected:
    """The application, to be mounted where nothing else is served."""
    BUILT.mkdir(exist_ok=True)

    def tell(trouble: Trouble, path: str) -> Response:
        if path.startswith(f"{MOUNTED}/"):
            return problem_for(trouble).response()
        return trouble_page(desk, trouble)

    async def not_found(request: Request, _failed: Exception) -> Response:
        return tell(Trouble.NOT_FOUND, request.url.path)

    async def not_read(_request: Request, _failed: Exception) -> Response:
        return trouble_page(desk, Trouble.BAD_FORM)

    async def too_large(_request: Request, _failed: Exception) -> Response:
        return trouble_page(desk, Trouble.TOO_LARGE)

    async def ours(_request: Request, failed: Exception) -> Response:
        assert isinstance(failed, PathwaysError)
        return trouble_page(desk, trouble_of(failed), sentence=str(failed))

    app = Starlette(
        routes=[
            Mount("/assets/scripts", StaticFiles(directory=ASSETS / "scripts")),
            Route("/assets/icon.svg", _icon),
            Mount("/assets", StaticFiles(directory=BUILT)),
            Mount(MOUNTED, api(desk)),
            *sign_on.routes(desk),
            *(route(desk, page) for page in pages),
        ],
        exception_handlers={
            400: not_read,
            404: not_found,
            405: not_found,
            413: too_large,
            PathwaysError: ours,
        },
    )
    app.router.redirect_slashes = False  # it would lead to a whole address, made of what the request says
    with_files = [*(page.path for page in pages if page.takes_files), *TAKES_FILES]
    return Protected(app, desk, [compile_path(path)[0] for path in with_files], tell)


async def _icon(_request: Request) -> Response:
    return Response((ASSETS / "icon.svg").read_bytes(), media_type="image/svg+xml")
