"""The doors described in OpenAPI 3.1: what is sent, how it is signed, and every answer there can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from deployments.intake.webhook_door import LARGEST_BODY, Door
from deployments.intake.webhook_problems import ProblemDetails, ProblemKind, phrase
from deployments.intake.webhook_signature import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE

VERSION = "1.2.0"
"""Of the description: raised with every change, the first number where a partner must change something."""

_ABOUT = f"""
Doors for the council's own forms and for partners' systems. Every call is signed as Standard Webhooks describes
(https://www.standardwebhooks.com): HMAC-SHA256 over "ID.TIMESTAMP.BODY" with the secret agreed with the council.

A message keeps its webhook-id for ever: send it again under the same id, with the same body and a fresh timestamp and
signature, until you have an answer of 202. However often it comes it is taken in once, and every answer names the same
case. Anything but 202 means that nothing was taken in. 408, 500 and 503 go away by themselves: send it again later. All
other refusals stay until something is changed, and say what.

A body has at most {LARGEST_BODY} bytes and is not compressed.
"""
_SCHEMES = {
    "webhookId": (
        ID_HEADER,
        "Your own id of this message: up to 200 visible ASCII characters, never used for another.",
    ),
    "webhookTimestamp": (
        TIMESTAMP_HEADER,
        f"When you send it, in whole seconds since 1970; at most {int(TOLERANCE.total_seconds() // 60)} minutes off.",
    ),
    "webhookSignature": (
        SIGNATURE_HEADER,
        "v1, a comma, and the base64 of the HMAC; several parted by spaces while secrets change.",
    ),
}
_HEADERS = {
    401: {"WWW-Authenticate": "How to authenticate: StandardWebhooks."},
    405: {"Allow": "POST."},
    503: {"Retry-After": "Seconds after which to send it again."},
}


def description_of(doors: Sequence[Door[Any]]) -> dict[str, Any]:
    """The OpenAPI document for those doors."""
    _, found = models_json_schema(
        [*((door.schema, "validation") for door in doors), (ProblemDetails, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Safe Pathways: intake", "version": VERSION, "description": _ABOUT.strip()},
        "servers": [{"url": "/"}],
        "paths": {door.path: {"post": _operation(door)} for door in doors},
        "components": {
            "schemas": {**found["$defs"], "TakenIn": _TAKEN_IN},
            "securitySchemes": {
                scheme: {"type": "apiKey", "in": "header", "name": header, "description": what}
                for scheme, (header, what) in _SCHEMES.items()
            },
        },
        "security": [{scheme: [] for scheme in _SCHEMES}],
    }


_TAKEN_IN = {
    "type": "object",
    "description": "It is safely kept.",
    "required": ["case"],
    "additionalProperties": False,
    "properties": {
        "case": {
            "type": "string",
            "pattern": "^[1-9A-HJKMNP-TV-Z]{4}-[1-9A-HJKMNP-TV-Z]{4}$",
            "description": "The case's reference, which staff and letters use.",
            "examples": ["7K3Q-9PXM"],
        }
    },
}


def _operation(door: Door[Any]) -> dict[str, Any]:
    return {
        "operationId": door.title.lower().replace(" ", "-"),
        "summary": door.title,
        "description": " ".join((door.schema.__doc__ or "").split()),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{door.schema.__name__}"},
                    "example": door.example,
                }
            },
        },
        "responses": {
            "202": {
                "description": "It is safely kept and a case looks after it; the same call again is answered alike.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TakenIn"}}},
            },
            **_refusals(),
        },
    }


def _refusals() -> dict[str, Any]:
    by_status: defaultdict[int, list[ProblemKind]] = defaultdict(list)
    for kind in ProblemKind:
        if kind is not ProblemKind.WRONG_METHOD:  # no answer to a POST
            by_status[kind.status].append(kind)
    return {str(status): _refusal(status, kinds) for status, kinds in sorted(by_status.items())}


def _refusal(status: int, kinds: Sequence[ProblemKind]) -> dict[str, Any]:
    reasons = "; ".join(f"{kind.title[0].lower()}{kind.title[1:]} ({kind.type})" for kind in kinds)
    said: dict[str, Any] = {
        "description": f"{phrase(status)}: {reasons}. Nothing was taken in.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    headers = _HEADERS.get(status)
    if headers:
        said["headers"] = {name: {"description": what, "schema": {"type": "string"}} for name, what in headers.items()}
    return said
