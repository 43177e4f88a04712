"""Asking the decision tables about a case: the step that rates it. The rules themselves are in `rating_rules`."""

from __future__ import annotations

from models.forms.tray_rating import RatingFacts
from models.rating_rules import factor_changes, rate, rating_problems
from models.tray import Rated
from tasks.durable import audited, here

__all__ = ["factor_changes", "rate", "rate_case", "rating_problems"]


@audited(
    "Rated by the tables",
    clauses="PWT-33 PWT-34 PWT-37 PWT-39 PWT-44 PWT-47 PWT-48 PWT-63 PWT-64 PWT-68",
)
def rate_case(facts: RatingFacts) -> Rated:
    """Colour, priority and complexity with the row and clauses of each, under the policy of this moment."""
    # Support PWT-40 to PWT-42, risk PWT-43, PWT-45, PWT-46, priority PWT-65 to PWT-67, complexity PWT-69 to PWT-71.
    return rate(here().policy, facts)
