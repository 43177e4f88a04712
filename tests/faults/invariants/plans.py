"""What holds of every reablement plan: the version in force, the copies that people hold and the ledgers agree."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.invariants.evidence import Evidence
from tests.reablement.plan_ledgers import plans, what_does_not_agree


def every_plan_is_what_was_agreed(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Each version is what its change makes of the one before, and each copy was given by some case once."""
    for plan in plans(evidence.council.database):
        for how in what_does_not_agree(evidence.council.database, plan):
            yield plan, how
