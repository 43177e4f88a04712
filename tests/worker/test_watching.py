"""When a worker ends to be started again, how it drains, and what it says of itself meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import prefect.settings
import pytest
from prometheus_client import generate_latest

from deployments.example_council import example_policy_text
from deployments.running.parts import START_AGAIN
from deployments.running.work import LEFT_AT_ONCE, run_worker
from deployments.worker import PathwaysWorker
from deployments.worker.counts import LATEST, Counts
from deployments.worker.health import SILENT_SECONDS, health_of_worker, health_served
from deployments.worker.settings import WorkerSettings
from deployments.worker.slots import Slots
from deployments.worker.watching import Watch
from tasks.durable.prefect_runtime import LegEnding
from tasks.durable.testing import Office
from tasks.installation import BadSetting
from tasks.open_writes import OpenWrite
from tests.worker.conftest import comes_true

CHECKOUT = Path(__file__).resolve().parents[2]
AWAY = "http://127.0.0.1:9/api"
NOBODY_THERE = {prefect.settings.PREFECT_API_URL: AWAY, prefect.settings.PREFECT_CLIENT_MAX_RETRIES: 0}


@dataclass
class Bench:
    """A worker as it is watched, whose work hangs until it is let go, and whose time stands still."""

    bounds: WorkerSettings = field(default_factory=WorkerSettings)
    name: str = "PathwaysWorker on the bench"
    is_draining: bool = False
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.let_go = threading.Event()
        self.counts = Counts(clock=lambda: self.now)
        self.legs: Slots[Any] = self._slots(self.bounds.slots)
        self.house: Slots[Any] = self._slots(self.bounds.house_slots)

    def _slots(self, count: int) -> Slots[Any]:
        return Slots(count, lambda _: self.let_go.wait(), hung_after=300, name="bench", clock=lambda: self.now)

    def hang(self, slots: Slots[Any], count: int) -> None:
        """Let so many slots hang for longer than the bound."""
        running = slots.running
        for _ in range(count):
            assert slots.offer(object(), None)
        assert comes_true(lambda: slots.running == running + count)
        self.now += 301


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Four slots for legs and two for scheduled flows."""
    bench = Bench()
    yield bench
    bench.let_go.set()
    bench.legs.close()
    bench.house.close()


def test_worker_ends_when_half_of_its_slots_are_lost(bench: Bench) -> None:
    """One of four is borne; with the second it is to be started again."""
    watch = Watch(bench, memory=lambda: 100)
    assert watch.look() is None
    bench.hang(bench.legs, 1)
    assert watch.look() is None
    bench.hang(bench.legs, 1)
    assert watch.look() == "2 of 4 slots are lost to legs that hang"


def test_worker_ends_when_no_slot_is_left_for_scheduled_flows(bench: Bench) -> None:
    """Housekeeping that hangs in both its slots would never run again."""
    watch = Watch(bench, memory=lambda: 100)
    bench.hang(bench.house, 2)
    assert watch.look() == "every slot for scheduled flows is lost to one that hangs"


def test_worker_ends_when_anything_in_it_writes_for_as_long_as_a_leg_may_take(bench: Bench) -> None:
    """Housekeeping beside the slots, say: a scheduled flow may take an hour, but not in one transaction."""
    short, long = OpenWrite(thread=1), OpenWrite(thread=2, begun_at=time.monotonic() - 301)
    writes = [short, long]
    watch = Watch(bench, memory=lambda: 100, writes=lambda: list(writes))
    assert watch.look() is None, "seen once, it may end at this moment"
    writes.remove(long)
    assert watch.look() is None
    writes.append(long)
    assert watch.look() is None
    assert watch.look() == "something hangs in the middle of a write, and others wait for what it has locked"


def test_worker_ends_when_it_has_grown_too_large(bench: Bench) -> None:
    """Beyond the bound, not at it; without a bound never."""
    held = [1024.0]
    watch = Watch(bench, memory=lambda: held[0])
    assert watch.look() is None
    held[0] = 1025
    assert watch.look() == "it holds more than 1024 megabytes of memory"
    bench.bounds = WorkerSettings(memory_megabytes=0)
    assert watch.look() is None


def test_worker_tells_how_it_stands(bench: Bench) -> None:
    """Its slots, its legs by how they ended, and that Prefect has answered it lately."""
    bench.counts.polled()
    bench.counts.leg_ended(LegEnding.SLEPT, 0.04)
    bench.hang(bench.legs, 1)
    Watch(bench, memory=lambda: 100).look()
    bench.counts.polled()
    told = health_of_worker(bench)
    wanted = {"status": "ok", "slots": 4, "running": 0, "lost": 1, "waiting": 0, "seconds_since_poll": 0.0}
    assert {name: told[name] for name in wanted} == wanted
    assert told["legs"] == {"slept": 1, "closed": 0, "not_ours": 0, "lease_lost": 0, "failed": 0}
    metrics = generate_latest(bench.counts.registry).decode()
    assert 'pathways_legs_total{end="slept"} 1.0' in metrics
    assert "pathways_slots_lost 1.0" in metrics
    assert "pathways_leg_seconds_count 1.0" in metrics


