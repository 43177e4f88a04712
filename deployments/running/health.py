"""What /health says: each part by name, and whether it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import func, select

from models.mail import InboundMail, MailState
from models.outbox import OutboxMessage, OutboxState
from tasks.durable.council import Council
from tasks.durable.prefect_clerk import declared_pool
from tasks.installation import Installation
from tasks.register.lookups import is_stale

LATE = timedelta(minutes=10)
"""How long a message may wait in the outbox, or mail untaken, before that is a fault."""


def health_of(council: Council, installation: Installation) -> dict[str, Any]:
    """{"status": "ok" or "degraded", "parts": {name: {"ok": bool, "says": sentence}}}."""
    checks: dict[str, Callable[[], str]] = {
        "database": lambda: _database(council),
        "prefect": lambda: _prefect(installation),
        "worker": lambda: _worker(installation),
        "outbox": lambda: _outbox(council),
        "mail": lambda: _mail(council),
        "register": lambda: _register(council),
    }
    parts = {name: _checked(check) for name, check in checks.items()}
    well = all(part["ok"] for part in parts.values())
    return {"status": "ok" if well else "degraded", "parts": parts}


def _checked(check: Callable[[], str]) -> dict[str, Any]:
    """Whether a check holds: it gives the empty text, or says in a sentence what is wrong."""
    try:
        wrong = check()
    except Exception as caught:  # a check that breaks is a fault of its part, told without the error's text
        wrong = f"cannot be asked ({type(caught).__name__})"
    return {"ok": not wrong, "says": wrong or "works"}


def _database(council: Council) -> str:
    with council.database.read() as session:
        session.execute(select(1))
    return ""


def _prefect(installation: Installation) -> str:
    url = installation.prefect_environment().get("PREFECT_API_URL", "")
    return "" if httpx.get(f"{url}/health", timeout=2).status_code == 200 else "Prefect's server does not answer"


def _worker(installation: Installation) -> str:
    url = installation.prefect_environment().get("PREFECT_API_URL", "")
    found = httpx.post(f"{url}/work_pools/{declared_pool()}/workers/filter", json={}, timeout=2)
    online = found.status_code == 200 and any(worker["status"] == "ONLINE" for worker in found.json())
    return "" if online else "no worker polls the pool: cases do not wake"


def _outbox(council: Council) -> str:
    before = council.clock.now() - LATE
    waiting = select(func.count()).where(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.queued_at < before)
    with council.database.read() as session:
        count = session.scalar(waiting)
    return f"{count} notices have waited for over ten minutes" if count else ""


def _mail(council: Council) -> str:
    before = council.clock.now() - LATE
    lying = select(func.count()).where(InboundMail.state == MailState.STORED, InboundMail.received_at < before)
    with council.database.read() as session:
        count = session.scalar(lying)
    return f"{count} messages are stored and not taken up" if count else ""


def _register(council: Council) -> str:
    with council.database.read() as session:
        stale = is_stale(session, council.clock.now(), council.policy.register_trusted_for)
    return "the register's extract is older than policy trusts: import a newer one" if stale else ""
