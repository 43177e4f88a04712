"""A worker process, of a Prefect server that is away, one of whose legs hangs; it says when that has begun."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from dataclasses import dataclass

from tasks.installation import Installation, settle_prefect_in

settle_prefect_in(Installation.from_environment())  # before anything imports prefect

from deployments.running.work import run_worker  # noqa: E402
from deployments.worker import PathwaysWorker  # noqa: E402
from deployments.worker.settings import WorkerSettings  # noqa: E402
from deployments.worker.slots import Slots  # noqa: E402


@dataclass
class Hanging:
    """A leg that never comes back."""

    def __call__(self, _what: str) -> None:
        """Hang."""
        sys.stdout.write("hangs\n")
        sys.stdout.flush()
        threading.Event().wait()


async def hang_and_work(worker: PathwaysWorker) -> int:
    """Run the worker, and let a leg hang in it as soon as it can be told to stop."""
    running = asyncio.ensure_future(run_worker(worker))
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        await asyncio.sleep(0.01)
    worker.legs.offer("leg", "leg")  # type: ignore[arg-type]
    return await running


if __name__ == "__main__":
    worker = PathwaysWorker("pathways", bounds=WorkerSettings(drain_seconds=float(sys.argv[1])))
    worker.legs = Slots(4, Hanging(), hung_after=3600, name="leg")  # type: ignore[assignment]
    sys.exit(asyncio.run(hang_and_work(worker)))
