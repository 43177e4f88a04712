"""`make fuzz`: throw so many inputs at every door, and say what came of it."""

from __future__ import annotations

import argparse
import json
import secrets
import shlex
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.batches import keep_logs_from_the_screen, one_batch, planned, runs
from tests.fuzz.doors import DOORS
from tests.fuzz.running import Run
from tests.fuzz.summary import page_of, summed_up


def main(said: list[str]) -> int:
    """Exit code 1 where an input did harm."""
    asked = _arguments().parse_args(said)
    if asked.repeat:
        keep_logs_from_the_screen()
        name, blob = asked.repeat
        return _told(one_batch(name, 1, 0, blob)) or _harmless()
    if asked.page_of:
        asked.page.write_text(page_of(json.loads(asked.page_of.read_text(encoding="utf-8"))), encoding="utf-8")
        return 0
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    chosen = [door for door in DOORS if not asked.only or door.name in asked.only]
    batches = planned(chosen, asked.examples, seed)
    _say(f"{sum(size for _, size, _ in batches):,} inputs in {len(batches)} batches, seed {seed}")
    began, done, found = time.monotonic(), list[Run](), 0
    inputs: Counter[str] = Counter()
    for one in runs(batches, asked.processes):
        done.append(one)
        inputs[one.door] += one.inputs
        found += _told(one)
        so_far = f"{len(done)}/{len(batches)} batches, {inputs.total():,} inputs"
        _say(f"{so_far}; {one.door} {inputs[one.door]:,} ({one.seconds:.0f} s)")
    command = shlex.join(["python", "-m", "tests.fuzz", *said])
    summary = summed_up(done, command=command, seed=seed, seconds=time.monotonic() - began, processes=asked.processes)
    if asked.json:
        asked.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    if asked.page:
        asked.page.write_text(page_of(summary), encoding="utf-8")
    _say(f"{summary['inputs']:,} inputs in {summary['minutes']} minutes; batches with harm: {found}")
    return 1 if found else 0


def _told(one: Run) -> int:
    """Say what did harm, and how it is repeated; 1 where something did."""
    if not one.failed:
        return 0
    _say(f"\n{one.door}: an input did harm\n{one.failed}\nThe smallest: {one.smallest}")
    _say(f"Its batch again: python -m tests.fuzz --only {one.door} --seed {one.seed} --examples 1000")
    _say(f"It alone again:  python -m tests.fuzz --repeat {one.door} {one.blob}\n")
    return 1


def _harmless() -> int:
    _say("That input does no harm.")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    names = [door.name for door in DOORS]
    asked.add_argument("--examples", type=int, default=100_000, help="how many inputs in all")
    asked.add_argument("--seed", type=int, help="the same inputs again; without it others each time")
    asked.add_argument("--only", nargs="+", choices=names, metavar="DOOR", help=f"of {', '.join(names)}")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--json", type=Path, metavar="FILE", help="where the summary goes")
    asked.add_argument("--page", type=Path, metavar="FILE", help="where the page goes")
    asked.add_argument("--page-of", type=Path, metavar="FILE", help="write the page of an earlier run's summary anew")
    asked.add_argument("--repeat", nargs=2, metavar=("DOOR", "BLOB"), help="one input alone, by its blob")
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
