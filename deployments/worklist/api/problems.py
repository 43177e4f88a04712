"""What is answered where a call is not carried out: `application/problem+json` (RFC 9457), nothing personal in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from deployments.intake.webhook_door import error_in_words, pointer_to
from deployments.intake.webhook_problems import MOST_NAMED, FieldProblem, as_json, phrase
from deployments.worklist.forms import problems_from
from deployments.worklist.trouble import Trouble
from models.errors import PathwaysError
from models.forms.base import AnswerRefused, UnknownForm
from tasks.as_of import DayToCome
from tasks.database import DatabaseUnavailable
from tasks.durable.ledger import CaseIsClosed, UnknownCase
from tasks.durable.worklist import HeldByAnother, NoLongerOpen, NotTheirs, UnknownWorkItem
from tasks.worklist.letters import CannotBeScanned, FileIsInfected, TooManyAtOnce
from tasks.worklist.paging import NoSuchPlace
from tasks.worklist.scope import NotFound

MEDIA_TYPE = "application/problem+json"


class ProblemKind(Enum):
    """Why a call was not carried out: its name for programs, the status, and what people read first."""

    MALFORMED = ("malformed", 400, "The call could not be read")
    STAFF_NOT_NAMED = ("staff-not-named", 400, "The call does not say for whom it is")
    NOT_SIGNED_IN = ("not-signed-in", 401, "Nobody is signed in")
    NOT_ALLOWED = ("not-allowed", 403, "That is not among what they may do")
    NOT_STAFF = ("not-staff", 403, "The register does not have them as staff")
    NOT_OUR_FORM = ("not-our-form", 403, "The form token is missing or wrong")
    OTHER_SITE = ("other-site", 403, "The call came from another site")
    NOT_FOUND = ("not-found", 404, "There is no such thing, or it is not theirs to see")
    WRONG_METHOD = ("wrong-method", 405, "That method is not served here")
    NO_LONGER_OPEN = ("no-longer-open", 409, "It is no longer open")
    HELD_BY_ANOTHER = ("held-by-another", 409, "Somebody else has taken it by now")
    KEY_USED_BEFORE = ("key-used-before", 409, "The Idempotency-Key was used for something else")
    HARMFUL_FILE = ("harmful-file", 409, "The file is not given out")
    CASE_HAS_CHANGED = ("case-has-changed", 412, "The case has gone on since it was read")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    WRONG_TYPE = ("wrong-type", 415, "The body is of another type than is taken")
    INVALID = ("invalid", 422, "Something is to be put right")
    TOO_MANY = ("too-many", 429, "Too many calls were refused from there")
    OUR_FAULT = ("our-fault", 500, "A fault of ours")
    AWAY = ("away", 503, "That cannot be done at the moment")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @property
    def type(self) -> str:
        """The problem's type, a URI that names it and leads nowhere."""
        return f"tag:safe-pathways,2026:problem:{self.slug}"


class ProblemDetails(BaseModel):
    """Why a call was not carried out (RFC 9457). Nothing was done."""

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
    """Everything in the body, or in the address, that is to be put right; up to a thousand."""
    seen_entry_no: int | None = None
    """Where the case has gone on: its last entry now. Read what is new, then send it with this as If-Match."""


class Problem(PathwaysError):
    """A call that is not carried out; `kind` says why, the message what its sender does next."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        problems: Sequence[FieldProblem] = (),
        *,
        seen_entry_no: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.problems = tuple(problems)
        self.seen_entry_no = seen_entry_no
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The answer."""
        said = ProblemDetails(
            type=self.kind.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=str(self),
            problems=list(self.problems[:MOST_NAMED]),
            seen_entry_no=self.seen_entry_no,
        )
        headers = _headers_of(self.kind) | self.headers
        content = as_json(said.model_dump(mode="json"))
        return Response(content, status_code=self.kind.status, headers=headers, media_type=MEDIA_TYPE)


def invalid(problems: Sequence[FieldProblem]) -> Problem:
    """What is to be put right, each at its place."""
    many = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    return Problem(
        ProblemKind.INVALID, f"{many}: nothing was kept; put right what is named and send it again", problems
    )


