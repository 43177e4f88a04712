"""
A signed, idempotent JSON door: what it lets in, in which order it looks, and how it answers.

What is brought through it, such as a contact, is the matter of whoever opens the door (`Door`). Nothing of a call
is ever logged but the door's path and the kind of refusal.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from deployments.intake.webhook_problems import FieldProblem, ProblemKind, Refused, as_json
from deployments.intake.webhook_signature import Signatures, SignedAs
from tasks.database import DatabaseUnavailable
from tasks.durable.council import Council
from tasks.webhook_intake import IdUsedBefore, WebhookCall

log = logging.getLogger("pathways")

LARGEST_BODY = 36 * 1024 * 1024
"""Bytes of one call: 25 MB of files, which base64 makes a third larger, and the text. The mail door has the same."""
BODIES_AT_ONCE = 8
"""Calls of which a body may be in memory at the same time, on all doors together."""
PATIENCE_SECONDS = 300.0
"""How long a body may take to come."""

Sent = TypeVar("Sent", bound=BaseModel)


@dataclass(frozen=True)
class Door(Generic[Sent]):
    """One door: where it is, what is brought through it, and what becomes of that."""

    path: str
    title: str
    """What is done here, such as "Send a written contact"."""
    schema: type[Sent]
    example: dict[str, Any]
    take_in: Callable[[Council, WebhookCall, Sent], str]
    """
    Takes in what was sent and gives its case's ref; may block. The same call again gives the same ref. Raises
    `IdUsedBefore` and `DatabaseUnavailable`.
    """


class DoorKeeper:
    """Receives calls to the doors of one council."""

    def __init__(
        self,
        council: Council,
        signatures: Signatures,
        *,
        largest_body: int = LARGEST_BODY,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._council = council
        self._signatures = signatures
        self._largest_body = largest_body
        self._patience_seconds = patience_seconds
        self._bodies = 0

    async def receive(self, door: Door[Any], request: Request) -> Response:
        """Answer one call: 202 with the case's ref once everything is on the disk, else a problem and no change."""
        try:
            ref = await self._taken_in(door, request)
        except Refused as refused:
            log.warning("a call to %s was refused: %s", door.path, refused.kind.slug)
            return refused.response()
        except Exception as caught:  # its text may hold what was sent
            log.error("a call to %s failed by a fault of ours (%s)", door.path, type(caught).__name__)
            return Refused(ProblemKind.OUR_FAULT, "nothing was taken in; send the same message again").response()
        return Response(as_json({"case": ref}), status_code=202, media_type="application/json")

    async def refuse_method(self, door: Door[Any], request: Request) -> Response:
        """Answer whoever comes with anything but POST."""
        log.warning("a call to %s was refused: %s", door.path, ProblemKind.WRONG_METHOD.slug)
        return Refused(ProblemKind.WRONG_METHOD, f"send a signed POST; {DESCRIPTION} describes it").response()

    async def _taken_in(self, door: Door[Any], request: Request) -> str:
        if not self._signatures.are_set_up:
            detail = "no secret is agreed with this council's installation yet; ask its systems team and send it again"
            raise Refused(ProblemKind.NOT_SET_UP, detail)
        if self._bodies >= BODIES_AT_ONCE:
            raise Refused(ProblemKind.BUSY, "too many calls are being received; send it again in a few seconds")
        self._bodies += 1
        try:
            signed, body = await self._received(request)
            self._signatures.check(signed, body, self._council.clock.now())
            _refuse_other_types(request)
            return await run_in_threadpool(self._read_and_taken_in, door, signed, body)
        finally:
            self._bodies -= 1

    async def _received(self, request: Request) -> tuple[SignedAs, bytes]:
        """The headers and the body; a body too large is refused first, and one that nobody signed is not kept."""
        unsigned = None
        try:
            signed = SignedAs.from_headers(request.headers)
        except Refused as refused:
            unsigned = refused
        try:
            async with asyncio.timeout(self._patience_seconds):
                body = await _body(request, self._largest_body, keep=unsigned is None)
        except TimeoutError:
            problem = Refused(ProblemKind.TOO_SLOW, "the body did not come in time; send it again")
        except ClientDisconnect:
            problem = Refused(ProblemKind.BROKEN_OFF, "the body broke off; send it again")
        else:
            if unsigned is not None:
                raise unsigned
            return signed, body
        raise problem

    def _read_and_taken_in(self, door: Door[Any], signed: SignedAs, body: bytes) -> str:
        sent = read_body(door.schema, body)
        call = WebhookCall(door.path, signed.id, signed.timestamp, signed.signature, body)
        try:
            return door.take_in(self._council, call, sent)
        except IdUsedBefore as used:
            problem = Refused(ProblemKind.ID_USED_BEFORE, str(used))
        except DatabaseUnavailable:
            problem = Refused(ProblemKind.DATABASE_AWAY, "nothing was taken in; send the same message again later")
        raise problem


