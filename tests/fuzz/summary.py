"""What came of a run: as JSON, and as the page in the documentation."""

from __future__ import annotations

import os
import platform
import tomllib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from tests.fuzz.doors import DOORS
from tests.fuzz.running import Run

FOUND = Path(__file__).with_name("found.toml")
"""What fuzzing has found so far, and what became of it."""
INTRODUCTION = """\
The system is given whatever may come through each of its doors, and must take it or refuse it in words. Of every
input it is held that nothing crashes and nothing is answered with a 5xx; that what was taken is there once and
what was refused has left nothing behind; that the same again changes nothing; that nothing of it stands in a log,
an error's text or an address; and that it takes no more than its share of statements, processor time and memory.
How it is done stands in `tests/fuzz/__init__.py`. This page is written by the command below: do not edit it.
"""
AGAIN = """\
`make fuzz` throws a hundred thousand inputs, `python -m tests.fuzz --only mail --examples 2000` so many at one door.
Without `--seed` each run throws others. Where an input does harm, the seed of its batch and the blob of the
smallest such input are printed: `--only DOOR --seed N --examples 1000` throws the batch again, `--repeat DOOR BLOB`
the input alone. What is found is made a test beside the door's other tests, and a line in `tests/fuzz/found.toml`.
"""


def summed_up(runs: Sequence[Run], *, command: str, seed: int, seconds: float, processes: int) -> dict[str, Any]:
    """The summary of a run."""
    doors = [_of_one_door(door.name, [one for one in runs if one.door == door.name]) for door in DOORS]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "command": command,
        "seed": seed,
        "machine": {
            "cores": os.cpu_count(),
            "memory_gigabytes": round(psutil.virtual_memory().total / 2**30),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "processes": processes,
        "minutes": round(seconds / 60, 1),
        "inputs": sum(one.inputs for one in runs),
        "harmful_batches": sum(bool(one.failed) for one in runs),
        "doors": [one for one in doors if one["inputs"]],
        "failures": [one.as_json() for one in runs if one.failed],
    }


def _of_one_door(name: str, runs: Sequence[Run]) -> dict[str, Any]:
    became: Counter[str] = sum((one.became for one in runs), Counter())
    inputs, seconds = sum(one.inputs for one in runs), sum(one.seconds for one in runs)
    return {
        "door": name,
        "inputs": inputs,
        "became": dict(became.most_common()),
        "inputs_per_second": round(inputs / seconds, 1) if seconds else 0.0,
        "most_statements": max((one.most_statements for one in runs), default=0),
        "peak_megabytes": max((one.peak_megabytes for one in runs), default=0),
        "harmful_batches": sum(bool(one.failed) for one in runs),
    }


def page_of(summary: dict[str, Any]) -> str:
    """The page."""
    machine = summary["machine"]
    lines = [
        "# Fuzzing",
        "",
        *INTRODUCTION.splitlines(),
        "",
        "## The last run",
        "",
        f"- Date: {summary['date']}",
        f"- Command: `{summary['command']}`, seed {summary['seed']}",
        f"- Machine: {machine['cores']} cores, {machine['memory_gigabytes']} GB of memory, {machine['system']}, "
        f"Python {machine['python']}",
        f"- {summary['inputs']:,} inputs by {summary['processes']} processes in {summary['minutes']} minutes",
        f"- Batches in which an input did harm: {summary['harmful_batches']}",
        "",
        "| Door | Inputs | A second | What became of them | Most statements | Peak memory, MB | Harmful |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: |",
    ]
    for one in summary["doors"]:
        became = ", ".join(f"{what} {count:,}" for what, count in list(one["became"].items())[:8])
        lines.append(
            f"| {one['door']} | {one['inputs']:,} | {one['inputs_per_second']} | {became} | {one['most_statements']} | "
            f"{one['peak_megabytes']} | {one['harmful_batches']} |"
        )
    lines += ["", "## What comes through each door", ""]
    lines += [f"- **{door.name}**: {door.takes}" for door in DOORS]
    lines += ["", "## What was found so far", ""]
    for found in tomllib.loads(FOUND.read_text(encoding="utf-8"))["found"]:
        became = f"Mended; held by `{found['test']}`." if "test" in found else found["left"]
        lines.append(
            f"- **{found['door']}** ({found['on']}): {found['what']} Smallest input: {found['input']}. {became}"
        )
    lines += [
        "",
        "## Again",
        "",
        *AGAIN.splitlines(),
        "",
    ]
    return "\n".join(lines)
