"""A program of the council's that calls the JSON API, as the tests of the API use one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from starlette.types import ASGIApp

from deployments.worklist.api.tokens import new_token
from tasks.durable.testing import Office
from tests.worklist.browser import ADDRESS

V1 = "/api/v1"


@dataclass
class Program:
    """One program with one token; `staff` is for whom it calls, where its token acts for many."""

    app: ASGIApp
    token: str = ""
    staff: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **parts: Any) -> httpx.Response:
        """Read something."""
        return self.call("GET", path, **parts)

    def post(self, path: str, said: Any = None, **parts: Any) -> httpx.Response:
        """Send JSON."""
        return self.call("POST", path, json={} if said is None else said, **parts)

    def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **parts: Any) -> httpx.Response:
        """One call, as it is."""
        sent = {**self.headers, **(headers or {})}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.staff:
            sent.setdefault("Pathways-Staff", self.staff)

        async def called() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                whole = path if path.startswith("/api/") else f"{V1}{path}"
                return await client.request(method, whole, headers=sent, **parts)

        return asyncio.run(called())


def token_for(office: Office, name: str, acts_as: str | None = None, days: int = 30) -> str:
    """A new token, as the command makes one."""
    with office.council.database.write() as session:
        return new_token(
            session, name, acts_as=acts_as, lasts=timedelta(days=days), made_by="os:systems", now=office.clock.now()
        )
