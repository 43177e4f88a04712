"""
Watching over a worker: slots whose leg hangs are written off, and a worker past its bounds is to be started again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

import psutil

from deployments.worker.counts import Counts
from deployments.worker.settings import WorkerSettings
from deployments.worker.slots import Slots
from tasks.open_writes import OpenWrite, open_writes

log = logging.getLogger("pathways")
MEGABYTE = 1024 * 1024


def memory_of_this_process() -> float:
    """Megabytes of memory that this process holds."""
    return float(psutil.Process().memory_info().rss) / MEGABYTE


class Watched(Protocol):
    """What is looked at of a worker."""

    name: str
    bounds: WorkerSettings
    counts: Counts
    legs: Slots[Any]
    house: Slots[Any]

    @property
    def is_draining(self) -> bool:
        """Whether it takes on nothing more."""


class Watch:
    """Looks at a worker, more than once; `memory` gives megabytes, `writes` what this process is writing."""

    def __init__(
        self,
        worker: Watched,
        *,
        memory: Callable[[], float] = memory_of_this_process,
        writes: Callable[[], list[OpenWrite]] = open_writes,
    ) -> None:
        self._worker = worker
        self._memory = memory
        self._writes = writes
        self._seen_before: set[OpenWrite] = set()

    def look(self) -> str | None:
        """Write off what hangs, and count; gives why this worker is to end and be started again, or None."""
        worker, bounds = self._worker, self._worker.bounds
        for run in worker.legs.write_off():
            log.error("the leg of run %s hangs: its slot is written off, and its case goes on in another", run)
        for run in worker.house.write_off():
            log.error("the scheduled flow of run %s hangs: its slot is written off", run)
        counts, lost = worker.counts, worker.legs.lost
        counts.slots.set(bounds.slots)
        counts.slots_lost.set(lost)
        counts.slots_running.set(worker.legs.running)
        if self._something_hangs_in_a_write():
            return "something hangs in the middle of a write, and others wait for what it has locked"
        if lost * 2 >= bounds.slots:
            return f"{lost} of {bounds.slots} slots are lost to legs that hang"
        if worker.house.lost >= bounds.house_slots:
            return "every slot for scheduled flows is lost to one that hangs"
        if bounds.memory_megabytes and self._memory() > bounds.memory_megabytes:
            return f"it holds more than {bounds.memory_megabytes} megabytes of memory"
        return None

    def _something_hangs_in_a_write(self) -> bool:
        """
        Whether a slot that is written off, or anything else for as long as a leg may take, keeps a transaction open.

        Seen twice: work that had only been slow may be writing at the moment of one look.
        """
        worker, writes = self._worker, set(self._writes())
        lost = worker.legs.lost_threads | worker.house.lost_threads
        seen_twice = writes & self._seen_before
        self._seen_before = writes
        return any(one.thread in lost or one.seconds > worker.bounds.hung_after_seconds for one in seen_twice)
