"""What a campaign says while it runs and in the end, and the summary that it keeps."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.machine import machine
from tests.faults.trial import Result


def say(result: Result, done: int, total: int) -> None:
    """One trial in a line."""
    where = "PostgreSQL" if result.on_postgresql else "SQLite"
    how = "sound" if result.is_sound else "; ".join(sorted({one.invariant for one in result.broken}))
    write_line(f"{done}/{total}  {result.seed}  {result.kind}  {where}  {result.seconds:.1f} s  {how}")


def say_with_story(result: Result, done: int, total: int) -> None:
    """The same, with all that happened before it."""
    if done > 1:
        write_line("told again:")
    for line in result.story:
        write_line(line)
    say(result, done, total)


def tell_what_failed(results: Sequence[Result], file: Path | None, *, seconds: float = 0.0, again: str = "") -> int:
    """Name whatever did not hold, keep the summary in `file`, and give the exit code. `again` repeats a seed."""
    failed = [one for one in results if not one.is_sound]
    for one in failed:
        write_line(f"\n{one.seed} ({one.kind}):")
        for broken in one.broken:
            write_line(f"  {broken.invariant}: {broken.of}: {broken.how}")
        if again:
            write_line(f"  again: {again.format(seed=one.seed)}")
    struck = sum(sum(one.struck.values()) for one in results)
    write_line(f"\n{len(results)} trials, {struck} faults, {len(failed)} failed")
    if file is not None:
        keep(file, summed_up(results, seconds, len(results)))
    return 1 if failed else 0


def summed_up(results: Sequence[Result], seconds: float, asked_for: int) -> dict[str, Any]:
    """The summary for programs and for the page; `asked_for` trials were to be run."""
    kinds: dict[str, Counter[str]] = {}
    for one in results:
        counted = kinds.setdefault(one.kind, Counter())
        counted.update({"trials": 1, "on PostgreSQL": int(one.on_postgresql), "failed": int(not one.is_sound)})
        counted.update({"faults": sum(one.struck.values()), "steps": one.steps})
        counted.update(one.counted)
    struck: Counter[str] = sum((Counter(one.struck) for one in results), Counter())
    return {
        "trials": len(results),
        "asked for": asked_for,
        "on PostgreSQL": sum(one.on_postgresql for one in results),
        "minutes": round(seconds / 60, 1),
        "faults": dict(struck.most_common()),
        "kinds": {kind: dict(counted) for kind, counted in sorted(kinds.items())},
        "failed": [one.as_json() for one in results if not one.is_sound],
    }


def keep(file: Path, said: dict[str, Any]) -> None:
    """Write a summary, with the machine, the day and the command that made it."""
    program = sys.modules["__main__"].__spec__
    name = program.name.removesuffix(".__main__") if program is not None else "tests.faults"
    about = {"about": machine(), "command": " ".join(["python -m", name, *_without_files(sys.argv[1:])])}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(about | said, indent=1) + "\n", encoding="utf-8")


def write_line(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _without_files(arguments: list[str]) -> list[str]:
    """The arguments but for where the summary goes, which says nothing about the run."""
    return [one for before, one in zip(["", *arguments], arguments, strict=False) if "--json" not in (before, one)]
