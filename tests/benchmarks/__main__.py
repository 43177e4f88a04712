"""
`make bench`: every ratio, measured side by side in one run, kept as JSON and shown on a page.

    python -m tests.benchmarks                 all of them, at their full sizes
    python -m tests.benchmarks steps intake    only those
    python -m tests.benchmarks --quick         smaller sizes, to see that they run; nothing is kept

Each runs in a process of its own, so that none is measured in another's memory. Figures are kept in
`tests/benchmarks/results.json` with when, on what and by which command they were made, and the page
`docs/benchmarks.md` with its plots is drawn from that file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.catalogue import CATALOGUE
from tests.benchmarks.machine import machine
from tests.benchmarks.page import write_page
from tests.benchmarks.rival import PYTHON

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def main() -> int:
    """Run what is asked for; the exit code is 1 where one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CATALOGUE))
    parser.add_argument("--quick", action="store_true", help="smaller sizes; nothing is kept")
    parser.add_argument("--page-only", action="store_true", help="only draw the page from what is kept")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    unknown = sorted(set(wanted.names) - set(CATALOGUE))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(CATALOGUE)}")
    if wanted.one:
        json.dump(CATALOGUE[wanted.one].run(quick=wanted.quick), sys.stdout)
        return 0
    failed = [] if wanted.page_only else [name for name in wanted.names or CATALOGUE if not _run(name, wanted.quick)]
    if not wanted.quick:
        write_page(json.loads(RESULTS.read_text()))
        subprocess.run([PYTHON, HERE / "plots.py"], check=True)
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


def _run(name: str, quick: bool) -> bool:
    """Run one in a process of its own, show its figures, and keep them unless it was a quick look."""
    sys.stderr.write(f"{name} ...\n")
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name, *(["--quick"] if quick else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        return False
    figures = json.loads(done.stdout)
    sys.stdout.write(json.dumps({name: figures}, indent=2) + "\n")
    if not quick:
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        kept[name] = {"machine": machine(), "command": f"python -m tests.benchmarks {name}", "figures": figures}
        RESULTS.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")
    return True


if __name__ == "__main__":
    sys.exit(main())
