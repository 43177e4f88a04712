"""
What comes in, by mail and by webhook, each second: read, stored on the disk and its case opened.

Beside each, the same bytes written by the driver alone into one table, in one transaction of its own: the least that
"it is on the disk" can cost.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from fastapi import FastAPI

from deployments.example_council.letters import example_letters
from deployments.intake.webhook import webhook_doors
from deployments.intake.webhook_door import DoorKeeper
from deployments.intake.webhook_signature import Signatures
from tasks.durable.council import Council
from tasks.intake import take_in_mail
from tests.benchmarks.scratch import scratch_council
from tests.webhook_calls import as_bytes, signature

SECRET = "whsec_" + "c2FmZS1wYXRod2F5cy1iZW5jaG1hcms="
ROUNDS, LETTERS = 7, 40


def measured(kind: str = "sqlite", *, rounds: int = ROUNDS) -> dict[str, float]:
    """Letters and contacts a second, and how many times a bare write each costs."""
    with scratch_council(kind) as council, tempfile.TemporaryDirectory() as folder:
        bare = _bare(Path(folder) / "bare.db")
        mail, webhook = _Mail(council), _Webhook(council)
        times: dict[str, list[float]] = {"mail": [], "bare_mail": [], "webhook": [], "bare_webhook": []}
        for _ in range(rounds):
            times["mail"].append(_timed(mail.one))
            times["bare_mail"].append(_timed(lambda: bare(mail.raw)))
            times["webhook"].append(_timed(webhook.one))
            times["bare_webhook"].append(_timed(lambda: bare(webhook.body)))
    return {
        "letters_a_second": _rate(times["mail"]),
        "contacts_a_second": _rate(times["webhook"]),
        "letter_times_a_bare_write": _ratio(times["mail"], times["bare_mail"]),
        "contact_times_a_bare_write": _ratio(times["webhook"], times["bare_webhook"]),
    }


class _Mail:
    """An example letter, each time under a message id of its own."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self.raw = next(raw for name, raw in example_letters() if name.startswith("01"))
        self.number = 0

    def one(self) -> None:
        self.number += 1
        other = self.raw.replace(b"Message-ID: <", f"Message-ID: <n{self.number}.".encode(), 1)
        assert other != self.raw, "the letter has no message id to change"
        take_in_mail(self.council, other, "post@example.org", ["adult.care@wenbridge.example.org"])


class _Webhook:
    """A signed contact through the real HTTP application, each time under an id of its own."""

    def __init__(self, council: Council) -> None:
        self.app = FastAPI()
        self.app.include_router(webhook_doors(DoorKeeper(council, Signatures((SECRET,)))))
        self.body = as_bytes()
        self.number = 0
        self.loop = asyncio.new_event_loop()

    def one(self) -> None:
        self.number += 1
        self.loop.run_until_complete(self._send(f"msg_{self.number}"))

    async def _send(self, webhook_id: str) -> None:
        stamp = int(datetime.now(UTC).timestamp())
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(SECRET, webhook_id, stamp, self.body),
            "content-type": "application/json",
        }
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://doors") as client:
            answered = await client.post("/intake/contacts", content=self.body, headers=headers)
        assert answered.status_code in (200, 201, 202), answered.text


def _bare(file: Path) -> Callable[[bytes], None]:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE came (no INTEGER PRIMARY KEY, raw BLOB)")

    def write(raw: bytes) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO came (raw) VALUES (?)", (raw,))
        connection.execute("COMMIT")

    return write


def _timed(one: Callable[[], None]) -> float:
    begun = time.perf_counter()
    for _ in range(LETTERS):
        one()
    return time.perf_counter() - begun


def _rate(seconds: list[float]) -> float:
    return round(LETTERS / statistics.median(seconds), 1)


def _ratio(ours: list[float], bare: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 1)
