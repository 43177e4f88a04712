"""
How an operation comes to be served: each says what one may do to call it, and none can be added without.

In this order, before anything that was sent is read: who is it, and may they do it at all. Then whether the body is of
the right type and sound. Which cases they may see is looked at where the case is (`tasks/worklist/scope.py`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from deployments.intake.webhook_door import fault_in_json
from deployments.worklist.api.calling import admit
from deployments.worklist.api.problems import (
    Problem,
    ProblemKind,
    described,
    field_problem,
    invalid,
    problem_for,
    problem_of,
)
from deployments.worklist.protecting import BodyTooLarge, where
from deployments.worklist.trouble import Trouble
from models.errors import PathwaysError
from models.permissions import Action
from models.unfit import has_nul, is_too_deep

log = logging.getLogger("pathways")
ACTION = "x-pathways-action"
"""What OpenAPI says one must be allowed to do."""
Handle = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Operation:
    """One operation of the API, and what one must be allowed to do for it."""

    method: str
    path: str
    action: Action
    takes_files: bool = False

    @property
    def name(self) -> str:
        """A name for lists and tests, such as "GET /work-items/{item}"."""
        return f"{self.method} {self.path}"


class Operations:
    """The operations of one module."""

    def __init__(self, tag: str) -> None:
        self.all: list[Operation] = []
        self.router = APIRouter(route_class=_Guarded, tags=[tag], redirect_slashes=False)

    def add(
        self,
        method: str,
        path: str,
        action: Action,
        *,
        status: int = 200,
        takes_files: bool = False,
        gives_file: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a function an operation. Its signature says what is sent, and what it gives."""

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.all.append(Operation(method, path, action, takes_files))
            self.router.add_api_route(
                path,
                handler,
                methods=[method],
                status_code=status,
                operation_id=handler.__name__,
                responses=described(),
                openapi_extra={ACTION: str(action)},
                response_class=_File if gives_file else JSONResponse,
            )
            return handler

        return register


class _File(Response):
    """A file, as the description has it."""

    media_type = "application/octet-stream"


class _Guarded(APIRoute):
    """A route that lets in only who may."""

    def get_route_handler(self) -> Any:
        action, inner = Action((self.openapi_extra or {})[ACTION]), super().get_route_handler()
        sent = self.body_field
        is_form = sent is not None and isinstance(sent.field_info, params.Form)

        async def handle(request: Request) -> Response:
            request.state.call = await run_in_threadpool(admit, request.app.state.desk, request, action)
            if sent is not None:
                await _look_through(request, is_form=is_form)
            answered: Response = await inner(request)
            return answered

        async def guarded(request: Request) -> Response:
            return await _answered(handle, request)

        return guarded


async def _answered(handle: Handle, request: Request) -> Response:
    """What the operation gives; whatever goes wrong is told as a problem."""
    try:
        return await handle(request)
    except PathwaysError as wrong:
        return problem_of(wrong).response()
    except RequestValidationError as refused:
        return invalid([field_problem(_in_the_body(error)) for error in refused.errors()]).response()
    except HTTPException as refused:
        if isinstance(refused, BodyTooLarge) or isinstance(refused.__cause__, BodyTooLarge):
            return problem_for(Trouble.TOO_LARGE).response()
        return Problem(ProblemKind.MALFORMED, "the body could not be read: put it right and send it again").response()
    except ClientDisconnect:
        raise
    except Exception as failed:  # no text of the error, which may be personal
        log.error("an API call failed: %s at %s", type(failed).__name__, where(failed))
        return problem_for(Trouble.OURS).response()


async def _look_through(request: Request, *, is_form: bool) -> None:
    """Raise `Problem` unless the body is of the type that is taken and, where it is JSON, sound."""
    announced = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = "multipart/form-data" if is_form else "application/json"
    if announced != wanted:
        raise Problem(ProblemKind.WRONG_TYPE, f"send Content-Type: {wanted}")
    if is_form:
        return
    body = await request.body()
    if where_wrong := await run_in_threadpool(_fault_in, body):
        raise Problem(ProblemKind.MALFORMED, f"put the JSON right and send it again: {where_wrong}")


def _fault_in(body: bytes) -> str:
    """Where JSON is not sound; empty where it is."""
    if fault := fault_in_json(body):
        return fault
    said = json.loads(body)
    if is_too_deep(said):
        return "it is nested too deeply"
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "a character in it is half a one"
    return "take out the character NUL, which no record can keep" if has_nul(said) else ""


def _in_the_body(error: Any) -> dict[str, Any]:
    """An error of FastAPI's with its place in the body, or in the address; what stood there is left out."""
    place = error["loc"][1:] if error["loc"][0] == "body" else error["loc"]
    return {"type": error["type"], "msg": error["msg"], "loc": place}
