"""
`python -m tests.golden.record`: tell stories, and keep the ledgers that reach what no journal reaches yet.

A journal is never written over: it stands for cases that are open out there and were opened under the code of its day.
A story that has one is recorded again only with a reason (`--because`), and then beside it, under the next number.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.golden.journals import FOLDER, Journal, journals, read_from, written_to
from tests.golden.reach import Turn
from tests.golden.replaying import our_procedures, reached_by

CHECKOUT = Path(__file__).resolve().parents[2]
STORIES = ("tests/procedures", "tests/test_imap_alarm.py", "-k", "not privacy")
"""What is told where nothing is named. Stories of privacy are full of marks that no reader should have to read."""


class RecordedBefore(Exception):
    """A story has a journal already; to record it again beside that one, say why: `--because`."""


@dataclass(frozen=True)
class Kept:
    """A journal and its name."""

    name: str
    journal: Journal


def chosen(told: Iterable[Journal], reached: set[Turn], *, each: bool = False) -> list[Journal]:
    """Of these ledgers as few as reach all that is new, those that reach most first; with `each`, all of them."""
    left = {journal: reached_by(journal) - reached for journal in told}
    if each:
        return list(left)
    found = []
    while left:
        best = max(left, key=lambda journal: (len(left[journal]), -len(journal.entries)))
        new = left.pop(best)
        if not new:
            break
        found.append(best)
        left = {journal: turns - new for journal, turns in left.items()}
    return found


def keep(told: Sequence[Journal], folder: Path = FOLDER, *, because: str = "", each: bool = False) -> list[Kept]:
    """
    Write those of these ledgers that reach something new; gives them by their names.

    Raises `RecordedBefore`, and then has written nothing, where a story has a journal and no reason is given.
    """
    before = journals(folder)
    reached = set().union(*map(reached_by, before.values()))
    kept: list[Kept] = []
    for journal in sorted(chosen(told, reached, each=each), key=lambda one: (one.procedure, one.story)):
        if any((one.procedure, one.story) == (journal.procedure, journal.story) for one in before.values()):
            if not because:
                raise RecordedBefore(f"{journal.story} has a journal of {journal.procedure}: say why with --because")
            journal = replace(journal, because=because)
        siblings = sum((one.journal.procedure, one.journal.story) == (journal.procedure, journal.story) for one in kept)
        kept.append(Kept(_free_name(journal, siblings, before), journal))
    for one in kept:
        written_to(folder / f"{one.name}.jsonl", one.journal)
    return kept


def tell(stories: Sequence[str]) -> list[Journal]:
    """Run the stories, and give the ledgers of our procedures' cases. Raises CalledProcessError where one fails."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "tests.golden.harvest", *stories]
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        same_each_time = os.environ | {"GOLDEN_HARVEST": folder, "PYTHONHASHSEED": "0"}
        subprocess.run(command, cwd=CHECKOUT, env=same_each_time, check=True)
        told = [read_from(file) for file in sorted(Path(folder).glob("*.jsonl"))]
    ours = our_procedures()
    return [journal for journal in told if journal.procedure in ours]


def _free_name(journal: Journal, siblings: int, taken: Collection[str]) -> str:
    """`PROCEDURE/STORY.1`, with the next number where there is one; a story's further cases are told apart."""
    words = re.sub(r"[^a-z0-9]+", "-", journal.story.rpartition("::")[2].removeprefix("test_").lower()).strip("-")
    if siblings:
        words += f"-case-{siblings + 1}"
    names = (f"{journal.procedure}/{words}.{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def main() -> None:
    """Record from the command line."""
    parser = argparse.ArgumentParser(description="Tell stories, and keep ledgers that reach what no journal reaches.")
    parser.add_argument("stories", nargs="*", default=STORIES, help="tests, as pytest names them")
    parser.add_argument("--because", default="", help="why stories that have a journal are recorded once more")
    parser.add_argument("--each", action="store_true", help="keep each ledger, also where it reaches nothing new")
    wanted = parser.parse_args()
    try:
        for one in keep(tell(wanted.stories), because=wanted.because, each=wanted.each):
            sys.stdout.write(f"{one.name}: {len(one.journal.entries)} entries\n")
    except RecordedBefore as refused:
        parser.exit(1, f"{refused}\n")
    except subprocess.CalledProcessError:
        parser.exit(1, "a story fails: mend it first, nothing was recorded\n")


if __name__ == "__main__":
    main()
