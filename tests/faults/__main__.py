"""`python -m tests.faults`: run the fault campaign, or repeat one of its trials."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.faults.campaign import run_campaign
from tests.faults.plans import Kind, seeds_of
from tests.faults.telling import keep, say, say_with_story, summed_up, tell_what_failed
from tests.faults.trial import Result

KEPT_EVERY = 20
"""After so many trials the summary is kept."""


def main() -> int:
    """Run what the command line says; 1 where an invariant did not hold."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is put away
    seeds = [asked.repeat] * asked.times if asked.repeat else seeds_of(asked.seed, asked.trials, asked.only)
    began, so_far = time.monotonic(), list[Result]()

    def progress(result: Result, done: int, total: int) -> None:
        (say_with_story if asked.repeat else say)(result, done, total)
        so_far.append(result)
        if asked.json is not None and done % KEPT_EVERY == 0:  # a long run may be ended before it comes to its end
            keep(asked.json, summed_up(so_far, time.monotonic() - began, total))

    ran = run_campaign(
        seeds,
        at_once=1 if asked.repeat else min(asked.at_once, len(seeds)),
        postgresql={"sqlite": False, "postgresql": True}.get(asked.database),
        until_failure=asked.until_failure,
        keep=asked.keep,
        progress=progress,
    )
    again = "python -m tests.faults --repeat {seed}" + (f" --database {asked.database}" if asked.database else "")
    return tell_what_failed(ran.results, asked.json, seconds=ran.seconds, again=again)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--trials", type=int, default=18, help="how many (18)")
    parser.add_argument("--seed", type=int, default=1, help="of the campaign (1)")
    parser.add_argument("--only", type=Kind, choices=list(Kind), help="trials of one kind alone")
    parser.add_argument("--repeat", metavar="SEED", help="repeat one trial, such as 1-17, and tell its story")
    parser.add_argument("--times", type=int, default=1, help="how often it is repeated (1)")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="instead of what each seed says")
    parser.add_argument("--at-once", type=int, default=2, help="trials at the same time (2)")
    parser.add_argument("--until-failure", action="store_true", help="no more trials once one has failed")
    parser.add_argument("--keep", action="store_true", help="leave the trials' folders behind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the summary")
    return parser


if __name__ == "__main__":
    sys.exit(main())
