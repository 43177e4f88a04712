"""A partner's system as the webhook tests speak it: it signs what it sends, and is answered by the real doors."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select

from deployments.intake.webhook import webhook_doors
from deployments.intake.webhook_door import DoorKeeper
from deployments.intake.webhook_signature import Signatures
from models.base import Base
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.testing import Office

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes for the tests..").decode()
NEXT_SECRET = "whsec_" + base64.b64encode(b"another thirty-two bytes to come").decode()
LIMIT = 20_000
"""Bytes that the doors of these tests take, so that what is too large stays small."""
CONTACT: dict[str, Any] = {
    "source": "contact-us-form",
    "sender": {"name": "Joyce Amberley", "email": "joyce@example.org", "telephone": "01632 960123"},
    "subject": "My father's bath seat",
    "text": "The bath seat has not come.",
}


def signature(secret: str, webhook_id: str, timestamp: int | str, body: bytes) -> str:
    """What Standard Webhooks has a sender write, worked out by hand."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def doors(council: Council, *secrets: str, **limits: Any) -> FastAPI:
    """An application with the doors alone."""
    app = FastAPI(openapi_url=None)
    app.include_router(webhook_doors(DoorKeeper(council, Signatures(secrets), **{"largest_body": LIMIT} | limits)))
    return app


class Partner:
    """Another system with a secret."""

    def __init__(self, office: Office, *, app: FastAPI | None = None, secret: str = SECRET) -> None:
        self.office = office
        self.secret = secret
        self.app = app or doors(office.council, SECRET)
        self._sent = 0

    def headers(
        self, body: bytes, *, webhook_id: str | None = None, late: timedelta = timedelta(0), **other: str
    ) -> dict[str, str]:
        """The headers of a call signed now, or so much later or earlier than the office's clock says."""
        self._sent += 1
        webhook_id = webhook_id or f"msg_{self._sent}"
        timestamp = int((self.office.clock.now() + late).timestamp())
        signed = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.secret, webhook_id, timestamp, body),
            "content-type": "application/json",
        }
        return signed | {name.replace("_", "-"): value for name, value in other.items()}

    def post(self, body: bytes, path: str = "/intake/contacts", **headers: Any) -> httpx.Response:
        """Send bytes, signed."""
        return self.post_as(body, self.headers(body, **headers), path)

    def post_as(self, body: bytes, headers: Mapping[str, str], path: str = "/intake/contacts") -> httpx.Response:
        """Send bytes with exactly those headers."""
        return self.request("POST", path, content=body, headers=dict(headers))

    def request(self, method: str, path: str = "/intake/contacts", **parts: Any) -> httpx.Response:
        """Send any request, as another program would."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://pathways.test") as client:
                return await client.request(method, path, **parts)

        return asyncio.run(sent())

    def send(self, *, webhook_id: str | None = None, **changes: Any) -> httpx.Response:
        """Send a contact that differs so from the usual one."""
        return self.post(as_bytes(**changes), webhook_id=webhook_id)

    def sent(self, **changes: Any) -> str:
        """As `send`, and gives the case's ref."""
        answer = self.send(**changes)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["case"])


def as_bytes(**changes: Any) -> bytes:
    """A contact as JSON; what is None is left out."""
    return json.dumps({name: value for name, value in (CONTACT | changes).items() if value is not None}).encode()


def everything(database: Database) -> dict[str, int]:
    """How many rows every table has."""
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
