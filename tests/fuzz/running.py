"""Throwing inputs at one door: so many of them, the same for the same seed, and what was the smallest that did harm."""

from __future__ import annotations

import re
import resource
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, reproduce_failure, seed, settings
from hypothesis import __version__ as hypothesis_version
from hypothesis.errors import DidNotReproduce

from tests.fuzz.door import Door

_BLOB = re.compile(r"@reproduce_failure\('[^']+', b'([^']+)'\)")
LONGEST_SHOWN = 4_000
"""Characters of an input that are shown."""


@dataclass
class Run:
    """What came of one batch of inputs."""

    door: str
    seed: int
    inputs: int = 0
    became: Counter[str] = field(default_factory=Counter)
    """How many became what."""
    seconds: float = 0.0
    most_statements: int = 0
    """Statements of the input that took the most."""
    peak_megabytes: int = 0
    """The most memory that the process has had so far."""
    failed: str = ""
    """What went wrong with the smallest input found; empty: nothing."""
    smallest: str = ""
    """That input, as far as it can be shown; nothing in it is about anybody."""
    blob: str = ""
    """With which that input is made again."""

    def as_json(self) -> dict[str, Any]:
        """As the summary has it."""
        return asdict(self) | {"became": dict(self.became)}  # asdict makes a Counter of pairs out of a Counter


def run(door: Door, examples: int, of_seed: int | None = None, *, shrink: bool = True, blob: str = "") -> Run:
    """
    Throw so many inputs at the door; without a seed the same ones each time, with a blob the one that it was made of.

    Stops at the first input that does harm, and looks for the smallest that does the same.
    """
    found = Run(door.name, of_seed or 0)
    began = time.perf_counter()

    def holds(one: Any) -> None:
        found.inputs += 1
        try:
            became = door.one_input(one)
        except Exception:
            found.smallest = repr(one)[:LONGEST_SHOWN]
            raise
        found.became[became] += 1
        found.most_statements = max(found.most_statements, door.world.database.statements)

    usual = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=of_seed is None and not blob,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        verbosity=Verbosity.quiet,
    )
    test = usual(given(door.inputs())(holds))
    if blob:
        test = reproduce_failure(hypothesis_version, blob.encode())(test)
    elif of_seed is not None:
        test = seed(of_seed)(test)
    try:
        test()
    except DidNotReproduce:
        found.became["harmless by now"] += 1
    except Exception as failed:
        notes = "\n".join(getattr(failed, "__notes__", []))
        found.failed = "".join(traceback.format_exception(failed))
        seen = _BLOB.search(notes)
        found.blob = seen[1] if seen else ""
    found.seconds = time.perf_counter() - began
    found.peak_megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        1024 if sys.platform != "darwin" else 2**20
    )
    return found
