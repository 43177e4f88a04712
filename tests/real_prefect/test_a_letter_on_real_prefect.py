"""The main job on the real parts: SMTP, Prefect's server, our worker, our database, kill -9."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from models.clock import VirtualClock
from models.entry_kinds import EntryKind
from models.forms.handover import HandoverReply
from models.forms.written_contact import ContactSorting, ContactTransfer
from tasks.alarms import alarm_for
from tasks.telling.configuration import load_configuration
from tasks.telling.delivering import deliver_due
from tasks.telling.mailbox_service import read_mailbox
from tests.procedures.letters import sorted_as
from tests.real_prefect.conftest import System, eventually
from tests.real_prefect.outside import Outside, accepting, sorting

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]


@pytest.fixture
def outside(system: System) -> Iterator[Outside]:
    """The running system, from outside."""
    outside = Outside(system)
    yield outside
    outside.council.database.dispose()


def test_a_letter_by_smtp_is_carried_to_closure_on_real_prefect(outside: Outside, system: System) -> None:
    """A letter sent by SMTP opens a case whose one Prefect run sleeps, wakes at each answer and ends as Closed."""
    outside.post("The bath seat", "Dear Priya, CANARY-LETTER-1 the seat has not come.")
    ref = eventually(lambda: outside.case_of_mail(b"CANARY-LETTER-1"))
    eventually(lambda: outside.is_asleep(ref))
    run = system.run_of(ref)
    assert run is not None
    assert run["state_name"] == "Awaiting sorting the contact"
    assert run["name"].startswith(f"{ref} · Awaiting sorting the contact · next ")
    assert {"written-contact-transfer", "role-duty-worker", "awaited-role-duty-worker"} <= set(run["tags"])
    assert run["parameters"] == {"ref": ref}

    outside.answer(ref, sorting(), "duty-worker")
    outside.answer(ref, accepting(), "practitioner")
    eventually(lambda: outside.case(ref).status == "closed")
    closed = eventually(lambda: (run := system.run_of(ref)) and run["state_type"] == "COMPLETED" and run)
    assert closed["id"] == run["id"]
    assert closed["state_name"] == "Closed"


def test_an_answer_wakes_a_sleeping_case_early(outside: Outside) -> None:
    """A case that sleeps until Monday goes on at an answer, long before that."""
    ref = outside.open()
    eventually(lambda: outside.is_asleep(ref), 240)
    assert outside.case(ref).next_due is not None
    outside.answer(ref, sorting(), "duty-worker")
    eventually(lambda: outside.open_form(ref, ContactTransfer), 240)


def test_a_case_goes_on_when_its_worker_is_killed_in_mid_leg(outside: Outside, system: System) -> None:
    """kill -9 of the worker at random instants while legs run loses no step and does none twice."""
    chance = random.Random(20260105)
    refs = [outside.open() for _ in range(6)]
    for ref in refs:
        eventually(lambda ref=ref: outside.open_form(ref, ContactSorting), 240)
    for round_no, ref in enumerate(refs):
        outside.answer(ref, sorting(), "duty-worker", within=240)
        time.sleep(chance.uniform(0.0, 1.5))
        if round_no % 2 == 0:
            for pid in system.pids("deployments.running worker"):
                os.kill(pid, signal.SIGKILL)
    for ref in refs:
        outside.answer(ref, accepting(), "practitioner", within=240)
    for ref in refs:
        eventually(lambda ref=ref: outside.case(ref).status == "closed", 240)
        entries = outside.entries(ref)
        assert [entry.no for entry in entries] == list(range(1, len(entries) + 1))
        made = [entry.key for entry in entries if entry.kind == EntryKind.DONE]
        assert len(made) == len(set(made))
        assert sum(entry.kind == EntryKind.CLOSED for entry in entries) == 1


@pytest.mark.parametrize("while_it_runs", [False, True])
def test_cases_come_back_when_prefects_database_is_deleted(
    outside: Outside, system: System, while_it_runs: bool
) -> None:
    """Prefect's whole database is deleted while cases sleep: each gets a new run, says so, and goes on.

    A server that runs meanwhile would go on writing into the deleted file; it notices, and is started again.
    """
    ref = outside.open()
    eventually(lambda: outside.is_asleep(ref), 240)
    old = outside.case(ref).flow_run_id
    servers = system.pids("uvicorn")
    if not while_it_runs:
        system.kill("uvicorn")
    for file in (system.home / "prefect").glob("prefect.db*"):
        file.unlink()
    eventually(lambda: not set(servers) & set(system.pids("uvicorn")), 60)
    eventually(lambda: outside.case(ref).flow_run_id not in (None, old), 240)
    eventually(lambda: outside.is_asleep(ref), 240)
    kinds = [entry.kind for entry in outside.entries(ref)]
    assert EntryKind.RUN_REPLACED in kinds
    assert EntryKind.RUN_INTERFERED not in kinds
    outside.answer(ref, sorting(), "duty-worker")
    outside.answer(ref, accepting(), "practitioner", within=240)
    eventually(lambda: outside.case(ref).status == "closed", 240)


def test_a_run_cancelled_in_the_dashboard_comes_back_with_a_question_to_a_manager(
    outside: Outside, system: System
) -> None:
    """Cancelling a sleeping run in Prefect does not end the case; the record and a manager hear of it."""
    ref = outside.open()
    eventually(lambda: outside.is_asleep(ref), 240)
    run_id = outside.case(ref).flow_run_id
    cancel: dict[str, Any] = {"state": {"type": "CANCELLED", "name": "Cancelled"}, "force": True}
    eventually(lambda: system.prefect("POST", f"/flow_runs/{run_id}/set_state", json=cancel))
    eventually(lambda: outside.case(ref).flow_run_id not in (None, run_id), 240)
    kinds = [entry.kind for entry in outside.entries(ref)]
    assert EntryKind.RUN_INTERFERED in kinds
    eventually(lambda: outside.is_asleep(ref), 240)


def test_nothing_about_the_person_reaches_prefect_or_the_notices(outside: Outside, system: System) -> None:
    """Names, addresses and words of a letter stand in no byte of Prefect's database, of the logs or of a notice."""
    canary = "CANARYPERSON"
    outside.post(
        f"{canary} subject", f"Dear Priya, {canary} has a {canary} diagnosis.", Reply_To=f"{canary}@example.org"
    )
    ref = eventually(lambda: outside.case_of_mail(b"CANARYPERSON"))
    eventually(lambda: outside.open_form(ref, ContactSorting), 240)
    digest_goes_out(outside, system)
    outside.answer(ref, sorted_as(action_indicated=canary, where_recorded=canary), "duty-worker")
    eventually(lambda: outside.open_form(ref, ContactTransfer), 240)
    digest_goes_out(outside, system)
    transfer = ContactTransfer(reply=HandoverReply.ACCEPT, action_taken=canary)
    outside.answer(ref, transfer, "practitioner")
    eventually(lambda: outside.case(ref).status == "closed", 240)
    for reader in ("role-duty-worker", "staff-practitioner"):
        told = read_mailbox(system.home / "mailbox" / reader)
        assert any(ref in message.about for message in told), reader
    places = [
        *(system.home / "prefect").glob("prefect.db*"),
        *(system.home / "logs").glob("*"),
        # What goes to people outside has a folder of its own, and bears their address.
        *(file for file in (system.home / "mailbox").rglob("*.eml") if file.parent.name != "people"),
    ]
    assert len(places) > 3
    found = [str(place) for place in places if canary.encode().lower() in place.read_bytes().lower()]
    assert found == []


def digest_goes_out(outside: Outside, system: System) -> None:
    """Send what waits, by the services of the installation, as if it were the time of the next digest."""
    council = outside.council
    at = council.policy.notices.next_digest(council.policy.working_calendar(), council.clock.now())
    services = load_configuration(system.home / "apprise.yaml")
    alarm = alarm_for(council)
    deliver_due(council.database, services, VirtualClock(at), policy=council.policy, on_undelivered=alarm)


def test_managers_find_every_open_case_in_a_list_of_its_owner(outside: Outside, system: System) -> None:
    """The hourly flow writes one table artifact for each owner, with every open case and a link to its run."""
    ref = outside.open()
    eventually(lambda: outside.is_asleep(ref), 240)
    deployment = eventually(lambda: system.prefect("GET", "/deployments/name/Case%20lists/hourly")).json()
    eventually(lambda: system.prefect("POST", f"/deployments/{deployment['id']}/create_flow_run", json={}))

    def listed() -> bool:
        found = system.prefect("GET", "/artifacts/open-cases-role-duty-worker/latest")
        return ref in found.json()["data"]

    eventually(listed, 240)
