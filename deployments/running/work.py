"""The working part: the in-process worker, with housekeeping beside it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading

from deployments.worker import SLOTS, PathwaysWorker
from tasks.durable.prefect_clerk import declared_pool
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.housekeeping import keep_house
from tasks.installation import Installation


def work(installation: Installation, *, slots: int = SLOTS) -> None:
    """Run legs until told to stop by SIGTERM or Ctrl-C; legs that run then finish or go back to sleep first."""
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
        asyncio.run(_work(declared_pool(), slots))
    finally:
        stop.set()


async def _work(pool: str, slots: int) -> None:
    worker = PathwaysWorker(pool, slots=slots)
    working = asyncio.ensure_future(worker.start(printer=lambda *_: None))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working
