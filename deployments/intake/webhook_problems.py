"""What a webhook door answers when it takes nothing in: `application/problem+json` (RFC 9457), for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from models.errors import PathwaysError

MOST_NAMED = 1000
"""Problems of one body that are named; nobody mends more than that at once."""


class ProblemKind(Enum):
    """Why a call was refused: its name in the answer and the log, the status, and what the sender reads first."""

    NOT_SET_UP = ("not-set-up", 503, "This door is not set up")
    BUSY = ("busy", 503, "Too many calls at once")
    DATABASE_AWAY = ("database-away", 503, "Nothing can be stored at present")
    WRONG_METHOD = ("wrong-method", 405, "This door takes POST only")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    TOO_SLOW = ("too-slow", 408, "The body did not come in time")
    BROKEN_OFF = ("broken-off", 400, "The body broke off")
    UNSIGNED = ("unsigned", 401, "The call is not signed")
    WRONG_SIGNATURE = ("wrong-signature", 401, "The signature does not hold")
    STALE = ("stale", 401, "The timestamp is too far from now")
    WRONG_TYPE = ("wrong-type", 415, "The body is not announced as JSON")
    MALFORMED = ("malformed", 400, "The body is not sound JSON")
    INVALID = ("invalid", 422, "The body does not meet the schema")
    ID_USED_BEFORE = ("id-used-before", 409, "The webhook-id was used for another message")
    OUR_FAULT = ("our-fault", 500, "A fault of ours")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @property
    def type(self) -> str:
        """The problem's type, a URI that names it and leads nowhere."""
        return f"tag:safe-pathways,2026:problem:{self.slug}"


class FieldProblem(BaseModel):
    """One thing in the body that is not as it must be."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    pointer: str
    """Where, as a JSON pointer (RFC 6901); empty for the body as a whole."""
    detail: str
    """What is wrong, without what stood there."""


class ProblemDetails(BaseModel):
    """Why nothing was taken in (RFC 9457)."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """The kind of problem, for programs: a tag: URI that names it and leads nowhere."""
    title: str
    """The kind of problem, for people."""
    status: int
    """The HTTP status again."""
    detail: str
    """What to do next."""
    problems: list[FieldProblem] = []
    """Everything in the body that does not meet the schema, up to a thousand."""


class Refused(PathwaysError):
    """A call that is not taken in; `kind` says why, the message what its sender does next."""

    def __init__(self, kind: ProblemKind, detail: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.kind = kind
        self.problems = problems

    def response(self, *, headers: dict[str, str] | None = None) -> Response:
        """The answer; what the sender needs to try again is in its headers."""
        kind = self.kind
        said = ProblemDetails(
            type=kind.type,
            title=kind.title,
            status=kind.status,
            detail=str(self),
            problems=list(self.problems[:MOST_NAMED]),
        )
        return Response(
            as_json(said.model_dump(mode="json")),
            status_code=kind.status,
            headers=_headers_of(kind) | (headers or {}),
            media_type="application/problem+json",
        )


def as_json(data: Any) -> bytes:
    """JSON in ASCII, which no name of a field can break."""
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def phrase(status: int) -> str:
    """What HTTP calls a status."""
    return HTTPStatus(status).phrase


def _headers_of(kind: ProblemKind) -> dict[str, str]:
    match kind.status:
        case 401:
            return {"WWW-Authenticate": "StandardWebhooks"}
        case 405:
            return {"Allow": "POST"}
        case 503:
            return {"Retry-After": "5" if kind is ProblemKind.BUSY else "60"}
        case 408 | 413:
            return {"Connection": "close"}
        case _:
            return {}
