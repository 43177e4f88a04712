"""A long run in batches on several processors: each batch has a seed of its own, by which it is repeated."""

from __future__ import annotations

import functools
import logging
import resource
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.door import Door
from tests.fuzz.doors import DOORS
from tests.fuzz.running import Run, run
from tests.fuzz.world import World

BATCH = 1_000
"""Inputs of one batch at most."""
MOST_MEMORY = 6 * 2**30
"""Bytes of address space that a process may take: whoever eats more has found something."""


def planned(doors: Sequence[type[Door]], examples: int, seed: int) -> list[tuple[str, int, int]]:
    """Door, number of inputs and seed of every batch: so many inputs in all, or a few more, spread by weight."""
    weights = sum(door.weight for door in doors)
    shares = {door.name: -(-examples * door.weight // weights) for door in doors}
    cut: list[tuple[str, int]] = []
    while any(shares.values()):  # by turns, so that what one door finds is known early
        for name, left in shares.items():
            if left:
                cut.append((name, min(left, BATCH)))
                shares[name] = left - min(left, BATCH)
    return [(name, size, seed + number) for number, (name, size) in enumerate(cut)]


def runs(batches: Sequence[tuple[str, int, int]], processes: int) -> Iterator[Run]:
    """What came of each batch, as they end. A process that goes down is a finding too."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _be_quiet_and_modest) as pool:
        begun = {pool.submit(one_batch, *batch): batch for batch in batches}
        for done in as_completed(begun):
            name, _, seed = begun[done]
            gone = done.exception()
            yield done.result() if gone is None else Run(name, seed, failed=f"the process went down: {gone!r}")


def one_batch(name: str, examples: int, seed: int, blob: str = "") -> Run:
    """Throw one batch at a door in this process."""
    return run(door_named(name), examples, seed, blob=blob)


@functools.cache
def door_named(name: str) -> Door:
    """The door of that name, before a world that all doors of this process share."""
    return next(door for door in DOORS if door.name == name)(_world())


@functools.cache
def _world() -> World:
    folder = tempfile.TemporaryDirectory(prefix="pathways-fuzz-")
    _folders.append(folder)
    return World.made_in(Path(folder.name))


def _be_quiet_and_modest() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    keep_logs_from_the_screen()


def keep_logs_from_the_screen() -> None:
    """Whatever is logged is heard by `watching`; a hundred thousand refusals are not to be read."""
    for one in [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]:
        if isinstance(one, logging.Logger):
            one.handlers.clear()
            one.propagate = True
    logging.getLogger().addHandler(logging.NullHandler())


_folders: list[tempfile.TemporaryDirectory[str]] = []
"""Kept until the process ends, and removed then."""
