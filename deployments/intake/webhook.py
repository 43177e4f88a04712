"""The webhook doors on the serving port, for contacts, referrals and evidence, and what describes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from deployments.intake.webhook_description import description_of
from deployments.intake.webhook_door import DESCRIPTION, Door, DoorKeeper
from deployments.intake.webhook_problems import as_json
from models.incoming_contact import IncomingContact
from models.incoming_evidence import IncomingEvidence
from models.incoming_referral import IncomingReferral
from tasks.webhook_contact import PATH as CONTACTS_PATH
from tasks.webhook_contact import take_in_contact
from tasks.webhook_evidence import PATH as EVIDENCE_PATH
from tasks.webhook_evidence import take_in_evidence
from tasks.webhook_referral import PATH as REFERRALS_PATH
from tasks.webhook_referral import take_in_referral

CONTACTS = Door(
    path=CONTACTS_PATH,
    title="Send a written contact",
    schema=IncomingContact,
    example=IncomingContact.example(),
    take_in=take_in_contact,
)
REFERRALS = Door(
    path=REFERRALS_PATH,
    title="Send a referral",
    schema=IncomingReferral,
    example=IncomingReferral.example(),
    take_in=take_in_referral,
)
EVIDENCE = Door(
    path=EVIDENCE_PATH,
    title="Send evidence about a reablement plan",
    schema=IncomingEvidence,
    example=IncomingEvidence.example(),
    take_in=take_in_evidence,
)
DOORS: Sequence[Door[Any]] = (CONTACTS, REFERRALS, EVIDENCE)
_NOT_POST = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]


def webhook_doors(keeper: DoorKeeper, doors: Sequence[Door[Any]] = DOORS) -> APIRouter:
    """The doors, kept by `keeper`, and their description in OpenAPI at /intake/openapi.json."""
    router = APIRouter()
    for door in doors:
        router.add_route(door.path, partial(_post, keeper, door), methods=["POST"])
        router.add_route(door.path, partial(_other, keeper, door), methods=_NOT_POST)
    description = as_json(description_of(doors))

    async def describe(_request: Request) -> Response:
        return Response(description, media_type="application/json")

    router.add_route(DESCRIPTION, describe, methods=["GET"])
    return router


async def _post(keeper: DoorKeeper, door: Door[Any], request: Request) -> Response:
    return await keeper.receive(door, request)


async def _other(keeper: DoorKeeper, door: Door[Any], request: Request) -> Response:
    return await keeper.refuse_method(door, request)
