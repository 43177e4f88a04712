"""`python -m tests.faults.page`: draw `docs/faults.md` from the summaries that the long runs have kept."""

from __future__ import annotations

import inspect
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.benchmarks.machine import in_a_line
from tests.faults.invariants import INVARIANTS, name_of
from tests.faults.plans import Kind
from tests.faults.whole_system import KIND as WHOLE_SYSTEM

HERE = Path(__file__).parent
RESULTS, FOUND = HERE / "results", HERE / "found.toml"
PAGE = HERE.parents[1] / "docs" / "faults.md"
INTRODUCTION = """\
Each trial is a small life of the system: a fresh database, real processes that play workers, doors, staff, the post
and housekeeping, letters and referrals that come in, and faults at random instants. Afterwards everything is mended
and brought to rest, and what must hold is checked from the ledger and from what those outside have heard themselves.
One process goes on at a time, and who it is and what goes wrong is drawn from the trial's seed, so that the seed
repeats it. This page is drawn by the commands below: do not edit it.
"""
AGAIN = """\
`make faults` runs a thousand trials; `python -m tests.faults --only kill --trials 50 --seed 9` other ones of one kind,
`python -m tests.faults --repeat 9-18` one of them again, with its story. The whole system is besieged by
`python -m tests.faults.whole_system --rounds 12`; the product is broken on purpose by
`python -m tests.faults.breaking`.
"""
KINDS = {
    Kind.KILL: "processes are killed with SIGKILL, inside transactions and between them",
    Kind.STALL: "processes stand still while time passes and others carry on, and go on where they were",
    Kind.DATABASE: "the database is locked by another program, loses connections, or is killed itself",
    Kind.DISK: "files can grow no further for a while",
    Kind.CLOCK: "the clocks of processes jump by seconds, hours or a day, forward and back",
    Kind.SERVICES: "mail and Notify refuse, are slow, hang up, or take a message and deny it",
    Kind.REPEATS: "every message is delivered ten times, by several at once",
    Kind.RACES: "several people answer, take and tell at the same instant",
    Kind.ALL: "all of it together",
}


def page(kept: dict[str, dict[str, Any]]) -> str:
    """The page, of the summaries that there are."""
    lines = ["# The fault campaign", "", *INTRODUCTION.splitlines(), ""]
    if "campaign" in kept:
        lines += _of_trials("The last long run", kept["campaign"])
    if "whole_system" in kept:
        lines += _of_trials(f"The whole system ({WHOLE_SYSTEM})", kept["whole_system"])
    if "breakages" in kept:
        lines += _of_breakages(kept["breakages"])
    lines += ["## What goes wrong", "", *(f"- **{kind}**: {what}" for kind, what in KINDS.items()), ""]
    lines += ["## What must hold", "", *(f"- **{name_of(one)}**: {inspect.getdoc(one)}" for one in INVARIANTS), ""]
    lines += ["## What was found so far", ""]
    for found in tomllib.loads(FOUND.read_text(encoding="utf-8"))["found"]:
        lines.append(f"- {found['on']}: {found['what']} Smallest: {found['smallest']}. Held by `{found['test']}`.")
    return "\n".join([*lines, "", "## Again", "", *AGAIN.splitlines(), ""])


def _of_trials(title: str, said: dict[str, Any]) -> list[str]:
    faults = sum(said["faults"].values())
    lines = [
        f"## {title}",
        "",
        f"- {in_a_line(said['about'])}; the machine was shared with other work",
        f"- Command: `{said['command']}`",
        f"- {_how_many(said)} trials, {said['on PostgreSQL']:,} of them on PostgreSQL and the others on SQLite, with "
        f"{faults:,} faults; in {len(said['failed'])} of them something did not hold",
        f"- Faults: {', '.join(f'{fault} {times:,}' for fault, times in said['faults'].items())}",
        "",
        "| Kind | Trials | Faults | Cases | Entries | Messages in | Notices, tries | To people | Failed |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, counted in said["kinds"].items():
        numbers = [
            f"{counted[name]:,}"
            for name in (
                "trials",
                "faults",
                "cases",
                "entries",
                "messages in",
                "notices",
                "messages to people",
                "failed",
            )
        ]
        numbers[5] += f", {counted['tries to deliver']:,}"
        lines.append(f"| {kind} | {' | '.join(numbers)} |")
    for one in said["failed"]:
        broken = ", ".join(sorted({broken["invariant"] for broken in one["broken"]}))
        lines.append(f"\nDid not hold in {one['seed']} ({one['kind']}): {broken}.")
    return [*lines, ""]


def _how_many(said: dict[str, Any]) -> str:
    """How many there were; where the run was ended early, of how many."""
    ran, asked_for = said["trials"], said["asked for"]
    return f"{ran:,}" if ran >= asked_for else f"{ran:,} of {asked_for:,} (it was ended early)"


def _of_breakages(said: dict[str, Any]) -> list[str]:
    lines = [
        "## Broken on purpose",
        "",
        "A line on which the design rests is taken out of a copy of the product; so many trials it took to see it.",
        f"{in_a_line(said['about'])}. Command: `{said['command']}`.",
        "",
        "| Broken | Looked for in | Trials | Seen by |",
        "| --- | --- | ---: | --- |",
    ]
    for one in said["breakages"]:
        seen = ", ".join(one["invariants"]) or "not seen"
        lines.append(f"| {one['breakage']} | {one['kind']} | {one['trials']} | {seen} |")
    return [*lines, ""]


def main() -> int:
    """Draw it."""
    kept = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RESULTS.glob("*.json"))}
    PAGE.write_text(page(kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
