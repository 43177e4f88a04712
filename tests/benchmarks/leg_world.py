"""A Prefect server, cases that sleep in it, and workers that come and go: the world of the leg benchmarks."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
import psutil
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectNotFound
from prefect.workers.base import BaseWorker
from sqlalchemy import func, select

from deployments.running.home import move_in
from deployments.running.parts import Part, python
from deployments.running.prefect_server import server_part, wait_for_server
from deployments.worker import PathwaysWorker
from models.cases import Case
from models.notices import Recipient
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tasks.durable.council import Council, NobodyWakes
from tasks.durable.prefect_clerk import DEPLOYMENT, Clerk
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.installation import CHECKOUT, Installation
from tests.benchmarks.due_case import LineHungUp, LineRang, Switchboard, switchboard

OURS, STOCK = PathwaysWorker.type, "process"
ENTRYPOINT = "tests.benchmarks.due_case.switchboard"
PATIENCE_SECONDS = 1800.0


@dataclass
class World:
    """What the benchmarks work on; `calls` is how often the cases have been rung."""

    installation: Installation
    council: Council
    server: psutil.Process
    api: str
    environment: dict[str, str]
    calls: dict[str, int] = field(default_factory=dict)

    def use_pool(self, name: str) -> None:
        """Let new runs of the switchboard wait in that pool."""
        with get_client(sync_client=True) as client:
            try:
                client.read_work_pool(name)
            except ObjectNotFound:
                worker = BaseWorker.get_worker_class_from_type(name)
                assert worker is not None, name
                template = worker.get_default_base_job_template()
                client.create_work_pool(WorkPoolCreate(name=name, type=name, base_job_template=template))
            flow_id = client.create_flow(switchboard)
            client.create_deployment(flow_id, DEPLOYMENT, work_pool_name=name, entrypoint=ENTRYPOINT)

    def pause(self, pool: str, paused: bool) -> None:
        """Hold a pool's runs back from its worker, or let it have them."""
        changed = {"is_paused": paused}
        httpx.patch(f"{self.api}/work_pools/{pool}", json=changed, timeout=60).raise_for_status()

    def open_cases(self, count: int) -> list[str]:
        """Open so many cases; each has a run that is due."""
        clerk, refs = Clerk(self.council), []
        for _ in range(count):
            ref = open_new(self.council, "switchboard", Switchboard(), owner=Recipient.role("duty-worker"))
            clerk.start(ref)
            refs.append(ref)
        return refs

    def ring(self, refs: list[str]) -> None:
        """Something comes for each case, and its run is due."""
        clerk = Clerk(self.council)
        for ref in refs:
            number = self.calls[ref] = self.calls.get(ref, 0) + 1
            send_signal(self.council, ref, LineRang() if number % 2 else LineHungUp())
            clerk.wake(ref)

    def runs_of(self, refs: list[str]) -> list[UUID]:
        """The run of each case."""
        with self.council.database.read() as session:
            found = session.execute(select(Case.ref, Case.flow_run_id).where(Case.ref.in_(refs))).all()
        return [UUID(run) for _ref, run in found]

    def all_asleep(self, refs: list[str]) -> bool:
        """Whether every case has had its leg and sleeps, in our database and in Prefect."""
        with self.council.database.read() as session:
            awake = session.scalar(select(func.count()).where(Case.ref.in_(refs), Case.asleep_wake_no < Case.wake_no))
        if awake:
            return False
        runs = Clerk(self.council).runs([str(run) for run in self.runs_of(refs)])
        return all(run.state is not None and run.state.name.startswith("Awaiting") for run in runs.values())

    def states_since(self, run: UUID, moment: datetime) -> list[datetime]:
        """When the run changed its state after a moment."""
        answer = httpx.get(f"{self.api}/flow_run_states/", params={"flow_run_id": str(run)}, timeout=60)
        times = [datetime.fromisoformat(state["timestamp"]) for state in answer.raise_for_status().json()]
        return [one for one in times if one > moment]

    @contextmanager
    def worker(self, pool: str) -> Iterator[psutil.Process]:
        """A worker of that pool's kind, as a process."""
        command = (
            python("-m", "tests.benchmarks.our_worker")
            if pool == OURS
            else python("-m", "prefect", "worker", "start", "--pool", pool, "--type", pool)
        )
        log = self.installation.home / "logs" / f"{pool}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=subprocess.STDOUT, cwd=CHECKOUT
            )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time that a process and the children it has waited for have used, with those still alive."""
    times = process.cpu_times()
    own = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            theirs = child.cpu_times()
            own += theirs.user + theirs.system
        except psutil.NoSuchProcess:
            continue
    return float(own)


def until(what: Callable[[], bool], seconds: float = PATIENCE_SECONDS, *, every: float = 0.2) -> None:
    """Wait for what becomes true. Raises `TimeoutError`."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not come about in {seconds} seconds")
        time.sleep(every)


@contextmanager
def world(installation: Installation) -> Iterator[World]:
    """A migrated database and a Prefect server of its own, on a fresh home."""
    move_in(installation, empty=False)
    environment = dict(os.environ) | {"PATHWAYS_HOME": str(installation.home), "PYTHONPATH": str(CHECKOUT)}
    part: Part = server_part(installation, environment)
    part.start()
    api = os.environ["PREFECT_API_URL"]
    try:
        wait_for_server(api, part)
        assert part.process is not None
        (installation.home / "logs").mkdir(exist_ok=True)
        council = council_of_this_process()
        council.waker = NobodyWakes()  # the benchmark itself says when a run comes due
        yield World(installation, council, psutil.Process(part.process.pid), api, environment)
    finally:
        part.ask_to_end()
        part.wait_or_kill(time.monotonic() + 10)


def database_of_prefect(installation: Installation) -> Path:
    """The file in which its server keeps its data."""
    return installation.prefect_home / "prefect.db"
