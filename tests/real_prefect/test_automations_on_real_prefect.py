"""Prefect's automations on a running system: they are there, they are not doubled, and they fire."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.running.health import PARTS
from tasks.automations import BLOCK, NAMES, Watched, name_of
from tests.real_prefect.conftest import CHECKOUT, System, eventually

pytestmark = pytest.mark.real_prefect

INSTALL = """
from tasks.installation import Installation, settle_prefect_in
installation = Installation.from_environment()
settle_prefect_in(installation)
from tasks.automations import install_automations
done = install_automations(installation)
import json
print(json.dumps([sorted(done.made), sorted(done.changed)]))
"""


def install(system: System) -> tuple[list[str], list[str]]:
    """Install the automations as the deployment does; gives those made and those changed."""
    command = [sys.executable, "-c", INSTALL]
    said = subprocess.run(command, env=system.environment, cwd=CHECKOUT, capture_output=True, check=True, timeout=180)
    made, changed = json.loads(said.stdout.splitlines()[-1])
    return made, changed


def patiently(system: System, method: str, path: str, **request: Any) -> httpx.Response:
    """What Prefect answers; a server whose SQLite is busy is asked again."""
    answer: httpx.Response = eventually(lambda: system.prefect(method, path, **request))
    return answer


def automations(system: System) -> list[dict[str, Any]]:
    """Everything of ours that Prefect has."""
    found = patiently(system, "POST", "/automations/filter", json={"limit": 200}).json()
    return [one for one in found if one["name"] in NAMES]


def metrics(system: System) -> str:
    """What the serving part gives Prometheus."""
    return httpx.get(f"http://127.0.0.1:{system.ports['PATHWAYS_PORT']}/metrics", timeout=30).raise_for_status().text


def a_sleeping_run(system: System) -> dict[str, Any]:
    """A case's run that sleeps."""
    asleep = [run for run in system.runs() if run["state_type"] == "SCHEDULED" and "ref" in run["parameters"]]
    return next(iter(asleep), {})


def test_starting_the_system_installs_them_and_health_is_well(system: System) -> None:
    """All four are there and switched on, and /health finds every part in order."""
    assert sorted(one["name"] for one in automations(system)) == sorted(NAMES)
    assert all(one["enabled"] for one in automations(system))

    def well() -> dict[str, Any] | None:
        report = httpx.get(f"http://127.0.0.1:{system.ports['PATHWAYS_PORT']}/health", timeout=30).json()
        return report if report["status"] == "ok" else None

    report = eventually(well)
    assert set(report["parts"]) >= set(PARTS) - {"mailboxes", "on-call-rota"}


def test_installing_again_changes_nothing_and_mends_what_differs(system: System) -> None:
    """None is made twice; one that was deleted, switched off or doubled is as declared again."""
    assert install(system) == ([], [])

    deleted, switched_off, doubled = automations(system)[:3]
    patiently(system, "DELETE", f"/automations/{deleted['id']}")
    patiently(system, "PATCH", f"/automations/{switched_off['id']}", json={"enabled": False})
    wanted = ("name", "description", "enabled", "trigger", "actions")
    patiently(system, "POST", "/automations/", json={name: doubled[name] for name in wanted})

    made, changed = install(system)

    assert made == [deleted["name"]]
    assert changed == sorted([switched_off["name"], doubled["name"]])
    assert sorted(one["name"] for one in automations(system)) == sorted(NAMES)
    assert all(one["enabled"] for one in automations(system))
    assert install(system) == ([], [])


def test_a_crashed_run_has_the_house_kept_at_once(system: System) -> None:
    """The event reaches the automation, it starts a round of housekeeping, and the case has another run."""
    run = eventually(lambda: a_sleeping_run(system))
    crashed = next(one["id"] for one in automations(system) if one["name"] == name_of(Watched.RUN_CRASHED))
    state = {"state": {"type": "CRASHED", "name": "Crashed"}, "force": True}
    patiently(system, "POST", f"/flow_runs/{run['id']}/set_state", json=state)

    def started_by_it() -> list[str]:
        makers = [one["created_by"] or {} for one in system.runs()]
        return [str(one["id"]) for one in makers if one.get("type") == "AUTOMATION"]

    assert crashed in eventually(started_by_it)
    again = eventually(
        lambda: (found := system.run_of(run["parameters"]["ref"])) and found["id"] != run["id"] and found
    )
    assert again["parameters"] == run["parameters"]


def test_a_late_run_has_prefect_call_us(system: System) -> None:
    """The block with our address is there, the call arrives, and it says only which automation it was."""
    blocks = patiently(system, "GET", f"/block_types/slug/webhook/block_documents/name/{BLOCK}").json()
    assert blocks["name"] == BLOCK
    run = eventually(lambda: a_sleeping_run(system))
    details = {"scheduled_time": run["state"]["state_details"]["scheduled_time"]}
    late = {"type": "SCHEDULED", "name": "Late", "state_details": details}
    patiently(system, "POST", f"/flow_runs/{run['id']}/set_state", json={"state": late, "force": True})

    counted = 'pathways_automation_calls_total{automation="run-late"}'

    def called() -> bool:
        return any(line.startswith(counted) and not line.endswith(" 0.0") for line in metrics(system).splitlines())

    assert eventually(called)


def test_every_line_of_every_log_is_json_and_says_whose_it_is(system: System) -> None:
    """The parts write their own; nothing else, such as a bare traceback, gets in between."""
    for part in ("prefect-server", "worker", "serving"):
        lines = (system.home / "logs" / f"{part}.log").read_text(encoding="utf-8").splitlines()
        for line in lines:
            told = json.loads(line)
            assert told["part"] == part and told["level"] in ("info", "warning", "error", "critical"), line


def test_they_are_installed_in_a_database_that_prefect_made_anew(system: System) -> None:
    """Its server remembers in the home that it has registered its kinds of blocks, and leaves them out there."""
    file = Path(system.environment["PATHWAYS_HOME"]) / "prefect" / "prefect.db"
    with closing(sqlite3.connect(file, timeout=60)) as database:
        (kind,) = database.execute("SELECT id FROM block_type WHERE slug = 'webhook'").fetchone()
        for table in ("block_document", "block_schema"):
            database.execute(f"DELETE FROM {table} WHERE block_type_id = ?", (kind,))
        database.execute("DELETE FROM block_type WHERE id = ?", (kind,))
        database.commit()
    _, changed = install(system)
    assert name_of(Watched.RUN_LATE) in changed  # it calls by a block that has another id now
    assert install(system) == ([], [])
