"""Our worker on a real server: it drains when told to stop, and managers see the steps that it did."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prefect.events.schemas.events import Event

from models.entry_kinds import EntryKind
from models.forms.written_contact import ContactSorting, ContactTransfer
from tasks.durable.prefect_steps import ShownSteps
from tests.real_prefect.conftest import System, eventually
from tests.real_prefect.outside import Outside, accepting, sorting

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]

WORKER = "deployments.running worker"


@pytest.fixture
def outside(system: System) -> Iterator[Outside]:
    """The running system, from outside."""
    outside = Outside(system)
    yield outside
    outside.council.database.dispose()


def test_worker_told_to_stop_in_the_middle_of_legs_leaves_no_case_behind(outside: Outside, system: System) -> None:
    """Its legs end or go back to sleep, it leaves, another takes its place, and no run stays Running for good."""
    refs = [outside.open() for _ in range(8)]
    (worker,) = system.pids(WORKER)
    eventually(lambda: any(outside.open_form(ref, ContactSorting) for ref in refs), 240)
    said_before = len((system.home / "logs" / "worker.log").read_text())
    os.kill(worker, signal.SIGTERM)
    eventually(lambda: worker not in system.pids(WORKER), 60)
    assert (
        "legs had not ended when this worker left"
        not in (system.home / "logs" / "worker.log").read_text()[said_before:]
    )
    for ref in refs:
        eventually(lambda ref=ref: outside.is_asleep(ref), 240)
        assert [entry.kind for entry in outside.entries(ref)].count(EntryKind.ASKED) == 1


def test_managers_see_each_step_once_as_a_task_run(outside: Outside, system: System) -> None:
    """The run of a closed case has a completed task run for every step in its ledger, and none more."""
    ref = outside.open()
    outside.answer(ref, sorting(), "duty-worker")
    eventually(lambda: outside.open_form(ref, ContactTransfer), 240)
    outside.answer(ref, accepting(), "practitioner")
    eventually(lambda: outside.case(ref).status == "closed", 240)
    done = sorted(entry.key.partition(":")[0] for entry in outside.entries(ref) if entry.kind == EntryKind.DONE)
    assert done
    wanted = {"flow_runs": {"id": {"any_": [outside.case(ref).flow_run_id]}}}

    def shown() -> list[str]:
        found = system.prefect("POST", "/task_runs/filter", json=wanted).json()
        return sorted(task["name"] for task in found if task["state_type"] == "COMPLETED" and task["end_time"])

    with suppress(AssertionError):
        eventually(lambda: shown() == done)
    assert shown() == done


def test_its_health_is_served_where_the_system_said(system: System) -> None:
    """On a port of its own that nobody had to choose; its version stands there, in its name and in its log."""
    said = (system.home.parent / "up.log").read_text(encoding="utf-8")
    served = re.search(r"Worker's health and numbers +(http://127\.0\.0\.1:83\d\d)/health", said)
    assert served is not None
    told = eventually(lambda: httpx.get(f"{served[1]}/health").json())
    assert told["worker"].split()[1] == told["version"]
    assert f"runs version {told['version']}" in (system.home / "logs" / "worker.log").read_text(encoding="utf-8")
    assert "pathways_slots" in httpx.get(f"{served[1]}/metrics").text


def test_many_requests_at_once_are_answered_in_their_order(system: System) -> None:
    """Sixteen at a time, as where a bag of letters comes in: none is refused because the database is locked."""
    flow = system.prefect("POST", "/flows/", json={"name": "Nobody runs this"}).json()
    made = {"name": "never", "flow_id": flow["id"]}
    deployment = system.prefect("POST", "/deployments/", json=made).json()

    def come_and_go(number: int) -> list[int]:
        with httpx.Client(base_url=system.api, timeout=120) as client:
            run = client.post(f"/deployments/{deployment['id']}/create_flow_run", json={"name": f"letter {number}"})
            if run.status_code >= 400:
                return [run.status_code]
            path = f"/flow_runs/{run.json()['id']}"
            states = [
                client.post(f"{path}/set_state", json={"state": {"type": kind}}) for kind in ("RUNNING", "COMPLETED")
            ]
            renamed = client.patch(path, json={"name": f"letter {number}, read"})
            return [answer.status_code for answer in (*states, renamed)]

    with ThreadPoolExecutor(16) as at_once:
        answers = [status for statuses in at_once.map(come_and_go, range(48)) for status in statuses]
    assert set(answers) == {201, 204}


def test_server_answers_while_steps_are_refused_and_many_write(system: System) -> None:
    """Steps of runs that Prefect no longer has are refused; whoever asks meanwhile is answered within seconds."""
    flow = system.prefect("POST", "/flows/", json={"name": "Nobody runs this either"}).json()
    made = {"name": "never", "flow_id": flow["id"]}
    deployment = system.prefect("POST", "/deployments/", json=made).json()
    until, waited = time.monotonic() + 8, [0.0]

    def create(number: int) -> set[int]:
        answers = set()
        with httpx.Client(base_url=system.api, timeout=120) as client:
            while time.monotonic() < until:
                run = client.post(f"/deployments/{deployment['id']}/create_flow_run", json={"name": f"letter {number}"})
                answers.add(run.status_code)
        return answers

    def tell_of_steps() -> set[int]:
        told: list[dict[str, Any]] = []
        for _ in range(6):
            ShownSteps(uuid4(), emit=lambda **event: told.append(event))("bring-chair", lambda: None)
        events = [Event(**event).model_dump(mode="json") for event in told]
        return {system.prefect("POST", "/events", json=events).status_code}

    def ask() -> set[int]:
        answers = set()
        while time.monotonic() < until:
            began = time.monotonic()
            answers.add(system.prefect("GET", "/health").status_code)
            waited.append(time.monotonic() - began)
            time.sleep(0.05)
        return answers

    with ThreadPoolExecutor(8) as at_once:
        asked, told = at_once.submit(ask), at_once.submit(tell_of_steps)
        created = [at_once.submit(create, number) for number in range(6)]
        assert asked.result() == {200}
        assert told.result() == {204}
        assert set().union(*(answers.result() for answers in created)) == {201}
    assert max(waited) < 10
