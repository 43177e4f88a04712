"""
Draws the benchmarks' plots from `results.json`, by matplotlib in its own environment (`.venv-bench`).

It imports nothing of ours and takes no arguments; the targets are read from the page that was written before.
"""

import json
import re
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "safe-pathways"  # the same figures give the same file
from matplotlib import pyplot  # noqa: E402

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
OURS, OTHER, TARGET = "#1d70b8", "#b1b4b6", "#d4351c"


def main() -> None:
    """Draw each plot for which there are figures."""
    folder = DOCS / "benchmarks"
    folder.mkdir(exist_ok=True)
    results = {name: kept["figures"] for name, kept in json.loads((HERE / "results.json").read_text()).items()}
    _targets(folder / "targets.svg")
    for name, draw in (("steps", _steps), ("worklist", _worklist)):
        if name in results:
            draw(results[name], folder / f"{name}.svg")


def _targets(file: Path) -> None:
    """Each target as a bar: green where it is kept, red where it falls short."""
    rows = re.findall(
        r"^\| (.+?) \| ([\d.e+]+) \| (kept|\*\*falls short\*\*) \|$", (DOCS / "benchmarks.md").read_text(), re.M
    )
    if not rows:
        return
    figure, axes = pyplot.subplots(figsize=(11, 0.45 * len(rows) + 1))
    colours = ["#00703c" if kept == "kept" else TARGET for _, _, kept in rows]
    bars = axes.barh([says for says, _, _ in rows], [float(value) for _, value, _ in rows], color=colours)
    axes.bar_label(bars, labels=[value for _, value, _ in rows], padding=3)
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.set_title("What we hold ourselves to: green is kept, red falls short")
    _save(figure, file)


def _steps(figures: dict, file: Path) -> None:
    """Microseconds of a bare transaction, our step and DBOS's on either database."""
    figure, axes = pyplot.subplots(figsize=(8, 3.5))
    for place, (name, label, colour) in enumerate(
        (("bare_us", "bare transaction", OTHER), ("step_us", "our step", OURS), ("dbos_us", "DBOS's step", "#505a5f"))
    ):
        kinds = list(figures)
        bars = axes.bar(
            [kind + place * 0.27 for kind in range(len(kinds))], [figures[kind][name] for kind in kinds],
            width=0.25, label=label, color=colour,
        )  # fmt: skip
        axes.bar_label(bars, fmt="%.0f", padding=2)
    axes.set_xticks([one + 0.27 for one in range(len(figures))], list(figures))
    axes.set_ylabel("microseconds")
    axes.set_title("A durable step")
    axes.legend()
    _save(figure, file)


def _worklist(figures: dict, file: Path) -> None:
    """How many times longer each list takes at 100,000 open cases."""
    kinds = [kind for kind in figures if isinstance(figures[kind], dict)]
    names = [name for name, found in figures[kinds[0]].items() if isinstance(found, dict)]
    figure, axes = pyplot.subplots(figsize=(9, 0.3 * len(names) + 1.5))
    for place, kind in enumerate(kinds):
        values = [figures[kind][name]["ratio"] for name in names]
        axes.barh(
            [one + place * 0.4 for one in range(len(names))], values, height=0.38, label=kind,
            color=(OURS, OTHER)[place],
        )  # fmt: skip
    axes.axvline(2, color=TARGET, linestyle="--")
    axes.set_yticks([one + 0.2 for one in range(len(names))], names, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlabel("time at 100,000 open cases / time at 1,000")
    axes.legend()
    _save(figure, file)


def _save(figure: "matplotlib.figure.Figure", file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


main()
