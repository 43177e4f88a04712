"""Changing a reablement plan: from the evidence to the new copies, on a plan with few versions and with many."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from typing import Any

from models.clock import VirtualClock
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_copies import CopiesGivenOut
from models.notices import Recipient
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from tasks.durable import worklist
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime
from tasks.durable.safeguarding_asked import with_the_word
from tasks.reablement.plans import standing_of_plan
from tests.benchmarks.scratch import scratch_council
from tests.procedures.plan_change_stories import ALL_AGREE, DRESSES_ALONE, EVERYBODYS, to_change
from tests.procedures.reablement_stories import BEGUN

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def measured(kind: str = "sqlite", *, many: int = 40, rounds: int = 9) -> dict[str, float]:
    """Changes a second on a plan with one version and on one with many, by turns, and how the price grows."""
    with scratch_council(kind, VirtualClock(START)) as council:
        runtime = LocalRuntime(council)
        long = _begun(council, runtime)
        for number in range(many - 1):
            _change(council, runtime, long, 30 + number % 2)
        times = [
            (_timed(council, runtime, _begun(council, runtime)), _timed(council, runtime, long)) for _ in range(rounds)
        ]
        with council.database.read() as session:
            versions = standing_of_plan(session, long).version
    return {
        "versions_of_the_long_plan": versions,
        "changes_a_second": round(1 / statistics.median(short for short, _ in times), 1),
        "price_of_a_change_many_versions_to_one": round(statistics.median(b / a for a, b in times), 2),
    }


def _timed(council: Council, runtime: LocalRuntime, plan: str) -> float:
    begun = time.perf_counter()
    _change(council, runtime, plan, 29)
    _change(council, runtime, plan, 28)
    return (time.perf_counter() - begun) / 2


def _begun(council: Council, runtime: LocalRuntime) -> str:
    plan = open_new(council, "reablement", BEGUN, owner=Recipient.staff(BEGUN.worker))
    runtime.run_what_is_due()
    return plan


def _change(council: Council, runtime: LocalRuntime, plan: str, minutes: int) -> None:
    """Evidence comes, everybody agreed on one visit, and everybody has the new copy."""
    send_signal(council, plan, DRESSES_ALONE, by=BEGUN.worker)
    runtime.run_what_is_due()
    edits = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=minutes),))
    _answer(council, EvidenceDecision, to_change(edits, settled=ALL_AGREE))
    runtime.run_what_is_due()
    _answer(council, CopiesGivenOut, EVERYBODYS)
    runtime.run_what_is_due()


def _answer(council: Council, form: Any, answer: Any) -> None:
    with council.database.read() as session:
        [item] = [one for one in worklist.open_items(session) if one.form == form.name()]
    worklist.answer(council, item.id, with_the_word(form, answer.model_dump(mode="json")), by=BEGUN.worker)
