"""The API as one application, and its description in OpenAPI."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from deployments.worklist.api import (
    audit,
    cases,
    correspondence,
    handing,
    incidents,
    lists,
    market,
    me,
    out_of_area,
    people,
    plans,
    starting,
    work,
)
from deployments.worklist.api.calling import FOR_WHOM, FORM_TOKEN
from deployments.worklist.api.guarding import Operation
from deployments.worklist.api.problems import Problem, ProblemDetails, ProblemKind, problem_for
from deployments.worklist.desk import Desk
from deployments.worklist.trouble import Trouble

MOUNTED = "/api"
VERSION = "/v1"
"""In the path; raised where a caller must change something."""
DESCRIBED = "1.0.0"
MODULES = (
    me, work, handing, cases, plans, incidents, out_of_area, market, correspondence, starting, people, lists, audit,
)  # fmt: skip
EVERY_OPERATION: tuple[Operation, ...] = tuple(one for module in MODULES for one in module.operations.all)
TAKES_FILES = tuple(f"{MOUNTED}{VERSION}{one.path}" for one in EVERY_OPERATION if one.takes_files)
"""The paths to which files may be sent."""
_ABOUT = f"""
What the worklist's pages do, for a council's own systems. Every call is for one member of staff, who sees and does here
what they would on the pages: `x-pathways-action` names the row of the permissions that it takes.

A program sends its token as `Authorization: Bearer`, and, where the token acts for many, the staff id of whoever it has
signed on as `{FOR_WHOM}`. Systems staff make tokens with `pathways api-token new`. What is read and done is noted under
that staff id. A page of ours calls in its own session and sends `{FORM_TOKEN}` with whatever is not a GET.

What is not theirs to see is not there: 404. A call that could not be carried out did nothing, and its answer says what
to put right, as application/problem+json (RFC 9457). Times are in UTC.
"""


def api(desk: Desk) -> FastAPI:
    """The application, to be mounted at `MOUNTED`."""
    app = FastAPI(
        title="Safe Pathways: worklist",
        version=DESCRIBED,
        description=_ABOUT.strip(),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={HTTPException: _not_served},
    )
    app.state.desk = desk
    for module in MODULES:
        app.include_router(module.operations.router, prefix=VERSION)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


async def _not_served(_request: Request, refused: Exception) -> Response:
    """Where there is no such path, or not by that method."""
    assert isinstance(refused, HTTPException)
    if refused.status_code == 405:
        problem = Problem(ProblemKind.WRONG_METHOD, "look the method up in openapi.json", headers=refused.headers)
        return problem.response()
    return problem_for(Trouble.NOT_FOUND).response()


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        said = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        parts = said.setdefault("components", {})
        parts.setdefault("schemas", {})["ProblemDetails"] = ProblemDetails.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        parts["schemas"] |= parts["schemas"]["ProblemDetails"].pop("$defs", {})
        parts["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "A token of `pathways api-token new`."},
            "staff": {
                "type": "apiKey",
                "in": "header",
                "name": FOR_WHOM,
                "description": "With a token that acts for many: the staff id of whoever it is for.",
            },
        }
        said["security"] = [{"token": []}, {"token": [], "staff": []}]
        said["servers"] = [{"url": MOUNTED}]
        app.openapi_schema = said
    return app.openapi_schema
