"""What /health says: each part by name, whether it works, what to do where it does not, and where that is explained."""

from __future__ import annotations

from functools import partial
from typing import Any

from deployments.health import machine, ours, prefect
from deployments.health.asking import Asker, Check
from tasks.durable.council import Council
from tasks.installation import Installation

PARTS = (
    "database",
    "migrations",
    "disk",
    "clock",
    "prefect",
    "automations",
    "worker",
    "versions",
    "late-runs",
    "waking",
    "housekeeping",
    "seals",
    "outbox",
    "notices",
    "people",
    "mail",
    "mailboxes",
    "on-call-rota",
    "register",
    "retention",
)
"""Every part, in the order in which to look: what stands further up often explains what stands below."""

_asker = Asker()


def health_of(council: Council, installation: Installation, asker: Asker = _asker) -> dict[str, Any]:
    """
    {"status": "ok" or "degraded", "parts": {name: {"ok": bool, "says": sentence}}}; a part that is not ok also has
    `page`, its page in the runbook.

    The parts are asked side by side and answer within some seconds; one that does not is at fault. `mailboxes` and
    `on-call-rota` are parts where there are any. The register's part also has `days_old`, the age in days of the latest
    extract of each kind.
    """
    answers = asker.ask(_checks(council, installation))
    parts = {name: answers[name].as_part(page_of(name)) for name in PARTS if name in answers}
    return {"status": "ok" if all(part["ok"] for part in parts.values()) else "degraded", "parts": parts}


def page_of(name: str) -> str:
    """The page of the runbook that explains a part."""
    return f"docs/runbook/{name}.md"


def _checks(council: Council, installation: Installation) -> dict[str, Check]:
    checks: dict[str, Check] = {
        "database": partial(ours.database, council),
        "migrations": partial(ours.migrations, council),
        "disk": partial(machine.disk, installation),
        "clock": partial(machine.clock, council, installation),
        "prefect": partial(prefect.server, installation),
        "automations": partial(prefect.automations, installation),
        "worker": partial(prefect.worker, installation),
        "versions": partial(prefect.versions, installation),
        "late-runs": partial(prefect.late_runs, installation),
        "waking": partial(ours.waking, council),
        "housekeeping": partial(ours.housekeeping, council),
        "seals": partial(ours.seals, council),
        "outbox": partial(ours.outbox, council),
        "notices": partial(ours.notices, council),
        "people": partial(ours.people, council),
        "mail": partial(ours.mail, council),
        "register": partial(ours.register, council),
        "retention": partial(ours.retention, council),
    }
    if council.connections.mailboxes:
        checks["mailboxes"] = partial(ours.mailboxes, council)
    if council.connections.on_call is not None:
        checks["on-call-rota"] = partial(ours.on_call_rota, council)
    return checks
