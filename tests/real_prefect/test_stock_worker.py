"""Prefect's stock process worker carries cases too, after changing one word in `prefect.yaml`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deployments.running.home import move_in
from models.forms.written_contact import ContactSorting, ContactTransfer
from tasks.installation import Installation
from tests.real_prefect.conftest import CHECKOUT, eventually, started
from tests.real_prefect.outside import Outside, accepting, sorting

pytestmark = [pytest.mark.real_prefect, pytest.mark.xdist_group("real_prefect")]


@pytest.fixture
def checkout_for_the_process_pool(tmp_path: Path) -> Path:
    """The code as it is, with the pool's name changed."""
    for room in ("flows", "tasks", "models", "deployments"):
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    declared = (CHECKOUT / "prefect.yaml").read_text(encoding="utf-8")
    assert declared.count("name: pathways\n") == 1
    (tmp_path / "prefect.yaml").write_text(declared.replace("name: pathways\n", "name: process\n"), encoding="utf-8")
    return tmp_path


def test_a_case_is_carried_to_closure_by_prefects_own_process_worker(
    checkout_for_the_process_pool: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With `process` as the pool each leg is a process of its own, and a case sleeps, wakes and closes as with ours."""
    home = tmp_path_factory.mktemp("stock") / "pathways"
    move_in(Installation.from_environment({"PATHWAYS_HOME": str(home)}), empty=False)  # no letters of its own to carry
    with started(home, checkout_for_the_process_pool) as system:
        assert system.pids("prefect worker start")
        outside = Outside(system)
        ref = outside.open()
        eventually(lambda: outside.open_form(ref, ContactSorting), 240)
        eventually(lambda: outside.is_asleep(ref), 240)
        outside.answer(ref, sorting(), "duty-worker")
        eventually(lambda: outside.open_form(ref, ContactTransfer), 240)
        eventually(lambda: outside.is_asleep(ref), 240)
        outside.answer(ref, accepting(), "practitioner")
        eventually(lambda: outside.case(ref).status == "closed", 240)
        closed = eventually(lambda: (run := system.run_of(ref)) and run["state_type"] == "COMPLETED" and run, 60)
        assert closed["work_pool_name"] == "process"
        outside.council.database.dispose()