def problems_at(model: type[BaseModel], sentences: Iterable[str], under: str = "") -> Problem:
    """Sentences of ours about what was sent as that model, each with a pointer to the field that it is about."""
    found = [
        FieldProblem(pointer=under + pointer_to(tuple((one.field_name or "").split("."))), detail=one.sentence)
        if one.field_name
        else FieldProblem(pointer=under, detail=one.sentence)
        for one in problems_from(model, sentences)
    ]
    return invalid(found)


def read_as(model: type[Any], said: Any, under: str = "") -> Any:
    """What was sent, as that model. Raises `Problem` with every problem by its pointer, never what stood there."""
    try:
        return model.model_validate(said)
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False)
    raise invalid([field_problem(error, under) for error in errors])


def field_problem(error: Any, under: str = "") -> FieldProblem:
    """One error of Pydantic's."""
    return FieldProblem(pointer=under + pointer_to(error["loc"]), detail=error_in_words(error))


def problem_of(wrong: PathwaysError) -> Problem:
    """An error of ours as what is answered."""
    match wrong:
        case Problem():
            return wrong
        case NotFound() | UnknownCase() | UnknownWorkItem() | UnknownForm():
            return Problem(ProblemKind.NOT_FOUND, str(wrong))
        case NotTheirs():
            return Problem(ProblemKind.NOT_ALLOWED, str(wrong))
        case HeldByAnother():
            return Problem(ProblemKind.HELD_BY_ANOTHER, str(wrong))
        case NoLongerOpen() | CaseIsClosed():
            return Problem(ProblemKind.NO_LONGER_OPEN, str(wrong))
        case FileIsInfected():
            return Problem(ProblemKind.HARMFUL_FILE, str(wrong))
        case DatabaseUnavailable() | TooManyAtOnce() | CannotBeScanned():
            return Problem(ProblemKind.AWAY, str(wrong))
        case NoSuchPlace() | DayToCome():
            return Problem(ProblemKind.MALFORMED, str(wrong))
        case AnswerRefused():
            return invalid([FieldProblem(pointer="", detail=one) for one in wrong.problems])
        case _:
            return Problem(ProblemKind.INVALID, str(wrong))


def problem_for(trouble: Trouble) -> Problem:
    """What stands in a call's way before it comes to an operation."""
    match trouble:
        case Trouble.NOT_FOUND:
            return Problem(ProblemKind.NOT_FOUND, "there is no such path: look it up in openapi.json")
        case Trouble.TOO_LARGE:
            return Problem(ProblemKind.TOO_LARGE, "nothing was done: send less at once, or a smaller file")
        case Trouble.OTHER_SITE:
            return Problem(ProblemKind.OTHER_SITE, "nothing was done: a page of another site cannot call this")
        case Trouble.BAD_FORM:
            return Problem(ProblemKind.MALFORMED, "nothing was done: say a sound Content-Length, and send UTF-8")
        case _:
            return Problem(ProblemKind.OUR_FAULT, "nothing was half done: try again; if it stays, tell systems staff")


def described() -> dict[int | str, dict[str, Any]]:
    """Every answer there can be beside the one that is wanted, as OpenAPI describes it."""
    by_status: dict[int, list[ProblemKind]] = {}
    for kind in ProblemKind:
        if kind is not ProblemKind.WRONG_METHOD:
            by_status.setdefault(kind.status, []).append(kind)
    return {status: _described(status, kinds) for status, kinds in by_status.items()}


def _described(status: int, kinds: Sequence[ProblemKind]) -> dict[str, Any]:
    reasons = "; ".join(f"{kind.title[0].lower()}{kind.title[1:]} ({kind.type})" for kind in kinds)
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        "description": f"{phrase(status)}: {reasons}. Nothing was done.",
        "content": {MEDIA_TYPE: {"schema": schema}},
        "headers": {name: {"schema": {"type": "string"}} for name in _headers_of(kinds[0])},
    }


def _headers_of(kind: ProblemKind) -> dict[str, str]:
    match kind.status:
        case 401:
            return {"WWW-Authenticate": 'Bearer realm="Safe Pathways"'}
        case 429:
            return {"Retry-After": "600"}
        case 503:
            return {"Retry-After": "60"}
        case 413:
            return {"Connection": "close"}
        case _:
            return {}
