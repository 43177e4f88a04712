"""The page `docs/benchmarks.md`, written from what was measured: targets first, then each benchmark's figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.catalogue import CATALOGUE, Benchmark, Target
from tests.benchmarks.machine import in_a_line

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench` from `tests/benchmarks/results.json`; do not edit it by hand. Each figure is a ratio of things
that took turns within one run on one machine, or stands beside the one it is to be compared with. Seconds and rates
alone say little about another machine.

"""


def write_page(results: dict[str, Any]) -> None:
    """Write it."""
    PAGE.write_text(HEAD + "\n".join(_lines(results)) + "\n", encoding="utf-8")


def _lines(results: dict[str, Any]) -> Iterator[str]:
    yield from ("## What we hold ourselves to", "", "| what | measured | |", "|---|---|---|")
    for name, benchmark in CATALOGUE.items():
        for target in benchmark.targets:
            yield _row(target, results.get(name))
    yield from ("", "![Measured against what we hold ourselves to](benchmarks/targets.svg)", "")
    for name, benchmark in CATALOGUE.items():
        yield from _section(name, benchmark, results.get(name))


def _row(target: Target, result: dict[str, Any] | None) -> str:
    value = None if result is None else figure(result["figures"], target.figure)
    if value is None:
        return f"| {target.says} | not measured | |"
    return f"| {target.says} | {value:g} | {'kept' if target.is_met(value) else '**falls short**'} |"


def _section(name: str, benchmark: Benchmark, result: dict[str, Any] | None) -> Iterator[str]:
    yield from (f"## {name}", "", f"{benchmark.says}.", "")
    if result is None:
        yield from ("Not measured yet.", "")
        return
    yield from (f"`{result['command']}`: {in_a_line(result['machine'])}.", "", "| figure | value |", "|---|---|")
    yield from (f"| {path} | {value} |" for path, value in flat(result["figures"]))
    yield ""


def figure(figures: dict[str, Any], path: str) -> float | None:
    """The figure at a path such as "sqlite.ratio"; None where it was not measured."""
    found: Any = figures
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return float(found)


def flat(figures: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure with its path."""
    for name, value in figures.items():
        path = f"{before}{name}"
        if isinstance(value, dict):
            yield from flat(value, f"{path}.")
        else:
            yield path, value