DESCRIPTION = "/intake/openapi.json"
"""Where the doors are described."""


def read_body(schema: type[Sent], body: bytes) -> Sent:
    """What was sent. Raises `Refused`: not sound JSON, or every problem by its pointer, never what stood there."""
    where = fault_in_json(body)
    if where:
        raise Refused(ProblemKind.MALFORMED, f"put the JSON right and send it again: {where}")
    try:
        return schema.model_validate_json(body)
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False, include_context=False)
    if any(error["type"] == "json_invalid" for error in errors):
        raise Refused(ProblemKind.MALFORMED, "put the JSON right and send it again: a character in it is half a one")
    problems = [FieldProblem(pointer=pointer_to(error["loc"]), detail=error_in_words(error)) for error in errors]
    many = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    raise Refused(ProblemKind.INVALID, f"{many}: put right what is named and send it again under a new id", problems)


def fault_in_json(body: bytes) -> str:
    """Where JSON is not sound; empty where it is. A field that stands twice is not sound: which one was meant?"""
    try:
        json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        return f"line {wrong.lineno}, column {wrong.colno}"
    except _Unsound as unsound:
        return str(unsound)
    except RecursionError:
        return "it is nested too deeply"
    except ValueError:
        return "a number in it is too long"
    return ""


class _Unsound(Exception):
    """JSON that a parser takes and we do not."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unsound("a field stands in it twice")
    return found


def _no_constant(_name: str) -> Any:
    raise _Unsound("NaN and Infinity are not JSON")


def pointer_to(place: tuple[str | int, ...]) -> str:
    """A place in a body as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def error_in_words(error: Any) -> str:
    """What is wrong at a place, as Pydantic found it, without what stood there."""
    match error["type"]:
        case "missing":
            return "it is missing"
        case "extra_forbidden":
            return "there is no such field; take it out"
        case "string_pattern_mismatch":
            return (
                "it is not written as the schema has it: a day as 1941-06-30, a time as 2026-01-05T08:45:00Z, an "
                "address as name@example.org, a name or subject as one line of plain text"
            )
        case _:
            return str(error["msg"]).removeprefix("Value error, ")


async def _body(request: Request, largest: int, *, keep: bool) -> bytes:
    """The body as it comes; beyond the largest it is let go by. Raises `Refused`, `ClientDisconnect`."""
    declared = request.headers.get("content-length", "")
    too_large = declared.isdigit() and len(declared) < 20 and int(declared) > largest
    if too_large and "expect" in request.headers:
        raise _too_large(largest)  # its sender waits for a word before it sends anything
    found, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size > largest:
            too_large = True
            found.clear()
        if size > 3 * largest:
            break  # so far it is read, because a sender in the middle of sending hears no answer
        if keep and not too_large:
            found += piece
    if too_large:
        raise _too_large(largest)
    return bytes(found)


def _too_large(largest: int) -> Refused:
    return Refused(ProblemKind.TOO_LARGE, f"a call has at most {largest} bytes; send the largest files another way")


def _refuse_other_types(request: Request) -> None:
    announced = [part.strip().lower() for part in request.headers.get("content-type", "").split(";")]
    charsets = [part for part in announced[1:] if part.startswith("charset=") and part != 'charset="utf-8"']
    if announced[0] != "application/json" or any(part != "charset=utf-8" for part in charsets):
        raise Refused(ProblemKind.WRONG_TYPE, "send Content-Type: application/json, in UTF-8")
