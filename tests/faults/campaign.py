"""
Many trials, some of them at once in processes of their own, and what they came to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait

from tests.faults.forking import fork
from tests.faults.plans import plan_of
from tests.faults.rehearsal import load_everything, rehearse
from tests.faults.stage import Stage
from tests.faults.trial import Result, run_trial

Progress = Callable[[Result, int, int], None]
"""Told of each trial that has ended, how many have, and how many there are."""


@dataclass
class Ran:
    """What a campaign came to."""

    seconds: float = 0.0
    results: list[Result] = field(default_factory=list)


def run_campaign(
    seeds: Sequence[str],
    *,
    at_once: int = 1,
    postgresql: bool | None = None,
    until_failure: bool = False,
    keep: bool = False,
    progress: Progress = lambda _result, _done, _all: None,
) -> Ran:
    """Run the trials of those seeds; with `until_failure` no more once one has failed."""
    ran, began = Ran(), time.monotonic()
    load_everything()
    with _running(seeds, at_once, postgresql, keep) as results:
        for result in results:
            ran.results.append(result)
            progress(result, len(ran.results), len(seeds))
            if until_failure and not result.is_sound:
                break
        else:
            if len(ran.results) < len(seeds):
                raise RuntimeError(f"only {len(ran.results)} of {len(seeds)} trials were run: see what is said above")
    ran.seconds = time.monotonic() - began
    return ran


def _trials(seeds: Sequence[str], postgresql: bool | None, keep: bool) -> Generator[Result, None, None]:
    """The trials one after the other, in this process and those that it forks."""
    plans = [plan_of(seed, postgresql=postgresql) for seed in seeds]
    stage = Stage.built()
    try:
        for on_postgresql in sorted({plan.on_postgresql for plan in plans}):
            rehearse(stage, on_postgresql=on_postgresql)
        for plan in plans:
            yield run_trial(plan, stage, keep=keep)
    finally:
        stage.strike(keep=keep)


@contextmanager
def _running(seeds: Sequence[str], at_once: int, postgresql: bool | None, keep: bool) -> Iterator[Iterator[Result]]:
    """The results as they come, from as many processes as are wanted; leaving ends those that still run."""
    lines: list[Connection] = []
    pids: list[int] = []
    try:
        for share in range(at_once):
            ours, theirs = Pipe(duplex=False)
            lines.append(ours)
            pids.append(fork(partial(_send_results, theirs, lines, seeds[share::at_once], postgresql, keep)))
            theirs.close()
        yield _coming_in(lines)
    finally:
        for line in lines:
            line.close()
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        for pid in pids:
            os.waitpid(pid, 0)


def _send_results(
    line: Connection, others: list[Connection], seeds: Sequence[str], postgresql: bool | None, keep: bool
) -> None:
    for other in others:
        other.close()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is put away
    with closing(_trials(seeds, postgresql, keep)) as results:
        for result in results:
            line.send_bytes(json.dumps(result.as_json()).encode())


def _coming_in(lines: list[Connection]) -> Iterator[Result]:
    open_lines = list(lines)
    while open_lines:
        for line in wait(open_lines):
            assert isinstance(line, Connection)
            try:
                said = line.recv_bytes()
            except EOFError:
                open_lines.remove(line)
            else:
                yield Result.from_json(json.loads(said))
