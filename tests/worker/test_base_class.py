"""The parts of Prefect that our worker replaces or leans on are as they were when it was written."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import prefect
import pytest
from prefect.client.orchestration.base import BaseClient
from prefect.events.utilities import emit_event
from prefect.flow_engine import FlowRunEngine, run_flow
from prefect.server.api.flow_runs import set_flow_run_state
from prefect.server.api.workers import get_scheduled_flow_runs
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.interface import PrefectDBInterface
from prefect.server.orchestration.core_policy import (
    CoreFlowPolicy,
    PreventDuplicateTransitions,
    PreventPendingTransitions,
    WaitForScheduledTime,
)
from prefect.server.services.task_run_recorder import db_recordable_task_run_from_event, task_run_from_event
from prefect.utilities.engine import emit_task_run_state_change_event
from prefect.workers.base import BaseWorker

from deployments.worker import PathwaysWorker

REPLACED = "deployments/worker/prefect_worker.py replaces it: see what it does now that ours would have to do as well"
KEPT = "deployments/worker/prefect_worker.py is called by it or calls it: see that it still does so as expected"
ASKED = "tasks/durable/leg_calls.py asks for it by its own words: see that question and answer are as before"
TOLD = "tasks/durable/prefect_steps.py tells of a step in its words: see that a step still becomes a task run"
HOUSE = "deployments/worker/work_in_hand.py runs scheduled flows through it: see that they still end as they should"
QUEUE = "deployments/running/queuing_sqlite.py lets its writers queue: see that this is still needed, and still so"

LEANED_ON: list[tuple[Callable[..., Any], str, str]] = [
    (BaseWorker.run, REPLACED, "b3498a6f62e562bf"),
    (BaseWorker.get_and_submit_flow_runs, REPLACED, "fcb6c4c67be096f4"),
    (BaseWorker._get_scheduled_flow_runs, REPLACED, "1789a9c7ede4564c"),
    (BaseWorker._submit_scheduled_flow_runs, REPLACED, "29112894f6f9bece"),
    (BaseWorker._submit_run, REPLACED, "835f0493209733ae"),
    (BaseWorker._submit_run_and_capture_errors, REPLACED, "3947a275944c637d"),
    (BaseWorker._propose_pending_state, REPLACED, "8d1630c3bc207549"),
    (BaseWorker._propose_submitting_state, REPLACED, "a4e54c1320f34fe2"),
    (BaseWorker._setup_cancellation_observer, REPLACED, "14d2a57f4715b545"),
    (BaseWorker.__init__, KEPT, "702c771946934fc5"),
    (BaseWorker.start, KEPT, "79b7cda67b75ebe6"),
    (BaseWorker.setup, KEPT, "3dae79de43ac86c1"),
    (BaseWorker.teardown, KEPT, "282f27b5627eb674"),
    (BaseWorker._sync_and_initialize, KEPT, "8d72726bc7d72672"),
    (BaseWorker.sync_with_backend, KEPT, "9883921408ea74a1"),
    (BaseWorker._initialize_after_sync, KEPT, "bf6e3752b980ec8f"),
    (BaseWorker.is_worker_still_polling, KEPT, "434816f0b89b5f7a"),
    (BaseClient.request, ASKED, "370831fea3b36aef"),
    (get_scheduled_flow_runs, ASKED, "ad5f356c042bcf09"),
    (set_flow_run_state, ASKED, "db416fc1a7dbd6bb"),
    (CoreFlowPolicy, ASKED, "30fa3ef18ddbb581"),
    (PreventDuplicateTransitions, ASKED, "ab7743b50d448a0a"),
    (PreventPendingTransitions, ASKED, "01e80528346a1558"),
    (WaitForScheduledTime, ASKED, "0f377d118e85aaa9"),
    (emit_event, TOLD, "4562b1d972505cc3"),
    (emit_task_run_state_change_event, TOLD, "7ade83dd2d3002f6"),
    (task_run_from_event, TOLD, "b665d0a8bb2e9927"),
    (db_recordable_task_run_from_event, TOLD, "493459e304a9b663"),
    (AioSqliteConfiguration.engine, QUEUE, "7aa6e4807aa75e25"),
    (AioSqliteConfiguration.begin_transaction, QUEUE, "c9ea33bf1b494ec8"),
    (AioSqliteConfiguration.begin_sqlite_stmt, QUEUE, "b692396a0155f9c1"),
    (AioSqliteConfiguration.setup_sqlite, QUEUE, "b9dc9fceb00c8468"),
    (PrefectDBInterface.session_context, QUEUE, "165800ffdd624aed"),
    (run_flow, HOUSE, "f22c2edab9578efc"),
    (FlowRunEngine.begin_run, HOUSE, "3709b65a65e8124e"),
    (FlowRunEngine.initialize_run, HOUSE, "d671c21d659e07f5"),
]


def source_hash(what: Callable[..., Any]) -> str:
    """A short hash of a function's or class's source."""
    return hashlib.sha256(inspect.getsource(inspect.unwrap(what)).encode()).hexdigest()[:16]


@pytest.mark.parametrize(("what", "why", "was"), LEANED_ON, ids=[what.__qualname__ for what, _, _ in LEANED_ON])
def test_prefect_is_as_it_was_where_our_worker_leans_on_it(what: Callable[..., Any], why: str, was: str) -> None:
    """Where one fails after an upgrade: read what has changed, see to what is said, and put in the new hash."""
    now = source_hash(what)
    assert now == was, f"{what.__qualname__} has changed in Prefect {prefect.__version__} (now {now}). {why}"


def test_nothing_else_of_the_base_class_is_replaced() -> None:
    """Whatever our worker overrides stands in the list above."""
    listed = {what.__qualname__.partition(".")[2] for what, _, _ in LEANED_ON if what.__qualname__.startswith("Base")}
    ours = {name for name, what in vars(PathwaysWorker).items() if inspect.isfunction(what)}
    assert ours & set(vars(BaseWorker)) <= listed
