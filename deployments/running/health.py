"""What /health says: each part by name, and whether it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import func, select

from models.mail import InboundMail, MailState
from models.person_messages import PersonMessage, PersonMessageState
from models.working_time import for_people, local_day
from tasks.durable.council import Council
from tasks.durable.prefect_clerk import declared_pool
from tasks.installation import Installation
from tasks.mail.watching import uncollected
from tasks.register.lookups import ages, is_stale
from tasks.telling.budget import loads_on
from tasks.telling.people_services import ServiceUnusable, check_services
from tasks.telling.timetable import count_late

LATE = timedelta(minutes=10)
"""How long a message may wait in the outbox, or mail untaken, before that is a fault."""


def health_of(council: Council, installation: Installation) -> dict[str, Any]:
    """
    {"status": "ok" or "degraded", "parts": {name: {"ok": bool, "says": sentence}}}.

    The register's part also has `days_old`, the age in days of the latest extract of each kind.
    """
    checks: dict[str, Callable[[], str]] = {
        "database": lambda: _database(council),
        "prefect": lambda: _prefect(installation),
        "worker": lambda: _worker(installation),
        "outbox": lambda: _outbox(council),
        "mail": lambda: _mail(council),
        "people": lambda: _people(council),
        "register": lambda: _register(council),
    }
    if council.connections.mailboxes:
        checks["mailboxes"] = lambda: _mailboxes(council)
    parts = {name: _checked(check) for name, check in checks.items()}
    parts["notices"] = _notices(council)
    parts["register"]["days_old"] = _days_old(council)
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
    with council.database.read() as session:
        count = count_late(session, council.policy, council.clock.now() - LATE)
    return f"{count} notices should have gone out over ten minutes ago" if count else ""


def _notices(council: Council) -> dict[str, Any]:
    """How many are told more today than the budget; that is shown, and is no fault of the system's."""
    try:
        with council.database.read() as session:
            loads = loads_on(session, council.policy, local_day(council.clock.now()))
    except Exception:  # the database's own part says what is wrong
        return {"ok": True, "says": "not counted"}
    over = sum(load.over for load in loads)
    budget = council.policy.notices.daily_budget
    return {"ok": True, "says": f"{over} workers were told more than {budget} notices today" if over else "works"}


def _people(council: Council) -> str:
    """Whether what is to be sent to people outside goes out, and every service for it can be used."""
    try:
        check_services(council.connections.people)
    except ServiceUnusable as unusable:
        return str(unusable)
    before = council.clock.now() - LATE
    late = (PersonMessage.state == PersonMessageState.QUEUED, PersonMessage.queued_at < before)
    with council.database.read() as session:
        count = session.scalar(select(func.count()).where(*late))
    return f"{count} messages to people outside have waited for over ten minutes" if count else ""


def _mail(council: Council) -> str:
    before = council.clock.now() - LATE
    lying = select(func.count()).where(InboundMail.state == MailState.STORED, InboundMail.received_at < before)
    with council.database.read() as session:
        count = session.scalar(lying)
    return f"{count} messages are stored and not taken up" if count else ""


def _mailboxes(council: Council) -> str:
    late = uncollected(council)
    return "; ".join(f"{one.mailbox}: not collected since {for_people(one.since)} ({one.trouble})" for one in late)


def _days_old(council: Council) -> dict[str, int]:
    """How old the latest extract of each kind is; empty where nothing can be asked."""
    try:
        with council.database.read() as session:
            return {str(kind): days for kind, days in ages(session, council.clock.now()).items()}
    except Exception:  # the part itself says that it cannot be asked
        return {}


def _register(council: Council) -> str:
    with council.database.read() as session:
        stale = is_stale(session, council.clock.now(), council.policy.register_trusted_for)
    return "the register's extract is older than policy trusts: import a newer one" if stale else ""
