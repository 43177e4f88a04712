"""
The working part: the in-process worker, with housekeeping beside it.

Told to stop, it takes on nothing more, gives running legs a while to end, and leaves; told twice, it leaves at once.
What had not ended is found by the backstop. A worker past its bounds leaves by itself, to be started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading

from deployments.running.parts import START_AGAIN
from deployments.worker import PathwaysWorker
from deployments.worker.health import health_served
from deployments.worker.settings import WorkerSettings
from deployments.worker.watching import Watch
from tasks.code_version import code_version
from tasks.durable.prefect_clerk import declared_pool
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.housekeeping import keep_house
from tasks.installation import Installation

log = logging.getLogger("pathways")

LEFT_AT_ONCE = 143
"""The exit code after a second SIGTERM."""
LOOK_SECONDS = 1.0
LEAVE_SECONDS = 5.0
"""How long saying goodbye to Prefect may take."""


def work(installation: Installation, *, bounds: WorkerSettings | None = None) -> int:
    """
    Run legs until told to stop by SIGTERM or Ctrl-C; gives the exit code, 0 or `START_AGAIN`.

    Raises `BadSetting`.
    """
    bounds = bounds or WorkerSettings.from_environment()
    stop = threading.Event()
    beside = threading.Thread(
        target=keep_house,
        args=(council_of_this_process(), stop),
        kwargs={"every_seconds": installation.backstop_seconds},
        name="housekeeping",
        daemon=True,
    )
    beside.start()
    try:
        return asyncio.run(run_worker(PathwaysWorker(declared_pool(), bounds=bounds)))
    finally:
        stop.set()


async def run_worker(worker: PathwaysWorker) -> int:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if told.is_set():
            os._exit(LEFT_AT_ONCE)  # nothing more is waited for; the backstop finds what had not ended
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    with health_served(worker) as port:
        if port is not None:
            log.info("this worker's health is served on port %d", port)
        log.info("this worker runs version %s", code_version())
        working = asyncio.ensure_future(worker.start(printer=lambda *_: None))
        why = await _watch(Watch(worker), working, told)
        if why is not None:
            log.error("this worker ends, to be started again: %s", why)
        await _drain(worker)
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await asyncio.wait_for(working, LEAVE_SECONDS)
    return 0 if why is None else START_AGAIN


async def _watch(watch: Watch, working: asyncio.Future[None], told: asyncio.Event) -> str | None:
    """Return when told to stop (None), or why the worker is to be started again."""
    while not told.is_set():
        if working.done():
            failure = None if working.cancelled() else working.exception()
            return f"its polling came to an end ({type(failure).__name__})"
        why = watch.look()
        if why is not None:
            return why
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), LOOK_SECONDS)
    return None


async def _drain(worker: PathwaysWorker) -> None:
    """Let running legs end or go back to sleep, for a while at most; what had only been handed over is dropped."""
    worker.take_on_nothing_more()
    until = asyncio.get_running_loop().time() + worker.bounds.drain_seconds
    for slots, what in ((worker.legs, "legs"), (worker.house, "scheduled flows")):
        left = max(until - asyncio.get_running_loop().time(), 0)
        if not await asyncio.to_thread(slots.wait_until_idle, left):
            log.warning("%d %s had not ended when this worker left; the backstop finds them", slots.running, what)
