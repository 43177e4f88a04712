"""Prefect's stock process worker carries cases too, after changing one word in `prefect.yaml`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from deployments.running.home import move_in
from models.forms.written_contact import ContactSorting, ContactTransfer
from tasks.installation import Installation
from tests.real_prefect.conftest import CHECKOUT, eventually, started
from tests.real_prefect.outside import Outside, accepting, sorting
from tests.real_prefect.tray_in_seconds import live_through_a_tray_in_seconds, write_policy_in_seconds

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A system whose pool is Prefect's own, with a tray whose days are seconds."""
    home, checkout = tmp_path_factory.mktemp("stock") / "pathways", tmp_path_factory.mktemp("checkout")
    for room in ("flows", "tasks", "models", "deployments"):
        shutil.copytree(CHECKOUT / room, checkout / room, ignore=shutil.ignore_patterns("__pycache__"))
    declared = (CHECKOUT / "prefect.yaml").read_text(encoding="utf-8")
    assert declared.count("name: pathways\n") == 1
    (checkout / "prefect.yaml").write_text(declared.replace("name: pathways\n", "name: process\n"), encoding="utf-8")
    move_in(Installation.from_environment({"PATHWAYS_HOME": str(home)}), empty=False)  # no letters of its own to carry
    policy = write_policy_in_seconds(home / "policy.toml")
    with started(home, checkout) as system:
        assert system.pids("prefect worker start")
        outside = Outside(system, policy)
        yield outside
        outside.council.database.dispose()


def test_a_case_is_carried_to_closure_by_prefects_own_process_worker(stock: Outside) -> None:
    """With `process` as the pool each leg is a process of its own, and a case sleeps, wakes and closes as with ours."""
    ref = stock.open()
    eventually(lambda: stock.open_form(ref, ContactSorting), 240)
    eventually(lambda: stock.is_asleep(ref), 240)
    stock.answer(ref, sorting(), "duty-worker")
    eventually(lambda: stock.open_form(ref, ContactTransfer), 240)
    eventually(lambda: stock.is_asleep(ref), 240)
    stock.answer(ref, accepting(), "practitioner")
    eventually(lambda: stock.case(ref).status == "closed", 240)
    closed = eventually(lambda: (run := stock.system.run_of(ref)) and run["state_type"] == "COMPLETED" and run, 60)
    assert closed["work_pool_name"] == "process"


def test_somebody_waits_on_the_tray_under_prefects_own_process_worker(stock: Outside) -> None:
    """With seconds in the place of days: contact twice, an escalation, an allocation that is accepted; it closes."""
    ref = live_through_a_tray_in_seconds(stock)
    closed = eventually(lambda: (run := stock.system.run_of(ref)) and run["state_type"] == "COMPLETED" and run, 60)
    assert closed["work_pool_name"] == "process"
