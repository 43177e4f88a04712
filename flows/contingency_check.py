"""Contingency check: each Monday it is told how many duties and providers have no contingency plan."""

from __future__ import annotations

from flows.house import house_flow
from tasks.contingency.weekly import tell_what_has_no_plan


@house_flow("Contingency check")
def contingency_check() -> None:
    """
    Look for every duty of our own and every provider in use whether a contingency plan holds (TRN-46).

    Whoever answers for the plans, and commissioning, hear a number with their next digest; those whose day for being
    looked at has passed count as well. The list itself is `pathways contingency list`.
    """
    tell_what_has_no_plan()