@pytest.mark.parametrize(("silent", "draining", "says"), [(61.0, False, "not_polling"), (0.0, True, "draining")])
def test_worker_that_does_not_do_its_work_answers_503(bench: Bench, silent: float, draining: bool, says: str) -> None:
    """Prefect has not answered it for a minute, or it takes on nothing more."""
    assert silent == 0 or silent > SILENT_SECONDS
    bench.counts.polled()
    bench.now += silent
    bench.is_draining = draining
    bench.bounds = WorkerSettings(health_port=0)
    with health_served(bench) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/health")
        assert (answer.status_code, answer.json()["status"]) == (503, says)
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/cases").status_code == 404


def test_worker_none_of_whose_legs_ends_well_says_so(bench: Bench) -> None:
    """After so many in a row it answers 503; one that sleeps again, and it does its work."""
    bench.counts.polled()
    bench.counts.leg_ended(LegEnding.SLEPT, 0.04)
    for _ in range(LATEST - 1):
        bench.counts.leg_ended(LegEnding.FAILED, 30)
    assert health_of_worker(bench)["status"] == "ok"
    bench.counts.leg_ended(LegEnding.FAILED, 30)
    bench.bounds = WorkerSettings(health_port=0)
    with health_served(bench) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "failing")
        bench.counts.leg_ended(LegEnding.SLEPT, 0.04)
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200


def test_health_is_not_served_unless_a_port_is_named(bench: Bench) -> None:
    """Nothing listens by default."""
    with health_served(bench) as port:
        assert port is None


def test_a_worker_whose_health_port_is_taken_works_all_the_same(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """It says which port and variable; no case waits for a number that nobody reads."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        taken = holder.getsockname()[1]
        bench.bounds = WorkerSettings(health_port=taken)
        with health_served(bench) as port:
            assert port is None
    assert f"port {taken} (PATHWAYS_WORKER_PORT) cannot be opened (Address already in use)" in caplog.text


def test_worker_past_its_bound_drains_and_leaves_to_be_started_again(office: Office) -> None:
    """The exit code says so; that Prefect's server is away keeps it neither from running nor from leaving."""
    with prefect.settings.temporary_settings(NOBODY_THERE):
        worker = PathwaysWorker("pathways", council=office.council, bounds=WorkerSettings(memory_megabytes=1))
        assert asyncio.run(run_worker(worker)) == START_AGAIN
    assert worker.is_draining
    assert not worker.legs.offer("letter", None)  # type: ignore[arg-type]


@contextmanager
def hanging_worker(home: Path, drain_seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A worker process one of whose legs hangs."""
    home.mkdir()
    (home / "policy.toml").write_text(example_policy_text(), encoding="utf-8")
    (home / "connections.toml").write_text("", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.hanging_worker", str(drain_seconds)],
        env=kept | {"PATHWAYS_HOME": str(home), "PREFECT_API_URL": AWAY, "PREFECT_CLIENT_MAX_RETRIES": "0"},
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "hangs\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_worker_told_to_stop_leaves_without_what_hangs_after_a_while(tmp_path: Path) -> None:
    """A leg that does not end in time holds it up no longer than that."""
    with hanging_worker(tmp_path / "pathways", 1) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_worker_told_twice_to_stop_leaves_at_once(tmp_path: Path) -> None:
    """Though it would have given the leg an hour."""
    with hanging_worker(tmp_path / "pathways", 3600) as process:
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == LEFT_AT_ONCE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATHWAYS_WORKER_SLOTS", "0"),
        ("PATHWAYS_WORKER_SLOTS", "many"),
        ("PATHWAYS_WORKER_MEMORY_MB", "-1"),
        ("PATHWAYS_WORKER_PORT", "70000"),
        ("PATHWAYS_WORKER_DRAIN_SECONDS", "1.5"),
    ],
)
def test_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    """The message says which, and what it should be."""
    with pytest.raises(BadSetting, match=f"{name} must be a whole number between"):
        WorkerSettings.from_environment({name: value})


def test_settings_come_from_the_environment() -> None:
    """What is not set has its default."""
    settings = WorkerSettings.from_environment({"PATHWAYS_WORKER_SLOTS": "8", "PATHWAYS_WORKER_PORT": "0"})
    assert settings == WorkerSettings(slots=8, health_port=0)
    assert WorkerSettings.from_environment({}) == WorkerSettings()
